"""How long votes take to become a moral graph, beside a slow, obvious implementation and beside red-dwarf.

Run from the project root: ``python -m benchmarks.speed.bench_graph [--sizes 120000] [--out FILE]``. Prints JSON.
Every part runs in a process of its own, so that its peak of memory is its own. Votes are made before the clock starts;
nothing is warm. Ours and the slow one must count the same, and votes in another order give the same bytes, or it fails.
"""

import argparse
import gc
import hashlib
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.speed.made_votes import Pair, made_query, make_columns, make_values, rows_of, save_votes, url_in
from domain.graphs import GraphEdge, MoralGraph, Thresholds, VoteRow
from domain.vote_columns import VoteColumns
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.next_pair import pairs_to_ask
from graph.order import plural_order
from graph.order_figures import order_figures
from graph.pairs import edges_after, edges_of
from graph.rank import page_rank, wisdom
from graph.tally import NewVote, tally, with_vote
from graph.uncertainty import uncertainty
from graph.vote_columns import count_votes, people_by_content
from services.explore import Explore

SEED, MIB, N_NEW_VOTES = 7, 1024, 21
SIZES = (1_500, 20_000, 120_000, 2_000_000)
BARS = {120_000: {"seconds": 1.0}, 2_000_000: {"seconds": 15.0, "peak_mb": 2048}}
BAR_ONE_VOTE_MS = 100
SLOW_UP_TO, DWARF_UP_TO, RANGES_UP_TO = 20_000, 500_000, 120_000
STATEMENTS, VOTES_PER_VOTER = 250, 50
"""Of red-dwarf's own material: it leaves people with under seven votes out, so ours would be no votes to it."""


class Judged(NamedTuple):
    """What the slow implementation says of a pair."""

    likelihood: float
    entropy: float
    is_kept: bool


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


def made(n_votes: int) -> VoteColumns:
    """Return the votes of one size."""
    n_values = 115 if n_votes < 5_000 else 600 if n_votes < 50_000 else 2_000
    votes = make_columns(n_votes, n_values=n_values, rng=np.random.default_rng(SEED))
    return count_votes(votes, roots={}, withdrawn=()).votes


def graph_of(votes: VoteColumns) -> MoralGraph:
    """Return the whole graph: counts, ranks, cycles, places."""
    return build_graph(made_query(), values=make_values(votes.keys.values), rows=votes, roots={}, n_cards={})


def fingerprint(graph: MoralGraph) -> str:
    """Return the hash of a graph as JSON."""
    return hashlib.sha256(graph.model_dump_json().encode()).hexdigest()


def ours(votes: VoteColumns) -> dict[str, object]:
    """From columns to the whole graph, once and cold."""
    values = make_values(votes.keys.values)
    started = time.perf_counter()
    graph = build_graph(made_query(), values=values, rows=votes, roots={}, n_cards={})
    spent, peak = time.perf_counter() - started, peak_mb()
    other = graph_of(votes.where(np.random.default_rng(SEED).permutation(len(votes))))
    return {
        "seconds": spent, "peak_mb": peak, "values": len(graph.nodes), "pairs": len(graph.edges),
        "kept": len(graph.kept_edges()), "is_same_in_any_order": fingerprint(other) == fingerprint(graph),
    }  # fmt: skip


def one_vote(votes: VoteColumns) -> dict[str, object]:
    """One vote more: counts, every pair judged, both ranks. Milliseconds."""
    counted, limits = tally(votes), made_query().thresholds
    edges = edges_of(counted, thresholds=limits)
    gc.freeze()  # as the app does once its parts are loaded
    rng, spans = np.random.default_rng(SEED), []
    for at in rng.integers(len(votes), size=N_NEW_VOTES).tolist():
        vote = NewVote(0, int(votes.src[at]), int(votes.wiser[at]), int(votes.context[at]), 0)
        started = time.perf_counter()
        counted = with_vote(counted, vote)
        edges = edges_after(edges, counted, src=vote.src, wiser=vote.wiser, thresholds=limits)
        wisdom(edges), page_rank(edges)
        spans.append(1000 * (time.perf_counter() - started))
    # The first one also imports what PageRank stands on; a running app has that loaded.
    return {"p50_ms": float(np.median(spans[1:])), "max_ms": max(spans[1:]), "first_ms": spans[0]}


def from_database(votes: VoteColumns) -> dict[str, object]:
    """From an SQLite file to the graph that the page shows, nothing kept in memory before."""
    with tempfile.TemporaryDirectory() as folder:
        database = save_votes(votes, url_in(Path(folder)))
        before = peak_mb()
        started = time.perf_counter()
        Explore(database).moral_graph(made_query())
        spent = time.perf_counter() - started
        database.close()
    return {"seconds": spent, "peak_mb": peak_mb(), "peak_before_mb": before}


def entailed(votes: VoteColumns) -> dict[str, object]:
    """Order, its figures, the next pair, and ranges over 400 resamples of people, apart."""
    edges = edges_of(tally(votes), thresholds=made_query().thresholds)
    started = time.perf_counter()
    order = plural_order(edges)
    figures = order_figures(order)
    pairs_to_ask(order)
    ordered = time.perf_counter()
    found = uncertainty(people_by_content(votes), thresholds=made_query().thresholds, rng=np.random.default_rng(SEED))
    return {
        "order_seconds": ordered - started, "ranges_seconds": time.perf_counter() - ordered,
        "peak_mb": peak_mb(), "classes": figures.classes, "n_resamples": found.n_resamples,
    }  # fmt: skip


def slow_reference(votes: VoteColumns) -> dict[str, object]:
    """Count in the obvious way, and fail where we count otherwise."""
    rows, limits = rows_of(votes), made_query().thresholds
    started = time.perf_counter()
    judged = judge_slowly(rows, limits)
    slow = time.perf_counter() - started
    started = time.perf_counter()
    edges = edges_of(tally(votes), thresholds=limits)
    fast = time.perf_counter() - started
    _compare(edges, judged)
    return {"seconds": slow, "ours_same_part_seconds": fast, "slow_to_fast": slow / fast}


def _compare(edges: Sequence[GraphEdge], judged: dict[Pair, Judged]) -> None:
    for edge in edges:
        slow = judged[Pair(edge.src_id, edge.wiser_id)]
        if edge.is_kept != slow.is_kept or not math.isclose(edge.entropy, slow.entropy, abs_tol=1e-9):
            raise SystemExit(f"fast and slow differ on {edge.src_id} -> {edge.wiser_id}: {edge}, {slow}")
    if len(edges) != len(judged):
        raise SystemExit(f"fast and slow differ in the number of pairs: {len(edges)}, {len(judged)}")


def red_dwarf(votes: VoteColumns) -> dict[str, object]:
    """The whole Polis pipeline on as many votes: another subject, but what people would otherwise run on votes."""
    from reddwarf.implementations.polis import run_pipeline  # type: ignore[import-not-found,import-untyped,unused-ignore]

    rng, n_people = np.random.default_rng(SEED), max(1, len(votes) // VOTES_PER_VOTER)
    camp, leaning = rng.integers(2, size=n_people), rng.integers(2, size=STATEMENTS)
    cast = [
        {"participant_id": p, "statement_id": int(s), "modified": 0,
         "vote": int(rng.choice([1, 0, -1], p=[0.7, 0.1, 0.2])) * (1 if camp[p] == leaning[s] else -1)}
        for p in range(n_people)
        for s in rng.choice(STATEMENTS, size=VOTES_PER_VOTER, replace=False)
    ]  # fmt: skip
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run_pipeline(votes=cast, random_state=0)
    return {"seconds": time.perf_counter() - started, "peak_mb": peak_mb(), "votes": len(cast)}


class Part(NamedTuple):
    """One part of the benchmark and the most votes it is asked for."""

    run: Callable[[VoteColumns], dict[str, object]]
    up_to: float = float("inf")


PARTS = {
    "ours": Part(ours),
    "one_vote": Part(one_vote),
    "from_database": Part(from_database),
    "entailed": Part(entailed, RANGES_UP_TO),
    "slow_reference": Part(slow_reference, SLOW_UP_TO),
    "red_dwarf": Part(red_dwarf, DWARF_UP_TO),
}


def peak_mb() -> float:
    """Return the peak of memory of this process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB, 1)


def start_part(name: str, n: int) -> dict[str, object]:
    """Run one part in a process of its own; a part that is not run says why."""
    if n > PARTS[name].up_to:
        return {"seconds": None, "reason": f"not run above {PARTS[name].up_to:,} votes"}
    command = [sys.executable, "-m", "benchmarks.speed.bench_graph", "--sizes", str(n), "--part", name]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"seconds": None, "reason": lines[-1]}
    row: dict[str, object] = json.loads(done.stdout)
    return row


def measure(n: int) -> dict[str, object]:
    """Return all measures of one size."""
    rows = {name: start_part(name, n) for name in PARTS}
    return {
        "votes": n, **rows["ours"], "one_vote": rows["one_vote"], "from_database": rows["from_database"],
        "entailed": rows["entailed"], "bars": BARS.get(n, {}),
        "baselines": {name: rows[name] for name in ("slow_reference", "red_dwarf")},
    }  # fmt: skip


def _rounded(row: dict[str, object]) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}


def main() -> None:
    """Print the measures as JSON, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many votes")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--part", choices=PARTS, help="one part of the first size, in this process")
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(_rounded(PARTS[arguments.part].run(made(arguments.sizes[0])))))
        return
    report = {
        "benchmark": "graph", "seed": SEED, "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2), "bar_one_vote_ms": BAR_ONE_VOTE_MS,
        "sizes": [measure(n) for n in arguments.sizes],
    }  # fmt: skip
    text = json.dumps(report, indent=1)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
