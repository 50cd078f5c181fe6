import pytest

from domain.errors import StudyRuleError
from domain.ids import InterviewId, TurnId
from domain.interviews import InterviewRecord, Speaker, Turn, TurnStatus
from domain.provenance import Provenance


@pytest.fixture
def person(write, make, study):
    person = make.person()
    write(lambda store: store.people.add(person, receipt_hash="r"))
    return person


@pytest.fixture
def record(make, person):
    at = make.moment()
    return InterviewRecord(
        id=InterviewId("i"),
        study_id=make.study_id,
        person_id=person.id,
        question_id=make.question_id,
        stage="story",
        state_json='{"n": 1}',
        revision=1,
        started_at=at,
        updated_at=at,
    )


def turn(make, position, **fields):
    made = Provenance(backend="guided", parameters={"seed": "1"}, not_honoured=("seed",), made_at=make.moment())
    shared = {"interview_id": "i", "speaker": Speaker.GUIDE, "at": make.moment(), "provenance": made}
    return Turn(**{"id": TurnId(f"t{position}"), "position": position, "text": f"turn {position}"} | shared | fields)


def test_state_and_turns_of_a_step_are_stored_together(database, write, make, person, record):
    turns = [turn(make, 2), turn(make, 1, provenance=None)]
    write(lambda store: store.interviews.save_step(record, turns=turns))
    with database.read() as store:
        assert store.interviews.get(record.id) == store.interviews.of_person(person.id) == record
        assert store.interviews.turns(record.id) == [turns[1], turns[0]]


def test_a_step_made_from_an_older_state_is_refused_and_changes_nothing(database, write, make, record):
    second = record.model_copy(update={"revision": 2, "stage": "attending"})
    write(lambda store: store.interviews.save_step(record, turns=[]))
    write(lambda store: store.interviews.save_step(second, turns=[]))
    for stale in (record, second, record.model_copy(update={"revision": 4})):
        with pytest.raises(StudyRuleError, match="another tab"):
            write(lambda store, stale=stale: store.interviews.save_step(stale, turns=[turn(make, 1)]))
    with database.read() as store:
        assert store.interviews.get(record.id) == second
        assert store.interviews.turns(record.id) == []


def test_a_step_that_follows_nothing_is_refused(write, record):
    with pytest.raises(StudyRuleError):
        write(lambda store: store.interviews.save_step(record.model_copy(update={"revision": 2}), turns=[]))


def test_turns_left_streaming_by_a_crash_are_found(database, write, make, record):
    streaming = turn(make, 1, status=TurnStatus.STREAMING, text="half a")
    write(lambda store: store.interviews.save_step(record, turns=[streaming]))
    with database.read() as store:
        assert store.interviews.streaming_turns() == [streaming]
    whole = streaming.model_copy(update={"text": "half a sentence", "status": TurnStatus.CUT_OFF})
    write(lambda store: store.interviews.save_turn(whole))
    with database.read() as store:
        assert store.interviews.streaming_turns() == []
        assert store.interviews.turns(record.id) == [whole]


def test_the_newest_interview_of_a_person_is_theirs(database, write, make, person, record):
    newer = record.model_copy(update={"id": "j", "started_at": make.moment()})
    write(lambda store: [store.interviews.save_step(each, turns=[]) for each in (newer, record)])
    with database.read() as store:
        assert store.interviews.of_person(person.id) == newer
        assert store.interviews.of_person("nobody") is None
