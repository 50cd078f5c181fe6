"""How long it takes to gather cards by their vectors, how much memory, and how near to the exact result it comes.

Run from the project root: ``python -m benchmarks.speed.bench_cluster --n 20000``. Prints JSON. Vectors of 384 come in
planted clusters of about six under shared topics. Every part runs in a process of its own, so that its peak of memory
is its own; data is made before the clock starts. The baselines have no guard against chains: they are the connected
parts at the same threshold.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backends.index_faiss import FaissIndex
from backends.neighbours_faiss import FaissNeighbours
from domain.measures.partitions import Labels, pair_agreement
from domain.nouns import FloatArray
from graph.gathering import gather_vectors, pairs_within
from graph.linkage import connected_parts, gather

DIM, PER_CLUSTER, SEED = 384, 6, 7
TOPIC, SPREAD = 0.55, 0.5
"""Shares of a topic in a cluster's centre and of noise in a vector: .80 cosine within a cluster, .23 within a topic."""
CUT, APART = 0.65, 0.5
ROWS_AT_ONCE = 20_000
EXACT_UP_TO, DBSCAN_UP_TO, FLAT_UP_TO, INCREMENTAL_UP_TO = 120_000, 40_000, 120_000, 200_000
SAMPLE = 300
"""Vectors around which the exact clusters are worked out where the whole cannot be."""
N_QUERIES, K = 200, 10
MIB = 1024


class Made(NamedTuple):
    """Vectors, shape (n, DIM), and the planted cluster of each."""

    vectors: FloatArray
    cluster: Labels


class Span(NamedTuple):
    """Time on the wall, and of all cores together, which a busy machine stretches less."""

    seconds: float
    cpu_seconds: float


class Measured(NamedTuple):
    """What one part found: labels of ``rows``, all rows where that is ``None``, and further figures."""

    span: Span
    labels: Labels | None = None
    rows: Labels | None = None
    figures: dict[str, object] | None = None


def planted(n: int, *, rng: np.random.Generator) -> Made:
    """Return ``n`` unit vectors in clusters of about six, the clusters under topics."""
    n_clusters = max(1, n // PER_CLUSTER)
    n_topics = max(1, int(n_clusters**0.5))
    topics = rng.standard_normal((n_topics, DIM), dtype=np.float32)
    centres = rng.standard_normal((n_clusters, DIM), dtype=np.float32)
    centres += TOPIC * topics[rng.integers(n_topics, size=n_clusters)]
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    cluster = rng.integers(n_clusters, size=n)
    vectors = np.empty((n, DIM), dtype=np.float32)
    for start in range(0, n, ROWS_AT_ONCE):
        own = cluster[start : start + ROWS_AT_ONCE]
        block = rng.standard_normal((len(own), DIM), dtype=np.float32) * np.float32(SPREAD / DIM**0.5) + centres[own]
        vectors[start : start + ROWS_AT_ONCE] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return Made(vectors, cluster)


class Watch:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._at = Span(time.perf_counter(), time.process_time())

    def span(self) -> Span:
        """Return the time since then."""
        return Span(time.perf_counter() - self._at.seconds, time.process_time() - self._at.cpu_seconds)


def ours(made: Made) -> Measured:
    """Gather as the app does."""
    watch = Watch()
    labels = gather_vectors(made.vectors, FaissNeighbours(), cut=CUT, apart=APART)
    span = watch.span()
    return Measured(span, labels, figures={"planted_agreement": round(pair_agreement(labels, made.cluster), 5)})


def exact(made: Made) -> Measured:
    """Gather with every pair compared; where that takes too long, the whole parts around a sample of vectors."""
    watch = Watch()
    if len(made.vectors) <= EXACT_UP_TO:
        labels = gather_vectors(made.vectors, FaissNeighbours(kind="flat"), cut=CUT, apart=APART)
        return Measured(watch.span(), labels)
    rows = np.random.default_rng(SEED + 1).choice(len(made.vectors), size=SAMPLE, replace=False)
    rows = whole_parts(made.vectors, np.sort(rows))
    parts = np.zeros(len(rows), dtype=np.int64)
    labels = gather(pairs_within(made.vectors[rows], parts, min_similarity=APART), n_items=len(rows), cut=CUT)
    return Measured(watch.span(), labels, rows)


def whole_parts(vectors: FloatArray, rows: Labels) -> Labels:
    """Return ``rows`` and all rows connected with them over any number of steps, every vector compared."""
    known, border = rows, rows
    while len(border):
        near = [
            np.flatnonzero((vectors[start : start + ROWS_AT_ONCE] @ vectors[border].T >= CUT).any(axis=1)) + start
            for start in range(0, len(vectors), ROWS_AT_ONCE)
        ]
        border = np.setdiff1d(np.concatenate(near), known)
        known = np.union1d(known, border)
    return known


def sklearn_dbscan(made: Made) -> Measured:
    """Scikit-learn's DBSCAN, every point a core point: the connected parts at the same threshold."""
    from sklearn.cluster import DBSCAN  # type: ignore[import-untyped]  # ships no types

    watch = Watch()
    labels = DBSCAN(eps=1 - CUT, min_samples=1, metric="cosine", n_jobs=-1).fit(made.vectors).labels_
    return Measured(watch.span(), labels.astype(np.int64))


def faiss_flat(made: Made) -> Measured:
    """FAISS exact range search with connected parts."""
    import faiss

    watch = Watch()
    index = faiss.IndexFlatIP(DIM)
    index.add(made.vectors)
    limits, _, second = index.range_search(made.vectors, CUT)
    limits = limits.astype(np.int64)
    first = np.repeat(np.arange(len(made.vectors)), limits[1:] - limits[:-1])
    labels = connected_parts(first, second, n_items=len(made.vectors))
    return Measured(watch.span(), labels)


def incremental(made: Made) -> Measured:
    """The nearest of one new card: milliseconds, one at a time, among all the others."""
    index = FaissIndex(dim=DIM)
    watch = Watch()
    index.add([f"v{n}" for n in range(N_QUERIES, len(made.vectors))], made.vectors[N_QUERIES:])
    built = watch.span()
    spans = []
    for query in made.vectors[:N_QUERIES]:
        started = time.perf_counter()
        index.search(query[None, :], k=K)
        spans.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.quantile(spans, [0.5, 0.95])
    figures: dict[str, object] = {"index": index.name, "query_ms_p50": round(p50, 2), "query_ms_p95": round(p95, 2)}
    return Measured(built, figures={**figures, "k": K, "queries": N_QUERIES})


class Part(NamedTuple):
    """One part of the benchmark and the most vectors it is asked for."""

    run: Callable[[Made], Measured]
    up_to: float = float("inf")
    reason: str = ""


PARTS = {
    "ours": Part(ours),
    "exact": Part(exact),
    "sklearn_dbscan": Part(sklearn_dbscan, DBSCAN_UP_TO, "grows with the square: minutes above this size"),
    "faiss_flat": Part(faiss_flat, FLAT_UP_TO, "grows with the square: minutes above this size"),
    "incremental": Part(incremental, INCREMENTAL_UP_TO, "the index of single queries is meant for fewer vectors"),
}


def run_part(name: str, n: int, folder: Path) -> dict[str, object]:
    """Run one part in this process; labels go to ``folder``."""
    measured = PARTS[name].run(planted(n, rng=np.random.default_rng(SEED)))
    row: dict[str, object] = {name: round(value, 3) for name, value in measured.span._asdict().items()}
    row["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB, 1)
    if measured.labels is not None:
        row["clusters"] = len(np.unique(measured.labels))
        rows = np.arange(n) if measured.rows is None else measured.rows
        np.savez(folder / f"{name}.npz", labels=measured.labels, rows=rows)
    return {**row, **(measured.figures or {})}


def start_part(name: str, n: int, folder: Path) -> dict[str, object]:
    """Run one part in a process of its own; a part that is not run says why."""
    part = PARTS[name]
    if n > part.up_to:
        return {"seconds": None, "reason": f"not run above {part.up_to:,} vectors: {part.reason}"}
    command = [sys.executable, "-m", "benchmarks.speed.bench_cluster", "--n", str(n), "--part", name, "--into"]
    done = subprocess.run([*command, str(folder)], check=False, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"seconds": None, "reason": lines[-1]}
    row: dict[str, object] = json.loads(done.stdout)
    return row


def compare(n: int) -> dict[str, object]:
    """Return all measures of one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = {part: start_part(part, n, folder) for part in PARTS}
        agreement = agreement_of(folder)
    reason = {} if n <= EXACT_UP_TO else {
        "agreement_on": f"the whole exact clusters around {SAMPLE} vectors drawn at random; the rest is not computed"
    }  # fmt: skip
    own = rows["ours"]
    return {
        "benchmark": "cluster", "n": n, "dim": DIM, "seed": SEED, "cut": CUT, "apart": APART,
        "cores": len(os.sched_getaffinity(0)), "load_before": round(os.getloadavg()[0], 2), **own,
        "agreement": agreement, **reason, "exact": rows["exact"], "incremental": rows["incremental"],
        "baselines": {name: rows[name] for name in ("sklearn_dbscan", "faiss_flat")},
    }  # fmt: skip


def agreement_of(folder: Path) -> float | None:
    """Return the pair agreement of our clusters with the exact ones, on the exact rows; ``None`` without both."""
    paths = folder / "ours.npz", folder / "exact.npz"
    if not all(path.exists() for path in paths):
        return None
    mine, theirs = (np.load(path) for path in paths)
    return round(pair_agreement(mine["labels"][theirs["rows"]], theirs["labels"]), 6)


def main() -> None:
    """Print the measures as JSON, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="how many vectors")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--part", choices=PARTS, help="one part, in this process")
    parser.add_argument("--into", type=Path, default=Path(), help="folder for the labels of --part")
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(run_part(arguments.part, arguments.n, arguments.into)))
        return
    text = json.dumps(compare(arguments.n), indent=1)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
