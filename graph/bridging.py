"""Bridging: what is upheld across camps, not only by the larger one. A factor model, beside it the plain share.

Each answer is read as overall mean + how generous the person is + how far the item is upheld + person's side x item's
side. What two camps answer differently goes into the sides; what is left for the item is its intercept. It is pulled to
0 five times as hard as the sides, so it grows only when people of different sides agree.
Source: Community Notes, note ranking algorithm (2023): formula, one factor, both penalties, the mapping of answers to
0, 0.5 and 1, the threshold and the voters made up to test it. Departures: solved by alternating least squares instead
of gradient descent, from several starts, and with intervals from resampled people. The penalty is spread evenly over
people and over items (as means, not per answer), so that items with few answers are pulled in harder.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from domain.measures.intervals import Interval
from graph.ballots import Ballots, IntArray, RealArray
from graph.groups import MIN_CELL

INTERCEPT_PENALTY = 0.15
"""Published: five times that of the factors."""
FACTOR_PENALTY = 0.03
HELPFUL_INTERCEPT = 0.40
"""Published: from here on a note counts as helpful."""
UPHELD_LOW = 0.32
"""Published: a note counts as helpful too where the lower bound of its intercept is at least this. We ask for that."""
N_STARTS = 8
N_ROUNDS = 400
N_ROUNDS_RESAMPLED = 60
TOLERANCE = 1e-10
TOLERANCE_RESAMPLED = 1e-6
"""Fall of the loss at which a resample is settled: ends of intervals move by 0.001 in the mean, 0.012 at most."""
N_RESAMPLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """A fitted model: expected support = mean + generosity + intercept + side of the person x side of the item."""

    mean: float
    generosity: RealArray
    """Shape (n_people,)."""
    person_side: RealArray
    """Shape (n_people,). Only the product of both sides means anything; the largest item's side is positive."""
    intercept: RealArray
    """Shape (n_items,); higher is more upheld across sides."""
    item_side: RealArray
    """Shape (n_items,); 0 divides no one."""
    loss: float


class Bridging(NamedTuple):
    """How far one item is upheld across sides."""

    item: Hashable
    n_people: int
    share: float
    """Plain mean support, 0..1: what a majority alone can bring about."""
    intercept: float
    """Support left when both sides are accounted for, about -1..1; higher is more upheld across sides."""
    side: float
    """How far it divides; the sign means nothing by itself."""
    interval: Interval
    """95 % of ``intercept``, from resampled people; the ends may lie outside 0..1."""
    with_one_more: Interval
    """Lowest and highest ``intercept`` that one further voter of any kind could bring about."""
    unsettled: float
    """How far the better half of the starts differ in ``intercept``: large where people answered too little."""
    is_upheld: bool | None
    """Whether both ranges begin at ``UPHELD_LOW`` or above; ``None`` below ``MIN_CELL`` people."""


def fit_factors(ballots: Ballots, *, rng: np.random.Generator) -> tuple[Factors, ...]:
    """Return the models found from several starts, the one with the smallest loss first.

    Where few people answered much, several models fit almost equally well and differ in what they say; the intervals
    of ``bridge`` are drawn from all of them, so that the choice between them is not taken for knowledge. The same
    answers and seed give the same models. ``ballots`` holds at least one answer.
    """
    once = np.ones(len(ballots.people))
    starts = rng.standard_normal((N_STARTS, len(ballots.items)))
    fitted = [_descend(ballots, once, one, n_rounds=N_ROUNDS, tolerance=TOLERANCE) for one in starts]
    return tuple(sorted(fitted, key=lambda model: round(model.loss, 8)))


def bridge(ballots: Ballots, *, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> tuple[Bridging, ...]:
    """Return for every item how far it is upheld across sides, in the order of ``ballots.items``.

    Args:
        ballots: answers on items.
        rng: source of starts and resamples.
        n_resamples: resamples of people behind the interval.
    """
    if not len(ballots.person):
        return ()
    models = fit_factors(ballots, rng=rng)
    fitted = models[0]
    low, high = _resampled(ballots, models, rng=rng, n_resamples=n_resamples)
    better_half = [model.intercept for model in models[: (len(models) + 1) // 2]]
    unsettled = np.ptp(better_half, axis=0)
    least, most = with_one_more_voter(ballots, fitted)
    n_people = ballots.n_by_item()
    total = np.bincount(ballots.item, ballots.score(), len(ballots.items))
    return tuple(
        Bridging(
            item=item,
            n_people=int(n_people[at]),
            share=float(total[at] / n_people[at]) if n_people[at] else 0.0,
            intercept=float(fitted.intercept[at]),
            side=float(fitted.item_side[at]),
            interval=Interval(float(low[at]), float(high[at])),
            with_one_more=Interval(float(least[at]), float(most[at])),
            unsettled=float(unsettled[at]),
            is_upheld=bool(min(low[at], least[at]) >= UPHELD_LOW) if n_people[at] >= MIN_CELL else None,
        )
        for at, item in enumerate(ballots.items)
    )


def with_one_more_voter(ballots: Ballots, model: Factors) -> tuple[RealArray, RealArray]:
    """Return the lowest and highest intercept of each item after one more answer, two of shape (n_items,).

    The made-up voters say yes or no, are as generous or strict as the extremes of those who voted, and stand on either
    extreme side or on none; each item is solved again, people and mean held. Source: Community Notes, modelling
    uncertainty.
    """
    own = _Sums.of_items(ballots, np.ones(len(ballots.people)), model)
    found = [model.intercept]
    sides = (model.person_side.min(), 0.0, model.person_side.max())
    generous = (model.generosity.min(), model.generosity.max())
    for answer, side, extra in product((0.0, 1.0), sides, generous):
        left = answer - model.mean - extra
        more = _Sums(own.n + 1, own.x + side, own.xx + side**2, own.y + left, own.xy + left * side)
        found.append(_solve(more, *_penalties(len(ballots.person) + 1, len(ballots.items)))[0])
    return np.min(found, axis=0), np.max(found, axis=0)


class _Sums(NamedTuple):
    """Sums of one side's equations: answers, the other end's side x, what is left to explain y."""

    n: RealArray
    x: RealArray
    xx: RealArray
    y: RealArray
    xy: RealArray

    @classmethod
    def of(cls, rows: IntArray, size: int, *, weight: RealArray, x: RealArray, y: RealArray) -> "_Sums":
        parts = (np.ones_like(x), x, x * x, y, x * y)
        n, sum_x, sum_xx, sum_y, sum_xy = (np.bincount(rows, weight * part, size).astype(np.float64) for part in parts)
        return cls(n, sum_x, sum_xx, sum_y, sum_xy)

    @classmethod
    def of_items(cls, ballots: Ballots, weight: RealArray, model: Factors) -> "_Sums":
        left = ballots.score() - model.mean - model.generosity[ballots.person]
        return cls.of(
            ballots.item,
            len(ballots.items),
            weight=weight[ballots.person],
            x=model.person_side[ballots.person],
            y=left,
        )


def _penalties(n_answers: float, n: int) -> tuple[float, float]:
    return INTERCEPT_PENALTY * n_answers / n, FACTOR_PENALTY * n_answers / n


def _solve(sums: _Sums, of_intercept: float, of_side: float) -> tuple[RealArray, RealArray]:
    """Solve the two equations of each row: (n + p) i + x f = y and x i + (xx + q) f = xy."""
    n, xx = sums.n + of_intercept, sums.xx + of_side
    determinant = n * xx - sums.x**2
    return (xx * sums.y - sums.x * sums.xy) / determinant, (n * sums.xy - sums.x * sums.y) / determinant


def _descend(ballots: Ballots, times: RealArray, item_side: RealArray, *, n_rounds: int, tolerance: float) -> Factors:
    """Solve for people, items and mean in turn until the loss stands still."""
    person, item, support = ballots.person, ballots.item, ballots.score()
    n_people, n_items, weight = len(times), len(ballots.items), times[person]
    n_answers, n_counted = float(weight.sum()), float(times.sum())
    of_person = _penalties(n_answers, max(1, int(n_counted)))
    of_item = _penalties(n_answers, n_items)
    mean = float((weight * support).sum() / n_answers)
    intercept, before = np.zeros(n_items), np.inf
    once = np.ones_like(support)
    for _ in range(n_rounds):
        left = support - mean - intercept[item]
        # A person who counts twice is two people of one mind, each pulled in as hard as anyone.
        sums = _Sums.of(person, n_people, weight=once, x=item_side[item], y=left)
        generosity, person_side = _solve(sums, *of_person)
        left = support - mean - generosity[person]
        sums = _Sums.of(item, n_items, weight=weight, x=person_side[person], y=left)
        intercept, item_side = _solve(sums, *of_item)
        rest = support - generosity[person] - intercept[item] - person_side[person] * item_side[item]
        mean = float((weight * rest).sum() / (n_answers * (1 + INTERCEPT_PENALTY)))
        loss = (
            (weight * (rest - mean) ** 2).sum() / n_answers
            + INTERCEPT_PENALTY * ((times * generosity**2).sum() / n_counted + (intercept**2).mean() + mean**2)
            + FACTOR_PENALTY * ((times * person_side**2).sum() / n_counted + (item_side**2).mean())
        )
        if before - loss < tolerance:
            break
        before = loss
    sign = -1.0 if item_side[np.abs(np.round(item_side, 9)).argmax()] < 0 else 1.0
    return Factors(
        mean=mean,
        generosity=generosity,
        person_side=sign * person_side,
        intercept=intercept,
        item_side=sign * item_side,
        loss=float(loss),
    )


def _resampled(
    ballots: Ballots, models: tuple[Factors, ...], *, rng: np.random.Generator, n_resamples: int
) -> tuple[RealArray, RealArray]:
    n_people, found = len(ballots.people), []
    for turn in range(n_resamples):
        times = np.bincount(rng.integers(n_people, size=n_people), minlength=n_people).astype(np.float64)
        start = models[turn % len(models)].item_side
        kept = ballots.where(times[ballots.person] > 0)
        again = _descend(kept, times, start, n_rounds=N_ROUNDS_RESAMPLED, tolerance=TOLERANCE_RESAMPLED)
        found.append(again.intercept)
    low, high = np.quantile(np.array(found), [0.025, 0.975], axis=0)
    return low, high
