"""How fast each index answers, and how many true neighbours it finds: the origin of the constants in index_faiss.

Run from the project root: ``python -m benchmarks.speed.bench_index [--sizes 1000 10000] [--out FILE]``. Vectors come in
clusters, as embedded texts do; each measure is the median of repeated runs, claims are ratios within one run.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from backends.index_exact import ExactIndex
from backends.index_faiss import FaissIndex
from domain.nouns import FloatArray
from domain.protocols import VectorIndex

DIM, K, N_QUERIES, SEED = 384, 10, 40, 7
VECTORS_PER_CLUSTER, SPREAD = 25, 0.05
EXACT_UP_TO = 20_000
"""The plain index is an oracle; beyond this size it only costs time, and flat FAISS is exact as well."""


def clustered(n: int, *, rng: np.random.Generator) -> FloatArray:
    """Return unit vectors, shape (n, DIM), around n / VECTORS_PER_CLUSTER random centres."""
    centres = rng.normal(size=(max(1, n // VECTORS_PER_CLUSTER), DIM))
    vectors = centres[rng.integers(len(centres), size=n)] / DIM**0.5 + SPREAD * rng.normal(size=(n, DIM))
    unit: FloatArray = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def median_ms(call: Callable[[int], object]) -> float:
    """Return the median milliseconds of ``call`` over the queries, one at a time."""
    spans = []
    for n in range(N_QUERIES):
        started = time.perf_counter()
        call(n)
        spans.append(1000 * (time.perf_counter() - started))
    return statistics.median(spans)


def measure(
    index: VectorIndex, vectors: FloatArray, queries: FloatArray, truth: list[set[str]] | None
) -> dict[str, object]:
    """Return build time, time of one query, and the share of true neighbours found (1 where this is the truth)."""
    keys = [f"v{n:07d}" for n in range(len(vectors))]
    started = time.perf_counter()
    index.add(keys, vectors)
    build_s = time.perf_counter() - started
    query_ms = median_ms(lambda n: index.search(queries[n : n + 1], k=K))
    found = [{hit.key for hit in hits} for hits in index.search(queries, k=K)]
    shares = [len(f & t) / len(t) for f, t in zip(found, truth or found, strict=True)]
    return {
        "index": index.name, "n": len(vectors), "build_s": round(build_s, 3), "query_ms": round(query_ms, 3),
        "recall": round(statistics.mean(shares), 4), "found": found,
    }  # fmt: skip


def compare(n: int, *, rng: np.random.Generator) -> list[dict[str, object]]:
    """Measure every index on the same ``n`` vectors; flat FAISS is the truth of the others."""
    vectors = clustered(n + N_QUERIES, rng=rng)
    vectors, queries = vectors[:n], vectors[n:]
    flat = measure(FaissIndex(dim=DIM, kind="flat"), vectors, queries, None)
    truth = flat.pop("found")
    rows = [flat]
    others: list[VectorIndex] = [FaissIndex(dim=DIM, kind="auto", ivf_above=min(n - 1, 1_000_000_000))]
    if n <= EXACT_UP_TO:
        others.append(ExactIndex(dim=DIM))
    for index in others:
        row = measure(index, vectors, queries, truth)  # type: ignore[arg-type]  # the sets of keys, popped above
        row.pop("found")
        rows.append(row)
    return rows


def main() -> None:
    """Print one line per measure; write all as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 50_000, 100_000])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows = [row for n in arguments.sizes for row in compare(n, rng=np.random.default_rng(SEED))]
    for row in rows:
        print("{index:<12}{n:>9,} vectors  build {build_s:>7} s  query {query_ms:>8} ms  recall {recall}".format(**row))
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
