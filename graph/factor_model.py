"""How the factor model of ``graph.factors`` is fitted: many starts or resamples at once where the table is small.

Each round solves people, then items, then the mean, exactly; so the loss never rises. Where most of the table is empty,
``graph.sparse_factors`` goes the same rounds along the answers alone, one model after the other.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from graph.ballots import Ballots, RealArray
from graph.factors import FACTOR_PENALTY, INTERCEPT_PENALTY, Factors, Sums, penalties, solve
from graph.sparse_factors import Limits, fit_along_answers

MAX_CELLS = 8_000_000
"""People times items up to which the whole table may be laid out, at 16 bytes a cell."""
FEW_CELLS = 100_000
"""So few are always laid out: in one go that is as quick as along the answers."""
CELLS_AN_ANSWER = 8
"""More cells are laid out only where they are no more than so many for each answer."""
N_ROUNDS = 400
N_ROUNDS_RESAMPLED = 60
TOLERANCE = 1e-9
"""Fall of the loss in a round at which a model is settled."""
TOLERANCE_RESAMPLED = 1e-6
"""The same for resamples: ends of intervals move by 0.001 in the mean, 0.012 at most, on the published study."""


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
    limits = Limits(N_ROUNDS_RESAMPLED, TOLERANCE_RESAMPLED) if is_resample else Limits(N_ROUNDS, TOLERANCE)
    # Matrices this small gain nothing from several threads, and on a busy machine threads that wait for one another
    # cost fifteen times as much (measured).
    with threadpool_limits(limits=1, user_api="blas"):
        if _is_laid_out(ballots):
            return _descend(_WholeTable(ballots), weights.T, starts.T, limits)
        return [
            fit_along_answers(ballots, start, times=one, limits=limits)
            for one, start in zip(weights, starts, strict=True)
        ]


def _is_laid_out(ballots: Ballots) -> bool:
    n_cells = len(ballots.people) * len(ballots.items)
    return n_cells <= min(MAX_CELLS, max(FEW_CELLS, CELLS_AN_ANSWER * len(ballots.item)))


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


def _descend(table: _WholeTable, times: RealArray, item_side: RealArray, limits: Limits) -> list[Factors]:
    """Solve for people, items and mean in turn until no model's loss falls any more; one column for each model."""
    n_models = times.shape[1]
    every_item = np.ones_like(item_side)
    n_of_person, support_of_person = table.over_items(every_item), table.over_items(every_item, support=True)
    n_of_item, support_of_item = table.over_people(times), table.over_people(times, support=True)
    n_answers, n_counted = n_of_item.sum(axis=0), np.maximum(times.sum(axis=0), 1)
    of_person, of_item = penalties(n_answers, n_counted), penalties(n_answers, np.full(n_models, len(item_side)))
    mean = support_of_item.sum(axis=0) / n_answers
    intercept, before = np.zeros_like(item_side), np.full(n_models, np.inf)
    for _ in range(limits.n_rounds):
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
        if (before - loss < limits.tolerance).all():
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
