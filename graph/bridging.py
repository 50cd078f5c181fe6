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
from itertools import product
from typing import NamedTuple

import numpy as np

from domain.measures.intervals import Interval
from graph.ballots import Ballots, RealArray
from graph.cell_guard import MIN_CELL
from graph.factor_model import fit_models
from graph.factors import Factors, Sums, penalties, solve

HELPFUL_INTERCEPT = 0.40
"""Published: from here on a note counts as helpful."""
UPHELD_LOW = 0.32
"""Published: a note counts as helpful too where the lower bound of its intercept is at least this. We ask for that."""
N_STARTS = 8
N_RESAMPLES = 200
N_TOGETHER = 50
"""Resamples fitted at once: more would only take more memory."""


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
    fitted = fit_models(ballots, rng.standard_normal((N_STARTS, len(ballots.items))))
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
    n_items, item, x = len(ballots.items), ballots.item, model.person_side[ballots.person]
    left = ballots.score() - model.mean - model.generosity[ballots.person]
    parts = (np.ones_like(x), x, x * x, left, x * left)
    own = Sums(*(np.bincount(item, part, n_items).astype(np.float64) for part in parts))
    pulls = penalties(np.array(len(item) + 1.0), np.array(float(n_items)))
    found = [model.intercept]
    sides = (model.person_side.min(), 0.0, model.person_side.max())
    generous = (model.generosity.min(), model.generosity.max())
    for answer, side, extra in product((0.0, 1.0), sides, generous):
        rest = answer - model.mean - extra
        more = Sums(own.n + 1, own.x + side, own.xx + side**2, own.y + rest, own.xy + rest * side)
        found.append(solve(more, pulls)[0])
    return np.min(found, axis=0), np.max(found, axis=0)


def _resampled(
    ballots: Ballots, models: tuple[Factors, ...], *, rng: np.random.Generator, n_resamples: int
) -> tuple[RealArray, RealArray]:
    n_people = len(ballots.people)
    found: list[RealArray] = []
    for first in range(0, n_resamples, N_TOGETHER):
        turns = range(first, min(first + N_TOGETHER, n_resamples))
        starts = np.stack([models[turn % len(models)].item_side for turn in turns])
        drawn = [np.bincount(rng.integers(n_people, size=n_people), minlength=n_people) for _ in turns]
        again = fit_models(ballots, starts, times=np.stack(drawn).astype(np.float64), is_resample=True)
        found.extend(model.intercept for model in again)
    low, high = np.quantile(np.array(found), [0.025, 0.975], axis=0)
    return low, high
