"""Votes to weighted graph: counts, likelihoods and entropies of ordered pairs of values.

Source of every formula: Moral Graph Elicitation, the published graph of 2023 and the code that made it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.graphs import EdgeCounts, Thresholds, VoteRow
from domain.ids import PersonId, ValueId
from domain.votes import EdgeAnswer


class PairSummary(NamedTuple):
    """One ordered pair of values with what the votes say about it."""

    src_id: ValueId
    wiser_id: ValueId
    contexts: tuple[str, ...]
    """Distinct contexts of both directions, sorted."""
    counts: EdgeCounts
    wiser_likelihood: float | None
    entropy: float
    vote_entropy: float | None
    n_people: int
    is_kept: bool


def entropy_bits(counts: Iterable[int]) -> float:
    """Return the Shannon entropy of ``counts`` in bits; zeros count for nothing, no counts at all give 0.

    >>> entropy_bits([2, 2])
    1.0
    """
    present = [c for c in counts if c > 0]
    total = sum(present)
    return -math.fsum(c / total * math.log2(c / total) for c in present) + 0.0 if total else 0.0


def summarise_pairs(rows: Sequence[VoteRow], *, thresholds: Thresholds) -> tuple[PairSummary, ...]:
    """Return every ordered pair voted on in its own direction, sorted by ids; the order of ``rows`` changes nothing.

    With W, N, U the answers wiser, not wiser, not sure on (src, wiser), L the answers wiser on the reverse pair and
    I all answers on both: likelihood = (W - L) / (W + N + U + L); entropy as published is that of {W, N, L, U, I};
    an edge is kept when W > 0 and likelihood, entropy and W pass the thresholds.
    """
    answers: dict[tuple[ValueId, ValueId], Counter[EdgeAnswer]] = defaultdict(Counter)
    contexts: dict[frozenset[ValueId], set[str]] = defaultdict(set)
    people: dict[frozenset[ValueId], set[PersonId]] = defaultdict(set)
    for row in rows:
        pair = frozenset((row.src_id, row.wiser_id))
        answers[row.src_id, row.wiser_id][row.answer] += 1
        contexts[pair].add(row.context)
        people[pair].add(row.person_id)
    summaries = []
    for src_id, wiser_id in sorted(answers):
        pair = frozenset((src_id, wiser_id))
        counts = _count(answers[src_id, wiser_id], answers.get((wiser_id, src_id), Counter()))
        votes = (counts.wiser, counts.not_wiser, counts.unsure, counts.less_wise)
        likelihood = (counts.wiser - counts.less_wise) / sum(votes) if sum(votes) else None
        entropy = entropy_bits((*votes, counts.impressions))
        summaries.append(
            PairSummary(
                src_id=src_id,
                wiser_id=wiser_id,
                contexts=tuple(sorted(contexts[pair])),
                counts=counts,
                wiser_likelihood=likelihood,
                entropy=entropy,
                vote_entropy=entropy_bits(votes) if sum(votes) else None,
                n_people=len(people[pair]),
                is_kept=counts.wiser > 0
                and likelihood is not None
                and likelihood >= thresholds.min_wiser_likelihood
                and entropy <= thresholds.max_entropy
                and counts.wiser >= thresholds.min_wiser,
            )
        )
    return tuple(summaries)


def _count(own: Counter[EdgeAnswer], reverse: Counter[EdgeAnswer]) -> EdgeCounts:
    return EdgeCounts(
        wiser=own[EdgeAnswer.WISER],
        not_wiser=own[EdgeAnswer.NOT_WISER],
        unsure=own[EdgeAnswer.NOT_SURE],
        less_wise=reverse[EdgeAnswer.WISER],
        impressions=own.total() + reverse.total(),
    )
