"""Distances of distributions: 0 for equals, 1 for none in common, and people out of how near one can come."""

import numpy as np
import pytest

from domain.measures.distances import jensen_shannon, ordinal_distance
from stances.population import Pair, fit_population


def test_jensen_shannon_agrees_with_scipy():
    from scipy.spatial.distance import jensenshannon

    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = rng.random(5), rng.random(5)
        assert jensen_shannon(one, other) == pytest.approx(jensenshannon(one, other, base=2))


def test_ordinal_distance_agrees_with_scipy():
    from scipy.stats import wasserstein_distance

    rng = np.random.default_rng(0)
    for _ in range(20):
        one, other = rng.random(4), rng.random(4)
        expected = wasserstein_distance(range(4), range(4), one, other) / 3
        assert ordinal_distance(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        jensen_shannon(weights, [1, 1])


def people(rng, n):
    return [rng.multinomial(50, rng.dirichlet([0.5, 0.5, 0.5])).astype(float) for _ in range(n)]


def test_another_such_group_of_people_reaches_the_ceiling_and_guessing_reaches_nothing():
    rng = np.random.default_rng(1)
    counts = people(rng, 60)
    again = [rng.multinomial(50, some / some.sum()).astype(float) for some in counts]
    ceiling = fit_population([Pair(a, c) for a, c in zip(again, counts, strict=True)], rng=rng)
    guess = fit_population([Pair(np.ones(3), c) for c in counts], rng=rng)
    assert ceiling.reached == pytest.approx(1, abs=0.1)
    assert ceiling.reached_interval.low < 1 < ceiling.reached_interval.high
    assert guess.reached == pytest.approx(0, abs=1e-9)
    assert guess.entropy_gap > 0, "a guess is less sure than people"


def test_people_who_answer_evenly_leave_nothing_to_reach():
    counts = [np.array([5000.0, 5000.0])] * 8
    assert fit_population([Pair(np.array([1.0, 0.0]), c) for c in counts], rng=np.random.default_rng(0)).reached is None
    assert fit_population([], rng=np.random.default_rng(0)) is None
