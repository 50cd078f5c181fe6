"""How far ranks and winners would change had other people of the same kind come: ranges of wisdom and of place.

An interval here says what chance in the draw of people does. It does not say which stories were told: a value that
nobody was asked about has no wisdom, however many people came.
"""

from typing import NamedTuple

import numpy as np

from domain.graphs import Thresholds
from domain.ids import ValueId
from domain.measures.intervals import Interval
from domain.vote_columns import VoteColumns
from graph.resampling import N_RESAMPLES, BoolArray, RealArray, observed_graph, resample_graphs

LEVELS = (0.025, 0.975)
TIE = 1e-9
"""Scores nearer than this share a place: sums of the same numbers in another order differ in the last digits."""


class ValueRange(NamedTuple):
    """One value: what was found, and its 95 % range over resampled people."""

    value_id: ValueId
    wisdom: float
    wisdom_interval: Interval
    """Ends are sums of likelihoods, not shares."""
    page_rank: float
    page_rank_interval: Interval
    rank: int
    """Place by wisdom among the values that a kept edge touches, 1 is the highest; equals share the better place."""
    rank_interval: tuple[int, int]
    """Best and worst place among the same values."""
    first_share: float
    """Share of resamples in which its wisdom is the highest, 0..1; equals share the win."""
    first_by_page_rank_share: float


class EdgeSupport(NamedTuple):
    """How often a pair is an edge when people are drawn again."""

    src_id: ValueId
    wiser_id: ValueId
    kept_share: float
    """0..1."""


class Uncertainty(NamedTuple):
    """Ranges over resampled people."""

    values: tuple[ValueRange, ...]
    """Values that a kept edge touches, wisest first, equals by id."""
    edges: tuple[EdgeSupport, ...]
    """Every ordered pair voted on, by ids."""
    n_people: int
    n_votes: int
    n_resamples: int


class _Found(NamedTuple):
    wisdom: RealArray
    page_rank: RealArray
    places: RealArray
    first: RealArray
    """Share of resamples in which each value inside is the highest of all values, by wisdom; shape (n_inside,)."""
    first_by_page_rank: RealArray
    kept: RealArray


def uncertainty(
    votes: VoteColumns, *, thresholds: Thresholds, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> Uncertainty:
    """Return the ranges of every value and edge; the same votes and seed give the same numbers.

    A value that loses its last edge in a resample has wisdom and PageRank 0 there and shares the last place.
    """
    if not len(votes):
        return Uncertainty((), (), 0, 0, n_resamples)
    own = observed_graph(votes, thresholds=thresholds)
    inside = np.flatnonzero(own.touched[0])
    found = _draw(votes, inside, thresholds=thresholds, rng=rng, n_resamples=n_resamples)
    ends = np.unique(np.stack([votes.src, votes.wiser], axis=1), axis=0).tolist()
    names = votes.keys.values
    return Uncertainty(
        values=_ranges(own.wisdom[0, inside], own.page_rank[0, inside], found, [names[at] for at in inside]),
        edges=tuple(
            EdgeSupport(names[src], names[wiser], float(share))
            for (src, wiser), share in zip(ends, found.kept.tolist(), strict=True)
        ),
        n_people=len(np.unique(votes.person)),
        n_votes=len(votes),
        n_resamples=n_resamples,
    )


def _draw(
    votes: VoteColumns, inside: "np.ndarray[tuple[int], np.dtype[np.intp]]", *, thresholds: Thresholds,
    rng: np.random.Generator, n_resamples: int,
) -> _Found:  # fmt: skip
    """Return wisdom, PageRank and place of the values ``inside`` in every resample, and each pair's share of them.

    Places are counted among the values inside, as they are where the votes stand as cast. Who is first is asked among
    all values: one that the votes as cast leave outside may win a resample.
    """
    wisdom, ranks, places, wins, wins_by_rank = [], [], [], [], []
    n_kept: RealArray | float = 0.0
    for some in resample_graphs(votes, thresholds=thresholds, rng=rng, n_resamples=n_resamples):
        wisdom.append(some.wisdom[:, inside])
        ranks.append(some.page_rank[:, inside])
        places.append(_places(some.wisdom[:, inside], some.touched[:, inside]))
        wins.append(_wins(some.wisdom)[:, inside])
        wins_by_rank.append(_wins(some.page_rank)[:, inside])
        n_kept = n_kept + some.kept.sum(axis=0).astype(np.float64)
    return _Found(
        wisdom=np.vstack(wisdom),
        page_rank=np.vstack(ranks),
        places=np.vstack(places),
        first=np.vstack(wins).mean(axis=0),
        first_by_page_rank=np.vstack(wins_by_rank).mean(axis=0),
        kept=np.asarray(n_kept) / n_resamples,
    )


def _places(scores: RealArray, present: BoolArray) -> RealArray:
    """Return each column's place in its row, 1 the highest, equals sharing the better one; absent ones come last."""
    held = np.where(present, np.round(scores / TIE) * TIE, -np.inf)
    ordered = np.sort(-held, axis=1)
    rows = [np.searchsorted(row, -own, side="left") + 1 for row, own in zip(ordered, held, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(scores.shape)


def _wins(scores: RealArray) -> RealArray:
    """Return each column's part in the win of each row, 0..1: the highest wins, equals split the row."""
    highest = scores.max(axis=1, keepdims=True)
    wins = (scores >= highest - TIE) & (highest > 0)
    parts: RealArray = wins / np.maximum(wins.sum(axis=1, keepdims=True), 1)
    return parts


def _ranges(wisdom: RealArray, page_rank: RealArray, found: _Found, names: list[ValueId]) -> tuple[ValueRange, ...]:
    if not names:
        return ()
    wise, ranked = (np.quantile(scores, LEVELS, axis=0).T.tolist() for scores in (found.wisdom, found.page_rank))
    placed = np.quantile(found.places, LEVELS, axis=0, method="nearest").T.astype(int).tolist()
    own = _places(wisdom[None], np.ones((1, len(names)), dtype=np.bool_))[0].astype(int).tolist()
    first, by_rank = found.first.tolist(), found.first_by_page_rank.tolist()
    values = [
        ValueRange(
            value_id=name,
            wisdom=float(wisdom[at]),
            wisdom_interval=Interval(*wise[at]),
            page_rank=float(page_rank[at]),
            page_rank_interval=Interval(*ranked[at]),
            rank=own[at],
            rank_interval=(placed[at][0], placed[at][1]),
            first_share=first[at],
            first_by_page_rank_share=by_rank[at],
        )
        for at, name in enumerate(names)
    ]
    return tuple(sorted(values, key=lambda one: (one.rank, one.value_id)))
