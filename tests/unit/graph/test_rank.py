"""Ranks on graphs small enough to work out by hand."""

import pytest

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.pairs import summarise_pairs
from graph.rank import page_rank, published_page_rank, wisdom

KEEP_ALL = Thresholds(min_wiser_likelihood=-1, max_entropy=9, min_wiser=0)


def edges(*pairs, thresholds=KEEP_ALL):
    """One "wiser" vote for each pair of letters."""
    rows = [VoteRow(f"p{n}", src, wiser, "When asked", EdgeAnswer.WISER) for n, (src, wiser) in enumerate(pairs)]
    return summarise_pairs(rows, thresholds=thresholds)


@pytest.mark.parametrize("rank", [wisdom, page_rank, published_page_rank])
def test_no_edges_give_no_ranks(rank):
    assert rank(()) == {}


@pytest.mark.parametrize("rank", [wisdom, page_rank, published_page_rank])
def test_edges_that_are_not_kept_rank_nothing(rank):
    assert rank(edges("ab", thresholds=Thresholds())) == {}


def test_wisdom_adds_up_likelihoods_and_is_zero_where_edges_only_leave():
    assert wisdom(edges("ac", "bc", "cd")) == {"a": 0.0, "b": 0.0, "c": 2.0, "d": 1.0}


def test_page_rank_of_one_edge_solves_its_equations():
    # Derived: the rank of the sink b goes to both, so r(a) = 0.075 + 0.425 r(b) and r(b) = r(a) + 0.85 r(a).
    rank = page_rank(edges("ab"))
    assert rank["a"] == pytest.approx(0.075 / (1 - 0.425 * 1.85), abs=1e-9)
    assert rank["b"] == pytest.approx(1.85 * rank["a"], abs=1e-9)
    assert sum(rank.values()) == pytest.approx(1, abs=1e-9)


def test_the_published_rank_loses_what_flows_into_sinks():
    # Derived: r(a) = 0.15 / 2 and r(b) = 0.15 / 2 + 0.85 r(a).
    assert published_page_rank(edges("ab")) == pytest.approx({"a": 0.075, "b": 0.075 + 0.85 * 0.075}, abs=1e-12)


def test_all_values_of_a_cycle_rank_the_same():
    assert page_rank(edges("ab", "bc", "ca")) == pytest.approx(dict.fromkeys("abc", 1 / 3), abs=1e-9)


def test_ends_of_a_kept_edge_of_likelihood_zero_are_ranked_but_nothing_flows_along_it():
    both_ways = edges("ab", "ba")
    assert [e.wiser_likelihood for e in both_ways] == [0, 0]
    assert wisdom(both_ways) == {"a": 0.0, "b": 0.0}
    assert page_rank(both_ways) == pytest.approx({"a": 0.5, "b": 0.5})
    assert published_page_rank(both_ways) == pytest.approx({"a": 0.075, "b": 0.075})
