"""Intervals of shares: what no votes, one vote and many votes say."""

import pytest
from scipy.stats import binomtest

from domain.measures.intervals import wilson_interval


def test_no_votes_have_no_interval():
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (3, 10), (50, 100), (901, 1248)])
def test_it_agrees_with_the_statistics_library(successes, n):
    theirs = binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson_interval(successes, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("successes", "n"), [(2, 1), (-1, 3), (0, -1)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match=r"must lie in 0\.\.n"):
        wilson_interval(successes, n)


def test_more_votes_narrow_it_and_it_holds_the_share():
    few, many = wilson_interval(3, 4), wilson_interval(300, 400)
    assert many.high - many.low < few.high - few.low
    for interval in (few, many):
        assert interval.low < 0.75 < interval.high
