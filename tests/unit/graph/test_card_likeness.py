"""Likeness of two cards: the formula, its ends, and which pairs are left out."""

import numpy as np
import pytest

from domain.neighbours import NeighbourPairs
from graph.card_likeness import DEFAULT_BOUNDS, likeness, words_of


def one_pair(cosine):
    return NeighbourPairs(np.array([0]), np.array([1]), np.array([cosine], dtype=np.float32))


def of(cosine, one, other):
    found = likeness(one_pair(cosine), [frozenset(one.split()), frozenset(other.split())], at_least=0)
    return found.similarity[0]


def test_it_is_two_parts_meaning_and_one_part_shared_words():
    assert of(0.6, "a b c", "b c d") == pytest.approx((2 * 0.6 + 2 / 4) / 3)


@pytest.mark.parametrize(
    ("cosine", "one", "other", "expected"), [(1, "a", "a", 1), (-0.5, "a", "b", 0), (0, "", "", 0)]
)
def test_its_ends(cosine, one, other, expected):
    assert of(cosine, one, other) == expected


def test_pairs_below_the_bound_are_left_out():
    words = [frozenset("ab"), frozenset("cd")]
    assert len(likeness(one_pair(0.6), words, at_least=0.41).first) == 0
    assert len(likeness(one_pair(0.6), words, at_least=0.39).first) == 1


def test_words_are_folded_and_small_words_say_nothing():
    assert words_of("The User", ["LOOKS at Éva's 3 hands"]) == {"looks", "éva", "hands"}


def test_words_of_other_scripts_are_words():
    assert words_of("رعاية", ["忍耐 и терпение"]) == {"رعاية", "忍耐", "и", "терпение"}


def test_two_cards_that_may_not_share_a_value_are_below_the_cut():
    assert 0 < DEFAULT_BOUNDS.apart < DEFAULT_BOUNDS.cut - DEFAULT_BOUNDS.band < 1
