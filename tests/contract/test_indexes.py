"""The promises of ``domain.protocols.VectorIndex``, kept by every index there is."""

import re

import numpy as np
import pytest

from backends.index_exact import ExactIndex
from backends.index_faiss import FaissIndex
from domain.errors import BackendUnavailableError, MissingExtraError

DIM = 12
N = 300


def build(kind, *, dim=DIM):
    if kind == "exact":
        return ExactIndex(dim=dim)
    if kind == "faiss-ivf":
        return FaissIndex(dim=dim, ivf_above=100)
    return FaissIndex(dim=dim, kind="flat" if kind == "faiss-flat" else "auto")


def unit_rows(n, *, seed):
    rows = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


EXACT_KINDS = ["exact", "faiss", "faiss-flat"]
"""Cells may miss a neighbour; benchmarks/speed/bench_index.py measures how many."""
KINDS = [*EXACT_KINDS, "faiss-ivf"]
VECTORS = unit_rows(N, seed=1)
QUERIES = np.concatenate([VECTORS[:5], unit_rows(5, seed=2)])
KEYS = [f"v{n:03d}" for n in range(N)]
TRUE = VECTORS.astype(np.float64) @ QUERIES.astype(np.float64).T


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def index(kind):
    filled = build(kind)
    filled.add(KEYS, VECTORS)
    return filled


def is_nearest_first(hits):
    return hits == sorted(hits, key=lambda hit: (-hit.similarity, hit.key))


def test_its_name_says_its_kind(index, kind):
    assert index.name == {"faiss": "faiss-flat"}.get(kind, kind)


def test_each_query_has_up_to_k_hits_nearest_first(index):
    found = index.search(QUERIES, k=7)
    assert len(found) == len(QUERIES)
    for column, hits in enumerate(found):
        assert 0 < len(hits) <= 7
        assert is_nearest_first(hits)
        assert len({hit.key for hit in hits}) == len(hits)
        for hit in hits:
            assert hit.similarity == pytest.approx(TRUE[KEYS.index(hit.key), column], abs=1e-6)
            assert -1.0001 <= hit.similarity <= 1.0001


def test_what_is_in_the_index_is_found_by_itself(index):
    for place, hits in enumerate(index.search(VECTORS[:20], k=1)):
        assert hits[0].key == KEYS[place]
        assert hits[0].similarity == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("kind", EXACT_KINDS)
def test_an_exact_index_finds_the_true_neighbours(index):
    for column, hits in enumerate(index.search(QUERIES, k=9)):
        assert [hit.key for hit in hits] == [KEYS[n] for n in np.argsort(-TRUE[:, column], kind="stable")[:9]]


def test_a_range_holds_all_hits_from_the_limit_on(index, kind):
    for column, hits in enumerate(index.range_search(QUERIES, min_similarity=0.4)):
        assert is_nearest_first(hits)
        true = {KEYS[n] for n in np.flatnonzero(TRUE[:, column] >= 0.4)}
        got = {hit.key for hit in hits}
        assert got <= true
        if kind != "faiss-ivf":
            assert got == true


def test_the_limit_of_a_range_belongs_to_it(kind):
    index = build(kind, dim=2)
    index.add(["a", "b"], np.array([[1, 0], [0, 1]], dtype=np.float32))
    query = np.array([[1, 0]], dtype=np.float32)
    assert [h.key for h in index.range_search(query, min_similarity=1.0)[0]] == ["a"]
    assert [h.key for h in index.range_search(query, min_similarity=0.0)[0]] == ["a", "b"]
    assert index.range_search(query, min_similarity=1.1) == [[]]


def test_ties_fall_by_key_also_at_the_border(kind):
    index = build(kind, dim=2)
    names = [f"k{n:02d}" for n in range(60)]
    shuffled = list(np.random.default_rng(3).permutation(names))
    index.add(shuffled, np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (60, 1)))
    found = index.search(np.array([[0.6, 0.8]], dtype=np.float32), k=5)[0]
    assert [hit.key for hit in found] == names[:5]


@pytest.mark.parametrize("kind", EXACT_KINDS)
def test_the_order_of_adding_changes_nothing(kind):
    one, other = build(kind), build(kind)
    one.add(KEYS, VECTORS)
    for start in range(0, N, 70):
        other.add(KEYS[::-1][start : start + 70], VECTORS[::-1][start : start + 70])
    assert one.search(QUERIES, k=6) == other.search(QUERIES, k=6)


def test_more_than_there_is_gives_all_there_is(kind):
    index = build(kind)
    index.add(KEYS[:3], VECTORS[:3])
    assert len(index.search(QUERIES[:1], k=50)[0]) == 3


def test_an_empty_index_finds_nothing(kind):
    index = build(kind)
    assert index.search(QUERIES, k=3) == [[]] * len(QUERIES)
    assert index.range_search(QUERIES, min_similarity=-1) == [[]] * len(QUERIES)
    index.add([], np.zeros((0, DIM), dtype=np.float32))
    assert index.search(QUERIES[:1], k=3) == [[]]


@pytest.mark.parametrize("k", [0, -1])
def test_no_hits_wanted_gives_none(index, k):
    assert index.search(QUERIES, k=k) == [[]] * len(QUERIES)


def test_no_queries_give_no_rows(index):
    none = np.zeros((0, DIM), dtype=np.float32)
    assert index.search(none, k=3) == []
    assert index.range_search(none, min_similarity=0) == []


def test_a_key_added_twice_is_refused_and_adds_nothing(index):
    before = index.search(QUERIES, k=N)
    for keys in (["new", KEYS[0]], ["new", "new"]):
        with pytest.raises(ValueError, match="is in the index already"):
            index.add(keys, unit_rows(2, seed=9))
    assert index.search(QUERIES, k=N) == before
    index.add(["new"], unit_rows(1, seed=9))
    assert index.search(unit_rows(1, seed=9), k=1)[0][0].key == "new"


@pytest.mark.parametrize("shape", [(2, DIM), (1, DIM + 1), (1, DIM - 1), (DIM, 1), (0, DIM)])
def test_vectors_of_another_shape_are_refused(index, shape):
    with pytest.raises(ValueError, match="need vectors of shape"):
        index.add(["new"], np.ones(shape, dtype=np.float32))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vectors_that_hold_no_numbers_are_refused(index, bad):
    rows = unit_rows(1, seed=4)
    rows[0, 3] = bad
    with pytest.raises(ValueError, match="not a number"):
        index.add(["new"], rows)


@pytest.mark.parametrize("shape", [(1, DIM + 1), (2, 1), (DIM,)])
def test_queries_of_another_shape_are_refused(index, shape):
    query = np.ones(shape, dtype=np.float32)
    with pytest.raises(ValueError, match="queries of shape"):
        index.search(query, k=3)
    with pytest.raises(ValueError, match="queries of shape"):
        index.range_search(query, min_similarity=0.5)


def test_cells_grow_with_the_vectors_and_lose_none():
    index = FaissIndex(dim=DIM, ivf_above=50)
    for start in range(0, N, 40):
        index.add(KEYS[start : start + 40], VECTORS[start : start + 40])
    assert index.name == "faiss-ivf"
    assert [hits[0].key for hits in index.search(VECTORS, k=1)] == KEYS


def test_the_index_on_a_graphics_card_finds_the_same_or_says_what_is_missing():
    index, missing = None, ""
    try:
        index = FaissIndex(dim=DIM, kind="gpu")
    except (MissingExtraError, BackendUnavailableError) as error:
        missing = str(error)
    if index is None:
        assert re.search(r"pip install faiss-gpu|No graphics card is found", missing)
        return
    index.add(KEYS, VECTORS)
    exact = build("exact")
    exact.add(KEYS, VECTORS)
    assert index.name == "faiss-gpu"
    assert index.search(QUERIES, k=7) == exact.search(QUERIES, k=7)
    assert index.range_search(QUERIES, min_similarity=0.4) == exact.range_search(QUERIES, min_similarity=0.4)
