"""Tests of tables of counts: do the rows differ by more than chance? No heavy library is needed."""

import math
from collections.abc import Sequence
from typing import NamedTuple

TINY = 1e-7
"""Relative slack by which two tables count as equally likely: sums of floats differ in the last digits."""


class ChiSquare(NamedTuple):
    """Pearson's statistic of a table of counts."""

    statistic: float
    n_freedom: int
    p: float
    """Chance of a statistic this large or larger where the rows do not differ, 0..1."""
    min_expected: float
    """Smallest expected count; below 5 the approximation is poor."""


def chi_square(table: Sequence[Sequence[int]]) -> ChiSquare | None:
    """Return Pearson's chi-square test of ``table``, rows by columns; ``None`` where fewer than two of either count.

    Rows and columns without any count are left out. No correction for continuity.
    Source: Pearson, On the criterion that a given system of deviations (1900).

    >>> round(chi_square([[37, 7], [68, 10], [50, 5]]).p, 2)
    0.59
    """
    rows = [row for row in table if sum(row)]
    columns = [j for j in range(len(table[0]) if table else 0) if any(row[j] for row in rows)]
    if min(len(rows), len(columns)) <= 1:
        return None
    total = sum(map(sum, rows))
    expected = [[sum(row) * sum(other[j] for other in rows) / total for j in columns] for row in rows]
    statistic = math.fsum(
        (row[j] - wanted) ** 2 / wanted
        for row, wants in zip(rows, expected, strict=True)
        for j, wanted in zip(columns, wants, strict=True)
    )
    n_freedom = (len(rows) - 1) * (len(columns) - 1)
    return ChiSquare(statistic, n_freedom, chi_square_tail(statistic, n_freedom), min(map(min, expected)))


def chi_square_tail(statistic: float, n_freedom: int) -> float:
    """Return the chance that chi-square with ``n_freedom`` degrees of freedom is at least ``statistic``, 0..1.

    The regularised upper incomplete gamma function Q(n / 2, x / 2), by its recurrence from Q(1/2) or Q(1).
    Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 6.5.22.
    """
    half = statistic / 2
    if half <= 0:
        return 1.0
    order = 0.5 if n_freedom % 2 else 1.0
    tail = math.erfc(math.sqrt(half)) if n_freedom % 2 else math.exp(-half)
    while order < n_freedom / 2:
        tail += math.exp(order * math.log(half) - half - math.lgamma(order + 1))
        order += 1
    return min(1.0, tail)


def fisher_exact(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Return the two-sided p of Fisher's exact test of two rows of a table with two columns, 0..1.

    The sum over all tables with the same margins that are at most as likely as the one seen.
    Source: Fisher, On the interpretation of chi-square from contingency tables, and the calculation of P (1922).

    >>> round(fisher_exact((37, 7), (50, 5)), 2)
    0.36
    """
    n_first, n_second, n_hits = sum(first), sum(second), first[0] + second[0]
    lowest, highest = max(0, n_hits - n_second), min(n_hits, n_first)
    chances = {
        hits: math.exp(
            _log_choose(n_first, hits) + _log_choose(n_second, n_hits - hits) - _log_choose(n_first + n_second, n_hits)
        )
        for hits in range(lowest, highest + 1)
    }
    limit = chances[first[0]] * (1 + TINY)
    return min(1.0, math.fsum(chance for chance in chances.values() if chance <= limit))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
