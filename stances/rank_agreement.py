"""Do two scores order the same things alike? Spearman's correlation with an interval, and who is placed most apart."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from stances.mentions import RealArray
from stances.preference import LEVELS

MIN_VALUES = 4
"""Fewer things say nothing about an order."""


class Correlation(NamedTuple):
    """Spearman's rho, -1..1, with the 95 % percentile interval over the things drawn again."""

    rho: float
    low: float
    high: float


def rank_correlation(
    first: RealArray, second: RealArray, *, second_draws: RealArray | None = None, rng: np.random.Generator,
    n_resamples: int = 1000,
) -> Correlation | None:  # fmt: skip
    """Return the rank correlation of two scores of the same things; ``None`` with under four, or all equal on one side.

    Each resample draws things with replacement and, where given, one row of ``second_draws`` for the second score, so
    the interval holds the doubt about both. Source: Spearman, The proof and measurement of association between two
    things (1904).

    Args:
        first: shape (things,), higher is better.
        second: shape (things,), likewise.
        second_draws: shape (draws, things): the second score over other data of the same kind; NaN falls back on it.
        rng: draws things and rows.
        n_resamples: how many.
    """
    if len(first) < MIN_VALUES:
        return None
    rho = _spearman(first, second)
    if np.isnan(rho):
        return None
    found = []
    for _ in range(n_resamples):
        chosen = rng.integers(0, len(first), len(first))
        other = second
        if second_draws is not None and len(second_draws):
            row = second_draws[rng.integers(0, len(second_draws))]
            other = np.where(np.isnan(row), second, row)
        found.append(_spearman(first[chosen], other[chosen]))
    kept = np.array(found)[~np.isnan(found)]
    low, high = np.quantile(kept, LEVELS) if len(kept) else (np.nan, np.nan)
    return Correlation(float(rho), float(low), float(high))


def _spearman(first: RealArray, second: RealArray) -> float:
    one, other = rankdata(first), rankdata(second)
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size else float("nan")


def place_gaps(first: RealArray, second: RealArray) -> RealArray:
    """Return for each thing the share of the others it passes by ``second`` less that by ``first``, -1..1.

    >>> place_gaps(np.array([1.0, 2.0, 3.0]), np.array([9.0, 2.0, 1.0])).tolist()
    [1.0, 0.0, -1.0]
    """
    if len(first) <= 1:
        return np.zeros(len(first))
    gaps: RealArray = (rankdata(second) - rankdata(first)) / (len(first) - 1)
    return gaps
