"""Nearest vectors with FAISS: exact and flat, in cells (IVF) once there are very many, on the GPU where asked for.

FAISS proposes candidates; their similarities are those of ``index_exact.Shelf``, so ties fall alike in every index.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from backends.index_exact import Shelf
from domain.errors import BackendUnavailableError, MissingExtraError
from domain.nouns import FloatArray
from domain.protocols import Hit

Kind = Literal["auto", "flat", "gpu"]

IVF_ABOVE = 50_000
"""Vectors above which ``auto`` groups them in cells.

Origin: benchmarks/speed/bench_index.py on two cores. Here a flat query takes 6 ms, the most that a page may spend on
it; cells take 0.7 ms, and 1.7 s to learn.
"""
CELLS_PER_ROOT = 4
"""Cells are 4 * sqrt(n), as the FAISS guidelines advise for up to a million vectors."""
PROBED_SHARE = 0.1
"""Share of the cells looked into. Origin: the same benchmark, .99 or more of the ten true neighbours at 100,000."""
GROWTH = 1.5
"""Cells are learnt anew when the vectors have grown by this factor."""
TRAINING_ROWS_PER_CELL = 64
TRAINING_SEED = 20230901

MARGIN = 16
"""Neighbours asked for beyond k, so that a tie at the border is seldom cut."""
SLACK = 1e-5
"""More than 32-bit sums of a few thousand terms of unit vectors can be off."""


class FaissIndex:
    """Inner product over unit vectors, which is cosine similarity.

    ``flat`` and ``gpu`` find the true neighbours. ``auto`` does too up to ``ivf_above`` vectors; above, it may miss
    some (benchmarks/speed/bench_index.py measures how many).

    Not yet: removing vectors; indexes are built anew.
    """

    def __init__(self, *, dim: int, kind: Kind = "auto", ivf_above: int = IVF_ABOVE) -> None:
        if find_spec("faiss") is None:
            raise MissingExtraError("The index", "pip install -c constraints.txt faiss-cpu")
        import faiss

        self._faiss: Any = faiss  # ships no types
        self._kind = kind
        self._ivf_above = ivf_above
        self._shelf = Shelf(dim=dim)
        self._trained_on = 0
        self._index: Any = faiss.IndexFlatIP(dim)
        if kind == "gpu":
            self._index = self._on_gpu(self._index)

    @property
    def name(self) -> str:
        """``faiss-flat``, ``faiss-ivf`` or ``faiss-gpu``."""
        if self._kind == "gpu":
            return "faiss-gpu"
        return "faiss-ivf" if self._trained_on else "faiss-flat"

    def add(self, keys: Sequence[str], vectors: FloatArray) -> None:
        """Add vectors of shape (len(keys), dim); a key added twice, or another shape, raises ValueError."""
        fresh = self._shelf.add(keys, vectors)
        if self._kind == "auto" and len(self._shelf) > max(self._ivf_above, self._trained_on * GROWTH):
            self._build_cells()
        elif len(fresh) > 0:
            self._index.add(fresh)

    def search(self, vectors: FloatArray, *, k: int) -> list[list[Hit]]:
        """For each row up to ``k`` hits, nearest first."""
        queries = self._shelf.queries(vectors)
        if not len(self._shelf) or k < 1 or len(queries) == 0:
            return [[] for _ in range(len(queries))]
        n = min(k + MARGIN, len(self._shelf))
        _, places = self._index.search(queries, n)
        return [self._nearest(query, found[found >= 0], k) for query, found in zip(queries, places, strict=True)]

    def range_search(self, vectors: FloatArray, *, min_similarity: float) -> list[list[Hit]]:
        """For each row all hits with similarity >= ``min_similarity``, nearest first."""
        queries = self._shelf.queries(vectors)
        if not len(self._shelf) or len(queries) == 0:
            return [[] for _ in range(len(queries))]
        if self._kind == "gpu":  # FAISS has no range search there
            found = [self._shelf.ranked(query) for query in queries]
        else:
            limits, _, places = self._index.range_search(queries, min_similarity - SLACK)
            spans = pairwise(limits.astype(np.int64))
            found = [self._shelf.ranked(q, places[i:j]) for q, (i, j) in zip(queries, spans, strict=True)]
        return [[hit for hit in hits if hit.similarity >= min_similarity] for hits in found]

    def _nearest(self, query: FloatArray, places: "np.ndarray[tuple[int], np.dtype[np.int64]]", k: int) -> list[Hit]:
        hits = self._shelf.ranked(query, places)
        is_cut = len(hits) > k and hits[-1].similarity > hits[k - 1].similarity - SLACK
        if is_cut and len(hits) < len(self._shelf):
            hits = self.range_search(query[None, :], min_similarity=hits[k - 1].similarity)[0]
        return hits[:k]

    def _build_cells(self) -> None:
        faiss, dim, n = self._faiss, self._shelf.dim, len(self._shelf)
        n_cells = max(1, min(int(CELLS_PER_ROOT * n**0.5), n // 2))
        index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dim), dim, n_cells, faiss.METRIC_INNER_PRODUCT)
        index.nprobe = max(1, round(n_cells * PROBED_SHARE))
        index.cp.seed = TRAINING_SEED
        index.cp.min_points_per_centroid = 1
        rows = np.random.default_rng(TRAINING_SEED).permutation(n)[: n_cells * TRAINING_ROWS_PER_CELL]
        index.train(self._shelf.vectors[np.sort(rows)])
        index.add(self._shelf.vectors)
        self._index, self._trained_on = index, n

    def _on_gpu(self, index: Any) -> Any:  # library types, see __init__
        if not hasattr(self._faiss, "StandardGpuResources"):
            raise MissingExtraError("The index on a graphics card", ".venv/bin/python -m pip install faiss-gpu-cu12")
        if self._faiss.get_num_gpus() == 0:
            raise BackendUnavailableError("No graphics card is found.", backend="faiss-gpu", hint="Choose faiss.")
        return self._faiss.index_cpu_to_gpu(self._faiss.StandardGpuResources(), 0, index)
