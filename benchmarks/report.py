"""Writes docs/reference/benchmarks.md from what the benchmarks measured, so that no figure is typed.

Run from the project root: ``python -m benchmarks.report``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.report_judging import judging
from benchmarks.report_models import asking, reading, scoring, serving

RESULTS = Path("benchmarks/results/app.json")
PAGE = Path("docs/reference/benchmarks.md")
BAR_RERUN_S, BAR_SESSIONS, BAR_FIRST_PAGE_S = 0.5, 50, 5.0
NAMES = {"moral-graph": "Moral graph, published study", "interview": "Interview", "": "Bare page"}

GATHERED = {20_000: None, 100_000: 8, 1_000_000: 150}
"""Vectors to the bar in seconds; ``None`` where there is none."""
BAR_NEAREST_MS, NEAREST_AMONG = 50, 100_000
BAR_F1 = 0.7
METHODS = {
    "ours": "ours",
    "embedding_title_and_policies": "vectors of title and policies alone",
    "word_overlap": "word overlap alone",
    "embedding_policies": "vectors of policies alone",
}
GATHERING_SPEED = """`moralgraph bench cluster`: vectors of 384 columns in planted groups of about six. Agreement: share
of pairs as in the exact result; for a million, around 300 vectors drawn at random. Beside it, in the same run: FAISS
exact range search with connected components, and scikit-learn's DBSCAN, whose time grows with the square.

| Vectors | Seconds | Peak MB | Agreement | FAISS exact, seconds | DBSCAN, seconds | Bar, s |
|---:|---:|---:|---:|---:|---:|---|"""
GATHERING_QUALITY = """`benchmarks.quality.merging`: the {cards} cards of the published study, {texts} wordings of
{values} values; pairs of equal wording are not counted. The cut was chosen on values of even number and the figures are
of those of odd number; beside them the mean over {splits} random halves.

| | Precision | Recall | F1 | Precision, {splits} halves | F1, {splits} halves |
|---|---:|---:|---:|---:|---:|"""

COUNTING = """`moralgraph bench graph`: votes made for it, each part in a process of its own, nothing kept from before.
From columns: votes in memory to the whole graph. From the database: an SQLite file to the graph that the page shows.
One vote more: counts, every pair judged, both ranks. Ranges: 400 draws of people. red-dwarf: the whole Polis pipeline
on as many votes, which is another subject. The same votes in another order gave the same bytes: {same}.

| Votes | Values | Columns, s | Database, s | Peak MB | One more, ms | Ranges, s | Obvious way | red-dwarf, s | Bar, s |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"""

MAPPING = """`moralgraph bench pages`: {votes:,} votes of {people:,} people on {values:,} values, over a real server.
First: nothing kept from before. Rerun p95: the graph kept by data version, beside the same page that builds it anew.
The rooms for staff have fewer reruns, and the audit comes after the groups, whose analysis it shares.

| Page | First, ms | Rerun p95, ms | Built anew p95, ms | Bar of {bar_rerun_p95_ms:g} ms |
|---|---:|---:|---:|---|"""
LARGE_PAGES = {
    "map": "the map",
    "value": "the map with one value open",
    "entailed": "what the votes entail",
    "groups": "groups and bridging",
    "audit": "process audit",
    "over_time": "over time",
}
LEAVING = """`benchmarks.speed.bench_export`: {votes} votes in an SQLite file, exported in each form with its manifest.
Each form in a process of its own; memory: megabytes at its peak above what that process held before it began, with
{sizes} votes. Votes lie in memory as columns of numbers and a graph as a whole; five votes make a
pair here, so the graph grows with them. The rows of files do not lie in memory.

| Form | Rows | Seconds | MB above | Bytes for one vote more | Bar, s |
|---|---:|---:|---:|---:|---|"""
BAR_EXPORT_S = 10

HEAD = """# Benchmarks

`make bench` measures and writes this page; no figure is typed by hand. Raw figures: `benchmarks/results/app.json`.

Measured {at} at commit `{commit}`: {cores} cores ({system}), Python {python}, {packages}. The machine was shared: other
programs ran on it (load average {load_before} before, {load_after} after), and the sessions were opened from the same
cores. Each load ran {rounds} times; the run with the lowest rerun p95 is shown, and failures of all runs are added up.
"""

METHOD = """## Sessions at once

Each session opens the page and reruns it {reruns} times, half a second after the last answer. A rerun is timed from the
question to the end of the script. A session of the interview is a participant of its own, with a cookie from the study
link and two answers given. It counts as failed when it errs, shows an exception or lacks what the page is for. Seconds.

| Page | Sessions | Failed | First p50 | First p95 | Rerun p50 | Rerun p95 |
|---|---:|---:|---:|---:|---:|---:|
"""

COLLECTING = """
The bare page has four elements and nothing of ours: the floor that Streamlit sets.

Streamlit would collect garbage in full after every rerun. The app turns that off (`.streamlit/config.toml`) and freezes
what it loads at the start. The moral graph with {n} sessions, in the same run: rerun p95 {off} s as shipped, {on} s
with the collection on.
"""


def row(load: dict[str, Any]) -> str:
    """Return one load as a line of the table."""
    first, rerun = load["first_s"] or {}, load["rerun_s"] or {}
    cells = [first.get("p50"), first.get("p95"), rerun.get("p50"), rerun.get("p95")]
    figures = " | ".join("-" if cell is None else f"{cell:.3f}" for cell in cells)
    return f"| {NAMES[load['page']]} | {load['sessions']} | {load['failed']} | {figures} |"


def verdicts(found: dict[str, Any]) -> list[str]:
    """Return one sentence for each bar: met or missed."""
    lines = []
    for load in found["loads"]:
        if load["sessions"] != BAR_SESSIONS:
            continue
        p95 = (load["rerun_s"] or {}).get("p95", float("inf"))
        word = "met" if p95 < BAR_RERUN_S else "**missed**"
        bar = f"rerun p95 under {BAR_RERUN_S} s at {BAR_SESSIONS} sessions"
        lines.append(f"- {NAMES[load['page']]}, {bar}: {word}, {p95:.3f} s.")
    failed = sum(load["failed"] for load in found["loads"])
    lines.append(f"- No session fails: {'met' if not failed else f'**missed**, {failed} failed'}.")
    word = "met" if found["first_page_s"] < BAR_FIRST_PAGE_S else "**missed**"
    lines.append(
        f"- First page under {BAR_FIRST_PAGE_S:.0f} s after a second start: {word}, {found['first_page_s']} s."
    )
    return lines


def parts(found: dict[str, Any], results: Path) -> list[str]:
    """Return the table of single measures, each beside its baseline."""
    services, memory = found["services"], found["memory"]
    embedded = json.loads((results / "embedding.json").read_text(encoding="utf-8"))
    beside = embedded["median_ms"]["beside_others"]
    return [
        "## Parts",
        "",
        "Import, export, bare reading and bare writing: the best of several. Turn and empty write: median.",
        "",
        "| What | Measured | Beside it |",
        "|---|---:|---|",
        f"| First page after a second start | {found['first_page_s']} s "
        f"| the bare page: {found['bare_first_page_s']} s |",
        f"| One turn of the guided interview: look, answer, next question | {services['turn_p50_ms']} ms "
        f"| a write that stores only its event: {services['empty_write_p50_ms']} ms |",
        f"| Import of the published study | {services['import_ms']} ms "
        f"| reading its CSV files: {services['csv_read_ms']} ms |",
        f"| Export of its moral graph, built anew and checked against its schema | {services['export_ms']} ms "
        f"| writing the document alone: {services['json_write_ms']} ms |",
        f"| One text embedded on one core, beside {embedded['beside']} processes that do the same | "
        f"{beside['one_core']} ms | on all {embedded['cores']} cores: {beside['all_cores']} ms |",
        f"| Memory after the start, embedder loaded | {memory['after_start_mb']} MB | |",
        f"| Memory after all loads above | {memory['after_loads_mb']} MB | |",
    ]


def gathering(results: Path) -> list[str]:
    """Return how fast and how well cards are gathered, from the newest results beside ``app.json``."""
    lines = ["", "## Gathering cards", "", GATHERING_SPEED]
    for size, bar_s in GATHERED.items():
        one = json.loads((results / f"cluster-{size}.json").read_text(encoding="utf-8"))
        beside = [one["baselines"][name]["seconds"] or "not run" for name in ("faiss_flat", "sklearn_dbscan")]
        word = "" if bar_s is None else f"{bar_s}: {'met' if one['seconds'] < bar_s else '**missed**'}"
        cells = [f"{size:,}", one["seconds"], one["peak_mb"], f"{one['agreement']:.5f}", *beside, word]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    nearest = json.loads((results / f"cluster-{NEAREST_AMONG}.json").read_text(encoding="utf-8"))["incremental"]
    word = "met" if nearest["query_ms_p95"] < BAR_NEAREST_MS else "**missed**"
    lines += [
        "",
        f"- The {nearest['k']} nearest of one new card among {NEAREST_AMONG:,}: {nearest['query_ms_p95']} ms at the "
        f"95th percentile; bar of {BAR_NEAREST_MS} ms {word}.",
    ]
    found = json.loads((results / "merging.json").read_text(encoding="utf-8"))
    counted = found["copies_not_counted"]
    lines += ["", GATHERING_QUALITY.format(**found)]
    for name, words in METHODS.items():
        one, mean = counted["chosen_on_even_reported_on_odd"][name], counted["held_out"][name]
        figures = [*(one[k] for k in ("precision", "recall", "f1")), mean["precision"], mean["f1"]]
        lines.append(f"| {words} | {' | '.join(map(str, figures))} |")
    ours = counted["chosen_on_even_reported_on_odd"]["ours"]["f1"]
    word = "met" if ours >= BAR_F1 else "**missed**"
    return [*lines, "", f"- F1 of {BAR_F1} with the parts that come with the app: {word}, {ours}.", *judging(results)]


def counting(results: Path) -> list[str]:
    """Return how fast votes become a graph, each size beside its baselines."""
    found = json.loads((results / "graph.json").read_text(encoding="utf-8"))
    same = all(one["is_same_in_any_order"] for one in found["sizes"])
    lines = ["", "## Counting votes", "", COUNTING.format(same="yes" if same else "**no**")]
    for one in found["sizes"]:
        base, bars, database = one["baselines"], one["bars"], one["from_database"]
        slower = base["slow_reference"].get("slow_to_fast")
        is_met = all(max(one[name], database[name]) < bar for name, bar in bars.items())
        cells = [
            f"{one['votes']:,}",
            f"{one['values']:,}",
            one["seconds"],
            database["seconds"],
            database["peak_mb"],
            one["one_vote"]["p50_ms"],
            one["entailed"].get("ranges_seconds", "not run"),
            f"{slower:.0f} times as long" if slower else "not run",
            base["red_dwarf"]["seconds"] or "not run",
            f"{bars['seconds']:g}: {'met' if is_met else '**missed**'}" if bars else "",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    slowest = max(one["one_vote"]["max_ms"] for one in found["sizes"])
    word = "met" if slowest < found["bar_one_vote_ms"] else "**missed**"
    return [*lines, "", f"- One vote more in under {found['bar_one_vote_ms']} ms: {word}, at most {slowest:.0f} ms."]


def mapping(results: Path) -> list[str]:
    """Return how soon pages of a large study answer, the map beside one that keeps nothing."""
    found = json.loads((results / "pages.json").read_text(encoding="utf-8"))
    bar = found["bar_rerun_p95_ms"]
    lines = ["", "## Pages of a large study", "", MAPPING.format(**found)]
    for page, words in LARGE_PAGES.items():
        if page not in found["kept"]:
            lines.append(f"| {words} | not run | not run | not run | |")
            continue
        kept, rebuilt = found["kept"][page], found["rebuilt_each_time"].get(page)
        p95, anew = kept["rerun_ms"]["p95"], rebuilt["rerun_ms"]["p95"] if rebuilt else "not run"
        cells = [words, kept["first_ms"], p95, anew, "met" if p95 < bar else "**missed**"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def leaving(results: Path) -> list[str]:
    """Return how fast votes leave as files."""
    found = json.loads((results / "export.json").read_text(encoding="utf-8"))
    memory = found["memory"]
    *smaller, largest = (f"{size['votes']:,}" for size in memory)
    sizes = f"{', '.join(smaller)} and {largest}"
    n_more = memory[-1]["votes"] - memory[0]["votes"]
    lines = ["", "## Leaving as data", "", LEAVING.format(votes=f"{found['votes']:,}", sizes=sizes)]
    for name, one in found["formats"].items():
        word = "met" if one["seconds"] < BAR_EXPORT_S else "**missed**"
        above = [size["mb_above"][name] for size in memory]
        a_vote = round((above[-1] - above[0]) * 2**20 / n_more)
        cells = [name, f"{one['rows']:,}", one["seconds"], ", ".join(map(str, above)), a_vote]
        lines.append(f"| {' | '.join(map(str, cells))} | {BAR_EXPORT_S:g}: {word} |")
    return lines


def render(found: dict[str, Any], results: Path) -> str:
    """Return the page."""
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    off, on = found["not_collecting"], found["collecting"]
    return "\n".join(
        [
            HEAD.format(**{**found, "packages": packages}),
            "## Bars",
            "",
            *verdicts(found),
            "",
            METHOD.format(reruns=found["reruns"]) + "\n".join(row(load) for load in [*found["loads"], *found["bare"]]),
            COLLECTING.format(n=on["sessions"], off=off["rerun_s"]["p95"], on=on["rerun_s"]["p95"]),
            *parts(found, results),
            *gathering(results),
            *counting(results),
            *mapping(results),
            *leaving(results),
            *asking(results),
            *serving(results),
            *scoring(results),
            *reading(results),
            "",
        ]
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.out.write_text(
        render(json.loads(asked.results.read_text(encoding="utf-8")), asked.results.parent), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
