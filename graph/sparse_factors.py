"""The factor model of ``graph.factors`` where each person answered few of many items: one model, along the answers.

The rounds are those of ``graph.factor_model``; who and what takes part in none of the sums is left out of them, and the
table of people by items is never laid out. One model after the other keeps its columns near the processor; several at
once are slower. After two rounds a leap is tried along the way they went, and kept where the loss falls: with it half
the rounds lead as far. Source: Varadhan and Roland, Simple and globally convergent methods for accelerating the
convergence of any EM algorithm (2008), the third of their step lengths.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from graph.ballots import Ballots, IntArray, RealArray
from graph.factors import FACTOR_PENALTY, INTERCEPT_PENALTY, Factors, Sums, penalties, solve


class Limits(NamedTuple):
    """When a model counts as settled."""

    n_rounds: int
    """The most that are gone, give or take two."""
    tolerance: float
    """Fall of the loss in a round below which no further is gone."""


class _State(NamedTuple):
    """What a round starts from, items those that take part."""

    mean: float
    intercept: RealArray
    item_side: RealArray


class _Round(NamedTuple):
    """A model after a round, people those that take part."""

    after: _State
    generosity: RealArray
    person_side: RealArray
    loss: float


class _Taking(NamedTuple):
    """Who and what takes part in a model: rows of ``ballots``, and how often each person counts."""

    people: IntArray
    """Those who count, shape (n_taking,)."""
    items: IntArray
    """Those that one of them answered."""
    times: RealArray
    """How often each of ``people`` counts, over 0."""


def fit_along_answers(ballots: Ballots, item_side: RealArray, *, times: RealArray, limits: Limits) -> Factors:
    """Return the model found from ``item_side``; the caller keeps products of columns on one thread.

    Args:
        ballots: answers, at least one by a person who counts.
        item_side: sides of the items to start from, shape (n_items,).
        times: how often each person counts, shape (n_people,). Who does not count gets 0 in the model, and so does an
            item that nobody who counts answered.
        limits: when it is settled.
    """
    taking, n_people, n_items = _taking(ballots, times), len(ballots.people), len(ballots.items)
    last = _settled(_Answers(ballots, taking), item_side[taking.items], limits)
    mean, intercept, found_side = last.after
    largest = np.abs(np.round(found_side, 9)).argmax()
    sign = -1.0 if found_side[largest] < 0 else 1.0
    return Factors(
        mean=float(mean),
        generosity=_spread(last.generosity, taking.people, n_people),
        person_side=_spread(sign * last.person_side, taking.people, n_people),
        intercept=_spread(intercept, taking.items, n_items),
        item_side=_spread(sign * found_side, taking.items, n_items),
        loss=last.loss,
    )


class _Answers:
    """The answers of those that take part; sums over them are products with sparse matrices."""

    def __init__(self, ballots: Ballots, taking: _Taking) -> None:
        person_row, item_row = np.full(len(ballots.people), -1), np.full(len(ballots.items), -1)
        person_row[taking.people] = np.arange(len(taking.people))
        item_row[taking.items] = np.arange(len(taking.items))
        kept = person_row[ballots.person] >= 0
        person, item, score = person_row[ballots.person[kept]], item_row[ballots.item[kept]], ballots.score()[kept]
        shape, counts, times = (len(taking.people), len(taking.items)), taking.times[person], taking.times
        self._seen, self._supported = _alike(person, item, np.ones(len(person)), score, shape=shape)
        self._seen_by, self._supported_by = _alike(item, person, counts, counts * score, shape=shape[::-1])
        self._n_of_person, self._support_of_person = (own @ np.ones(shape[1]) for own in (self._seen, self._supported))
        self._n_of_item, self._support_of_item = (
            own @ np.ones(shape[0]) for own in (self._seen_by, self._supported_by)
        )
        self._times, self._counted, self._squares = times, times * self._n_of_person, counts @ score**2
        self._n, self._n_counted = float(counts.sum()), float(times.sum())
        self._of_person = penalties(self._n, self._n_counted)
        self._of_item = penalties(self._n, float(len(ballots.items)))
        self.mean = float(counts @ score) / self._n
        """Support of all answers, 0..1."""

    def go_round(self, start: _State) -> _Round:
        """Solve for people, then items, then the mean."""
        generosity, person_side = solve(self._of_people(start), self._of_person)
        sums = self._of_items(start.mean, generosity=generosity, person_side=person_side)
        intercept, item_side = solve(sums, self._of_item)
        left = start.mean + generosity
        error = self._squares - 2 * (self._times * left) @ self._support_of_person + left**2 @ self._counted
        rest = sums.y.sum() - intercept @ self._n_of_item - item_side @ sums.x
        step = (rest - INTERCEPT_PENALTY * self._n * start.mean) / (self._n * (1 + INTERCEPT_PENALTY))
        # Where items are solved exactly, what they explain and their penalties add up to two products; the mean, solved
        # exactly after them, brings the loss down by the square of its step.
        loss = (
            (error - intercept @ sums.y - item_side @ sums.xy) / self._n
            + INTERCEPT_PENALTY * (self._times @ generosity**2 / self._n_counted + start.mean**2)
            + FACTOR_PENALTY * (self._times @ person_side**2) / self._n_counted
            - (1 + INTERCEPT_PENALTY) * step**2
        )
        return _Round(_State(start.mean + step, intercept, item_side), generosity, person_side, float(loss))

    def _of_people(self, start: _State) -> Sums:
        mean, intercept, item_side = start
        x = self._seen @ item_side
        y = self._support_of_person - mean * self._n_of_person - self._seen @ intercept
        xy = self._supported @ item_side - mean * x - self._seen @ (intercept * item_side)
        return Sums(self._n_of_person, x, self._seen @ item_side**2, y, xy)

    def _of_items(self, mean: float, *, generosity: RealArray, person_side: RealArray) -> Sums:
        x = self._seen_by @ person_side
        y = self._support_of_item - mean * self._n_of_item - self._seen_by @ generosity
        xy = self._supported_by @ person_side - mean * x - self._seen_by @ (generosity * person_side)
        return Sums(self._n_of_item, x, self._seen_by @ person_side**2, y, xy)


def _alike(row: IntArray, column: IntArray, *amounts: RealArray, shape: tuple[int, int]) -> "list[csr_array]":
    """Return matrices that hold each of ``amounts`` in the same places; those are sorted once."""
    places = csr_array((np.arange(len(row)), (row, column)), shape=shape)
    return [csr_array((amount[places.data], places.indices, places.indptr), shape=shape) for amount in amounts]


def _taking(ballots: Ballots, times: RealArray) -> _Taking:
    people = np.flatnonzero(times > 0)
    items = np.flatnonzero(np.bincount(ballots.item[times[ballots.person] > 0], minlength=len(ballots.items)))
    return _Taking(people, items, times[people])


def _settled(answers: _Answers, item_side: RealArray, limits: Limits) -> _Round:
    """Go rounds until the loss falls no more in one."""
    start, n_gone = _State(answers.mean, np.zeros_like(item_side), item_side), 0
    while True:
        first = answers.go_round(start)
        second = answers.go_round(first.after)
        n_gone += 3
        if first.loss - second.loss < limits.tolerance or n_gone > limits.n_rounds:
            return second
        leapt = answers.go_round(_leap(start, first.after, second.after))
        start = leapt.after if leapt.loss < second.loss else second.after


def _leap(start: _State, first: _State, second: _State) -> _State:
    """Return where the way of two rounds leads to, the further the straighter it was."""
    way = _on(first, start, -1.0)
    bend = _on(_on(second, first, -1.0), way, -1.0)
    long, crooked = _length(way), _length(bend)
    far = max(1.0, long / crooked) if crooked else 1.0
    return _on(_on(start, way, 2 * far), bend, far**2)


def _on(start: _State, way: _State, far: float) -> _State:
    """Return the state ``far`` times ``way`` further on."""
    return _State(
        start.mean + far * way.mean, start.intercept + far * way.intercept, start.item_side + far * way.item_side
    )


def _length(way: _State) -> float:
    return float(np.sqrt(way.mean**2 + way.intercept @ way.intercept + way.item_side @ way.item_side))


def _spread(amounts: RealArray, rows: IntArray, n: int) -> RealArray:
    """Return ``amounts`` at ``rows`` of a column of ``n``, 0 elsewhere."""
    column = np.zeros(n)
    column[rows] = amounts
    return column
