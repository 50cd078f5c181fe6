"""The factor model behind bridging, and how it is fitted: many starts or resamples at once where the table is small.

Loss, with means over answers, people and items:
mean (r - m - g - i - s t)^2 + 0.15 (mean g^2 + mean i^2 + m^2) + 0.03 (mean s^2 + mean t^2),
m the overall mean, g generosity and s side of a person, i intercept and t side of an item. Each round solves people,
then items, then the mean, exactly; so the loss never rises.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from graph.ballots import Ballots, RealArray

INTERCEPT_PENALTY = 0.15
"""Published: five times that of the factors."""
FACTOR_PENALTY = 0.03
MAX_CELLS = 8_000_000
"""People times items up to which the whole table is laid out, at 16 bytes a cell; above, models are fitted in turn."""
N_ROUNDS = 400
N_ROUNDS_RESAMPLED = 60
TOLERANCE = 1e-9
"""Fall of the loss in a round at which a model is settled."""
TOLERANCE_RESAMPLED = 1e-6
"""The same for resamples: ends of intervals move by 0.001 in the mean, 0.012 at most, on the published study."""


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


class Sums(NamedTuple):
    """Sums of the two equations of a row: answers n, sides x of the other end, what is left to explain y."""

    n: RealArray
    x: RealArray
    xx: RealArray
    y: RealArray
    xy: RealArray


def fit_models(
    ballots: Ballots, starts: RealArray, *, times: RealArray | None = None, is_resample: bool = False
) -> list[Factors]:
    """Return a model for each start, in their order.

    Args:
        ballots: answers, at least one.
        starts: sides of the items to start from, shape (n_models, n_items).
        times: how often each person counts in each model, shape (n_models, n_people); once each by default. A person
            who counts twice is two people of one mind, each pulled in as hard as anyone.
        is_resample: settle for less, as the spread over many models is what matters.
    """
    weights = np.ones((len(starts), len(ballots.people))) if times is None else times
    limits = (N_ROUNDS_RESAMPLED, TOLERANCE_RESAMPLED) if is_resample else (N_ROUNDS, TOLERANCE)
    if len(ballots.people) * len(ballots.items) <= MAX_CELLS:
        # Matrices this small gain nothing from several threads, and on a busy machine threads that wait for one another
        # cost fifteen times as much (measured).
        with threadpool_limits(limits=1, user_api="blas"):
            return _descend(_WholeTable(ballots), weights.T, starts.T, *limits)
    columns = _Columns(ballots)
    return [
        model
        for one, start in zip(weights, starts, strict=True)
        for model in _descend(columns, one[:, None], start[:, None], *limits)
    ]


def penalties(n_answers: RealArray, n: RealArray) -> tuple[RealArray, RealArray]:
    """Return what pulls in intercepts and sides of ``n`` people or items, when the loss is a sum over answers."""
    return INTERCEPT_PENALTY * n_answers / n, FACTOR_PENALTY * n_answers / n


def solve(sums: Sums, pulls: tuple[RealArray, RealArray]) -> tuple[RealArray, RealArray]:
    """Return intercept and side of each row: (n + p) i + x s = y and x i + (xx + q) s = xy."""
    n, xx = sums.n + pulls[0], sums.xx + pulls[1]
    determinant = n * xx - sums.x**2
    return (xx * sums.y - sums.x * sums.xy) / determinant, (n * sums.xy - sums.x * sums.y) / determinant


class _WholeTable:
    """Sums over answers as products of matrices: all models at once."""

    def __init__(self, ballots: Ballots) -> None:
        shape = (len(ballots.people), len(ballots.items))
        self._seen, self._support = np.zeros(shape), np.zeros(shape)
        self._seen[ballots.person, ballots.item] = 1.0
        self._support[ballots.person, ballots.item] = ballots.score()
        self.squares: RealArray = (self._support**2).sum(axis=1)

    def over_items(self, amounts: RealArray, *, support: bool = False) -> RealArray:
        """Return for each person the sum of ``amounts`` (n_items, n_models) over items they answered."""
        found: RealArray = (self._support if support else self._seen) @ amounts
        return found

    def over_people(self, amounts: RealArray, *, support: bool = False) -> RealArray:
        """Return for each item the sum of ``amounts`` (n_people, n_models) over people who answered it."""
        found: RealArray = (self._support if support else self._seen).T @ amounts
        return found


class _Columns:
    """The same sums from columns of answers, one model at a time: the table is never laid out."""

    def __init__(self, ballots: Ballots) -> None:
        self._person, self._item, self._score = ballots.person, ballots.item, ballots.score()
        self._n_people, self._n_items = len(ballots.people), len(ballots.items)
        squares = np.bincount(self._person, self._score**2, self._n_people)
        self.squares: RealArray = squares.astype(np.float64)

    def over_items(self, amounts: RealArray, *, support: bool = False) -> RealArray:
        """Return for each person the sum of ``amounts`` (n_items, 1) over items they answered."""
        each = amounts[self._item, 0] * (self._score if support else 1.0)
        return np.bincount(self._person, each, self._n_people).astype(np.float64)[:, None]

    def over_people(self, amounts: RealArray, *, support: bool = False) -> RealArray:
        """Return for each item the sum of ``amounts`` (n_people, 1) over people who answered it."""
        each = amounts[self._person, 0] * (self._score if support else 1.0)
        return np.bincount(self._item, each, self._n_items).astype(np.float64)[:, None]


def _descend(
    table: "_WholeTable | _Columns", times: RealArray, item_side: RealArray, n_rounds: int, tolerance: float
) -> list[Factors]:
    """Solve for people, items and mean in turn until no model's loss falls any more; one column for each model."""
    n_models = times.shape[1]
    every_item = np.ones_like(item_side)
    n_of_person, support_of_person = table.over_items(every_item), table.over_items(every_item, support=True)
    n_of_item, support_of_item = table.over_people(times), table.over_people(times, support=True)
    n_answers, n_counted = n_of_item.sum(axis=0), np.maximum(times.sum(axis=0), 1)
    of_person, of_item = penalties(n_answers, n_counted), penalties(n_answers, np.full(n_models, len(item_side)))
    mean = support_of_item.sum(axis=0) / n_answers
    intercept, before = np.zeros_like(item_side), np.full(n_models, np.inf)
    for _ in range(n_rounds):
        x = table.over_items(item_side)
        y = support_of_person - mean * n_of_person - table.over_items(intercept)
        xy = table.over_items(item_side, support=True) - mean * x - table.over_items(intercept * item_side)
        sums = Sums(n_of_person, x, table.over_items(item_side**2), y, xy)
        generosity, person_side = solve(sums, of_person)
        given, counted = times * generosity, times * person_side
        x, given_of_item = table.over_people(counted), table.over_people(given)
        given_x = table.over_people(given * person_side)
        support_x = table.over_people(counted, support=True)
        xx = table.over_people(counted * person_side)
        sums = Sums(
            n_of_item, x, xx, support_of_item - mean * n_of_item - given_of_item, support_x - mean * x - given_x
        )
        intercept, item_side = solve(sums, of_item)
        rest = support_of_item - given_of_item - intercept * n_of_item - item_side * x
        mean = rest.sum(axis=0) / (n_answers * (1 + INTERCEPT_PENALTY))
        left = mean + generosity
        error = (times * (table.squares[:, None] - 2 * left * support_of_person + n_of_person * left**2)).sum(axis=0)
        y, xy = support_of_item - mean * n_of_item - given_of_item, support_x - mean * x - given_x
        error += (intercept**2 * n_of_item + item_side**2 * xx + 2 * intercept * item_side * x).sum(axis=0)
        error -= 2 * (intercept * y + item_side * xy).sum(axis=0)
        loss = (
            error / n_answers
            + INTERCEPT_PENALTY * ((times * generosity**2).sum(axis=0) / n_counted + (intercept**2).mean(axis=0))
            + INTERCEPT_PENALTY * mean**2
            + FACTOR_PENALTY * ((times * person_side**2).sum(axis=0) / n_counted + (item_side**2).mean(axis=0))
        )
        if (before - loss < tolerance).all():
            break
        before = loss
    largest = np.abs(np.round(item_side, 9)).argmax(axis=0)
    sign = np.where(item_side[largest, np.arange(n_models)] < 0, -1.0, 1.0)
    return [
        Factors(
            mean=float(mean[k]),
            generosity=generosity[:, k],
            person_side=sign[k] * person_side[:, k],
            intercept=intercept[:, k],
            item_side=sign[k] * item_side[:, k],
            loss=float(loss[k]),
        )
        for k in range(n_models)
    ]
