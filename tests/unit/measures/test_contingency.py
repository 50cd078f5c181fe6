"""Tests of tables of counts, against the published survey, exact values and scipy-made figures."""

import math

import pytest

from domain.measures.contingency import chi_square, chi_square_tail, fisher_exact
from domain.measures.corrections import benjamini_hochberg

SATISFIED = {"Democrat": (37, 44), "Independent": (68, 78), "Republican": (50, 55)}
"""Published follow-up of the 2023 study: people who found the position of their value fair, of those asked."""


def table(**counts):
    return [(yes, n - yes) for yes, n in (counts or SATISFIED).values()]


def test_published_survey_gives_the_published_chi_square():
    found = chi_square(table())
    assert (found.n_freedom, round(found.p, 2)) == (2, 0.59)


def test_published_survey_gives_the_published_exact_test():
    assert round(fisher_exact((37, 7), (50, 5)), 2) == 0.36


def test_exact_test_of_the_tea_lady():
    # Fisher 1935: 4 of 4 cups right, by chance 1 in 70; two-sided doubles it by symmetry.
    assert fisher_exact((4, 0), (0, 4)) == pytest.approx(2 / 70)
    assert fisher_exact((2, 2), (2, 2)) == pytest.approx(1.0)


@pytest.mark.parametrize(("n_freedom", "at_5_percent"), [(1, 3.841459), (2, 5.991465), (3, 7.814728), (10, 18.307038)])
def test_tail_agrees_with_the_tables_in_textbooks(n_freedom, at_5_percent):
    assert chi_square_tail(at_5_percent, n_freedom) == pytest.approx(0.05, abs=1e-7)


def test_tail_with_two_degrees_of_freedom_is_an_exponential():
    assert chi_square_tail(7.0, 2) == pytest.approx(math.exp(-3.5), rel=1e-14)
    assert chi_square_tail(0.0, 4) == 1.0


def test_equal_rows_show_nothing_and_tables_without_a_second_row_or_column_are_not_tested():
    assert chi_square([[3, 6], [1, 2]]).p == pytest.approx(1.0)
    assert chi_square([[3, 6]]) is None
    assert chi_square([[3, 0], [2, 0]]) is None
    assert chi_square([]) is None


def test_empty_rows_change_nothing():
    assert chi_square([[3, 6], [0, 0], [5, 2]]) == chi_square([[3, 6], [5, 2]])


def test_correction_follows_the_published_example():
    # Benjamini and Hochberg 1995, section 4.1: fifteen p-values, four rejected at q = .05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    q = benjamini_hochberg(p)
    assert sum(one <= 0.05 for one in q) == 4
    assert list(q) == sorted(q)


def test_one_test_needs_no_correction_and_none_gives_none():
    assert benjamini_hochberg([0.03]) == (0.03,)
    assert benjamini_hochberg([]) == ()
