"""Influence: what changes in the graph when a group is left out, beside what changes when as many by lot are.

The lot is drawn among the people in any group: those who did not give the attribute may have come at another time and
been asked about other pairs, so they are no measure of what is usual.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.graphs import Thresholds
from domain.ids import ValueId
from domain.measures.intervals import Interval
from graph.audit_words import FALSE_DISCOVERY, NO_DIFFERENCE
from graph.ballots import EDGE_ANSWERS, Ballots, BoolArray, IntArray, Pair, RealArray
from graph.groups import Grouping, voters_by_group

N_DRAWS = 199
N_ANSWERS = len(EDGE_ANSWERS)
N_TOP = 10
"""Values that count as the top, by wisdom."""


class Influence(NamedTuple):
    """What the graph would be without one group."""

    group: str
    n_people: int
    """People of the group who voted."""
    n_votes: int | None
    """``None`` where the votes of a hidden cell would follow from it."""
    edges_lost: int
    edges_gained: int
    top_left: tuple[ValueId, ...]
    """Values that leave the top without the group, sorted."""
    top_entered: tuple[ValueId, ...]
    usual: Interval
    """95 % range of edges lost and gained when as many people, drawn by lot, are left out."""
    p: float
    """Chance that as many people by lot change at least as many edges, 0..1."""
    words: str


class _Pairs(NamedTuple):
    """Ordered pairs of the answers, and where each one's reverse is."""

    ends: tuple[tuple[ValueId, ValueId], ...]
    cell: IntArray
    """Pair and answer of each vote as one number, shape (n_votes,)."""
    reverse: IntArray
    """Row of the reverse pair; -1 where nobody voted on it."""


def influence(
    ballots: Ballots,
    grouping: Grouping,
    *,
    thresholds: Thresholds,
    rng: np.random.Generator,
    n_draws: int = N_DRAWS,
) -> tuple[Influence, ...]:
    """Return for each group what leaving it out changes; ``ballots`` are edge votes. () without votes.

    Groups whose number of voters may not be shown are absent: the rule is that of ``graph.cell_guard``.
    """
    if not len(ballots.person):
        return ()
    pairs, codes = _pairs(ballots), grouping.codes(ballots.people)
    whole = kept_likelihoods(ballots, thresholds=thresholds)
    top = _top(whole, pairs)
    found = []
    for at, voters in enumerate(voters_by_group(ballots, grouping)):
        if not voters.cell.n_people:
            continue
        members = codes == at
        left = _without(ballots, members, pairs, thresholds)
        lost, gained = _changes(whole, left)
        by_lot = [
            sum(_changes(whole, _without(ballots, _by_lot(members, codes >= 0, rng), pairs, thresholds)))
            for _ in range(n_draws)
        ]
        low, high = np.quantile(by_lot, [0.025, 0.975])
        top_left = _top(left, pairs)
        p = (1 + sum(n >= lost + gained for n in by_lot)) / (1 + n_draws)
        found.append(
            Influence(
                group=voters.group,
                n_people=voters.cell.n_people,
                n_votes=voters.n_votes,
                edges_lost=lost,
                edges_gained=gained,
                top_left=tuple(sorted(top - top_left)),
                top_entered=tuple(sorted(top_left - top)),
                usual=Interval(float(low), float(high)),
                p=p,
                words=_words(p, n_groups=len(grouping.labels())),
            )
        )
    return tuple(found)


def kept_likelihoods(ballots: Ballots, *, thresholds: Thresholds) -> RealArray:
    """Return the wiser likelihood of each ordered pair that is kept, NaN elsewhere, shape (n_pairs,), pairs sorted.

    The same rule as ``graph.pairs``, on columns.
    """
    return _likelihoods(ballots, np.ones(len(ballots.people), dtype=np.bool_), _pairs(ballots), thresholds)


def _likelihoods(ballots: Ballots, counted: BoolArray, pairs: _Pairs, thresholds: Thresholds) -> RealArray:
    size = N_ANSWERS * len(pairs.ends)
    counts = np.bincount(pairs.cell, counted[ballots.person], size).reshape(-1, N_ANSWERS).astype(np.float64)
    back = np.where(pairs.reverse[:, None] >= 0, counts[pairs.reverse], 0.0)
    total = counts.sum(axis=1) + back[:, 0]
    likelihood = np.divide(counts[:, 0] - back[:, 0], total, out=np.full(len(total), np.nan), where=total > 0)
    parts = np.column_stack([counts, back[:, 0], counts.sum(axis=1) + back.sum(axis=1)])
    shares = parts / np.maximum(parts.sum(axis=1, keepdims=True), 1)
    entropy = -(shares * np.log2(shares, out=np.zeros_like(shares), where=shares > 0)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        is_kept = (
            (counts[:, 0] >= max(1, thresholds.min_wiser))
            & (likelihood >= thresholds.min_wiser_likelihood)
            & (entropy <= thresholds.max_entropy)
        )
    return np.where(is_kept, likelihood, np.nan)


def _pairs(ballots: Ballots) -> _Pairs:
    ends = [(item.src_id, item.wiser_id) for item in ballots.items if isinstance(item, Pair)]
    distinct = sorted(set(ends))
    row = {pair: at for at, pair in enumerate(distinct)}
    of_item = np.array([row[pair] for pair in ends], dtype=np.int64)
    return _Pairs(
        ends=tuple(distinct),
        cell=of_item[ballots.item] * N_ANSWERS + ballots.answer,
        reverse=np.array([row.get((wiser, src), -1) for src, wiser in distinct], dtype=np.int64),
    )


def _without(ballots: Ballots, members: BoolArray, pairs: _Pairs, thresholds: Thresholds) -> RealArray:
    return _likelihoods(ballots, ~members, pairs, thresholds)


def _by_lot(members: BoolArray, in_groups: BoolArray, rng: np.random.Generator) -> BoolArray:
    drawn = members.copy()
    drawn[in_groups] = rng.permutation(members[in_groups])
    return drawn


def _changes(whole: RealArray, left: RealArray) -> tuple[int, int]:
    before, after = ~np.isnan(whole), ~np.isnan(left)
    return int((before & ~after).sum()), int((after & ~before).sum())


def _top(likelihoods: RealArray, pairs: _Pairs) -> frozenset[ValueId]:
    wisdom: dict[ValueId, float] = {}
    for (_, wiser_id), likelihood in zip(pairs.ends, likelihoods.tolist(), strict=True):
        if likelihood == likelihood:  # noqa: PLR0124 (NaN differs from itself)
            wisdom[wiser_id] = wisdom.get(wiser_id, 0.0) + likelihood
    return frozenset(_best(wisdom))


def _best(wisdom: dict[ValueId, float]) -> Sequence[ValueId]:
    return sorted(wisdom, key=lambda value_id: (-round(wisdom[value_id], 9), value_id))[:N_TOP]


def _words(p: float, *, n_groups: int) -> str:
    if p * n_groups < FALSE_DISCOVERY:
        return "leaving it out changes more of the map than leaving out as many people by lot"
    return NO_DIFFERENCE
