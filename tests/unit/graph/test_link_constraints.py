"""What judged pairs say of all others."""

import numpy as np
import pytest

from domain.gathered import PairOpinion
from domain.neighbours import sorted_pairs
from graph.link_constraints import MAX_FAILED_IN_A_ROW, PAIRS_AT_ONCE, LinkConstraints

SAME, DIFFERENT, UNSURE, FAILED = PairOpinion


def constraints(pairs, n_items, weights=None):
    """Pairs as (one, other, similarity)."""
    columns = [np.array(column) for column in zip(*pairs, strict=True)]
    listed = sorted_pairs(columns[0], columns[1], columns[2].astype(np.float32))
    counts = np.ones(n_items, dtype=np.int64) if weights is None else np.array(weights)
    return LinkConstraints(listed, groups=np.arange(n_items), weights=counts)


def judged(made, truth, *, most=1000):
    """Settle by the values in ``truth``; return the pairs that were asked about."""
    asked = []

    def ask(places):
        ends = [(int(made._pairs.first[p]), int(made._pairs.second[p])) for p in places]
        asked.extend(ends)
        return [SAME if truth[one] == truth[other] else DIFFERENT for one, other in ends]

    made.settle(ask, most=most)
    return asked


def all_pairs(n_items, seed):
    rng = np.random.default_rng(seed)
    return [(i, j, rng.uniform(0.2, 0.9)) for i in range(n_items) for j in range(i + 1, n_items)]


def test_the_most_alike_are_asked_first_and_no_two_that_touch_one_group():
    made = constraints([(0, 1, 0.5), (1, 2, 0.9), (2, 3, 0.8), (3, 4, 0.3)], 5)
    first, second = made.open_places(2).tolist()
    assert (made._pairs.first[first], made._pairs.second[first]) == (1, 2)
    assert (made._pairs.first[second], made._pairs.second[second]) == (3, 4)


def test_what_follows_from_others_is_never_asked():
    made = constraints([(0, 1, 0.9), (0, 2, 0.8), (1, 2, 0.7), (0, 3, 0.6), (1, 3, 0.5), (2, 3, 0.4)], 4)
    asked = judged(made, "aaab")
    assert asked == [(0, 1), (2, 3), (0, 2)]
    assert made.groups.tolist() == [0, 0, 0, 3]


@pytest.mark.parametrize("seed", range(5))
def test_a_judge_who_is_always_right_finds_every_value_with_fewer_questions_than_pairs(seed):
    truth = np.random.default_rng(seed).integers(4, size=14)
    made = constraints(all_pairs(14, seed), 14)
    asked = judged(made, truth)
    clusters = made.gather(cut=0.95)
    assert all((clusters[i] == clusters[j]) == (truth[i] == truth[j]) for i in range(14) for j in range(i))
    assert len(asked) < 14 * 13 / 2


def test_groups_judged_different_are_not_linked_however_alike_their_members_are():
    made = constraints([(0, 1, 0.9), (0, 2, 0.9), (1, 2, 0.9)], 3)
    made.note(0, SAME)
    made.note(1, DIFFERENT)
    assert made.gather(cut=0.5).tolist() == [0, 0, 2]


def test_unsure_and_failed_leave_the_pair_to_its_likeness_and_are_not_asked_again():
    made = constraints([(0, 1, 0.9), (2, 3, 0.4)], 4)
    made.note(0, UNSURE)
    made.note(1, FAILED)
    assert not len(made.open_places(5))
    assert made.gather(cut=0.5).tolist() == [0, 0, 2, 3]


def test_two_values_of_many_people_are_joined_by_two_words_and_not_by_one():
    pairs = [(0, 1, 0.9), (2, 3, 0.9), (0, 2, 0.4), (1, 3, 0.3)]
    made = constraints(pairs, 4)
    order = {(int(i), int(j)): p for p, (i, j) in enumerate(zip(made._pairs.first, made._pairs.second, strict=True))}
    made.note(order[0, 1], SAME)
    made.note(order[2, 3], SAME)
    made.note(order[0, 2], SAME)
    assert made.groups.tolist() == [0, 0, 2, 2]
    made.note(order[1, 3], SAME)
    assert made.groups.tolist() == [0, 0, 0, 0]


def test_one_card_joins_a_value_of_many_by_one_word():
    made = constraints([(0, 1, 0.4)], 2, weights=[9, 1])
    made.note(0, SAME)
    assert made.groups.tolist() == [0, 0]


def test_linked_groups_weigh_their_cards_and_one_pair_that_is_not_listed_keeps_them_apart():
    listed = [(0, 1, 0.9), (0, 2, 0.6), (1, 2, 0.2)]
    made = constraints(listed, 3, weights=[3, 1, 1])
    made.note(0, SAME)
    assert made.gather(cut=0.5).tolist() == [0, 0, 0]
    assert made.gather(cut=0.51).tolist() == [0, 0, 2]
    holed = constraints(listed[:2], 3, weights=[3, 1, 1])
    holed.note(0, SAME)
    assert holed.gather(cut=0.1).tolist() == [0, 0, 2]


def test_a_model_that_is_away_is_not_asked_to_the_end():
    made = constraints(all_pairs(40, 1), 40)
    asked = []

    def away(places):
        asked.extend(places.tolist())
        return [FAILED] * len(places)

    made.settle(away, most=500)
    assert MAX_FAILED_IN_A_ROW <= len(asked) < MAX_FAILED_IN_A_ROW + PAIRS_AT_ONCE
