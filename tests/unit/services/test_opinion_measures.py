"""Sizes of opinion groups: a rest of one to four people is not told."""

import numpy as np
import pytest

from graph.opinion_groups import OpinionGroups
from graph.simulated_voters import Electorate, simulate_voters
from services import opinion_measures
from services.opinion_measures import opinion_section


@pytest.mark.parametrize(
    ("groups", "told"),
    [([40, 3], (40,)), ([36, 4, 3], (36, 7)), ([30, 13], (30, 13)), ([38, 5], (38, 5)), ([41, 1, 1], (41,))],
)
def test_small_groups_are_told_together_and_a_small_rest_not_at_all(monkeypatch, groups, told):
    codes = np.repeat(np.arange(len(groups)), groups)
    made = OpinionGroups(codes=codes, places=np.zeros((43, 2)), silhouette=0.5, by_count={}, n_people=43)
    monkeypatch.setattr(opinion_measures, "find_opinion_groups", lambda *_, **__: made)
    monkeypatch.setattr(opinion_measures, "cross_fitted_excess", lambda *_, **__: None)
    ballots = simulate_voters(Electorate(first_camp=40, second_camp=3), rng=np.random.default_rng(0)).ballots
    assert opinion_section(ballots, rng=np.random.default_rng(0)).sizes == told
