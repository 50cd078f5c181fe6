"""Food for thought: never before the person spoke, never without being asked, never what they may not meet."""

import threading
import time
from types import SimpleNamespace

import pytest

from domain.cards import CanonicalValue
from domain.errors import BackendUnavailableError, SettingsError, StudyRuleError
from domain.graphs import GraphQuery
from domain.kaleido import NoValence, ScoreFailure, ScoreFailureReason, ScorerInfo, ScoreSource, ValueScore
from domain.people import Source
from domain.studies import StudyState
from elicitation.states import InterviewState, Topic
from kaleido.scorer import KaleidoScorer
from kaleido.thresholds import OWN_RULES
from services.food_for_thought import (
    EMPTY,
    FAILED,
    GIVE_UP_AFTER,
    MAX_SHOWN,
    OPENED,
    SHOWN,
    FoodForThought,
    FoodState,
    relevance_cut,
    told,
)
from services.group_material import read_material
from services.interview import InterviewService, Verdict
from services.interview_record import load
from services.process_measures import process_measures
from services.scoring import Scoring
from storage import Act

STORY = "Last winter my friend gave me her novel. She kept turning her cup while I read. I knew it was not good yet."
MORE = "I noticed how her hands shook."
NEAR = {"Old songs": 0.93, "Quiet company": 0.91, "Open doors": 0.72, "Plain candour": 0.61, "Fair turns": 0.5}
"""Four lie above the cut; the last lies on it."""


class Scorer:
    """Scores by title; keeps what it was asked."""

    name = "by title"

    def __init__(self, relevance=None, failure=None, error=None):
        self.relevance = NEAR if relevance is None else relevance
        self.failure, self.error = failure, error
        self.asked = []
        self.cuts = set()
        self.chance = ""
        self.gate = threading.Event()
        self.gate.set()

    def info(self):
        return ScorerInfo(name=self.name, summary="Made up.", not_for=(), has_valence=False, chance=self.chance)

    def score(self, pairs, *, min_relevance=None, **_):
        self.gate.wait(10)
        self.cuts.add(min_relevance)
        self.asked += [(pair.situation, pair.vrd.text) for pair in pairs]
        if self.error is not None:
            raise self.error
        return [self.failure or self._scored(pair) for pair in pairs]

    def _scored(self, pair):
        return ValueScore(
            relevance=self.relevance.get(pair.vrd.text, 0.1),
            no_valence=NoValence.UNAVAILABLE,
            scorer=self.name,
            source=ScoreSource(checkpoint="none"),
        )


@pytest.fixture
def scorer():
    made = Scorer()
    yield made
    made.gate.set()


@pytest.fixture
def food(rooms, scorer):
    scoring = Scoring(rooms.database, lambda: scorer)
    yield FoodForThought(rooms.desk, lambda: SimpleNamespace(scorer=scorer, scoring=scoring))
    scoring.close()


class Room:
    """One person in the interview of a study that offers food for thought, or does not."""

    def __init__(self, rooms, *, offers=True, name="p1", source=Source.PERSON):
        self.rooms = rooms
        study = rooms.studies.all()[0]
        rooms.studies.update(study.model_copy(update={"offers_values": offers}), staff="ada", client_id=f"on:{name}")
        self.interview = InterviewService(
            rooms.desk, chat_for=lambda _: None, chat_of_study=lambda _: None, meaning=rooms.meaning
        )
        self.person = rooms.consenting(name, source=source)
        self.interview.start(self.person, question_id="q1", client_id=f"{name}:start")
        self._n = 0

    def act(self, name, *given):
        self._n += 1
        view = self.interview.view(self.person)
        getattr(self.interview, name)(
            self.person, *given, revision=view.revision, client_id=f"{self.person.id}:{self._n}"
        )

    def confirm(self):
        self.act("answer", MORE)
        self.act("show_card")
        while (view := self.interview.view(self.person)).card is None:
            self.act("judge", view.policies_to_test[0].place, Verdict.IN_ITSELF)
        self.act("confirm", view.card)
        with self.rooms.database.read() as store:
            return store.cards.of_person(self.person.id)[0]

    def log(self):
        with self.rooms.database.read() as store:
            return list(store.events.of_kinds("s1", {OPENED, SHOWN, EMPTY, FAILED}))


def settled(food, person):
    for _ in range(500):
        found = food.look(person)
        if found.state is not FoodState.WAITING:
            return found
        time.sleep(0.01)
    pytest.fail("the look never ends")


def titles(found):
    return {value.title for value in found.values}


def test_without_the_option_nothing_is_offered_scored_or_logged(rooms, food, scorer):
    room = Room(rooms, offers=False)
    room.act("answer", STORY)
    assert not food.is_offered(room.person)
    with pytest.raises(StudyRuleError, match="nothing to look at"):
        food.look(room.person)
    assert (scorer.asked, room.log()) == ([], [])


def test_it_is_off_in_a_new_study(bundle):
    assert bundle.study.offers_values is False


def test_nothing_is_offered_before_the_person_has_spoken(rooms, food, scorer):
    room = Room(rooms)
    assert not food.is_offered(room.person)
    room.act("skip")
    assert not food.is_offered(room.person)
    with pytest.raises(StudyRuleError):
        food.look(room.person)
    room.act("answer", STORY)
    assert food.is_offered(room.person)
    assert scorer.asked == []


def test_a_word_of_greeting_is_no_story(rooms, food):
    room = Room(rooms)
    room.act("answer", "Hello there.")
    assert not food.is_offered(room.person)
    room.act("answer", STORY)
    assert food.is_offered(room.person)


def test_a_look_shows_at_most_three_values_above_the_cut_near_the_story(rooms, food, scorer):
    room = Room(rooms)
    room.act("answer", STORY)
    assert titles(settled(food, room.person)) == {"Old songs", "Quiet company", "Open doors"}
    assert {situation for situation, _ in scorer.asked} == {STORY}
    assert len(scorer.asked) == 10
    assert scorer.cuts == {OWN_RULES.min_relevance}, "valence of the others is not paid for: nobody sees it"
    settled(food, room.person)
    assert len(scorer.asked) == 10


def test_a_value_on_the_cut_is_not_shown_and_none_above_it_is_said_so(rooms, food, scorer):
    scorer.relevance = {"Fair turns": OWN_RULES.min_relevance.value}
    room = Room(rooms)
    room.act("answer", STORY)
    found = settled(food, room.person)
    assert (found.state, found.values, found.reason) == (FoodState.EMPTY, (), None)
    assert [event.kind for event in room.log()] == [OPENED, EMPTY]
    assert not room.confirm().saw_values


def test_a_scorer_that_is_no_better_than_chance_picks_nothing(rooms, food, scorer):
    scorer.chance = "No better than chance."
    room = Room(rooms)
    room.act("answer", STORY)
    found = settled(food, room.person)
    assert (found.state, found.values) == (FoodState.FAILED, ())
    assert scorer.asked == []


def test_the_order_says_nothing_of_the_scores_and_stays_for_a_person(rooms, food):
    orders = set()
    for n in range(8):
        room = Room(rooms, name=f"p{n}")
        room.act("answer", STORY)
        order = tuple(value.title for value in settled(food, room.person).values)
        assert tuple(value.title for value in settled(food, room.person).values) == order
        orders.add(order)
    assert len(orders) > 1


def test_later_answers_change_neither_what_is_scored_nor_what_is_shown(rooms, food, scorer):
    room = Room(rooms)
    for _ in range(2):
        room.act("answer", STORY)
    first = settled(food, room.person)
    while room.interview.view(room.person).newest.topic.startswith("story"):
        room.act("answer", STORY)
    before = told_of(room)
    room.act("answer", MORE)
    assert told_of(room) == before
    assert titles(settled(food, room.person)) == titles(first)
    assert MORE not in " ".join(situation for situation, _ in scorer.asked)


def told_of(room):
    return told(load(room.rooms.desk, room.person.id).held.state)


def test_where_the_story_was_skipped_the_first_answer_stands_in(rooms):
    exchanges = (
        {"topic": Topic.STORY_OPEN, "answer": ""},
        {"topic": Topic.NOTICED, "answer": MORE},
        {"topic": Topic.LOOK_FOR, "answer": "more"},
    )
    assert told(InterviewState.model_validate({"exchanges": exchanges})) == MORE
    assert told(InterviewState.model_validate({"exchanges": exchanges[:1]})) == ""


def test_hidden_withdrawn_merged_and_simulated_values_are_neither_scored_nor_shown(rooms, food, scorer):
    now = rooms.clock()
    pretended = CanonicalValue(
        id="v99", study_id="s1", number=99, title="Pretended care", policies=("THINGS that were made up",),
        source=Source.SIMULATED, created_at=now, updated_at=now,
    )  # fmt: skip

    def body(store):
        store.values.hide("v8", by="staff:ada", at=now)  # Old songs
        store.values.withdraw("v5", at=now)  # Quiet company
        store.values.add(pretended)

    rooms.database.write(Act("gone", "s1", "test", "test", now), body)
    rooms.moderation.merge("s1", "v6", into="v1", reason="The same.", staff="ada", client_id="merge")
    scorer.relevance = NEAR | {"Pretended care": 0.99}
    room = Room(rooms)
    room.act("answer", STORY)
    assert titles(settled(food, room.person)) == {"Plain candour"}
    gone = {"Old songs", "Quiet company", "Open doors", "Pretended care"}
    assert not gone & {title for _, title in scorer.asked}
    made_up = Room(rooms, name="p2", source=Source.SIMULATED)
    made_up.act("answer", STORY)
    assert titles(settled(food, made_up.person)) == {"Plain candour", "Pretended care"}


def test_a_study_with_too_few_values_offers_nothing(rooms, food):
    room = Room(rooms)
    room.act("answer", STORY)
    now = rooms.clock()
    rooms.database.write(
        Act("few", "s1", "test", "test", now),
        lambda store: [store.values.withdraw(f"v{n}", at=now) for n in range(1, 6)],
    )
    assert not food.is_offered(room.person)


def test_a_closed_study_offers_nothing(rooms, food):
    room = Room(rooms)
    room.act("answer", STORY)
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    assert not food.is_offered(room.person)


def test_nothing_is_offered_once_the_questions_are_over(rooms, food):
    room = Room(rooms)
    room.act("answer", STORY)
    room.confirm()
    assert not food.is_offered(room.person)


def test_each_look_is_logged_once_a_question_with_what_was_shown_and_no_words(rooms, food):
    room = Room(rooms)
    room.act("answer", STORY)
    for _ in range(2):
        found = settled(food, room.person)
    room.act("answer", STORY)
    settled(food, room.person)
    log = room.log()
    assert [event.kind for event in log] == [OPENED, SHOWN, OPENED, SHOWN]
    assert {event.actor for event in log} == {"person:p1"}
    assert set(log[1].refs["values"].split(",")) == {value.id for value in found.values}
    assert len(log[1].refs["values"].split(",")) == MAX_SHOWN
    assert "novel" not in str([event.refs for event in log])
    with rooms.database.read() as store:
        assert store.events.verify("s1") is None


def test_a_card_says_whether_its_author_looked_before(rooms, food):
    looked, did_not = Room(rooms, name="p1"), Room(rooms, name="p2")
    for room in (looked, did_not):
        room.act("answer", STORY)
    settled(food, looked.person)
    assert not did_not.confirm().saw_values
    assert looks_recorded(rooms) == {}
    assert looked.confirm().saw_values
    assert sorted(looks_recorded(rooms).values()) == [0.0, 1.0]
    view = rooms.live.view("s1", sources=frozenset({Source.PERSON}))
    assert (view.n_cards, view.n_saw_values) == (2, 1)


def looks_recorded(rooms):
    with rooms.database.read() as store:
        material = read_material(store, GraphQuery(study_id="s1"))
    found = next(one for one in process_measures(material) if one.name == "saw_values")
    return {person: amount.amount for person, amount in found.by_person.items()}


def test_a_look_at_values_changes_nothing_in_the_interview(rooms, food):
    room = Room(rooms)
    room.act("answer", STORY)
    before = room.interview.view(room.person)
    settled(food, room.person)
    assert room.interview.view(room.person) == before


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"error": BackendUnavailableError("It is down.", backend="down")}, ScoreFailureReason.UNAVAILABLE),
        ({"failure": ScoreFailure(reason=ScoreFailureReason.REFUSED)}, ScoreFailureReason.REFUSED),
    ],
)
def test_a_scorer_that_fails_is_a_reason_in_the_log_and_is_tried_again_by_the_next_look(
    rooms, food, scorer, broken, reason
):
    for name, given in broken.items():
        setattr(scorer, name, given)
    room = Room(rooms)
    room.act("answer", STORY)
    for _ in range(2):
        found = settled(food, room.person)
    assert (found.state, found.reason, found.values) == (FoodState.FAILED, reason, ())
    assert [(event.kind, event.refs.get("reason")) for event in room.log()] == [(OPENED, None), (FAILED, reason.value)]
    scorer.error = scorer.failure = None
    room.act("skip")
    assert settled(food, room.person).state is FoodState.SHOWN


def test_a_scorer_that_cannot_be_built_is_unavailable(rooms):
    def missing():
        raise SettingsError("The scorer 'llm' needs a language model.")

    room = Room(rooms)
    room.act("answer", STORY)
    found = FoodForThought(rooms.desk, missing).look(room.person)
    assert (found.state, found.reason) == (FoodState.FAILED, ScoreFailureReason.UNAVAILABLE)


def test_a_slow_scorer_is_given_up_and_the_page_waits_no_more(rooms, food, scorer, clock):
    scorer.gate.clear()
    room = Room(rooms)
    room.act("answer", STORY)
    assert food.look(room.person).state is FoodState.WAITING
    clock.step(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    for _ in range(2):
        found = food.look(room.person)
        assert (found.state, found.reason) == (FoodState.FAILED, ScoreFailureReason.TIMEOUT)
    assert [event.kind for event in room.log()] == [OPENED, FAILED]


def test_the_cut_is_the_checkpoints_where_it_names_one():
    class Model:
        name = "made-up"

        def config(self):
            return {"system_params": {"relevance_threshold": {"Value": 0.25}}}

    assert relevance_cut(KaleidoScorer(Model(), name="kaleido:made-up")).value == 0.25
    assert relevance_cut(Scorer()) == OWN_RULES.min_relevance
