"""Food for thought: a few values of the graph beside what a person has told, after they spoke and only when asked for.

The person's own words come first, so nothing is offered before the first answer, and nothing unless the study says so.
The log keeps each look with what was shown, and the card keeps that there was one: a card written after a look at
other people's values is told apart from one that was not.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.cards import CanonicalValue
from domain.errors import MoralGraphError, StudyRuleError
from domain.ids import ClientId, PersonId
from domain.kaleido import KindThresholds, ScoreFailureReason, Vrd, VrdKind
from domain.nouns import content_hash
from domain.people import Participant
from domain.protocols import ValueScorer
from elicitation.states import InterviewState, Topic
from kaleido.scorer import KaleidoScorer
from kaleido.thresholds import OWN_RULES
from services.acts import WRITABLE_STATES, Desk
from services.interview_record import Loaded, load, was_written
from services.meaning import is_shown_to
from services.scoring import Scored, Scoring
from storage import Store

MAX_SHOWN = 3
MIN_VALUES = 6
"""Twice as many as are shown: with fewer, the same ones would come up whatever was told."""
MIN_CHARS = 20
"""A greeting is no story: beside so few words any ranking is noise."""
GIVE_UP_AFTER = timedelta(seconds=45)
FORGET_AFTER = timedelta(hours=1)
OPENED, SHOWN, EMPTY, FAILED = "food.opened", "food.shown", "food.empty", "food.failed"
"""Kinds of events: asked for; values were there; none came near enough; the scorer gave nothing."""
STORY_TOPICS = frozenset({Topic.STORY_OPEN, Topic.STORY_MOMENT, Topic.STORY_MODEL})


class FoodState(StrEnum):
    """What there is to draw."""

    WAITING = "waiting"
    SHOWN = "shown"
    EMPTY = "empty"
    FAILED = "failed"


class Food(NamedTuple):
    """What a look brought so far."""

    state: FoodState
    values: tuple[CanonicalValue, ...] = ()
    """At most ``MAX_SHOWN``, in an order that says nothing of their scores."""
    reason: ScoreFailureReason | None = None
    """Set exactly where the look failed."""


class Kaleido(Protocol):
    """The scorer in use, and what scores with it beside the pages."""

    @property
    def scorer(self) -> ValueScorer:
        """The scorer."""
        ...

    @property
    def scoring(self) -> Scoring:
        """Scores in the background, kept per text."""
        ...


class FoodForThought:
    """Use case of the disclosure in the interview."""

    def __init__(self, desk: Desk, kaleido: Callable[[], Kaleido]) -> None:
        self._desk = desk
        self._kaleido = kaleido
        self._asked_at: dict[ClientId, datetime] = {}
        self._lock = threading.Lock()

    def is_offered(self, person: Participant) -> bool:
        """Tell whether the person may look now: the study offers it, they told something, there is enough to show."""
        with self._desk.database.read() as store:
            study = store.studies.get(person.study_id)
            if not study.offers_values or study.state not in WRITABLE_STATES:
                return False
            if len(_shown_to(store, person)) < MIN_VALUES:
                return False
        state = load(self._desk, person.id).held.state
        return state.open_exchange() is not None and len(told(state)) >= MIN_CHARS

    def look(self, person: Participant) -> Food:
        """Return what is known of the values near what was told; the first call starts the scoring and is logged.

        Raises:
            StudyRuleError: it is not offered to this person now.
        """
        if not self.is_offered(person):
            raise StudyRuleError("There is nothing to look at here now.")
        loaded = load(self._desk, person.id)
        opening = ClientId(f"food:{loaded.record.id}:{loaded.record.revision}")
        is_new = self._log(person, loaded, OPENED, client_id=opening)
        with self._desk.database.read() as store:
            values = _shown_to(store, person)
        food = self._food(told(loaded.held.state), values, opening, is_new=is_new)
        if food.state is not FoodState.WAITING:
            # By a hash that is another for each person: no place in the list says more than another.
            shown = sorted(food.values, key=lambda value: content_hash([person.id, value.id]))
            food = food._replace(values=tuple(shown))
            self._keep(person, loaded, food, opening)
        return food

    def _food(self, story: str, values: Sequence[CanonicalValue], opening: ClientId, *, is_new: bool) -> Food:
        """Return what the scores bring, most relevant first; what failed is tried anew by a new look alone."""
        by_title = {value.title.strip(): value for value in reversed(values)}
        vrds = tuple(Vrd(kind=VrdKind.VALUE, text=title) for title in sorted(by_title))
        try:
            kaleido = self._kaleido()
            if kaleido.scorer.info().chance:
                return Food(FoodState.FAILED, reason=ScoreFailureReason.UNAVAILABLE)
            cut = relevance_cut(kaleido.scorer)  # nobody sees which way a value pulls: below the cut it is not asked
            if is_new:
                kaleido.scoring.ask_again(story, vrds, min_relevance=cut)
            found = kaleido.scoring.ask(story, vrds, min_relevance=cut)
            if not found.is_done:
                return self._waiting(opening)
            if not found.scored:
                return Food(FoodState.FAILED, reason=_reason(found))
        except MoralGraphError:
            return Food(FoodState.FAILED, reason=ScoreFailureReason.UNAVAILABLE)
        least = cut.of(VrdKind.VALUE)
        near = tuple(by_title[one.vrd.text] for one in found.scored if one.score.relevance > least)[:MAX_SHOWN]
        return Food(FoodState.SHOWN if near else FoodState.EMPTY, near)

    def _waiting(self, opening: ClientId) -> Food:
        now = self._desk.clock()
        with self._lock:
            self._asked_at = {key: at for key, at in self._asked_at.items() if now - at < FORGET_AFTER}
            since = self._asked_at.setdefault(opening, now)
        if now - since > GIVE_UP_AFTER:
            return Food(FoodState.FAILED, reason=ScoreFailureReason.TIMEOUT)
        return Food(FoodState.WAITING)

    def _keep(self, person: Participant, loaded: Loaded, food: Food, opening: ClientId) -> None:
        kind = {FoodState.SHOWN: SHOWN, FoodState.EMPTY: EMPTY, FoodState.FAILED: FAILED}[food.state]
        refs = {"values": ",".join(value.id for value in food.values)} if food.values else {}
        if food.reason is not None:
            refs = {"reason": food.reason.value}
        self._log(person, loaded, kind, client_id=ClientId(f"{opening}:{kind}"), refs=refs)

    def _log(
        self, person: Participant, loaded: Loaded, kind: str, *, client_id: ClientId, refs: dict[str, str] | None = None
    ) -> bool:
        if was_written(self._desk, person, client_id):
            return False
        refs = {"interview": loaded.record.id, "revision": str(loaded.record.revision)} | (refs or {})
        return self._desk.act_of_person(person, kind, lambda store: None, client_id=client_id, refs=refs)


def has_seen_values(store: Store, person: Participant) -> bool:
    """Tell from the log whether the person was shown values of others in their interview."""
    return any(event.actor == _actor(person.id) for event in store.events.of_kinds(person.study_id, {SHOWN}))


def told(state: InterviewState) -> str:
    """Return the story in the person's words; where they skipped that part, their first answer; empty before it.

    Later answers are left out, so that the same few values come up again however long the interview goes on.
    """
    story = [one.answer for one in state.exchanges if one.answer and one.topic in STORY_TOPICS]
    return "\n".join(story or state.answers()[:1]).strip()


def relevance_cut(scorer: ValueScorer) -> KindThresholds:
    """Return from which relevance a value counts as relevant: the checkpoint's numbers, else this application's own.

    Raises:
        BackendError: the checkpoint's configuration cannot be read.
    """
    return scorer.rules().min_relevance if isinstance(scorer, KaleidoScorer) else OWN_RULES.min_relevance


def _shown_to(store: Store, person: Participant) -> list[CanonicalValue]:
    """Return the values that stand in the graph, merges followed, without those this person may not meet."""
    roots = store.values.roots(person.study_id)
    return [
        value
        for value in store.values.list(person.study_id)
        if roots.get(value.id, value.id) == value.id and is_shown_to(value, person.source) and value.title.strip()
    ]


def _reason(found: Scored) -> ScoreFailureReason:
    """The most frequent reason; where the scorer could not be used at all, none of its results names one."""
    reasons = Counter(one.reason for one in found.failed)
    return reasons.most_common(1)[0][0] if reasons else ScoreFailureReason.UNAVAILABLE


def _actor(person_id: PersonId) -> str:
    return f"person:{person_id}"
