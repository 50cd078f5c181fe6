"""The plain answer to "what is near": all similarities, sorted. The oracle of every faster index."""

from collections.abc import Sequence

import numpy as np

from domain.nouns import FloatArray
from domain.protocols import Hit


class ExactIndex:
    """Cosine similarity to every vector; ties by key, ascending."""

    name = "exact"

    def __init__(self, *, dim: int) -> None:
        self._keys: list[str] = []
        self._vectors: FloatArray = np.zeros((0, dim), dtype=np.float32)

    def add(self, keys: Sequence[str], vectors: FloatArray) -> None:
        """Add vectors of shape (len(keys), dim); a key added twice raises ValueError."""
        require_new(keys, self._keys)
        self._keys.extend(keys)
        self._vectors = np.concatenate([self._vectors, np.asarray(vectors, dtype=np.float32)])

    def search(self, vectors: FloatArray, *, k: int) -> list[list[Hit]]:
        """For each row up to ``k`` hits, nearest first."""
        return [hits[:k] for hits in self._all(vectors)]

    def range_search(self, vectors: FloatArray, *, min_similarity: float) -> list[list[Hit]]:
        """For each row all hits with similarity >= ``min_similarity``, nearest first."""
        return [[hit for hit in hits if hit.similarity >= min_similarity] for hits in self._all(vectors)]

    def _all(self, vectors: FloatArray) -> list[list[Hit]]:
        similarities = np.asarray(vectors, dtype=np.float32) @ self._vectors.T
        return [sorted_hits(zip(self._keys, row.tolist(), strict=True)) for row in similarities]


def require_new(keys: Sequence[str], known: Sequence[str]) -> None:
    """Raise ValueError when a key is there already or comes twice."""
    seen = set(known)
    for key in keys:
        if key in seen:
            raise ValueError(f"the key {key!r} is in the index already")
        seen.add(key)


def sorted_hits(pairs: "zip[tuple[str, float]]") -> list[Hit]:
    """Return hits nearest first, ties by key, ascending."""
    return sorted((Hit(key=key, similarity=value) for key, value in pairs), key=lambda hit: (-hit.similarity, hit.key))
