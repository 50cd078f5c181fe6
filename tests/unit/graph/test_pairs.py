"""Pairs of values summarised: hand-made cases with every intermediate value."""

import pytest

from domain.graphs import EdgeCounts, Thresholds, VoteRow
from domain.measures.entropy import entropy_bits
from domain.votes import EdgeAnswer
from graph.pairs import summarise_pairs


def vote(person, src, wiser, answer=EdgeAnswer.WISER, context="When asked"):
    return VoteRow(person, src, wiser, context, answer)


def test_no_votes_give_no_pairs():
    assert summarise_pairs([], thresholds=Thresholds()) == ()


def test_votes_in_both_directions_are_counted_against_each_other():
    rows = [vote("p1", "a", "b"), vote("p2", "a", "b"), vote("p3", "b", "a"), vote("p4", "a", "b", EdgeAnswer.NOT_SURE)]
    there, back = summarise_pairs(rows, thresholds=Thresholds())
    assert there.counts == EdgeCounts(wiser=2, not_wiser=0, unsure=1, less_wise=1, impressions=4)
    assert there.wiser_likelihood == pytest.approx(1 / 4)
    assert back.counts == EdgeCounts(wiser=1, not_wiser=0, unsure=0, less_wise=2, impressions=4)
    assert back.wiser_likelihood == pytest.approx(-1 / 3)
    assert there.n_people == back.n_people == 4
    assert not there.is_kept


def test_one_yes_makes_no_edge():
    (pair,) = summarise_pairs([vote("p1", "a", "b")], thresholds=Thresholds())
    assert pair.wiser_likelihood == 1
    assert not pair.is_kept


def test_only_unsure_votes_have_likelihood_zero_and_not_none():
    (pair,) = summarise_pairs([vote("p1", "a", "b", EdgeAnswer.NOT_SURE)], thresholds=Thresholds())
    assert pair.wiser_likelihood == 0


@pytest.mark.parametrize(("counts", "bits"), [([], 0.0), ([3], 0.0), ([1, 1, 1, 1], 2.0), ([0, 5, 5], 1.0)])
def test_entropy_of_known_counts(counts, bits):
    assert entropy_bits(counts) == pytest.approx(bits)
