"""What the benchmark of scorers measures on: how pairs are drawn, and what the area and its interval say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.quality.labelled import Labelled, auc, interval, pulls, sampled, shuffled

names = st.sampled_from(["care", "honesty", "play", "trust", "work", "rest"])
lists = st.lists(
    st.tuples(st.text("ab", min_size=1, max_size=3), st.lists(names, min_size=1, max_size=4, unique=True)),
    min_size=1, max_size=8,
)  # fmt: skip


@given(lists, st.integers(0, 99))
def test_every_own_value_is_relevant_and_no_drawn_one_is_in_the_list(situations, seed):
    found = shuffled(situations, rng=np.random.default_rng(seed))
    own = {(group, value) for group, (_, values) in enumerate(situations) for value in values}
    seen = list(zip(found.groups, found.values, strict=True))
    assert {pair for pair, label in zip(seen, found.is_positive, strict=True) if label} == own
    assert not [pair for pair, label in zip(seen, found.is_positive, strict=True) if not label and pair in own]
    assert sum(found.is_positive) == len(own) >= len(seen) - len(own)


@given(st.lists(names, unique=True), st.lists(names, unique=True))
def test_a_value_of_one_action_alone_supports_it_and_opposes_the_other(one, other):
    found = pulls([[("do", one), ("leave", other)]])
    labels = dict(zip(zip(found.situations, found.values, strict=True), found.is_positive, strict=True))
    assert len(labels) == len(found.values) == 2 * len(set(one) ^ set(other))
    assert all(label is (value in (one if action == "do" else other)) for (action, value), label in labels.items())


@given(lists, st.integers(2, 10))
def test_a_sample_is_the_same_every_time_and_holds_no_pair_twice(situations, size):
    pairs = shuffled(situations, rng=np.random.default_rng(1))
    pairs = pairs._replace(values=[f"{value} {n}" for n, value in enumerate(pairs.values)])
    found = sampled(pairs, size)
    assert found == sampled(pairs, size)
    assert len(set(found.values)) == len(found.values)
    assert max(sum(found.is_positive), len(found.values) - sum(found.is_positive)) <= size // 2


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 99))
def test_the_interval_holds_the_area_and_perfect_scores_have_none(seed):
    rng = np.random.default_rng(seed)
    labels = [True, False] * 15
    pairs = Labelled(["s"] * 30, ["v"] * 30, labels, [n // 2 for n in range(30)])
    scores = np.array(labels) + rng.normal(size=30)
    low, high = interval(pairs, scores)
    assert low <= auc(pairs, scores) <= high
    assert interval(pairs, np.array(labels, dtype=np.float32)) == (1.0, 1.0)
    assert auc(pairs, np.zeros(30)) == pytest.approx(0.5)
