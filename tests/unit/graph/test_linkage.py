"""Clusters from pairs: what belongs together is joined, chains are not, and an independent library agrees."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from domain.neighbours import NeighbourPairs, sorted_pairs
from graph.linkage import connected_parts, gather, numbered


def listed(*pairs):
    first, second, similarity = zip(*pairs, strict=True)
    return sorted_pairs(np.array(first), np.array(second), np.array(similarity, dtype=np.float32))


NOTHING = NeighbourPairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def unit_vectors(n, rng, dim=6):
    vectors = rng.normal(size=(n, dim))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def all_pairs(vectors, at_least):
    one, other = np.triu_indices(len(vectors), 1)
    similarity = (vectors @ vectors.T)[one, other]
    keep = similarity >= at_least
    return NeighbourPairs(one[keep], other[keep], similarity[keep].astype(np.float32))


def test_a_chain_whose_ends_are_unlike_is_not_one_cluster():
    clusters = gather(listed((0, 1, 0.95), (1, 2, 0.9)), n_items=3, cut=0.7)
    assert clusters.tolist() == [0, 0, 2]


def test_a_long_chain_falls_into_pairs_and_not_into_one_cluster():
    chain = [(n, n + 1, 0.9) for n in range(99)]
    assert np.bincount(gather(listed(*chain), n_items=100, cut=0.7)).max() == 2


def test_three_that_are_alike_on_average_are_one_cluster():
    clusters = gather(listed((0, 1, 0.95), (1, 2, 0.9), (0, 2, 0.6)), n_items=3, cut=0.7)
    assert clusters.tolist() == [0, 0, 0]


def test_three_whose_mean_is_too_low_are_not():
    assert gather(listed((0, 1, 0.95), (1, 2, 0.7), (0, 2, 0.6)), n_items=3, cut=0.7).tolist() == [0, 0, 2]


def test_no_pair_at_the_cut_leaves_everyone_alone():
    assert gather(listed((0, 1, 0.69)), n_items=3, cut=0.7).tolist() == [0, 1, 2]


@pytest.mark.parametrize("n_items", [0, 1, 4])
def test_nothing_listed_joins_nothing(n_items):
    assert gather(NOTHING, n_items=n_items, cut=0.5).tolist() == list(range(n_items))


@pytest.mark.parametrize("seed", range(8))
def test_with_every_pair_listed_it_is_the_average_linkage_of_scipy(seed):
    vectors = unit_vectors(40, np.random.default_rng(seed))
    pairs = all_pairs(vectors, -2)
    distances = 1 - pairs.similarity.astype(float)
    theirs = fcluster(linkage(distances, "average"), 1 - 0.4, "distance")
    ours = gather(pairs, n_items=40, cut=0.4)
    assert len(set(zip(ours.tolist(), theirs.tolist(), strict=True))) == len(set(ours.tolist())) == max(theirs)


@pytest.mark.parametrize("seed", range(8))
def test_everyone_in_a_cluster_is_listed_with_everyone_else_in_it(seed):
    vectors = unit_vectors(60, np.random.default_rng(seed), dim=4)
    clusters = gather(all_pairs(vectors, 0.5), n_items=60, cut=0.7)
    together = clusters[:, None] == clusters
    assert np.bincount(clusters).max() > 2
    assert (vectors @ vectors.T)[together].min() >= 0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_pairs_and_of_items_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    vectors = unit_vectors(50, rng, dim=4)
    shuffled = rng.permutation(50)
    straight = numbered(gather(all_pairs(vectors, 0.5), n_items=50, cut=0.7))
    turned = numbered(gather(all_pairs(vectors[shuffled], 0.5), n_items=50, cut=0.7))
    assert len(set(zip(straight[shuffled].tolist(), turned.tolist(), strict=True))) == straight.max() + 1 < 50


def test_parts_follow_connections_over_many_steps():
    order = np.random.default_rng(1).permutation(1000)
    parts = connected_parts(order[:-1], order[1:], n_items=1001)
    assert set(parts[:1000].tolist()) == {0}
    assert parts[1000] == 1000
