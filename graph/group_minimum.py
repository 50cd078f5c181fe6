"""What every group upholds: the lowest share of support over groups, beside the factor model of ``graph.bridging``.

Source: the maximin reading of consensus; Polis's group-aware consensus multiplies shares instead, which mixes how many
groups there are into the number.
"""

from collections.abc import Hashable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from domain.measures.intervals import Interval, wilson_interval
from graph.ballots import Ballots, BoolArray, IntArray, RealArray
from graph.cell_guard import CellGuard

N_RESAMPLES = 400
UPHELD = 0.5
SURE = 0.95


class GroupMinimum(NamedTuple):
    """How far one item is upheld in the group that upholds it least."""

    item: Hashable
    lowest_group: str | None
    """``None`` where fewer than two groups may be shown."""
    minimum: float | None
    """Lowest share of yes among all answers over the groups shown, 0..1."""
    interval: Interval | None
    """95 %, from resampled people. It has no width where a group is of one mind: see ``sure_low``."""
    sure_low: float | None
    """Lowest Wilson bound over the groups, at a level that holds for all groups together."""
    is_upheld: bool | None
    """Whether ``sure_low`` lies above ``UPHELD``; ``None`` where fewer than two groups may be shown."""
    n_groups: int
    n_people: int
    """People in the groups shown."""


class _Answers(NamedTuple):
    """Answers of people in groups; the three arrays have shape (n_answers,)."""

    person: IntArray
    cell: IntArray
    """Group and item as one number."""
    is_yes: RealArray
    """1 or 0."""
    shape: tuple[int, int]
    """Groups, items."""


def group_minimum(
    ballots: Ballots,
    codes: IntArray,
    labels: Sequence[str],
    *,
    rng: np.random.Generator,
    guard: CellGuard | None = None,
    n_resamples: int = N_RESAMPLES,
) -> tuple[GroupMinimum, ...]:
    """Return the group-wise minimum of every item, in the order of ``ballots.items``; the first answer is yes.

    Args:
        ballots: answers on items, one per person and item.
        codes: group of each person, shape (n_people,); -1 for none.
        labels: names of the groups, by code.
        rng: source of resamples.
        guard: which cells may be shown; ``None`` takes the sizes of the groups from ``codes``.
        n_resamples: resamples of people within the whole study.
    """
    answers = _in_groups(ballots, codes, n_groups=len(labels))
    n, yes = _tables(answers, times=np.ones(len(codes)))
    n_people = n.astype(np.int64)
    guard = guard or CellGuard.of_codes(codes, n_groups=len(labels))
    shown = guard.shown(n_people, ballots.n_by_item() - n_people.sum(axis=0)) & (n_people > 0)
    drawn = np.empty((n_resamples, len(ballots.items)))
    for at in range(n_resamples):
        times = np.bincount(rng.integers(len(codes), size=len(codes)), minlength=len(codes)).astype(np.float64)
        drawn[at] = _minimum(*_tables(answers, times=times), shown)
    return tuple(
        _one(item, labels, n=n[:, at], yes=yes[:, at], shown=shown[:, at], drawn=drawn[:, at])
        for at, item in enumerate(ballots.items)
    )


def _one(
    item: Hashable, labels: Sequence[str], *, n: RealArray, yes: RealArray, shown: BoolArray, drawn: RealArray
) -> GroupMinimum:
    groups = np.flatnonzero(shown)
    n_people = int(n[groups].sum())
    if len(groups) <= 1:
        return GroupMinimum(item, None, None, None, None, None, len(groups), n_people)
    shares = yes[groups] / n[groups]
    lowest = groups[int(shares.argmin())]
    z = NormalDist().inv_cdf(1 - (1 - SURE) / (2 * len(groups)))
    bounds = [wilson_interval(int(yes[g]), int(n[g]), z=z) for g in groups]
    sure_low = min(bound.low for bound in bounds if bound is not None)
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return GroupMinimum(
        item=item,
        lowest_group=labels[lowest],
        minimum=float(shares.min()),
        interval=Interval(float(low), float(high)),
        sure_low=sure_low,
        is_upheld=sure_low > UPHELD,
        n_groups=len(groups),
        n_people=n_people,
    )


def _in_groups(ballots: Ballots, codes: IntArray, *, n_groups: int) -> _Answers:
    seen = ballots.where(codes[ballots.person] >= 0)
    cell = codes[seen.person] * len(ballots.items) + seen.item
    return _Answers(seen.person, cell, (seen.answer == 0).astype(np.float64), (n_groups, len(ballots.items)))


def _tables(answers: _Answers, *, times: RealArray) -> tuple[RealArray, RealArray]:
    """Return answers and yeses of each group on each item, two of shape (n_groups, n_items)."""
    weight, size = times[answers.person], answers.shape[0] * answers.shape[1]
    n = np.bincount(answers.cell, weight, size).astype(np.float64)
    yes = np.bincount(answers.cell, weight * answers.is_yes, size).astype(np.float64)
    return n.reshape(answers.shape), yes.reshape(answers.shape)


def _minimum(n: RealArray, yes: RealArray, shown: BoolArray) -> RealArray:
    """Return the lowest share of each item over groups that are shown and drawn, shape (n_items,); NaN without any."""
    shares = np.divide(yes, n, out=np.full_like(n, np.inf), where=(n > 0) & shown)
    lowest: RealArray = shares.min(axis=0, initial=np.inf)
    return np.where(np.isfinite(lowest), lowest, np.nan)
