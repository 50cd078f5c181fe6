"""Values that may say the same, for a researcher to look through: how alike, what a model said, what people ruled.

A model's word changes nothing in the graph. A person puts two values together by a merge, or keeps them apart by a
ruling; both are in the log and can be taken back.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue
from domain.errors import StudyRuleError
from domain.gathered import PairOpinion
from domain.ids import ClientId, MergeId, RulingId, StudyId, ValueId
from domain.judging import PairRuling, Ruling, ValueJudgement, wording_of
from domain.neighbours import NeighbourPairs
from domain.nouns import content_hash
from domain.people import Source
from graph.card_likeness import DEFAULT_BOUNDS, LikenessBounds, likeness, words_of
from graph.gathering import pairs_within
from services.acts import Desk
from services.gathering import MANY, NEAR_FROM, NEAR_FROM_AMONG_MANY
from services.meaning import MeaningSpace
from services.moderation import Moderation
from storage import Store


class PairKey(NamedTuple):
    """Two values in one wording, the lower number first."""

    first_id: ValueId
    second_id: ValueId
    wording: str


class PairInReview(NamedTuple):
    """One pair as the queue shows it."""

    first: CanonicalValue
    second: CanonicalValue
    likeness: float
    """0..1, see ``graph.card_likeness``."""
    is_borderline: bool
    """Near the cut; the other pairs in the queue lie above it."""
    judgement: ValueJudgement | None = None
    ruling: PairRuling | None = None

    @property
    def key(self) -> PairKey:
        """What names the pair."""
        return PairKey(self.first.id, self.second.id, wording_of(self.first, self.second))

    def uncertainty(self, *, cut: float) -> float:
        """Return how little settles this pair, 0..1; a judgement that is no plain answer settles nothing."""
        opinion = self.judgement.opinion if self.judgement is not None else PairOpinion.UNSURE
        is_settled = opinion in (PairOpinion.SAME, PairOpinion.DIFFERENT)
        return (0.0 if is_settled else 0.5) + max(0.0, 0.5 - abs(self.likeness - cut))


class ReviewQueue(NamedTuple):
    """All pairs of a study that may say the same."""

    open: tuple[PairInReview, ...]
    """The least certain first, those put off last."""
    apart: tuple[PairInReview, ...]
    """Kept apart by a person, the newest first."""
    bounds: LikenessBounds

    def to_judge(self) -> list[PairInReview]:
        """Return the borderline pairs that no model has answered, the nearest to the cut first."""
        unheard = [
            pair
            for pair in self.open
            if pair.is_borderline and (pair.judgement is None or pair.judgement.opinion is PairOpinion.FAILED)
        ]
        return sorted(unheard, key=lambda pair: abs(pair.likeness - self.bounds.cut))

    def count(self, opinion: PairOpinion) -> int:
        """Return how many pairs, open and kept apart, a model has this opinion of."""
        every = (*self.open, *self.apart)
        return sum(pair.judgement is not None and pair.judgement.opinion is opinion for pair in every)

    def n_put_off(self) -> int:
        """Return how many open pairs a person left for later."""
        return sum(pair.ruling is not None for pair in self.open)


class _Alike(NamedTuple):
    """Pairs of the values of one study as they stood, by place in the list of values."""

    fingerprint: str
    pairs: NeighbourPairs


class PairReview:
    """Use cases of the review queue."""

    def __init__(
        self,
        desk: Desk,
        meaning: MeaningSpace,
        moderation: Moderation,
        *,
        bounds: LikenessBounds = DEFAULT_BOUNDS,
    ) -> None:
        self._desk = desk
        self._meaning = meaning
        self._moderation = moderation
        self._bounds = bounds
        self._kept: dict[StudyId, _Alike] = {}
        self._lock = threading.Lock()

    def queue(self, study_id: StudyId) -> ReviewQueue:
        """Return the pairs of a study: values that count for themselves, simulated ones among themselves alone."""
        with self._desk.database.read() as store:
            roots = store.values.roots(study_id)
            values = [value for value in store.values.list(study_id) if roots.get(value.id, value.id) == value.id]
            judged = {PairKey(j.first_id, j.second_id, j.wording): j for j in store.judgements.list(study_id)}
            ruled = {PairKey(r.first_id, r.second_id, r.wording): r for r in store.judgements.rulings(study_id)}
        pairs = [
            pair._replace(judgement=judged.get(pair.key), ruling=ruled.get(pair.key))
            for pair in self._pairs(study_id, values)
        ]
        apart = [(p.ruling.created_at, p) for p in pairs if p.ruling is not None and p.ruling.ruling is Ruling.APART]
        waiting = [pair for pair in pairs if pair.ruling is None or pair.ruling.ruling is Ruling.LATER]
        waiting.sort(key=lambda p: (p.ruling is not None, -p.uncertainty(cut=self._bounds.cut)))
        return ReviewQueue(
            open=tuple(waiting),
            apart=tuple(pair for _, pair in sorted(apart, key=lambda one: one[0], reverse=True)),
            bounds=self._bounds,
        )

    def put_together(
        self, pair: PairInReview, *, keep: ValueId, reason: str, staff: str, client_id: ClientId
    ) -> MergeId:
        """Merge the pair: votes and cards of the other value count for ``keep`` until the merge is taken back.

        Raises:
            StudyRuleError: a value is not of this study, or was merged or withdrawn meanwhile.
        """
        other = pair.second.id if keep == pair.first.id else pair.first.id
        return self._moderation.merge(
            pair.first.study_id,
            other,
            into=keep,
            reason=reason.strip() or seen_by_staff(pair),
            staff=staff,
            client_id=client_id,
        )

    def rule(self, pair: PairInReview, ruling: Ruling, *, reason: str, staff: str, client_id: ClientId) -> RulingId:
        """Keep a pair apart, or leave it for later, over whatever a model says of it.

        Raises:
            StudyRuleError: one of the values bears other words by now.
        """
        study_id, key = pair.first.study_id, pair.key
        made = PairRuling(
            id=RulingId(content_hash(["ruling", study_id, client_id])[:32]),
            study_id=study_id,
            **key._asdict(),
            ruling=ruling,
            author=f"staff:{staff}",
            reason=reason.strip() or seen_by_staff(pair),
            created_at=self._desk.clock(),
        )

        def body(store: Store) -> None:
            if not is_current(store, key):
                raise StudyRuleError("One of these values bears other words by now. Reload the page.")
            store.judgements.rule(made)

        self._desk.act_of_staff(
            study_id,
            "pair.kept_apart" if ruling is Ruling.APART else "pair.put_off",
            body,
            staff=staff,
            client_id=client_id,
            refs={"first": key.first_id, "second": key.second_id, "ruling": made.id},
            content=made.reason,
        )
        return made.id

    def undo(self, study_id: StudyId, ruling_id: RulingId, *, staff: str, client_id: ClientId) -> None:
        """Take a ruling back: the pair is open again.

        Raises:
            StudyRuleError: it is not a standing ruling of this study.
        """

        def body(store: Store) -> None:
            if ruling_id not in {ruling.id for ruling in store.judgements.rulings(study_id)}:
                raise StudyRuleError("This does not stand in this study any more. Reload the page.")
            store.judgements.undo_ruling(ruling_id, at=self._desk.clock())

        refs: dict[str, str] = {"ruling": ruling_id}
        self._desk.act_of_staff(study_id, "pair.ruling_undone", body, staff=staff, client_id=client_id, refs=refs)

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held in memory of a study; called when a person erases their words."""
        with self._lock:
            self._kept.pop(study_id, None)

    def _pairs(self, study_id: StudyId, values: Sequence[CanonicalValue]) -> list[PairInReview]:
        found = self._alike(study_id, values)
        ends = zip(found.first.tolist(), found.second.tolist(), found.similarity.tolist(), strict=True)
        return [
            PairInReview(
                first=values[one],
                second=values[other],
                likeness=min(1.0, round(float(alike), 4)),
                is_borderline=abs(alike - self._bounds.cut) <= self._bounds.band,
            )
            for one, other, alike in ends
            if (values[one].source is Source.SIMULATED) == (values[other].source is Source.SIMULATED)
        ]

    def _alike(self, study_id: StudyId, values: Sequence[CanonicalValue]) -> NeighbourPairs:
        """Return the pairs that lie above the lower end of the band, by place; kept while the values stay."""
        fingerprint = content_hash([(value.id, value.updated_at.isoformat()) for value in values])
        with self._lock:
            kept = self._kept.get(study_id)
        if kept is not None and kept.fingerprint == fingerprint:
            return kept.pairs
        vectors = self._meaning.vectors(study_id, [value.embedding_text() for value in values])
        near_from = NEAR_FROM if len(values) <= MANY else NEAR_FROM_AMONG_MANY
        near = pairs_within(vectors, np.zeros(len(values), dtype=np.int64), min_similarity=near_from)
        words = [words_of(value.title, value.policies) for value in values]
        pairs = likeness(near, words, at_least=self._bounds.cut - self._bounds.band)
        with self._lock:
            self._kept[study_id] = _Alike(fingerprint, pairs)
        return pairs


def seen_by_staff(pair: PairInReview) -> str:
    """Return what stood beside a pair when it was decided without a reason in words."""
    said = pair.judgement.opinion.value if pair.judgement is not None else "not asked"
    return f"From the review queue: likeness {pair.likeness:.2f}, language model: {said}."


def is_current(store: Store, key: PairKey) -> bool:
    """Tell whether both values still stand and bear the words that ``key`` names."""
    first, second = store.values.get(key.first_id), store.values.get(key.second_id)
    return not (first.is_withdrawn or second.is_withdrawn) and wording_of(first, second) == key.wording
