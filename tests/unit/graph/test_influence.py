"""Influence: leaving a group out, against the slow way and against leaving out people by lot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.audit_words import NO_DIFFERENCE
from graph.ballots import ballots_of_votes
from graph.groups import Grouping
from graph.influence import influence, kept_likelihoods
from graph.pairs import summarise_pairs

W, N, U = EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE
PAIRS = [(a, b) for a in "abcd" for b in "abcd" if a != b]
VOTES = st.dictionaries(st.tuples(st.sampled_from("pqrst"), st.sampled_from(PAIRS)), st.sampled_from([W, N, U]))


def rows_of(votes):
    return [VoteRow(person, *pair, "When asked", answer) for (person, pair), answer in votes.items()]


def found(rows, groups, **thresholds):
    grouping = Grouping(name="g", group_of=groups)
    limits = Thresholds(**thresholds)
    return influence(ballots_of_votes(rows), grouping, thresholds=limits, rng=np.random.default_rng(0), n_draws=99)


@given(VOTES)
def test_kept_edges_in_columns_are_those_of_the_graph(votes):
    limits = Thresholds(min_wiser=1)
    edges = summarise_pairs(rows_of(votes), thresholds=limits)
    ours = kept_likelihoods(ballots_of_votes(rows_of(votes)), thresholds=limits)
    theirs = [edge.wiser_likelihood if edge.is_kept else np.nan for edge in edges]
    assert ours == pytest.approx(np.array(theirs), nan_ok=True)


def test_a_group_that_alone_upholds_edges_is_named():
    groups = {f"{g}{k:02}": g for g in "xy" for k in range(30)}
    said = {"x": W, "y": N}
    rows = [VoteRow(p, f"s{n}", f"t{n}", "When asked", said[g]) for p, g in groups.items() for n in range(8)]
    x, y = found(rows, groups, min_wiser_likelihood=0.3, max_entropy=2.0)
    assert (x.group, x.n_people, x.n_votes, x.edges_lost, x.edges_gained) == ("x", 30, 240, 8, 0)
    assert x.top_left == tuple(f"t{n}" for n in range(8))
    assert x.p <= 0.02
    assert "more of the map" in x.words
    assert (y.edges_lost, y.top_left) == (0, ())
    assert y.words == NO_DIFFERENCE


def test_groups_drawn_by_lot_change_no_more_than_others():
    rng = np.random.default_rng(3)
    people = [f"p{k:02}" for k in range(40)]
    rows = [VoteRow(p, *pair, "When asked", W if rng.random() < 0.6 else N) for p in people for pair in PAIRS[:6]]
    groups = {p: "xy"[k % 2] for k, p in enumerate(people)}
    assert {one.words for one in found(rows, groups)} == {NO_DIFFERENCE}


def test_a_group_of_six_of_whom_one_voted_has_no_row():
    groups = {f"{g}{k}": g for g, n in (("x", 8), ("y", 7), ("z", 6)) for k in range(n)}
    rows = [VoteRow(p, "a", "b", "When asked", W) for p, g in groups.items() if g != "z" or p == "z0"]
    # One more group is hidden, since the number of all voters is known.
    assert [(one.group, one.n_people) for one in found(rows, groups)] == [("x", 8)]


def test_no_votes_have_no_influence():
    assert found([], {}) == ()
