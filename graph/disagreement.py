"""Disagreement within and between groups: are these groups a fault line, or do people differ just as much inside them?

D between two groups on one item is the chance that a random person of each answer it differently; D within a group is
the same for two different people of it. Excess = D between - mean D within; 0: no fault line; 1: two unanimous camps.
Items are pooled by the number of pairs of people across the groups. "Not sure" is an answer of its own, never a no.
On an item only groups count whose cell may be shown there (``graph.cell_guard``): five people or more.
Source: shares of differing pairs as in Simpson, Measurement of diversity (1949), and Nei's between-population excess
(1973), taken over items.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from domain.measures.intervals import Interval
from graph.ballots import Ballots, BoolArray, IntArray, Pair, RealArray
from graph.cell_guard import CellGuard
from graph.groups import N_SHUFFLES

N_RESAMPLES = 400
"""Resamples of people behind an interval."""


class PairDisagreement(NamedTuple):
    """Two groups held against each other."""

    first: str
    second: str
    between: float
    """Chance that one of each answers differently, 0..1."""
    within_first: float
    within_second: float
    excess: float
    """between - mean of both within, -1..1."""
    n_items: int
    """Items on which both groups may be shown."""


class Disagreement(NamedTuple):
    """All groups of a grouping held against one another."""

    pairs: tuple[PairDisagreement, ...]
    excess: float
    """Over all pairs of groups, pooled in the same way."""
    interval: Interval
    """95 %, from resampled people."""
    p: float
    """Permutation test of the labels, one-sided: an excess this large by lot, 0..1."""
    n_people: int
    """People whose answers count."""
    n_items: int


class WithoutContext(NamedTuple):
    """What is left when one context is taken out: a fault line that hangs on one subject goes away."""

    left_out: str
    excess: float | None
    """``None`` where fewer than two groups of five people are left to compare."""
    n_items: int


class _Pooled(NamedTuple):
    weight: RealArray
    """Pairs of people per pair of groups and item, shape (n_group_pairs, n_items); 0 where one may not be shown."""
    between: RealArray
    within_first: RealArray
    within_second: RealArray


def differing_share(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the chance that one person of each group answers differently, from counts of each answer, 0..1.

    With two answers this is [a(m - b) + (n - a)b] / (nm), a of n and b of m saying yes.

    >>> differing_share([3, 1], [1, 3])
    0.625
    """
    return 1 - sum(a * b for a, b in zip(first, second, strict=True)) / (sum(first) * sum(second))


def differing_share_within(counts: Sequence[int]) -> float:
    """Return the chance that two different people of a group answer differently, from counts of each answer, 0..1.

    >>> differing_share_within([1, 1])
    1.0
    """
    n = sum(counts)
    return (n * n - sum(c * c for c in counts)) / (n * (n - 1))


def disagreement(
    ballots: Ballots,
    codes: IntArray,
    labels: Sequence[str],
    *,
    rng: np.random.Generator,
    guard: CellGuard | None = None,
    n_shuffles: int = N_SHUFFLES,
    n_resamples: int = N_RESAMPLES,
) -> Disagreement | None:
    """Return how far the groups disagree beyond their own inner disagreement.

    ``None`` where no item shows two groups. A shuffle gives people other groups, and shows what these may show; a
    resample of people keeps to the items and groups that are shown.

    Args:
        ballots: answers on items.
        codes: group of each person, shape (n_people,); -1 leaves the person out.
        labels: names of the groups, by code.
        rng: source of shuffles and resamples.
        guard: which cells may be shown; ``None`` takes the sizes of the groups from ``codes``.
        n_shuffles: shuffles of the labels among the people who answered.
        n_resamples: resamples of people, each within the whole study.
    """
    table = _table(ballots, codes, n_groups=len(labels), guard=guard)
    shown = _shown(table, codes)
    pooled = _pool(table, codes, shown)
    excess = _excess(pooled)
    if excess is None:
        return None
    seen = table.seen
    people = np.unique(seen.person)
    shuffled = [_excess_of(table, _shuffled(codes, people, rng)) or 0.0 for _ in range(n_shuffles)]
    resampled = [
        found
        for _ in range(n_resamples)
        if (found := _excess(_pool(table, codes, shown, times=_resample(len(codes), people, rng)))) is not None
    ]
    low, high = np.quantile(resampled, [0.025, 0.975]) if resampled else (-1.0, 1.0)
    is_used = shown & (shown.sum(axis=0) > 1)
    return Disagreement(
        pairs=_by_pair(pooled, labels),
        excess=excess,
        interval=Interval(float(low), float(high)),
        p=(1 + sum(one >= excess - 1e-12 for one in shuffled)) / (1 + n_shuffles),
        n_people=len(np.unique(seen.person[is_used[codes[seen.person], seen.item]])),
        n_items=int((pooled.weight.sum(axis=0) > 0).sum()),
    )


def without_each_context(
    ballots: Ballots, codes: IntArray, labels: Sequence[str], *, guard: CellGuard | None = None
) -> tuple[WithoutContext, ...]:
    """Return the excess with each context left out in turn, sorted by context; items are ``Pair``."""
    contexts = [item.context if isinstance(item, Pair) else str(item) for item in ballots.items]
    of_item = np.array(contexts, dtype=object)
    found = []
    for context in sorted(set(contexts)):
        left = ballots.where(of_item[ballots.item] != context)
        table = _table(left, codes, n_groups=len(labels), guard=guard)
        pooled = _pool(table, codes, _shown(table, codes))
        n_items = int((pooled.weight.sum(axis=0) > 0).sum())
        found.append(WithoutContext(left_out=context, excess=_excess(pooled), n_items=n_items))
    return tuple(found)


def excess_of(ballots: Ballots, codes: IntArray, *, guard: CellGuard | None = None) -> float | None:
    """Return the bare excess, -1..1; ``None`` where no item shows two groups."""
    n_groups = int(codes.max(initial=-1)) + 1 if guard is None else len(guard.order)
    return _excess_of(_table(ballots, codes, n_groups=n_groups, guard=guard), codes)


class _Table(NamedTuple):
    seen: Ballots
    """Answers of people in a group."""
    n_others: IntArray
    """People in no group on each item, shape (n_items,)."""
    guard: CellGuard


def _table(ballots: Ballots, codes: IntArray, *, n_groups: int, guard: CellGuard | None) -> _Table:
    in_group = codes[ballots.person] >= 0
    return _Table(
        seen=ballots.where(in_group),
        n_others=ballots.where(~in_group).n_by_item(),
        guard=guard or CellGuard.of_codes(codes, n_groups=n_groups),
    )


def _shown(table: _Table, codes: IntArray) -> BoolArray:
    """Return on which items each group has people and may be shown, shape (n_groups, n_items)."""
    seen = table.seen
    n_groups, n_items = len(table.guard.order), len(seen.items)
    cell = codes[seen.person] * n_items + seen.item
    n_people = np.bincount(cell, minlength=n_groups * n_items).astype(np.int64).reshape(n_groups, n_items)
    return table.guard.shown(n_people, table.n_others) & (n_people > 0)


def _excess_of(table: _Table, codes: IntArray) -> float | None:
    return _excess(_pool(table, codes, _shown(table, codes)))


def _pool(table: _Table, codes: IntArray, shown: BoolArray, *, times: RealArray | None = None) -> _Pooled:
    """Count answers by group and item where ``shown``. ``times`` says how often a resample holds each person."""
    ballots, n_groups = table.seen, len(table.guard.order)
    n_items, n_answers = len(ballots.items), len(ballots.answers)
    cell = (codes[ballots.person] * n_items + ballots.item) * n_answers + ballots.answer
    times = np.ones(len(codes)) if times is None else times
    weight = times[ballots.person]
    shape = (n_groups, n_items, n_answers)
    counts = np.bincount(cell, weights=weight, minlength=n_groups * n_items * n_answers).reshape(shape)
    # A resample may hold a person twice; pairs of a person with themselves agree by nature and are not counted.
    squares = np.bincount(cell, weights=weight**2, minlength=n_groups * n_items * n_answers).reshape(shape)
    # Of no rows at all, numpy counts in whole numbers.
    counts, squares = counts.astype(np.float64), squares.astype(np.float64)
    n = counts.sum(axis=2)
    n_pairs = n**2 - squares.sum(axis=2)
    within = np.divide(n**2 - (counts**2).sum(axis=2), n_pairs, out=np.zeros_like(n), where=n_pairs > 0)
    first, second = np.triu_indices(n_groups, k=1)
    product = n[first] * n[second]
    agree = (counts[first] * counts[second]).sum(axis=2)
    between = 1 - np.divide(agree, product, out=np.zeros_like(product), where=product > 0)
    counts_here = shown & (n_pairs > 0)
    weight_of = np.where(counts_here[first] & counts_here[second], product, 0.0)
    return _Pooled(weight_of, between, within[first], within[second])


def _excess(pooled: _Pooled) -> float | None:
    total = pooled.weight.sum()
    if not total:
        return None
    gap = pooled.between - (pooled.within_first + pooled.within_second) / 2
    return float((pooled.weight * gap).sum() / total)


def _by_pair(pooled: _Pooled, labels: Sequence[str]) -> tuple[PairDisagreement, ...]:
    found = []
    for at, (first, second) in enumerate(combinations(labels, 2)):
        weight = pooled.weight[at]
        if not weight.sum():
            continue
        between, one, other = (
            float((weight * part[at]).sum() / weight.sum())
            for part in (pooled.between, pooled.within_first, pooled.within_second)
        )
        excess = between - (one + other) / 2
        found.append(PairDisagreement(first, second, between, one, other, excess, int((weight > 0).sum())))
    return tuple(found)


def _shuffled(codes: IntArray, people: IntArray, rng: np.random.Generator) -> IntArray:
    shuffled = codes.copy()
    shuffled[people] = rng.permutation(codes[people])
    return shuffled


def _resample(n_people: int, people: IntArray, rng: np.random.Generator) -> RealArray:
    drawn = rng.choice(people, size=len(people))
    return np.bincount(drawn, minlength=n_people).astype(np.float64)
