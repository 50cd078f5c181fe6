"""Writes docs/reference/benchmarks.md from what ``benchmarks.speed.bench_app`` measured, so that no figure is typed.

Run from the project root: ``python -m benchmarks.report``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

RESULTS = Path("benchmarks/results/app.json")
PAGE = Path("docs/reference/benchmarks.md")
BAR_RERUN_S, BAR_SESSIONS, BAR_FIRST_PAGE_S = 0.5, 50, 5.0
NAMES = {"moral-graph": "Moral graph, published study", "interview": "Interview", "": "Bare page"}

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


def parts(found: dict[str, Any]) -> list[str]:
    """Return the table of single measures, each beside its baseline."""
    services, memory = found["services"], found["memory"]
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
        f"| Memory after the start, embedder loaded | {memory['after_start_mb']} MB | |",
        f"| Memory after all loads above | {memory['after_loads_mb']} MB | |",
    ]


def render(found: dict[str, Any]) -> str:
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
            *parts(found),
            "",
        ]
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.out.write_text(render(json.loads(asked.results.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
