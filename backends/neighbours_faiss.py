"""All against all: every pair of like vectors, exactly up to a measured size, above it within cells learnt by FAISS.

In cells, each vector is compared with the members of the few cells whose centres are nearest to it, cell by cell as one
product of matrices: several times as fast as a query at a time, and without a second copy of the vectors.
"""

from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from domain.errors import BackendUnavailableError, MissingExtraError
from domain.neighbours import NeighbourPairs, PlaceArray, sorted_pairs
from domain.nouns import FloatArray

Kind = Literal["auto", "flat", "cells", "gpu"]

CELLS_ABOVE = 20_000
"""Vectors above which ``auto`` learns cells. Origin: benchmarks/speed/bench_cluster.py on two cores."""
CELLS_PER_ROOT = 4
"""Cells are 4 * sqrt(n). Origin: the same benchmark; fewer make larger cells, more make finding them dearer."""
PROBED_CELLS = 4
"""Cells that each vector is compared with. Origin: the same benchmark, .999 of the pairs at 100,000."""
TRAINING_ROWS_PER_CELL = 16
TRAINING_ROUNDS = 2
"""More rounds and rows make the cells hardly better and cost seconds."""
TRAINING_SEED = 20230901
ROWS_AT_ONCE = 1024
NEIGHBOURS_ON_GPU = 64
"""FAISS has no range search on a graphics card; these many nearest are asked for, enough to connect what is alike."""


class FaissNeighbours:
    """Pairs by inner product of unit vectors, which is cosine similarity.

    ``flat`` finds all pairs. ``cells`` may miss some. ``auto`` is flat up to ``cells_above`` vectors. ``gpu`` is flat
    on a graphics card and finds up to ``NEIGHBOURS_ON_GPU`` per vector; it has not been run on one yet.
    """

    def __init__(
        self, *, kind: Kind = "auto", cells_above: int = CELLS_ABOVE, probed_cells: int = PROBED_CELLS
    ) -> None:
        if find_spec("faiss") is None:
            raise MissingExtraError("The search for like cards", "pip install -c constraints.txt faiss-cpu")
        import faiss

        self._faiss: Any = faiss  # ships no types
        self._kind = kind
        self._cells_above = cells_above
        self._probed_cells = probed_cells
        if kind == "gpu" and not hasattr(faiss, "StandardGpuResources"):
            raise MissingExtraError("The search on a graphics card", ".venv/bin/python -m pip install faiss-gpu-cu12")
        if kind == "gpu" and faiss.get_num_gpus() == 0:
            raise BackendUnavailableError("No graphics card is found.", backend="faiss-gpu", hint="Choose faiss.")

    @property
    def name(self) -> str:
        """``faiss-`` and the kind."""
        return f"faiss-{self._kind}"

    def pairs(self, vectors: FloatArray, *, min_similarity: float) -> NeighbourPairs:
        """Return the pairs of rows with cosine similarity >= ``min_similarity``, see ``NeighbourSearch``."""
        own: FloatArray = np.ascontiguousarray(vectors, dtype=np.float32)
        if len(own) <= 1:
            return _all_pairs(own, min_similarity)
        if self._kind == "gpu":
            return self._on_gpu(own, min_similarity)
        if self._kind == "cells" or (self._kind == "auto" and len(own) > self._cells_above):
            return self._in_cells(own, min_similarity)
        return _all_pairs(own, min_similarity)

    def _in_cells(self, vectors: FloatArray, min_similarity: float) -> NeighbourPairs:
        n_cells = max(1, min(int(CELLS_PER_ROOT * len(vectors) ** 0.5), len(vectors) // 2))
        centres = self._centres(vectors, n_cells)
        _, nearest = centres.search(vectors, min(self._probed_cells, n_cells))
        home = nearest[:, 0]
        members = _Grouped(np.arange(len(vectors)), home, n_cells)
        visitors = _Grouped(np.repeat(np.arange(len(vectors)), nearest.shape[1]), nearest.ravel(), n_cells)
        found = [
            _pairs_between(vectors, visitors.of(cell), members.of(cell), min_similarity) for cell in range(n_cells)
        ]
        return sorted_pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _centres(self, vectors: FloatArray, n_cells: int) -> Any:  # library type, see __init__
        """Return a flat index over the centres of k-means on a sample, drawn by the seed alone."""
        rng = np.random.default_rng(TRAINING_SEED)
        n_rows = min(len(vectors), n_cells * TRAINING_ROWS_PER_CELL)
        rows = np.sort(rng.choice(len(vectors), size=n_rows, replace=False))
        means = self._faiss.Kmeans(
            vectors.shape[1], n_cells, niter=TRAINING_ROUNDS, seed=TRAINING_SEED % 2**31, spherical=True,
            min_points_per_centroid=1, max_points_per_centroid=TRAINING_ROWS_PER_CELL,
        )  # fmt: skip
        means.train(vectors[rows])
        index = self._faiss.IndexFlatIP(vectors.shape[1])
        index.add(means.centroids)
        return index

    def _on_gpu(self, vectors: FloatArray, min_similarity: float) -> NeighbourPairs:
        index = self._faiss.index_cpu_to_gpu(
            self._faiss.StandardGpuResources(), 0, self._faiss.IndexFlatIP(vectors.shape[1])
        )
        index.add(vectors)
        similarities, places = index.search(vectors, min(NEIGHBOURS_ON_GPU, len(vectors)))
        rows = np.broadcast_to(np.arange(len(vectors))[:, None], places.shape)
        keep = (similarities >= min_similarity) & (places >= 0)
        return sorted_pairs(rows[keep], places[keep].astype(np.int64), similarities[keep])


class _Grouped:
    """Things by the cell they belong to."""

    def __init__(self, things: PlaceArray, cells: npt.NDArray[np.int64], n_cells: int) -> None:
        self._things = things[np.argsort(cells, kind="stable")]
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=n_cells))])

    def of(self, cell: int) -> PlaceArray:
        """Return what belongs to a cell, in order."""
        return self._things[self._ends[cell] : self._ends[cell + 1]]


def _all_pairs(vectors: FloatArray, min_similarity: float) -> NeighbourPairs:
    """Return every pair, each block of rows against itself and what comes after it."""
    blocks = range(0, max(1, len(vectors)), ROWS_AT_ONCE)
    every = np.arange(len(vectors))
    found = [_pairs_between(vectors, every[b : b + ROWS_AT_ONCE], every[b:], min_similarity) for b in blocks]
    return sorted_pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _pairs_between(vectors: FloatArray, rows: PlaceArray, others: PlaceArray, min_similarity: float) -> NeighbourPairs:
    """Return the pairs across two sets of rows; each pair may come twice."""
    similarities = vectors[rows] @ vectors[others].T
    hits = np.flatnonzero(similarities.ravel() >= min_similarity)
    one, other = np.divmod(hits, max(1, len(others)))
    first, second = rows[one], others[other]
    keep = first != second
    return NeighbourPairs(first[keep], second[keep], similarities.ravel()[hits[keep]])
