"""Gathering cards under values by their vectors: find pairs, complete each connected part exactly, link.

The search may be approximate: it only has to connect what belongs together. The similarities on which clusters rest are
computed here, for every pair within a connected part.
"""

from typing import NamedTuple

import numpy as np

from domain.errors import UserInputError
from domain.neighbours import NeighbourPairs, NeighbourSearch, PlaceArray, sorted_pairs
from domain.nouns import FloatArray
from graph.linkage import connected_parts, gather

ROWS_AT_ONCE = 1024
VECTORS_AT_ONCE = 50_000
MAX_PAIRS = 60_000_000
"""Pairs kept at once, a gigabyte: beyond it the threshold calls nearly everything alike."""
HASH_SEED = 20230901


class ContentOrder(NamedTuple):
    """Rows in an order that follows from their content alone, equal rows taken once."""

    rows: PlaceArray
    """Row numbers of the distinct rows, in order of content."""
    place: PlaceArray
    """For each row the place of its content in ``rows``."""


def gather_vectors(vectors: FloatArray, search: NeighbourSearch, *, cut: float, apart: float) -> PlaceArray:
    """Return for each row the lowest row number in its cluster, shape (items,).

    The same vectors give the same clusters in whatever order they come: rows are first put in an order of content.

    Args:
        vectors: shape (items, dim), float32, rows of L2 norm 1.
        search: finds the pairs that connect.
        cut: lowest mean cosine similarity at which two clusters are joined.
        apart: cosine similarity below which two items never share a cluster, 0 < apart <= cut.
    """
    if not 0 < apart <= cut:
        raise ValueError(f"0 < apart <= cut must hold, not apart {apart} and cut {cut}")
    order = content_order(vectors)
    is_ordered = np.array_equal(order.rows, np.arange(len(vectors)))
    distinct = vectors if is_ordered else np.ascontiguousarray(vectors[order.rows])
    found = search.pairs(distinct, min_similarity=cut)
    parts = connected_parts(found.first, found.second, n_items=len(distinct))
    del found
    clusters = gather(pairs_within(distinct, parts, min_similarity=apart), n_items=len(distinct), cut=cut)
    lowest = np.full(len(distinct), len(vectors), dtype=np.int64)
    np.minimum.at(lowest, clusters[order.place], np.arange(len(vectors)))
    return lowest[clusters[order.place]]


def pairs_within(vectors: FloatArray, parts: PlaceArray, *, min_similarity: float) -> NeighbourPairs:
    """Return every pair of one part with cosine similarity >= ``min_similarity``, computed exactly.

    Args:
        vectors: shape (items, dim), rows of L2 norm 1.
        parts: shape (items,), one label per part.
        min_similarity: -1..1.

    Raises:
        UserInputError: more than ``MAX_PAIRS`` pairs.
    """
    order = np.argsort(parts, kind="stable")
    starts = np.flatnonzero(np.diff(parts[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    found: list[NeighbourPairs] = []
    n_found = 0
    for size in np.unique(sizes[sizes > 1]).tolist():
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        for batch in _batches(members):
            found.append(_pairs_of_batch(vectors, batch, min_similarity))
            n_found += len(found[-1].first)
            if n_found > MAX_PAIRS:
                raise UserInputError(
                    f"More than {MAX_PAIRS:,} pairs of cards lie above {min_similarity:.2f}. Choose a higher threshold."
                )
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return NeighbourPairs(nothing, nothing, np.zeros(0, dtype=np.float32))
    return sorted_pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def content_order(vectors: FloatArray) -> ContentOrder:
    """Return the order of rows by content, from a hash of whole numbers that is the same wherever a row stands."""
    codes = np.empty(len(vectors), dtype=np.uint64)
    weights = np.random.default_rng(HASH_SEED).integers(1, 2**63, size=vectors.shape[1], dtype=np.uint64) * 2 + 1
    for start in range(0, len(vectors), VECTORS_AT_ONCE):
        bits = np.ascontiguousarray(vectors[start : start + VECTORS_AT_ONCE] + np.float32(0)).view(np.uint32)
        codes[start : start + VECTORS_AT_ONCE] = (bits * weights).sum(axis=1, dtype=np.uint64)
    _, rows, place = np.unique(codes, return_index=True, return_inverse=True)
    return ContentOrder(rows.astype(np.int64), place.astype(np.int64))


def _batches(members: PlaceArray) -> list[PlaceArray]:
    """Return parts of one size, shape (parts, size), cut so that no batch takes much memory."""
    step = max(1, VECTORS_AT_ONCE // members.shape[1])
    return [members[start : start + step] for start in range(0, len(members), step)]


def _pairs_of_batch(vectors: FloatArray, batch: PlaceArray, min_similarity: float) -> NeighbourPairs:
    size = batch.shape[1]
    if size > ROWS_AT_ONCE:
        return _pairs_of_large(vectors, batch[0], min_similarity)
    own = vectors[batch]
    similarities = own @ own.transpose(0, 2, 1)
    part, one, other = np.nonzero(np.triu(np.ones((size, size), dtype=bool), 1) & (similarities >= min_similarity))
    return NeighbourPairs(batch[part, one], batch[part, other], similarities[part, one, other])


def _pairs_of_large(vectors: FloatArray, members: PlaceArray, min_similarity: float) -> NeighbourPairs:
    found: list[NeighbourPairs] = []
    for start in range(0, len(members), ROWS_AT_ONCE):
        rows, later = members[start : start + ROWS_AT_ONCE], members[start:]
        similarities = vectors[rows] @ vectors[later].T
        one, other = np.nonzero(similarities >= min_similarity)
        keep = other > one
        one, other = one[keep], other[keep]
        found.append(NeighbourPairs(rows[one], later[other], similarities[one, other]))
    return NeighbourPairs(*(np.concatenate(column) for column in zip(*found, strict=True)))
