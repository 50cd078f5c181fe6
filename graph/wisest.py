"""How sure the wisdom of values is: people are drawn anew with replacement, and the graph is made from each draw.

Source: the bootstrap (Efron 1979), over people, since the votes of one person hang together.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from domain.graphs import Thresholds, VoteRow
from domain.ids import ValueId
from domain.votes import EdgeAnswer

LOW, HIGH = 2.5, 97.5
"""Percentiles of the 95 % interval."""
Floats = NDArray[np.float64]


class Wise(NamedTuple):
    """A value with its wisdom, and how it fares when other people of the same kind are asked."""

    value_id: ValueId
    wisdom: float
    """Sum of likelihoods of kept edges into it."""
    interval: tuple[float, float]
    """95 % percentile interval over the draws."""
    bootstrap_share: float
    """Share of draws in which no value is wiser, 0..1; ties count for each."""
    rank_interval: tuple[int, int]
    """95 % interval of its rank by wisdom; 1 is the wisest."""


def wisest(
    rows: Sequence[VoteRow], *, thresholds: Thresholds, n_draws: int, rng: np.random.Generator
) -> tuple[Wise, ...]:
    """Return every value of the graph, wisest first (ties by id); () where no edge is kept.

    Args:
        rows: the votes as counted, merges followed; their order changes nothing.
        thresholds: which edges are kept, in each draw anew.
        n_draws: draws of people; 200 give shares to about .03.
        rng: draws the people.
    """
    votes = _Columns(sorted(rows))
    observed = votes.wisdom(np.ones(votes.n_people), thresholds)
    if not (in_graph := np.flatnonzero(~np.isnan(observed))).size:
        return ()
    draws = np.array(
        [votes.wisdom(np.bincount(people, minlength=votes.n_people).astype(float), thresholds)
         for people in rng.integers(votes.n_people, size=(n_draws, votes.n_people))]
    )  # fmt: skip
    drawn = np.nan_to_num(draws, nan=0.0)
    low, high = np.percentile(drawn, [LOW, HIGH], axis=0)
    top = drawn.max(axis=1, keepdims=True)
    share = ((drawn == top) & (top > 0)).mean(axis=0)
    ranks = rankdata(-drawn, method="min", axis=1)
    best, worst = np.percentile(ranks, [LOW, HIGH], axis=0, method="nearest")
    found = [
        Wise(
            value_id=votes.values[place],
            wisdom=float(observed[place]),
            interval=(float(low[place]), float(high[place])),
            bootstrap_share=float(share[place]),
            rank_interval=(int(best[place]), int(worst[place])),
        )
        for place in in_graph
    ]
    return tuple(sorted(found, key=lambda one: (-one.wisdom, one.value_id)))


class _Columns:
    """Votes as columns: for each vote its person, its ordered pair and its answer."""

    def __init__(self, rows: Sequence[VoteRow]) -> None:
        self.values = sorted({end for row in rows for end in (row.src_id, row.wiser_id)})
        people = {person: place for place, person in enumerate(sorted({row.person_id for row in rows}))}
        pairs = sorted({(row.src_id, row.wiser_id) for row in rows})
        place_of = {pair: place for place, pair in enumerate(pairs)}
        number = {value: place for place, value in enumerate(self.values)}
        self.n_people = len(people)
        self._n_pairs = len(pairs)
        self._person = np.array([people[row.person_id] for row in rows], dtype=int)
        self._pair = np.array([place_of[row.src_id, row.wiser_id] for row in rows], dtype=int)
        self._is = {a: np.array([row.answer is a for row in rows], dtype=bool) for a in EdgeAnswer}
        self._wiser_end = np.array([number[wiser] for _, wiser in pairs], dtype=int)
        self._src_end = np.array([number[src] for src, _ in pairs], dtype=int)
        self._reverse = np.array([place_of.get((wiser, src), -1) for src, wiser in pairs], dtype=int)

    def wisdom(self, weight: Floats, thresholds: Thresholds) -> Floats:
        """Return the wisdom of every value, shape (values,), with each person counted ``weight`` times; NaN outside."""
        wiser, not_wiser, unsure = (self._count(answer, weight) for answer in EdgeAnswer)
        every = wiser + not_wiser + unsure
        has_reverse = self._reverse >= 0
        less = np.where(has_reverse, wiser[self._reverse], 0.0)
        impressions = every + np.where(has_reverse, every[self._reverse], 0.0)
        n = every + less
        likelihood = np.divide(wiser - less, n, out=np.zeros_like(n), where=n > 0)
        entropy = _entropy(np.stack([wiser, not_wiser, less, unsure, impressions]))
        kept = (
            (wiser > 0)
            & (likelihood >= thresholds.min_wiser_likelihood)
            & (entropy <= thresholds.max_entropy)
            & (wiser >= thresholds.min_wiser)
        )
        total = np.bincount(self._wiser_end, weights=likelihood * kept, minlength=len(self.values))
        touched = np.bincount(self._wiser_end, weights=kept, minlength=len(self.values))
        touched += np.bincount(self._src_end, weights=kept, minlength=len(self.values))
        return np.where(touched > 0, total, np.nan)

    def _count(self, answer: EdgeAnswer, weight: Floats) -> Floats:
        given = self._is[answer]
        counted: Floats = np.bincount(
            self._pair[given], weights=weight[self._person[given]], minlength=self._n_pairs
        ).astype(np.float64)
        return counted


def _entropy(counts: Floats) -> Floats:
    """Return the entropy in bits of each column of ``counts``, shape (5, pairs)."""
    total = counts.sum(axis=0)
    share = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    bits: Floats = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=0)
    return bits
