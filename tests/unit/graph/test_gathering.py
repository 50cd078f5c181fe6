"""Gathering by vectors: the same clusters in any order, exact similarities within parts, no chains."""

from typing import NamedTuple

import numpy as np
import pytest

from domain.errors import UserInputError
from domain.neighbours import NeighbourPairs
from graph import gathering
from graph.gathering import content_order, gather_vectors, pairs_within


class PlainSearch:
    """Every pair, or every pair but those to be missed."""

    name = "plain"

    def __init__(self, *missed):
        self._missed = set(missed)

    def pairs(self, vectors, *, min_similarity):
        similarity = vectors @ vectors.T
        one, other = np.nonzero(np.triu(similarity >= min_similarity, 1))
        keep = [pair not in self._missed for pair in zip(one.tolist(), other.tolist(), strict=True)]
        return NeighbourPairs(one[keep], other[keep], similarity[one, other][keep])


class Planted(NamedTuple):
    vectors: np.ndarray
    cluster: np.ndarray


def planted(n, n_clusters, seed=0, spread=0.4):
    rng = np.random.default_rng(seed)
    cluster = rng.integers(n_clusters, size=n)
    vectors = rng.normal(size=(n_clusters, 64))[cluster] / 8 + spread / 8 * rng.normal(size=(n, 64))
    return Planted((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), cluster)


def on_a_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def partition(labels, names):
    return {frozenset(names[labels == label].tolist()) for label in np.unique(labels)}


def test_planted_clusters_are_found():
    vectors, truth = planted(200, 30)
    found = gather_vectors(vectors, PlainSearch(), cut=0.65, apart=0.5)
    assert partition(found, np.arange(200)) == partition(truth, np.arange(200))


@pytest.mark.parametrize("seed", range(5))
def test_in_another_order_the_same_cards_are_together(seed):
    vectors, _ = planted(120, 20, seed=seed, spread=0.9)
    vectors = np.concatenate([vectors, vectors[:30]])
    order = np.random.default_rng(seed).permutation(150)
    straight = gather_vectors(vectors, PlainSearch(), cut=0.5, apart=0.4)
    turned = gather_vectors(vectors[order], PlainSearch(), cut=0.5, apart=0.4)
    assert partition(straight, np.arange(150)) == partition(turned, order)


def test_equal_vectors_are_one_cluster_named_by_the_first():
    vectors = on_a_circle(0, 90, 0, 90, 0)
    assert gather_vectors(vectors, PlainSearch(), cut=0.9, apart=0.8).tolist() == [0, 1, 0, 1, 0]


def test_a_chain_along_a_circle_never_holds_two_that_are_apart():
    vectors = on_a_circle(*range(0, 180, 10))
    clusters = gather_vectors(vectors, PlainSearch(), cut=0.95, apart=0.9)
    together = clusters[:, None] == clusters
    assert len(set(clusters.tolist())) > 3
    assert (vectors @ vectors.T)[together].min() >= 0.9


def test_a_pair_that_the_search_missed_is_found_again_through_a_third():
    vectors = on_a_circle(0, 10, 20)
    whole = gather_vectors(vectors, PlainSearch(), cut=0.9, apart=0.8)
    for missed in [(0, 1), (0, 2), (1, 2)]:
        assert gather_vectors(vectors, PlainSearch(missed), cut=0.9, apart=0.8).tolist() == whole.tolist() == [0] * 3


def test_large_parts_are_compared_in_blocks_alike(monkeypatch):
    vectors, _ = planted(90, 3)
    parts = np.zeros(90, dtype=np.int64)
    at_once = pairs_within(vectors, parts, min_similarity=0.3)
    monkeypatch.setattr(gathering, "ROWS_AT_ONCE", 7)
    in_blocks = pairs_within(vectors, parts, min_similarity=0.3)
    assert at_once.first.tolist() == in_blocks.first.tolist()
    assert at_once.second.tolist() == in_blocks.second.tolist()
    assert np.allclose(at_once.similarity, in_blocks.similarity, atol=1e-6)


def test_a_threshold_that_calls_everything_alike_is_explained(monkeypatch):
    monkeypatch.setattr(gathering, "MAX_PAIRS", 10)
    with pytest.raises(UserInputError, match="Choose a higher threshold"):
        gather_vectors(on_a_circle(*range(12)), PlainSearch(), cut=0.5, apart=0.5)


@pytest.mark.parametrize(("cut", "apart"), [(0.5, 0.6), (0.5, 0.0), (0.5, -0.1)])
def test_bounds_in_the_wrong_order_are_refused(cut, apart):
    with pytest.raises(ValueError, match="0 < apart <= cut"):
        gather_vectors(on_a_circle(0, 1), PlainSearch(), cut=cut, apart=apart)


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one(n):
    assert gather_vectors(np.ones((n, 3), dtype=np.float32), PlainSearch(), cut=0.9, apart=0.9).tolist() == [0] * n


def test_minus_zero_is_the_same_content_as_zero():
    order = content_order(np.array([[0.0, 1.0], [-0.0, 1.0]], dtype=np.float32))
    assert order.place.tolist() == [0, 0]
