"""Agreement of groupings: against a count of every pair, and an independent library."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from domain.measures.partitions import pair_agreement, pair_counts, partition_scores


@pytest.mark.parametrize("seed", range(10))
def test_counts_are_those_of_looking_at_every_pair(seed):
    rng = np.random.default_rng(seed)
    found, truth = rng.integers(6, size=40), rng.integers(9, size=40) - 4
    together = [(found[a] == found[b], truth[a] == truth[b]) for a, b in combinations(range(40), 2)]
    both, in_found, in_truth = sum(a and b for a, b in together), *map(sum, zip(*together, strict=True))
    assert pair_counts(found, truth) == (both, in_found, in_truth, 780)
    scores = partition_scores(found, truth)
    assert scores.precision == pytest.approx(both / in_found)
    assert scores.recall == pytest.approx(both / in_truth)
    assert scores.f1 == pytest.approx(2 * scores.precision * scores.recall / (scores.precision + scores.recall))
    assert scores.adjusted_rand == pytest.approx(adjusted_rand_score(truth, found))
    assert pair_agreement(found, truth) == pytest.approx(both / (in_found + in_truth - both))


def test_equal_groupings_under_other_names_agree_in_full():
    scores = partition_scores(np.array([4, 4, 2]), np.array([0, 0, 9]))
    assert (scores.precision, scores.recall, scores.f1, scores.adjusted_rand) == (1, 1, 1, 1)


def test_with_everyone_alone_there_is_nothing_to_divide_by():
    scores = partition_scores(np.arange(4), np.arange(4))
    assert (scores.precision, scores.recall, scores.f1, scores.adjusted_rand) == (None, None, None, None)
    assert pair_agreement(np.arange(4), np.arange(4)) == 1


def test_nothing_found_has_no_precision_and_recall_nought():
    scores = partition_scores(np.arange(3), np.zeros(3, dtype=np.int64))
    assert (scores.precision, scores.recall, scores.f1) == (None, 0, 0)


def test_labels_of_another_length_are_refused():
    with pytest.raises(ValueError, match="3 labels cannot be compared with 2"):
        pair_counts(np.arange(3), np.arange(2))


def test_no_things_at_all():
    assert pair_counts(np.arange(0), np.arange(0)) == (0, 0, 0, 0)
