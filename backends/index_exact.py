"""The plain answer to "what is near": every similarity, sorted. The oracle of every faster index.

Similarities are computed here for all indexes, pair by pair in double precision: equal vectors then have equal
similarities wherever they lie and however many queries come together, so that ties are ties.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from domain.nouns import FloatArray
from domain.protocols import Hit

TIE_DECIMALS = 9
"""Similarities are rounded to these decimals: below them sums of 32-bit numbers differ by the order of adding."""


class ExactIndex:
    """Cosine similarity to every vector; ties by key, ascending."""

    name = "exact"

    def __init__(self, *, dim: int) -> None:
        self._shelf = Shelf(dim=dim)

    def add(self, keys: Sequence[str], vectors: FloatArray) -> None:
        """Add vectors of shape (len(keys), dim); a key added twice, or another shape, raises ValueError."""
        self._shelf.add(keys, vectors)

    def search(self, vectors: FloatArray, *, k: int) -> list[list[Hit]]:
        """For each row up to ``k`` hits, nearest first."""
        return [self._shelf.ranked(query)[: max(k, 0)] for query in self._shelf.queries(vectors)]

    def range_search(self, vectors: FloatArray, *, min_similarity: float) -> list[list[Hit]]:
        """For each row all hits with similarity >= ``min_similarity``, nearest first."""
        queries = self._shelf.queries(vectors)
        return [[hit for hit in self._shelf.ranked(query) if hit.similarity >= min_similarity] for query in queries]


class Shelf:
    """Keys and their vectors in the order of adding; refuses a key or a shape that does not fit."""

    def __init__(self, *, dim: int) -> None:
        self.dim = dim
        self._known: set[str] = set()
        self._keys: list[str] = []
        self._vectors: FloatArray = np.zeros((0, dim), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def vectors(self) -> FloatArray:
        """All vectors, shape (len(self), dim), in the order of adding."""
        return self._vectors

    def add(self, keys: Sequence[str], vectors: FloatArray) -> FloatArray:
        """Put vectors on the shelf, all or none; return them as one contiguous array."""
        if np.shape(vectors) != (len(keys), self.dim):
            raise ValueError(
                f"{len(keys)} keys need vectors of shape ({len(keys)}, {self.dim}), not {np.shape(vectors)}"
            )
        fresh: FloatArray = np.ascontiguousarray(vectors, dtype=np.float32)
        if not np.isfinite(fresh).all():
            raise ValueError("a vector holds a value that is not a number")
        new: set[str] = set()
        for key in keys:
            if key in self._known or key in new:
                raise ValueError(f"the key {key!r} is in the index already")
            new.add(key)
        self._known |= new
        self._keys.extend(keys)
        self._vectors = np.concatenate([self._vectors, fresh])
        return fresh

    def queries(self, vectors: FloatArray) -> FloatArray:
        """Return queries as one contiguous array; ValueError for another shape than (n, dim)."""
        if len(np.shape(vectors)) != 2 or np.shape(vectors)[1] != self.dim:  # noqa: PLR2004 - rows and columns
            raise ValueError(f"the index takes queries of shape (n, {self.dim}), not {np.shape(vectors)}")
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def ranked(self, query: FloatArray, places: npt.NDArray[np.int64] | None = None) -> list[Hit]:
        """Return hits at ``places`` (everywhere without it), nearest first, ties by key, ascending."""
        where = np.arange(len(self._keys)) if places is None else places
        rows = self._vectors if places is None else self._vectors[where]
        products = rows.astype(np.float64) * np.asarray(query, dtype=np.float64)
        similarities = products.sum(axis=1).round(TIE_DECIMALS)
        hits = (Hit(self._keys[int(place)], float(s)) for place, s in zip(where, similarities, strict=True))
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.key))
