"""Questions about people: asked by the researcher, answered as one likes, taken back at any time, seen in groups."""

from collections import Counter

import numpy as np
import pytest

from domain.errors import StudyRuleError, UserInputError
from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES, Source
from domain.studies import MAX_ATTRIBUTE_QUESTIONS, StudyState
from services import cli
from services.attributes import Attributes, attribute_question
from services.container import Services
from services.settings import Settings
from services.simulate import dealt_answers

TOWN = attribute_question("town", "Where do you live?", ["North", "South"])
WITH_SIMULATED = REAL_SOURCES | {Source.SIMULATED}


@pytest.fixture
def asking(rooms):
    """The questions of a study that asks for the town."""
    attributes = Attributes(rooms.desk)
    attributes.add_question("s1", TOWN, staff="ada", client_id="town")
    return attributes


def said(rooms, name="p1"):
    return rooms.participants.guest(name).person.attributes


def asked(rooms):
    return [question.name for question in rooms.studies.setup("s1").study.attribute_questions]


def log(rooms):
    with rooms.database.read() as store:
        return [event for event in store.events.list("s1") if event.kind.startswith("attribute.")]


def test_an_answer_is_stored_changed_and_taken_back(rooms, asking):
    person = rooms.consenting()
    assert said(rooms) == {}
    asking.answer(person, {"town": "North"}, client_id="a")
    asking.answer(person, {"town": "North"}, client_id="a")
    assert said(rooms) == {"town": "North"}
    assert asking.n_answered("s1") == {"town": 1}
    asking.answer(person, {"town": "South"}, client_id="b")
    assert said(rooms) == {"town": "South"}
    asking.answer(person, {"town": None}, client_id="c")
    assert said(rooms) == {}


def test_the_log_tells_of_an_answer_without_its_words(rooms, asking):
    person = rooms.consenting()
    asking.answer(person, {"town": "North"}, client_id="a")
    asking.answer(person, {"town": None}, client_id="b")
    first, given, taken_back = log(rooms)
    assert first.refs == {"attribute": "town"}
    assert given.refs == {"attribute:town": "given", "person": "p1"}
    assert taken_back.refs == {"attribute:town": "taken back", "person": "p1"}
    assert "North" not in str(given)
    with rooms.database.read() as store:
        assert store.events.verify("s1") is None


def test_nothing_is_stored_before_the_consent(rooms, asking):
    person = rooms.person()
    with pytest.raises(StudyRuleError, match="until you agree"):
        asking.answer(person, {"town": "North"}, client_id="a")
    assert said(rooms) == {}


@pytest.mark.parametrize("answers", [{"town": "East"}, {"age": "North"}, {"town": "North", "age": "old"}])
def test_what_is_not_offered_is_not_stored(rooms, asking, answers):
    person = rooms.consenting()
    with pytest.raises(StudyRuleError, match="not asked any more"):
        asking.answer(person, answers, client_id="a")
    assert said(rooms) == {}


def test_of_a_closed_study_an_answer_can_be_deleted_and_not_changed(rooms, asking):
    person = rooms.consenting()
    asking.answer(person, {"town": "North"}, client_id="a")
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    with pytest.raises(StudyRuleError, match="closed"):
        asking.answer(person, {"town": "South"}, client_id="b")
    asking.answer(person, {"town": None}, client_id="c")
    assert said(rooms) == {}


def test_an_answer_is_in_the_download_and_goes_with_everything_else(rooms, asking):
    person = rooms.consenting()
    asking.answer(person, {"town": "North"}, client_id="a")
    assert rooms.own_data.fetch(rooms.participants.guest("p1").person)["participant"]["attributes"] == {"town": "North"}
    rooms.own_data.erase(person, client_id="erase")
    assert asking.n_answered("s1") == {}


def test_a_study_asks_a_few_questions_each_under_its_own_name(rooms, asking):
    with pytest.raises(UserInputError, match="asked already"):
        asking.add_question("s1", TOWN, staff="ada", client_id="again")
    for n in range(1, MAX_ATTRIBUTE_QUESTIONS):
        further = TOWN.model_copy(update={"name": f"more-{n}"})
        asking.add_question("s1", further, staff="ada", client_id=f"more-{n}")
    with pytest.raises(UserInputError, match="at most"):
        asking.add_question("s1", TOWN.model_copy(update={"name": "last"}), staff="ada", client_id="last")
    assert asked(rooms) == ["town", "more-1", "more-2"]


def test_a_dropped_question_leaves_the_answers_and_comes_back_only_with_all_of_them(rooms, asking):
    asking.answer(rooms.consenting(), {"town": "North"}, client_id="a")
    asking.drop_question("s1", "town", staff="ada", client_id="drop")
    assert asked(rooms) == []
    assert said(rooms) == {"town": "North"}
    without = attribute_question("town", "Where?", ["South", "West"])
    with pytest.raises(StudyRuleError, match="lacks an answer"):
        asking.add_question("s1", without, staff="ada", client_id="without")
    wider = attribute_question("town", "Where?", ["North", "South", "West"])
    asking.add_question("s1", wider, staff="ada", client_id="wider")
    assert asked(rooms) == ["town"]


def test_saving_the_words_of_a_study_keeps_its_questions_about_people(rooms, asking):
    older = rooms.studies.setup("s1").study.model_copy(update={"attribute_questions": (), "title": "New"})
    rooms.studies.update(older, staff="ada", client_id="words")
    assert rooms.studies.setup("s1").study.title == "New"
    assert asked(rooms) == ["town"]


@pytest.mark.parametrize(
    ("name", "text", "answers"),
    [
        ("Town", "Where?", ["N", "S"]),
        ("my town", "Where?", ["N", "S"]),
        ("", "Where?", ["N", "S"]),
        ("town", " ", ["N", "S"]),
        ("town", "Where?", ["N", " N ", ""]),
        ("town", "Where?", [str(n) for n in range(13)]),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_with_a_sentence(name, text, answers):
    with pytest.raises(UserInputError, match="2 to 12 answers that differ"):
        attribute_question(name, text, answers)


@pytest.fixture
def simulated(tmp_path, monkeypatch):
    """A study that asks for the town, and twelve simulated people in it."""
    monkeypatch.chdir(tmp_path)
    named = {"DATA_DIR": str(tmp_path / "data"), "EMBEDDER": "hash", "INDEX": "exact", "TESTING": "true"}
    for name, value in named.items():
        monkeypatch.setenv(f"MORALGRAPH_{name}", value)
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    services.first_start()
    study = services.studies.all()[0]
    services.attributes.add_question(study.id, TOWN, staff="ada", client_id="town")
    services.simulation.run(study, n_participants=12, seed=1)
    yield services
    services.close()


def test_the_audit_of_a_live_study_is_filled_group_by_group(simulated):
    study = simulated.studies.all()[0]
    assert simulated.groups.attributes(study.id, sources=WITH_SIMULATED) == {"town": 12}
    assert simulated.groups.attributes(study.id, sources=REAL_SOURCES) == {}
    query = GraphQuery(study_id=study.id, sources=WITH_SIMULATED)
    rows = {row.measure: row for row in simulated.groups.analyse(query, attribute="town").audit.rows}
    assert [name for name, row in rows.items() if "not recorded" in row.words] == ["saw_values"]
    for name in ("reached_card", "finished", "represented", "fair_place"):
        assert [(cell.group, cell.n_people) for cell in rows[name].groups] == [("North", 6), ("South", 6)]


def test_the_audit_counts_those_who_stop(simulated):
    study = simulated.studies.all()[0]
    for number in range(6):
        person = simulated.participants.join(study.id, person_id=f"stops-{number}", source=Source.SIMULATED)
        simulated.participants.give_consent(
            person, take_part=True, training=False, text_shown="Agree?", client_id=f"consent-{number}"
        )
        simulated.attributes.answer(person, {"town": "South"}, client_id=f"about-{number}")
    query = GraphQuery(study_id=study.id, sources=WITH_SIMULATED)
    rows = {row.measure: row for row in simulated.groups.analyse(query, attribute="town").audit.rows}
    assert [(cell.n_yes, cell.n_people) for cell in rows["finished"].groups] == [(6, 6), (6, 12)]


def test_the_command_groups_by_what_people_said(simulated, capsys):
    words = ["analyze", "--study", "everyday-choices", "--by", "town", "--include", "simulated", "--json"]
    assert cli.main(words) == 0
    assert '"attribute": "town"' in capsys.readouterr().out


def test_answers_are_dealt_evenly_by_seed_whatever_the_number_of_questions():
    dealt = [dealt_answers([TOWN], n_people=11, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert dealt[0] == dealt[1] != dealt[2]
    assert Counter(one["town"] for one in dealt[0]) == {"North": 6, "South": 5}
    assert dealt_answers([], n_people=2, rng=np.random.default_rng(1)) == [{}, {}]
