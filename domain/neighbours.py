"""Pairs of like things, as arrays: what a search over all against all hands to the gathering of cards."""

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from domain.nouns import FloatArray

PlaceArray = npt.NDArray[np.int64]
"""Row numbers of items, from 0."""


class NeighbourPairs(NamedTuple):
    """Pairs of items with their similarity; no pair twice, no item with itself. Three arrays of one length."""

    first: PlaceArray
    """The lower row number of each pair; pairs ascend by ``first``, then by ``second``."""
    second: PlaceArray
    similarity: FloatArray
    """Higher is more alike; cosine similarity, -1..1, where vectors were compared."""


class NeighbourSearch(Protocol):
    """Compares all vectors with all."""

    @property
    def name(self) -> str:
        """Kind of search, such as ``flat``."""
        ...

    def pairs(self, vectors: FloatArray, *, min_similarity: float) -> NeighbourPairs:
        """Return the pairs of rows with cosine similarity >= ``min_similarity``.

        An approximate search may miss some, and never returns a pair below ``min_similarity``.

        Args:
            vectors: shape (items, dim), float32, rows of L2 norm 1.
            min_similarity: above 0.
        """
        ...


def sorted_pairs(first: PlaceArray, second: PlaceArray, similarity: FloatArray) -> NeighbourPairs:
    """Return pairs in any order and direction, some perhaps twice, as ``NeighbourPairs``.

    >>> sorted_pairs(np.array([3, 1, 1]), np.array([1, 3, 2]), np.array([0.5, 0.5, 0.9], dtype=np.float32)).second
    array([2, 3])
    """
    low, high = np.minimum(first, second), np.maximum(first, second)
    stride = int(high.max()) + 1 if len(high) else 1
    codes, places = np.unique(low * stride + high, return_index=True)
    keep = places[low[places] != high[places]]
    del codes
    return NeighbourPairs(low[keep], high[keep], similarity[keep])
