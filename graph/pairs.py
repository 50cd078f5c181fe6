"""Votes to ordered pairs of values: counts, likelihoods and entropies.

Source of every formula: Moral Graph Elicitation, the published graph of 2023 and the code that made it.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from domain.graphs import ContextCounts, EdgeCounts, GraphEdge, Thresholds, VoteRow
from domain.measures.entropy import entropy_bits
from domain.measures.intervals import Interval, wilson_interval
from graph.tally import CONTEXT_MASK, PairCounts, Tally, only_pair, pair_counts, tally
from graph.vote_columns import vote_columns


class Judgement(NamedTuple):
    """What the formulas make of the counts of one pair."""

    wiser_likelihood: float | None
    entropy: float
    vote_entropy: float | None
    interval: Interval | None


def summarise_pairs(rows: Sequence[VoteRow], *, thresholds: Thresholds) -> tuple[GraphEdge, ...]:
    """Return every ordered pair voted on in its own direction, sorted by ids; the order of ``rows`` changes nothing.

    With W, N, U the answers wiser, not wiser, not sure on (src, wiser), L the answers wiser on the reverse pair and
    I all answers on both: likelihood = (W - L) / (W + N + U + L); the entropy as published is that of {W, N, L, U, I};
    an edge is kept when W > 0 and likelihood, entropy and W pass the thresholds.
    """
    return edges_of(tally(vote_columns(rows)), thresholds=thresholds)


def edges_of(counted: Tally, *, thresholds: Thresholds) -> tuple[GraphEdge, ...]:
    """Return every ordered pair of a tally, sorted by ids, judged by the formulas of ``summarise_pairs``."""
    pairs = pair_counts(counted)
    judge = cache(_judge)
    counts = zip(*pairs.own.T.tolist(), pairs.less_wise.tolist(), pairs.impressions.tolist(), strict=True)
    every = [EdgeCounts(*one) for one in counts]
    contexts = _contexts(counted, pairs)
    by_ends = dict(zip(zip(pairs.src.tolist(), pairs.wiser.tolist(), strict=True), contexts, strict=True))
    values, edges = counted.keys.values, []
    for (src, wiser), own, one, n_people in zip(by_ends, contexts, every, pairs.n_people.tolist(), strict=True):
        judged = judge(one)
        reverse = by_ends.get((wiser, src), ())
        edges.append(
            GraphEdge(
                src_id=values[src],
                wiser_id=values[wiser],
                contexts=tuple(sorted({c.context for c in (*own, *reverse)})),
                counts=one,
                by_context=own,
                wiser_likelihood=judged.wiser_likelihood,
                entropy=judged.entropy,
                vote_entropy=judged.vote_entropy,
                wiser_share_interval=judged.interval,
                n_people=n_people,
                is_kept=is_kept(one, judged, thresholds),
            )
        )
    return tuple(edges)


def edges_after(
    edges: Sequence[GraphEdge], counted: Tally, *, src: int, wiser: int, thresholds: Thresholds
) -> tuple[GraphEdge, ...]:
    """Return ``edges`` with the two directions of one pair judged anew: the same as ``edges_of(counted)``, sooner.

    Args:
        edges: every pair as it was before votes on this one pair changed, sorted by ids.
        counted: the counts after.
        src: number of one end in the tally.
        wiser: number of the other end.
        thresholds: which edges are kept.
    """
    names = {counted.keys.values[src], counted.keys.values[wiser]}
    fresh = edges_of(only_pair(counted, src, wiser), thresholds=thresholds)
    others = [edge for edge in edges if edge.src_id not in names or edge.wiser_id not in names]
    return tuple(sorted((*others, *fresh), key=lambda edge: (edge.src_id, edge.wiser_id)))


def is_kept(counts: EdgeCounts, judged: Judgement, thresholds: Thresholds) -> bool:
    """Return whether a pair passes the published rule."""
    return (
        counts.wiser > 0
        and judged.wiser_likelihood is not None
        and judged.wiser_likelihood >= thresholds.min_wiser_likelihood
        and judged.entropy <= thresholds.max_entropy
        and counts.wiser >= thresholds.min_wiser
    )


def _judge(counts: EdgeCounts) -> Judgement:
    votes = counts[:4]
    return Judgement(
        wiser_likelihood=(counts.wiser - counts.less_wise) / sum(votes) if sum(votes) else None,
        entropy=entropy_bits((*votes, counts.impressions)),
        vote_entropy=entropy_bits(votes) if sum(votes) else None,
        interval=wilson_interval(counts.wiser, counts.wiser + counts.not_wiser + counts.unsure),
    )


def _contexts(counted: Tally, pairs: PairCounts) -> list[tuple[ContextCounts, ...]]:
    """Return for each pair its counts in each context of its own direction, contexts sorted."""
    names = [counted.keys.contexts[at] for at in (counted.cells & CONTEXT_MASK).tolist()]
    cells = [
        ContextCounts(context=name, wiser=wiser, not_wiser=not_wiser, unsure=unsure)
        for name, (wiser, not_wiser, unsure) in zip(names, counted.answers.tolist(), strict=True)
    ]
    starts = pairs.first_cell.tolist()
    return [tuple(cells[start:end]) for start, end in pairwise(starts)]
