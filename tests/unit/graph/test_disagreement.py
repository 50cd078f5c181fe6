"""Disagreement within and between groups: exact cases, brute force over all pairs of people, and no inflation."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ballots import EDGE_ANSWERS, EDGE_SCORES, Given, Pair, cast_ballots
from graph.cell_guard import MIN_CELL, CellGuard
from graph.cross_fitting import cross_fitted_excess
from graph.disagreement import (
    differing_share,
    differing_share_within,
    disagreement,
    excess_of,
    without_each_context,
)
from graph.opinion_groups import find_opinion_groups


def ballots(table):
    """Rows of a table: person to {item: answer}; items are (src, wiser, context) or plain names."""
    given = [Given(p, item, answer) for p, row in table.items() for item, answer in row.items()]
    return cast_ballots(given, answers=EDGE_ANSWERS, scores=EDGE_SCORES)


def codes_of(columns, group_of):
    return np.array([group_of[p] for p in columns.people], dtype=np.int64)


def found(columns, codes, *, seed=0, labels=("i", "j")):
    return disagreement(columns, codes, labels, rng=np.random.default_rng(seed), n_shuffles=199, n_resamples=100)


def test_two_identical_groups_split_in_half_have_no_excess():
    columns = ballots({f"{g}{n:03}": {"a": n % 2} for g in "ij" for n in range(100)})
    result = found(columns, np.repeat([0, 1], 100))
    assert result.pairs[0].between == 0.5
    assert result.excess == pytest.approx(0.0, abs=0.01)
    assert result.p > 0.5


def test_two_unanimous_opposite_groups_disagree_wholly():
    columns = ballots({f"{g}{n}": {"a": int(g == "i")} for g in "ij" for n in range(6)})
    result = found(columns, np.repeat([0, 1], 6))
    assert (result.pairs[0].between, result.pairs[0].within_first, result.excess) == (1.0, 0.0, 1.0)
    assert result.p <= 0.02
    assert result.interval == (1.0, 1.0)


def test_not_sure_is_an_answer_of_its_own():
    columns = ballots({f"{g}{n}": {"a": 1 if g == "i" else 2} for g in "ij" for n in range(6)})
    assert excess_of(columns, np.repeat([0, 1], 6)) == 1.0


@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.lists(st.integers(0, 6), min_size=3, max_size=3))
def test_closed_form_equals_every_pair_of_people(first, second):
    people = [[k for k, n in enumerate(counts) for _ in range(n)] for counts in (first, second)]
    if people[0] and people[1]:
        pairs = list(itertools.product(*people))
        assert differing_share(first, second) == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))
    if len(people[0]) > 1:
        pairs = list(itertools.combinations(people[0], 2))
        assert differing_share_within(first) == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))


@given(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9), st.integers(1, 9))
def test_closed_form_of_two_answers_is_the_one_of_the_text(a, n, b, m):
    a, b = min(a, n), min(b, m)
    assert differing_share([a, n - a], [b, m - b]) == pytest.approx((a * (m - b) + (n - a) * b) / (n * m))


@given(st.data())
def test_pooled_excess_equals_the_slow_sum_over_items(data):
    answers = st.fixed_dictionaries({"a": st.integers(0, 2)}, optional={i: st.integers(0, 2) for i in "bc"})
    table = {f"p{n:02}": data.draw(answers) for n in range(13)}
    columns = ballots(table)
    group_of = {person: n % 2 for n, person in enumerate(table)}
    weight = gap = 0.0
    for item in "abc":
        sides = [
            [[row[item] for p, row in table.items() if item in row and group_of[p] == g].count(k) for k in range(3)]
            for g in (0, 1)
        ]
        if min(map(sum, sides)) < MIN_CELL:
            continue
        own = sum(sides[0]) * sum(sides[1])
        weight += own
        gap += own * (differing_share(*sides) - sum(map(differing_share_within, sides)) / 2)
    expected = gap / weight if weight else None
    assert excess_of(columns, codes_of(columns, group_of)) == (None if expected is None else pytest.approx(expected))


def test_no_excess_is_expected_when_groups_are_drawn_by_lot_however_small_they_are():
    rng = np.random.default_rng(5)
    columns = ballots({f"p{n:02}": {i: int(rng.integers(0, 3)) for i in "abcd"} for n in range(12)})
    shuffled = [excess_of(columns, rng.permutation(np.repeat([0, 1], 6))) for _ in range(400)]
    assert np.mean(shuffled) == pytest.approx(0.0, abs=0.01)


def test_resampling_people_does_not_make_a_person_agree_with_themselves():
    rng = np.random.default_rng(2)
    columns = ballots({f"p{n:02}": {i: int(rng.integers(0, 2)) for i in "abcdefgh"} for n in range(16)})
    result = found(columns, np.tile([0, 1], 8), seed=1)
    low, high = result.interval
    assert low < result.excess < high
    assert (low + high) / 2 == pytest.approx(result.excess, abs=0.05)


def test_a_fault_line_that_hangs_on_one_context_goes_away_without_it():
    table = {}
    for n in range(12):
        answers = {Pair("a", "b", "When split"): n % 2}
        answers |= {Pair("a", f"c{k}", "When calm"): (n // 2 + k) % 2 for k in range(4)}
        table[f"p{n:02}"] = answers
    columns = ballots(table)
    left = {one.left_out: one.excess for one in without_each_context(columns, np.tile([0, 1], 6), ("i", "j"))}
    assert left["When calm"] == 1.0
    assert left["When split"] < 0.05


def test_leaving_out_the_only_context_leaves_nothing():
    columns = ballots({f"p{n}": {Pair("a", "b", "When split"): n % 2} for n in range(6)})
    (only,) = without_each_context(columns, np.tile([0, 1], 3), ("i", "j"))
    assert (only.excess, only.n_items) == (None, 0)


def test_four_people_are_not_held_against_others_however_their_contexts_are_cut():
    table = {f"p{n}": {Pair("a", "b", "When split"): int(n < 4)} for n in range(14)}
    columns = ballots(table)
    assert found(columns, np.repeat([0, 1], [4, 10])) is None
    more = ballots(table | {"p4": table["p4"] | {Pair("a", "c", "When calm"): 0}})
    codes = np.repeat([0, 1], [5, 9])
    assert found(more, codes) is not None
    left = {one.left_out: one.excess for one in without_each_context(more, codes, ("i", "j"))}
    assert left["When split"] is None


def test_an_item_that_two_people_of_each_group_answered_is_not_measured_in_any_figure():
    """Two of A and two of B on one shared item: D within A and D between would tell both answers of A."""
    table = {f"{g}{n}": {Pair("x", f"own{g}", "When calm"): n % 2} for g in "ab" for n in range(6)}
    for n in range(2):
        for g in "ab":
            table[f"{g}{n}"][Pair("x", "y", "When split")] = int(g == "a")
    columns, codes = ballots(table), np.repeat([0, 1], 6)
    assert found(columns, codes) is None
    assert excess_of(columns, codes) is None
    assert {one.excess for one in without_each_context(columns, codes, ("i", "j"))} == {None}


def test_an_item_hidden_for_a_third_group_is_not_measured_for_the_one_hidden_beside_it():
    table = {f"{g}{n:02}": {"a": n % 2} for g, n_all in (("i", 12), ("j", 20), ("k", 3)) for n in range(n_all)}
    codes = np.repeat([0, 1, 2], [12, 20, 3])
    guard = CellGuard.of_sizes([12, 20, 9], n_others=0)
    assert excess_of(ballots(table), codes, guard=guard) is None


def test_one_group_alone_cannot_be_compared():
    columns = ballots({f"p{n}": {"a": 0} for n in range(6)})
    assert found(columns, np.zeros(6, dtype=np.int64), labels=("i",)) is None


def cluster(columns, rng):
    groups = find_opinion_groups(columns, rng=rng, min_answers=1, n_groups=2)
    return groups.codes


def random_votes(*, camps, seed):
    """Sixty people on sixteen pairs: by lot, or in two camps that answer opposite with 10 % slips."""
    rng = np.random.default_rng(seed)
    table = {}
    for n in range(60):
        own = rng.random(16) < (0.9 if n % 2 else 0.1) if camps else rng.random(16) < 0.5
        table[f"p{n:02}"] = {Pair("a", f"b{k:02}", "When asked"): int(yes) for k, yes in enumerate(own)}
    return ballots(table)


def test_groups_made_from_random_votes_look_split_until_they_are_cross_fitted():
    columns = random_votes(camps=False, seed=1)
    rng = np.random.default_rng(0)
    assert excess_of(columns, cluster(columns, rng)) > 0.03
    assert cross_fitted_excess(columns, cluster, rng=rng) == pytest.approx(0.0, abs=0.015)


def test_real_camps_stay_split_when_they_are_cross_fitted():
    columns = random_votes(camps=True, seed=1)
    assert cross_fitted_excess(columns, cluster, rng=np.random.default_rng(0)) > 0.5


def test_the_same_seed_gives_the_same_answer():
    columns = random_votes(camps=True, seed=3)
    codes = np.tile([0, 1], 30)
    assert found(columns, codes, seed=4) == found(columns, codes, seed=4)
