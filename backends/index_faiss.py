"""Nearest vectors with FAISS: exact and flat by default, on the GPU where asked for."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from backends.index_exact import require_new, sorted_hits
from domain.nouns import FloatArray
from domain.protocols import Hit

MARGIN = 16
"""Neighbours asked for beyond k, so that a tie at the border is broken by key and not by position."""


class FaissIndex:
    """Inner product over unit vectors, which is cosine similarity."""

    def __init__(self, *, dim: int, use_gpu: bool = False) -> None:
        import faiss

        index: Any = faiss.IndexFlatIP(dim)  # faiss ships no useful types
        if use_gpu:
            index = faiss.index_cpu_to_gpu(faiss.StandardGpuResources(), 0, index)
        self.name = "faiss-gpu" if use_gpu else "faiss-flat"
        self._index = index
        self._keys: list[str] = []

    def add(self, keys: Sequence[str], vectors: FloatArray) -> None:
        """Add vectors of shape (len(keys), dim); a key added twice raises ValueError."""
        require_new(keys, self._keys)
        if len(keys) > 0:
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
            self._keys.extend(keys)

    def search(self, vectors: FloatArray, *, k: int) -> list[list[Hit]]:
        """For each row up to ``k`` hits, nearest first."""
        if not self._keys or k < 1 or len(vectors) == 0:
            return [[] for _ in range(len(vectors))]
        n = min(k + MARGIN, len(self._keys))
        similarities, places = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), n)
        return [self._hits(row, where)[:k] for row, where in zip(similarities, places, strict=True)]

    def range_search(self, vectors: FloatArray, *, min_similarity: float) -> list[list[Hit]]:
        """For each row all hits with similarity >= ``min_similarity``, nearest first."""
        if not self._keys or len(vectors) == 0:
            return [[] for _ in range(len(vectors))]
        # FAISS keeps what is strictly above its radius; ours includes the border.
        radius = float(np.nextafter(np.float32(min_similarity), np.float32(-2)))
        limits, similarities, places = self._index.range_search(np.ascontiguousarray(vectors, dtype=np.float32), radius)
        spans = pairwise(limits)
        return [self._hits(similarities[start:end], places[start:end]) for start, end in spans]

    def _hits(self, similarities: FloatArray, places: np.ndarray[Any, Any]) -> list[Hit]:
        keys = [self._keys[int(place)] for place in places if place >= 0]
        values = [float(s) for s, place in zip(similarities, places, strict=True) if place >= 0]
        return sorted_hits(zip(keys, values, strict=True))
