"""Comparing: upgrade stories, one at a time. Did the person in the story become wiser?

Draws start from values the person wrote or chose, never repeat a pair, and prefer pairs whose outcome is uncertain or
little voted. Sides are drawn at random and recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue
from domain.errors import NotFoundError, StudyRuleError
from domain.ids import ClientId, HypothesisId, ValueId, VoteId
from domain.nouns import content_hash
from domain.people import JourneyStep, Participant
from domain.studies import Context
from domain.votes import EdgeAnswer, EdgeVote, UnsureReason, UpgradeHypothesis
from services.acts import Desk
from services.belonging import own_card
from services.meaning import MeaningSpace, card_meaning, is_shown_to
from services.participants import move_on
from storage import AnswerCounts, Edge, Store

LITTLE_VOTED = 5
"""Below this many votes a pair is asked before pairs that are merely undecided."""


class Comparison(NamedTuple):
    """One comparison as the page shows it."""

    hypothesis: UpgradeHypothesis
    src: CanonicalValue
    wiser: CanonicalValue
    context: Context
    is_flipped: bool
    """Whether the wiser card is shown first."""
    n_done: int
    n_planned: int


def doubt(counts: AnswerCounts | None) -> float:
    """Return how open a pair is, 0 (settled) to 1 (never asked): higher is asked sooner.

    Beta(1, 1) posterior of "wiser": four times its mean times one minus its mean, weighted towards few votes by
    1 / (1 + n / LITTLE_VOTED).
    """
    n = sum(counts) if counts is not None else 0
    if counts is None or n == 0:
        return 1.0
    mean = (counts.wiser + 1) / (n + 2)
    return 4 * mean * (1 - mean) * (0.5 + 0.5 / (1 + n / LITTLE_VOTED))


def rank_hypotheses(
    hypotheses: Iterable[UpgradeHypothesis],
    *,
    answered: set[tuple[ValueId, ValueId]],
    own: set[ValueId],
    chosen: set[ValueId],
    nearness: Mapping[ValueId, float],
    counts: Mapping[Edge, AnswerCounts],
) -> list[UpgradeHypothesis]:
    """Return the hypotheses still to be asked, best first.

    Pairs that start from a value the person wrote come first, then from one they chose, then by nearness to their
    card; within each, the most open first. A pair is never repeated, in either direction.
    """

    def order(h: UpgradeHypothesis) -> tuple[int, float, str]:
        openness = doubt(counts.get(Edge(h.src_id, h.wiser_id, h.context_id)))
        if h.src_id in own:
            return (0, -openness, h.id)
        if h.src_id in chosen:
            return (1, -openness, h.id)
        return (2, -openness - nearness.get(h.src_id, 0.0), h.id)

    def is_new(h: UpgradeHypothesis) -> bool:
        return (h.src_id, h.wiser_id) not in answered and (h.wiser_id, h.src_id) not in answered

    return sorted((h for h in hypotheses if is_new(h)), key=order)


class Comparing:
    """Use cases of the comparing step."""

    def __init__(self, desk: Desk, meaning: MeaningSpace) -> None:
        self._desk = desk
        self._meaning = meaning

    def next(self, person: Participant, *, shown: HypothesisId | None = None) -> Comparison | None:
        """Return the comparison to show now; ``None`` when enough were answered or none is left.

        Nothing is stored by looking. ``shown`` is what the person looks at: it stays until it is answered or put
        aside, even when a better one comes up meanwhile.
        """
        with self._desk.database.read() as store:
            study = store.studies.get(person.study_id)
            votes = store.votes.of_person(person.id)
            if len(votes) >= study.n_comparisons:
                return None
            best = self._still_open(store, person, votes, shown) or next(iter(self._ranked(store, person, votes)), None)
            if best is None:
                return None
            context = next(c for c in store.studies.contexts(person.study_id) if c.id == best.context_id)
            return Comparison(
                hypothesis=best,
                src=store.values.get(best.src_id),
                wiser=store.values.get(best.wiser_id),
                context=context,
                is_flipped=is_flipped(person, best),
                n_done=len(votes),
                n_planned=study.n_comparisons,
            )

    def vote(
        self,
        person: Participant,
        *,
        hypothesis_id: HypothesisId,
        answer: EdgeAnswer,
        reason: str = "",
        unsure_reason: UnsureReason | None = None,
        client_id: ClientId,
    ) -> None:
        """Store the answer, or change the earlier one on the same pair and context; the history keeps both."""

        def body(store: Store) -> None:
            h = store.hypotheses.get(hypothesis_id)
            if h.study_id != person.study_id:
                raise StudyRuleError("This story belongs to another study. Reload the page.")
            now = self._desk.clock()
            store.votes.cast(
                EdgeVote(
                    id=VoteId(content_hash(["vote", person.id, h.src_id, h.wiser_id, h.context_id])[:32]),
                    study_id=person.study_id,
                    person_id=person.id,
                    src_id=h.src_id,
                    wiser_id=h.wiser_id,
                    context_id=h.context_id,
                    hypothesis_id=h.id,
                    answer=answer,
                    reason=reason,
                    unsure_reason=unsure_reason if answer is EdgeAnswer.NOT_SURE else None,
                    was_flipped=is_flipped(person, h),
                    created_at=now,
                    updated_at=now,
                )
            )

        self._desk.act_of_person(
            person,
            "vote.cast",
            body,
            client_id=client_id,
            refs={"hypothesis": hypothesis_id},
            content=[answer.value, reason],
        )

    def finish(self, person: Participant, *, client_id: ClientId) -> None:
        """Move on to the last step; allowed once nothing is left to compare.

        Raises:
            StudyRuleError: there are comparisons left.
        """
        if self.next(person) is not None:
            raise StudyRuleError("There are stories left to compare.")
        self._desk.act_of_person(
            person,
            "comparing.finished",
            lambda store: move_on(
                store, person.id, to=JourneyStep.FINISH, at_least_from=JourneyStep.COMPARE, desk=self._desk
            ),
            client_id=client_id,
        )

    def _still_open(
        self, store: Store, person: Participant, votes: Sequence[EdgeVote], shown: HypothesisId | None
    ) -> UpgradeHypothesis | None:
        """Return the story that is shown if it can still be answered: each redrawing asks, so nothing is ranked."""
        if shown is None:
            return None
        try:
            story = store.hypotheses.get(shown)
            ends = [store.values.get(story.src_id), store.values.get(story.wiser_id)]
        except NotFoundError:
            return None
        pair, roots = {story.src_id, story.wiser_id}, store.values.roots(person.study_id)
        is_open = (
            story.study_id == person.study_id
            and not story.is_archived
            and all(not value.is_withdrawn and is_shown_to(value, person.source) for value in ends)
            and roots.get(story.src_id, story.src_id) != roots.get(story.wiser_id, story.wiser_id)
            and all({vote.src_id, vote.wiser_id} != pair for vote in votes)
        )
        return story if is_open else None

    def _ranked(self, store: Store, person: Participant, votes: Sequence[EdgeVote]) -> list[UpgradeHypothesis]:
        card = own_card(store, person.id)
        placement = store.values.placement_of(card.id)
        withdrawn_or_merged = store.values.roots(person.study_id)
        live = {v.id for v in store.values.list(person.study_id) if is_shown_to(v, person.source)}
        open_ones = [
            h
            for h in store.hypotheses.list(person.study_id)
            if {h.src_id, h.wiser_id} <= live
            and withdrawn_or_merged.get(h.src_id, h.src_id) != withdrawn_or_merged.get(h.wiser_id, h.wiser_id)
        ]
        return rank_hypotheses(
            open_ones,
            answered={(v.src_id, v.wiser_id) for v in votes},
            own={placement.value_id} if placement else set(),
            chosen={c for draw in store.draws.of_person(person.id) for c in draw.chosen_ids},
            nearness=self._meaning.similarities(person.study_id, [card_meaning(card.text)]),
            counts=store.votes.hypothesis_counts(person.study_id),
        )


def is_flipped(person: Participant, hypothesis: UpgradeHypothesis) -> bool:
    """Tell whether the wiser card is shown first: a coin per person and pair, the same at every reload."""
    seed = int(content_hash(["side", person.id, hypothesis.id])[:15], 16)
    return bool(np.random.default_rng(seed).integers(2))
