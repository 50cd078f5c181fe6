"""Correction for many tests: the more one looks, the more chance shows something."""

from collections.abc import Sequence


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return for each p its q: the false discovery rate at which it would just be called a difference, 0..1.

    Source: Benjamini and Hochberg, Controlling the false discovery rate, JRSS B 57 (1995), 289-300.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place], reverse=True)
    q_values, lowest = [1.0] * len(p_values), 1.0
    for n_behind, place in enumerate(order):
        lowest = min(lowest, p_values[place] * len(p_values) / (len(p_values) - n_behind))
        q_values[place] = lowest
    return tuple(q_values)
