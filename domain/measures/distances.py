"""How far two distributions over the same options lie apart."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def jensen_shannon(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the Jensen-Shannon distance (base 2) of two sets of weights, 0 for the same shares, 1 for none in common.

    The square root of the divergence, so that it is a metric. Weights need not sum to 1. Source: Lin, Divergence
    measures based on the Shannon entropy (1991); Endres and Schindelin, A new metric for probability distributions
    (2003).

    Raises:
        ValueError: the lengths differ, a weight is negative, or one side has none.

    >>> jensen_shannon([1, 1], [5, 5]), jensen_shannon([1, 0], [0, 1])
    (0.0, 1.0)
    """
    one, other = _shares(first), _shares(second)
    if len(one) != len(other):
        raise ValueError(f"{len(one)} options cannot be compared with {len(other)}")
    middle = (one + other) / 2
    divergence = (_divergence(one, middle) + _divergence(other, middle)) / 2
    return float(np.sqrt(min(max(divergence, 0.0), 1.0)))


def ordinal_distance(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how far weight must travel along ordered options, as a share of the whole way, 0..1.

    The sum of the differences of the cumulative shares over k - 1: the earth mover's distance with steps of one.
    Source: Rubner, Tomasi and Guibas, The earth mover's distance as a metric for image retrieval (2000).

    Raises:
        ValueError: the lengths differ, are below two, a weight is negative, or one side has none.

    >>> ordinal_distance([1, 0, 0], [0, 0, 1]), ordinal_distance([1, 0, 0], [0, 1, 0])
    (1.0, 0.5)
    """
    one, other = _shares(first), _shares(second)
    if len(one) != len(other) or len(one) < len("ab"):
        raise ValueError(f"{len(one)} options cannot be compared with {len(other)}")
    return float(np.abs(np.cumsum(one - other))[:-1].sum() / (len(one) - 1))


def _shares(weights: Sequence[float]) -> npt.NDArray[np.float64]:
    given = np.asarray(weights, dtype=np.float64)
    if (given < 0).any() or not given.sum() > 0:
        raise ValueError("weights must not be negative, and one of them must be above 0")
    shares: npt.NDArray[np.float64] = given / given.sum()
    return shares


def _divergence(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    kept = one > 0
    return float((one[kept] * np.log2(one[kept] / other[kept])).sum())
