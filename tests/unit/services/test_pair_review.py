"""Values that may say the same: the queue, what a model says of it, what people rule, and what an erasure takes."""

import json
import threading

import pytest

from backends.fakes import ScriptedChat
from domain.cards import CanonicalValue
from domain.errors import StudyRuleError, UserInputError
from domain.gathered import PairOpinion
from domain.ids import ClientId, new_id
from domain.judging import Ruling
from domain.people import Source
from graph.card_likeness import DEFAULT_BOUNDS
from services.judging import MAX_FAILED_IN_A_ROW, JudgingState
from services.pair_review import PairReview
from storage import Act

WIDE = DEFAULT_BOUNDS._replace(cut=0.5, apart=0.1, band=0.25)


@pytest.fixture
def review(rooms):
    rooms.pair_review = PairReview(rooms.desk, rooms.meaning, rooms.moderation, bounds=WIDE)
    rooms.judging._review = rooms.pair_review
    yield rooms.pair_review
    rooms.judging.close()


def answer(opinion, reason="They share a thing."):
    return json.dumps({"reason": reason, "opinion": opinion})


def always(opinion):
    return ScriptedChat(lambda request: answer(opinion))


def act():
    return ClientId(new_id())


def add_value(rooms, value_id, number, *, title, policies, source=Source.SEED):
    now = rooms.clock()
    value = CanonicalValue(
        id=value_id, study_id="s1", number=number, title=title, policies=policies, source=source, created_at=now,
        updated_at=now,
    )  # fmt: skip
    rooms.database.write(Act(act(), "s1", "test", "value.made", now), lambda store: store.values.add(value))


def pairs_of(queue):
    return {(pair.first.id, pair.second.id) for pair in queue.open}


def test_without_a_model_the_queue_is_by_likeness_with_the_nearest_to_the_cut_first(review):
    queue = review.queue("s1")
    away = [abs(pair.likeness - WIDE.cut) for pair in queue.open]
    assert len(away) > 2
    assert away == sorted(away)
    assert all(pair.judgement is None and pair.first.number < pair.second.number for pair in queue.open)
    assert len(queue.to_judge()) == sum(pair.is_borderline for pair in queue.open)


def test_a_pair_is_judged_in_both_orders_once_and_stored_with_reason_model_prompt_and_time(rooms, review):
    rooms.chat = always("same")
    n_pairs = len(review.queue("s1").to_judge())
    job = rooms.judging.run("s1")
    assert (job.state, job.n_judged, job.n_failed, job.share) == (JudgingState.DONE, n_pairs, 0, 1.0)
    assert len(rooms.chat.requests) == 2 * n_pairs
    stored = review.queue("s1").open[0].judgement
    assert stored.opinion is PairOpinion.SAME
    assert [a.reason for a in stored.answers] == ["They share a thing."] * 2
    assert (stored.backend, stored.prompt_id, stored.at) == ("scripted", "judge_pair@1", rooms.clock())
    assert stored.prompt_hashes[0] != stored.prompt_hashes[1]
    assert rooms.judging.run("s1").n_pairs == 0
    assert len(rooms.chat.requests) == 2 * n_pairs


def test_orders_that_contradict_are_unsure_and_come_before_what_is_settled(rooms, review):
    first = review.queue("s1").to_judge()[0]
    said = iter([answer("same"), answer("different")])
    rooms.chat = ScriptedChat(lambda request: next(said, answer("different")))
    rooms.judging.run("s1")
    queue = review.queue("s1")
    assert queue.count(PairOpinion.UNSURE) == 1
    assert queue.open[0].key == first.key
    assert [a.opinion.value for a in queue.open[0].judgement.answers] == ["same", "different"]


def test_a_failure_is_stored_with_its_reason_counted_and_asked_again_the_next_time(rooms, review):
    rooms.chat = ScriptedChat(lambda request: "no JSON at all")
    job = rooms.judging.run("s1", most_pairs=2)
    queue = review.queue("s1")
    assert (job.n_judged, job.n_failed, queue.count(PairOpinion.FAILED)) == (2, 2, 2)
    failed = next(p.judgement for p in queue.open if p.judgement is not None)
    assert failed.answers[0].failure.reason.value == "unparsed"
    rooms.chat = always("different")
    rooms.judging.run("s1")
    assert review.queue("s1").count(PairOpinion.FAILED) == 0


def test_a_model_that_fails_on_and_on_is_not_asked_to_the_end(rooms, review):
    rooms.chat = ScriptedChat(lambda request: "no JSON at all")
    assert len(review.queue("s1").to_judge()) > MAX_FAILED_IN_A_ROW
    job = rooms.judging.run("s1")
    assert (job.state, job.n_failed) == (JudgingState.FAILED, MAX_FAILED_IN_A_ROW)
    assert "5 pairs in a row" in job.error


def test_no_model_is_a_sentence_and_no_judgement(rooms, review):
    with pytest.raises(UserInputError, match="MORALGRAPH_CHAT"):
        rooms.judging.start("s1")
    assert rooms.judging.newest("s1") is None
    assert rooms.judging.model_name("s1") == ""


def test_a_job_in_the_background_stops_after_the_pair_it_reads_and_keeps_what_it_has(rooms, review):
    reading, go_on = threading.Event(), threading.Event()

    def line(request):
        reading.set()
        assert go_on.wait(10)
        return answer("same")

    rooms.chat = ScriptedChat(line)
    started = rooms.judging.start("s1")
    assert reading.wait(10)
    assert rooms.judging.start("s1").n_pairs == started.n_pairs  # the one that runs goes on
    rooms.judging.stop("s1")
    go_on.set()
    rooms.judging._pool.shutdown(wait=True)
    job = rooms.judging.newest("s1")
    assert (job.state, job.n_judged) == (JudgingState.STOPPED, 1)
    assert review.queue("s1").count(PairOpinion.SAME) == 1


def test_a_model_that_says_same_changes_nothing_until_a_person_puts_the_two_together(rooms, review):
    rooms.chat = always("same")
    rooms.judging.run("s1")
    assert rooms.moderation.merges("s1") == []
    pair = review.queue("s1").open[0]
    merge_id = review.put_together(pair, keep=pair.second.id, reason="", staff="ada", client_id=act())
    merge = rooms.moderation.merges("s1")[0]
    assert (merge.value_id, merge.into_id, merge.author) == (pair.first.id, pair.second.id, "staff:ada")
    assert merge.reason == f"From the review queue: likeness {pair.likeness:.2f}, language model: same."
    assert not any(pair.first.id in two for two in pairs_of(review.queue("s1")))
    rooms.moderation.undo_merge("s1", merge_id, staff="ada", client_id=act())
    assert (pair.first.id, pair.second.id) in pairs_of(review.queue("s1"))


def test_a_person_overrules_a_model_in_the_log_with_reason_and_can_take_it_back(rooms, review):
    rooms.chat = always("same")
    rooms.judging.run("s1")
    pair = review.queue("s1").open[0]
    ruling_id = review.rule(pair, Ruling.APART, reason="One is about time.", staff="ada", client_id=act())
    queue = review.queue("s1")
    assert (pair.first.id, pair.second.id) not in pairs_of(queue)
    assert [(p.key, p.ruling.reason, p.ruling.author) for p in queue.apart] == [
        (pair.key, "One is about time.", "staff:ada")
    ]
    review.undo("s1", ruling_id, staff="ada", client_id=act())
    with pytest.raises(StudyRuleError):
        review.undo("s1", ruling_id, staff="ada", client_id=act())
    assert review.queue("s1").open[0].key == pair.key
    with rooms.database.read() as store:
        kinds = [event.kind for event in store.events.list("s1")]
    assert kinds[-2:] == ["pair.kept_apart", "pair.ruling_undone"]


def test_a_pair_put_off_comes_last_and_can_still_be_decided(rooms, review):
    pair = review.queue("s1").open[0]
    review.rule(pair, Ruling.LATER, reason="", staff="ada", client_id=act())
    queue = review.queue("s1")
    assert (queue.open[-1].key, queue.n_put_off()) == (pair.key, 1)
    review.rule(queue.open[-1], Ruling.APART, reason="", staff="ada", client_id=act())
    assert [p.key for p in review.queue("s1").apart] == [pair.key]


def test_simulated_values_are_never_paired_with_those_of_people(rooms, review):
    with rooms.database.read() as store:
        real = store.values.list("s1")[0]
    for number in (11, 12):
        add_value(rooms, f"sim{number}", number, title=real.title, policies=real.policies, source=Source.SIMULATED)
    simulated = {two for two in pairs_of(review.queue("s1")) if any(one.startswith("sim") for one in two)}
    assert simulated == {("sim11", "sim12")}


def test_an_erasure_takes_every_reason_and_ruling_that_may_quote_the_words(rooms, review):
    secret = "ZEBRAFISH"
    person = rooms.with_card("p1", title=f"{secret} hearing")
    value_id = rooms.moderation.split("s1", "card-p1", reason="r", staff="ada", client_id=act())
    add_value(rooms, "twin", 20, title="Calm hearing", policies=(f"MOMENTS of {secret.lower()} hearing in p1's words",))
    rooms.chat = ScriptedChat(lambda request: answer("same", f"Both speak of {secret}."))
    rooms.judging.run("s1")
    pair = next(p for p in review.queue("s1").open if value_id in (p.first.id, p.second.id))
    review.rule(pair, Ruling.APART, reason=f"{secret} is more", staff="ada", client_id=act())
    rooms.own_data.erase(person, client_id=act())
    with rooms.database.read() as store:
        judged, ruled = store.judgements.list("s1"), store.judgements.rulings("s1", include_undone=True)
    assert not any(value_id in (one.first_id, one.second_id) for one in judged)
    assert [(one.reason, one.undone_at is None) for one in ruled] == [("", False)]


def test_a_judgement_is_dropped_where_the_words_went_while_the_model_was_reading(rooms, review):
    rooms.with_card("p1", title="Patient listening")
    rooms.moderation.split("s1", "card-p1", reason="r", staff="ada", client_id=act())
    pair = next(p for p in review.queue("s1").to_judge() if p.second.number == 11)

    def hide_meanwhile(request):
        with rooms.database.read() as store:
            is_there = store.cards.get("card-p1").status.value == "confirmed"
        if is_there:
            rooms.moderation.hide("s1", "card-p1", reason="r", staff="ada", client_id=act())
        return answer("same")

    rooms.chat = ScriptedChat(hide_meanwhile)
    assert rooms.judging._judge("s1", rooms.chat, pair.key, pair.likeness) is None
    with rooms.database.read() as store:
        assert store.judgements.list("s1") == []


def test_a_ruling_on_words_that_changed_is_refused(rooms, review):
    rooms.with_card("p1", title="Patient listening")
    rooms.moderation.split("s1", "card-p1", reason="r", staff="ada", client_id=act())
    pair = next(p for p in review.queue("s1").open if p.second.number == 11)
    rooms.moderation.hide("s1", "card-p1", reason="r", staff="ada", client_id=act())
    with pytest.raises(StudyRuleError, match="other words"):
        review.rule(pair, Ruling.APART, reason="", staff="ada", client_id=act())
