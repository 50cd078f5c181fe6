"""Search of all against all: exact where it says so, nearly so in cells, the same every time."""

import sys

import numpy as np
import pytest

from backends.neighbours_faiss import FaissNeighbours
from domain.errors import BackendUnavailableError, MissingExtraError

KINDS = ["flat", "cells", "auto"]


def clustered(n, seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(max(1, n // 6), 32))[rng.integers(max(1, n // 6), size=n)]
    vectors += 0.4 * rng.normal(size=(n, 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def plain_pairs(vectors, at_least):
    similarity = vectors.astype(float) @ vectors.T.astype(float)
    one, other = np.nonzero(np.triu(similarity >= at_least, 1))
    return set(zip(one.tolist(), other.tolist(), strict=True))


def as_set(pairs):
    return set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def test_flat_finds_the_pairs_that_plain_arithmetic_finds():
    vectors = clustered(1500)
    assert as_set(FaissNeighbours(kind="flat").pairs(vectors, min_similarity=0.6)) == plain_pairs(vectors, 0.6)


def test_cells_find_nearly_all_pairs_and_none_that_is_not_one():
    vectors = clustered(4000)
    truth = plain_pairs(vectors, 0.6)
    found = as_set(FaissNeighbours(kind="cells").pairs(vectors, min_similarity=0.6))
    assert found <= truth
    assert len(found) > 0.97 * len(truth)


def test_auto_is_exact_up_to_the_size_it_is_told():
    vectors = clustered(800)
    few = FaissNeighbours(cells_above=800).pairs(vectors, min_similarity=0.6)
    assert as_set(few) == plain_pairs(vectors, 0.6)


def test_auto_learns_cells_above_it():
    vectors = clustered(801)
    above = FaissNeighbours(cells_above=800, probed_cells=1).pairs(vectors, min_similarity=0.6)
    cells = FaissNeighbours(kind="cells", probed_cells=1).pairs(vectors, min_similarity=0.6)
    assert as_set(above) == as_set(cells) < plain_pairs(vectors, 0.6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_vectors_give_the_same_pairs_in_order(kind):
    vectors = clustered(2000)
    runs = [FaissNeighbours(kind=kind, cells_above=500).pairs(vectors, min_similarity=0.6) for _ in range(2)]
    for one, other in zip(*runs, strict=True):
        assert np.array_equal(one, other)
    assert np.all(np.diff(runs[0].first * 2000 + runs[0].second) > 0)
    assert np.all(runs[0].first < runs[0].second)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_vectors(kind, n):
    vectors = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (n, 1))
    assert len(FaissNeighbours(kind=kind).pairs(vectors, min_similarity=0.9).first) == n * (n - 1) // 2


def test_without_faiss_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    monkeypatch.setattr("backends.neighbours_faiss.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="faiss-cpu"):
        FaissNeighbours()


def test_a_graphics_card_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr("faiss.get_num_gpus", lambda: 0)
    with pytest.raises((MissingExtraError, BackendUnavailableError)):
        FaissNeighbours(kind="gpu")
