"""The part of the benchmark page that is about models: asking them, and scoring with them."""

import json
from pathlib import Path
from typing import Any

ASKING = """`moralgraph bench probes`: two questions for each dilemma. Stub: a server in a process of its own that
answers after {delay_ms:g} ms, {in_flight} in flight; the ideal is {in_flight} answers every {delay_ms:g} ms. Packaged
model: the same questions with the beginnings that they share read once, beside each read from its first word;
{rounds} rounds in turn.

| Asked | Calls | Per second | Beside it, per second | Share or ratio | Verdict |
|---|---:|---:|---:|---:|---|"""
SERVING = """`moralgraph bench probes --server`: the starter dilemmas in both orders sent to a vLLM server on the same
cores ({packages}), beside `vllm bench serve` with the same prompts, in turn;
measured {at}. Per second: medians of the rounds.

| The server counts in | Calls | Rounds | Ours, per second | `vllm bench serve`, per second | Share | Verdict |
|---|---:|---:|---:|---:|---:|---|"""
SCORING = """`moralgraph bench kaleido`: models of Flan-T5's shapes with random weights, on a {device}, relevance and
valence of each pair, short situations. Published way: batches of eight in the order of input, two passes, the whole
vocabulary. Best of a few rounds in turn. Difference: mean of absolute differences of probabilities to fp32.

| Shape | Published way, pairs/s | fp32 | Ratio | int8 | Ratio | Difference | bf16, ratio | Peak MB (same order) |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""

ONE_FOR_EACH = "one for each"
"""Processes of ``benchmarks.speed.bench_kaleido``."""

READING = """`benchmarks.speed.bench_reader`: the reader of values on a {device}, {situations} situations of our own
writing, each read once with all of its values, beside each pair read by itself. Best of {rounds} rounds in turn.

| Values beside a situation | Together, pairs/s | Alone, pairs/s | Ratio |
|---:|---:|---:|---:|"""


def asking(results: Path) -> list[str]:
    """Return how much the asking of probes adds to a model."""
    found = read(results, "probes")
    stub, embedded = found["stub"], found["embedded"]
    lines = ["", "## Asking models", "", ASKING.format(**found, rounds=embedded["rounds"])]
    rows = [
        ["stub server", stub["calls"], stub["per_second"], stub["ideal_per_second"], stub["share_of_ideal"],
         verdict(stub["share_of_ideal"], stub["bar"])],
        ["packaged model", embedded["calls"], embedded["sharing_beginnings_per_second"],
         embedded["one_at_a_time_per_second"], embedded["ratio"], verdict(embedded["ratio"], embedded["bar"])],
    ]  # fmt: skip
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return [
        *lines,
        "",
        f"- Against the stub: {stub['cpu_ms_per_call']} ms of processor time for a call, "
        f"{stub['memory_grew_mb']:g} MB more memory after {stub['calls']:,} calls.",
    ]


def serving(results: Path) -> list[str]:
    """Return what our asking adds to a vLLM server."""
    found = read(results, "vllm")
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    lines = ["", "### A vLLM server", "", SERVING.format(packages=packages, at=found["at"])]
    for run in found["runs"]:
        one = run["vllm"]
        cells = [
            run["dtype"], one["calls"], one["rounds"], one["ours_median"], one["vllm_bench_median"], one["share"],
            verdict(one["share"], one["bar"]),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def scoring(results: Path) -> list[str]:
    """Return how fast a Kaleido model scores pairs, beside the published procedure."""
    found = read(results, "kaleido")
    shapes = {name: one for name, one in found["shapes"].items() if "not_run" not in one}
    lines = ["", "## Scoring with a Kaleido model", "", SCORING.format(**found)]
    for name, one in shapes.items():
        peaks = " / ".join(f"{one['peak_mb'][way]:.0f}" for way in ("upstream", "fp32", "int8"))
        cells = [
            name, one["upstream_pairs_per_s"], one["fp32_pairs_per_s"], one["ratio_fp32"], one["int8_pairs_per_s"],
            one["ratio_int8"], one["int8_mean_abs_difference"], one["ratio_bf16"], peaks,
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines.append("")
    lines += [f"- {name}, {one['rounds']} rounds; in int8: {one['int8_covers']}." for name, one in shapes.items()]
    lines += [
        f"- {name}: a process for each way in each round, since memory does not hold all of them at once."
        for name, one in shapes.items()
        if one.get("processes") == ONE_FOR_EACH
    ]
    lines += [f"- {name}: {one['not_run']}." for name, one in found["shapes"].items() if "not_run" in one]
    return [*lines, *_bars(shapes, found["bars"])]


def reading(results: Path) -> list[str]:
    """Return how fast the reader scores values, beside pairs that are read one by one."""
    found = read(results, "reader")
    lines = ["", "## Scoring with the reader", "", READING.format(**found)]
    for n, one in found["lists"].items():
        lines.append(f"| {n} | {one['together_pairs_per_s']} | {one['alone_pairs_per_s']} | {one['ratio']} |")
    return lines


def _bars(shapes: dict[str, Any], bars: dict[str, float]) -> list[str]:
    lines = []
    for name, one in shapes.items():
        close = one["int8_mean_abs_difference"] <= bars["int8_mean_abs_difference"]
        int8 = verdict(one["ratio_int8"] if close else 0, bars["ratio_int8"])
        fp32 = verdict(one["ratio_fp32"], bars["ratio_fp32"])
        lines.append(
            f"- {name}: fp32 {fp32}; int8, at a difference of at most {bars['int8_mean_abs_difference']}, {int8}."
        )
    return lines


def verdict(reached: float, bar: float) -> str:
    """Return whether at least the bar was reached, in a word."""
    return f"bar of {bar:g} {'met' if reached >= bar else '**missed**'}"


def read(results: Path, name: str) -> dict[str, Any]:
    """Return one file of results."""
    found: dict[str, Any] = json.loads((results / f"{name}.json").read_text(encoding="utf-8"))
    return found
