"""How long votes take to become a moral graph, against a slow, obvious implementation of the same formulas.

Run from the project root: ``python -m benchmarks.speed.bench_graph [--sizes 1500 20000] [--out FILE]``. Prints JSON.
Times are medians of repeated runs; the claim is the ratio within one run, since machines differ. Both must count the
same, or the run fails.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, Thresholds, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.pairs import summarise_pairs

SEED, ROUNDS, VOTES_PER_PERSON, N_CONTEXTS = 7, 5, 3, 21
PAIRS_PER_VALUE = 1.2
"""As in the published study: 128 pairs voted on among 115 values."""
SHARES = (0.68, 0.11, 0.21)
"""Wiser, not wiser, not sure, as in the published study."""


class Pair(NamedTuple):
    """An ordered pair of values."""

    src_id: ValueId
    wiser_id: ValueId


class Judged(NamedTuple):
    """What the slow implementation says of a pair."""

    likelihood: float
    entropy: float
    is_kept: bool


def make_rows(n_votes: int, *, n_values: int, rng: np.random.Generator) -> list[VoteRow]:
    """Return votes on a random graph of the published study's density and shares of answers."""
    ends = rng.integers(n_values, size=(round(n_values * PAIRS_PER_VALUE), 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    chosen, contexts = rng.integers(len(ends), size=n_votes), rng.integers(N_CONTEXTS, size=n_votes)
    answers = rng.choice(len(SHARES), p=SHARES, size=n_votes)
    return [
        VoteRow(
            person_id=PersonId(f"p{n // VOTES_PER_PERSON}"),
            src_id=ValueId(f"v{ends[pair][0]}"),
            wiser_id=ValueId(f"v{ends[pair][1]}"),
            context=f"When {context}",
            answer=list(EdgeAnswer)[answer],
        )
        for n, (pair, context, answer) in enumerate(zip(chosen, contexts, answers, strict=True))
    ]


def make_values(n_values: int) -> list[CanonicalValue]:
    """Return values with numbers from 1."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        CanonicalValue(
            id=ValueId(f"v{n}"),
            study_id=StudyId("s"),
            number=n + 1,
            title=f"Value {n}",
            policies=("THINGS",),
            source=Source.SIMULATED,
            created_at=at,
            updated_at=at,
        )
        for n in range(n_values)
    ]


def judge_slowly(rows: Sequence[VoteRow], thresholds: Thresholds) -> dict[Pair, Judged]:
    """Return the formulas as they are written, each pair looking through all votes again."""
    judged = {}
    for pair in {Pair(row.src_id, row.wiser_id) for row in rows}:
        own = [row for row in rows if row.src_id == pair.src_id and row.wiser_id == pair.wiser_id]
        reverse = [row for row in rows if row.src_id == pair.wiser_id and row.wiser_id == pair.src_id]
        wiser, not_wiser, unsure = (len([row for row in own if row.answer is answer]) for answer in EdgeAnswer)
        less_wise = len([row for row in reverse if row.answer is EdgeAnswer.WISER])
        likelihood = (wiser - less_wise) / (wiser + not_wiser + unsure + less_wise)
        counts = [wiser, not_wiser, less_wise, unsure, len(own) + len(reverse)]
        entropy = -sum(c / sum(counts) * math.log2(c / sum(counts)) for c in counts if c)
        is_kept = wiser > 0 and likelihood >= thresholds.min_wiser_likelihood and wiser >= thresholds.min_wiser
        judged[pair] = Judged(likelihood, entropy, is_kept and entropy <= thresholds.max_entropy)
    return judged


def median_ms(call: Callable[[], object], *, n_rounds: int) -> float:
    """Return the median time of ``call`` in milliseconds."""
    spans = []
    for _ in range(n_rounds):
        started = time.perf_counter()
        call()
        spans.append(1000 * (time.perf_counter() - started))
    return statistics.median(spans)


def measure(n_votes: int, *, n_values: int, rng: np.random.Generator) -> dict[str, object]:
    """Return the times of one size; SystemExit where fast and slow do not agree."""
    rows, values, query = (
        make_rows(n_votes, n_values=n_values, rng=rng),
        make_values(n_values),
        GraphQuery(study_id="s"),
    )
    judged = judge_slowly(rows, query.thresholds)
    edges = summarise_pairs(rows, thresholds=query.thresholds)
    for edge in edges:
        slow = judged[Pair(edge.src_id, edge.wiser_id)]
        if edge.is_kept != slow.is_kept or not math.isclose(edge.entropy, slow.entropy, abs_tol=1e-9):
            raise SystemExit(f"fast and slow differ on {edge.src_id} -> {edge.wiser_id}: {edge}, {slow}")
    graph_ms = median_ms(lambda: build_graph(query, values=values, rows=rows, roots={}, n_cards={}), n_rounds=ROUNDS)
    pairs_ms = median_ms(lambda: summarise_pairs(rows, thresholds=query.thresholds), n_rounds=ROUNDS)
    slow_ms = median_ms(lambda: judge_slowly(rows, query.thresholds), n_rounds=1)
    return {
        "votes": n_votes, "values": n_values, "pairs": len(edges), "kept": sum(edge.is_kept for edge in edges),
        "graph_ms": round(graph_ms, 2), "pairs_ms": round(pairs_ms, 2), "slow_pairs_ms": round(slow_ms, 2),
        "slow_to_fast": round(slow_ms / pairs_ms, 1),
    }  # fmt: skip


def main() -> None:
    """Print the measures as JSON, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_500, 20_000])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows = [measure(n, n_values=115 if n <= 5_000 else 600, rng=np.random.default_rng(SEED)) for n in arguments.sizes]
    text = json.dumps({"benchmark": "graph", "seed": SEED, "rounds": ROUNDS, "sizes": rows}, indent=1)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
