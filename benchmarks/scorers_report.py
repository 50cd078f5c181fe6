"""Writes docs/reference/scorers.md and what the app tells of language models as scorers, so that no figure is typed.

Run from the project root: ``python -m benchmarks.scorers_report``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.reader_report import card, tried

RESULTS = Path("benchmarks/results/relevance.json")
LEARNING = Path("benchmarks/results/relevance-learning.json")
READER_LEARNING = Path("benchmarks/results/reader-learning.json")
MEASURED = Path("assets/scorers/measured.json")
READER_QUALITY = Path("assets/scorers/reader.json")
PAGE = Path("docs/reference/scorers.md")
BARS = {"relevance": 0.8, "valence": 0.7}
SETS = {
    "dilemmas": ("DailyDilemmas, the half not fitted", "relevance"),
    "study": ("the published 2023 study: contexts and the values compared in them", "relevance"),
    "statements": ("CIVICS version 1, English statements and their labels", "relevance"),
    "arguments": ("Touché23-ValueEval, arguments of its test part and their value categories", "relevance"),
    "situations": ("situations of our own writing and the values that bear on them", "relevance"),
    "pulls": ("DailyDilemmas, the half not fitted", "valence"),
    "rules": ("MoralChoice, actions and what a rule protects that they break or keep", "valence"),
    "situation_pulls": ("situations of our own writing", "valence"),
}
TAUGHT = ("dilemmas", "arguments", "pulls")
"""Sets of which the reader was taught other texts."""
OWN = ("situations", "situation_pulls")
"""Sets that the reader was taught on: not measured."""
WORDS = {
    "reader": "`reader`",
    "default": "`default`",
    "unadapted": "the default one without its adapter",
    "cosine": "bare cosine of the packaged embedder",
    "a large language model (Claude) that graded them": "a large language model (Claude) that graded them",
    "llm:packaged": "`llm:packaged`, SmolLM2-135M-Instruct, nothing shown before",
    "llm:llamacpp:qwen2.5-coder-1.5b-instruct-q4_k_m.gguf": "Qwen2.5-Coder-1.5B-Instruct Q4_K_M, nothing shown before",
}
NOT_MEASURED = "not measured"

HEAD = """# Scorers of values: how good they are

`python -m benchmarks.scorers_report` writes this page; no figure is typed by hand. Raw figures:
`benchmarks/results/relevance.json`, made by `benchmarks.quality.scorers`, and `relevance-learning.json` beside it.

Area under the curve (AUC): the chance that a pair with the label scores above one without it. 0.5 is chance. In
brackets the 95 % interval over {resamples} resamplings of the groups: dilemmas, contexts, statements or conclusions of
arguments. A pair that a scorer failed on counts as undecided.

- Relevance: a value of the situation's own list, against a value drawn from all lists by its frequency.
- Valence of DailyDilemmas: a value that only the action's own list has supports it, one that only the other action's
  list has opposes it. That is a reading of these lists, not a label that somebody gave.
- Valence of MoralChoice: people said which of ten rules each of two actions breaks. The one that breaks a rule opposes
  what it protects, the one that keeps it supports it.
- Situations of our own writing lie in `benchmarks/quality/situations`, with how they were made.

**Beside a careful reader.** A large language model (Claude; its version was not recorded) graded the samples below,
from 0 to 10 or from -5 to 5, without seeing a label (`benchmarks.quality.graded`). It is one reader and 120 pairs a
sample: a mark to compare with, no upper bound; a scorer fitted on a source can learn its habits and do better
there. Its intervals on DailyDilemmas hold both bars, so whether these labels allow them is open. It may have met
published sets in its training. Such a model wrote our own situations, so its figures there only say that a second
reading agrees.
"""
CARD = """## Model card of the default scorer

- **What it is.** The packaged all-MiniLM-L6-v2, unchanged. {adapter} A logistic curve turns the cosine into a share.
- **Trained on.** {trained}
- **Chosen by.** {chosen}
- **Neither trained on nor used by the rule that chose.** The held-out half of DailyDilemmas, the published study,
  CIVICS, and the test part of ValueEval.
- **What it is for.** Sorting a list of values by how near they are to a situation, on a machine with nothing better.
- **What it is not for.** Weighing values, saying which way one pulls, or advice to a person. It has no valence: from
  the same vectors valence was near chance, and a chance-level number is not shown as a score.
- **Languages.** English alone.
- **Made by.** `benchmarks.quality.relevance`; weights: `assets/scorers/`.
"""

TRIED = """Each trial trained a map of low rank three times and took the mean. A round is one pass over the fitted
dilemmas. The round was chosen by the mean of the first two columns; of the trials on dilemmas alone whose mean lies
within a standard error of the best, the one with the fewest weights was kept: {kept}. This rule, and that phrases of
our own writing are left out, were settled after the other columns had been seen: with phrases arguments gain and
statements lose. So those columns are a little kinder than a blind test. The first row is nothing trained. Every round
of every trial is in `benchmarks/results/relevance-learning.json`.

Tried before, without figures here, and no better than dilemmas alone: a map for situations and another for values;
scenarios of MoralChoice as well. Valence from a bilinear form on the same vectors stayed near chance. Training
the upper two layers of the embedder (`benchmarks.quality.tuning`) and a cross-encoder for valence
(`benchmarks.quality.pulling`) was tried in a few short trials, one seed, the last of each kept, and is not used: no
gain over the default whose interval leaves out 0, though the part it learnt from was still rising when the choosing
part fell; valence of arguments near chance. Figures: `benchmarks/results/tuning.json`."""


def figure(one: dict[str, Any] | None) -> str:
    """Return a figure with its interval and number of pairs."""
    if one is None:
        return NOT_MEASURED
    low, high = one["interval_95"]
    failed = f", {one['failed']} failed" if one["failed"] else ""
    return f"{one['auc']:.3f} [{low:.3f}, {high:.3f}], n {one['pairs']:,}{failed}"


def table(scorers: dict[str, Any], extent: str, names: list[str]) -> list[str]:
    """Return one table: a row for each scorer, a column for each set that any of them was measured on."""
    columns = [key for key in SETS if any(key in scorers.get(name, {}).get(extent, {}) for name in names)]
    lines = [
        f"| Scorer | {' | '.join(f'{SETS[key][1].capitalize()}: {SETS[key][0]}' for key in columns)} |",
        f"|---|{'---:|' * len(columns)}",
    ]
    for name in names:
        found = scorers.get(name, {}).get(extent, {})
        if found:
            cells = [_cell(name, key, found.get(key)) for key in columns]
            lines.append(f"| {WORDS.get(name, name)} | {' | '.join(cells)} |")
    return [*lines, f"| the same score for every pair | {' | '.join('0.500' for _ in columns)} |"]


def _cell(name: str, key: str, one: dict[str, Any] | None) -> str:
    if name == "reader" and key in OWN:
        return "taught on them"
    return figure(one) if one is not None or _may(name, key) else "tells none"


def _may(name: str, key: str) -> bool:
    return SETS[key][1] == "relevance" or name.startswith(("llm", "kaleido", "reader"))


def verdicts(scorers: dict[str, Any]) -> list[str]:
    """Return one sentence for each bar and each of the two scorers of our own."""
    default, reader = scorers["default"]["all"], scorers["reader"]["all"]
    return [
        "The reader, on sources of which it was taught nothing:",
        "",
        *(_verdict(key, reader[key]) for key in SETS if key in reader and key not in (*TAUGHT, *OWN)),
        "",
        "The reader, on other texts of sources that it was taught on (valence was not taught on them):",
        "",
        *(_verdict(key, reader[key]) for key in TAUGHT),
        "",
        "The default scorer, which is taught on dilemmas alone and tells no valence:",
        "",
        *(_verdict(key, one) for key, one in default.items() if SETS[key][1] == "relevance"),
    ]


def _verdict(key: str, one: dict[str, Any]) -> str:
    words, task = SETS[key]
    word = "met" if one["auc"] >= BARS[task] else "**missed**"
    low, high = one["interval_95"]
    return f"- {task.capitalize()} AUC of {BARS[task]:.2f}, {words}: {word}, {one['auc']:.3f} [{low:.3f}, {high:.3f}]."


def gains(scorers: dict[str, Any]) -> list[str]:
    """Return what the adapter gains, of the same pairs."""
    lines = ["Gain of the adapter, on the same pairs (default less the default without it):", ""]
    for key, (words, _) in SETS.items():
        gain = scorers["default"]["all"].get(key, {}).get("gain")
        if gain is not None:
            low, high = gain["interval_95"]
            lines.append(f"- {words}: {gain['auc']:+.3f} [{low:+.3f}, {high:+.3f}].")
    return lines


def learning(found: dict[str, Any]) -> list[str]:
    """Return what was tried, with the figure it was chosen by and those that were not looked at."""
    sets = found["sets"]
    lines = [
        "### What was tried for the default scorer",
        "",
        TRIED.format(kept=found["kept"]),
        "",
        f"| Tried | Round | {' | '.join(sets.values())} |",
    ]
    lines.append(f"|---|---:|{'---:|' * len(sets)}")
    for one in found["tried"]:
        kept = one["rounds"][one["kept"]]
        lines.append(f"| {one['name']} | {one['kept']} | {' | '.join(f'{kept[key]:.3f}' for key in sets)} |")
    return lines


def render(results: Path = RESULTS, curves: Path = LEARNING, reader: Path = READER_LEARNING) -> str:
    """Return the page."""
    taught = json.loads(reader.read_text("utf-8"))
    found = json.loads(results.read_text("utf-8"))
    fitted = json.loads(curves.read_text("utf-8"))
    scorers = found["scorers"]
    names = [*[name for name in WORDS if name in scorers], *[name for name in scorers if name not in WORDS]]
    parts = [
        HEAD.format(resamples=f"{found['resamples']:,}"),
        "## Bars",
        "",
        *verdicts(scorers),
        "",
        "## All pairs",
        "",
        *table(scorers, "all", names),
        "",
        *gains(scorers),
        "",
        "## A sample of the same pairs, for models that are slow",
        "",
        "The same pairs for every scorer, drawn once by a seed. Intervals are wide: small differences mean nothing.",
        "",
        *table(scorers, "sample", names),
        "",
        card(taught),
        *tried(taught),
        "",
        CARD.format(**fitted["card"]),
        *learning(fitted),
        "",
    ]
    return "\n".join(parts)


def told(scorers: dict[str, Any]) -> str:
    """Return what the app tells of language models as scorers: their figures on the samples."""
    found = {
        name: [
            {"quality": {"measure": f"{SETS[key][1]} AUC", "figure": one["auc"],
                         "data": f"{one['pairs']} pairs of {SETS[key][0]}"},
             "low": one["interval_95"][0]}
            for key, one in extents.get("sample", {}).items()
        ]
        for name, extents in scorers.items() if name.startswith("llm:")
    }  # fmt: skip
    return json.dumps(found, indent=1) + "\n"


def quality(scorers: dict[str, Any]) -> str:
    """Return what the reader tells of itself: its figures on whole sets."""
    source = {key: "other texts of a source it was taught on" if key in TAUGHT else "another source" for key in SETS}
    found = [
        {
            "measure": f"{SETS[key][1]} AUC (0.5 is chance)",
            "figure": one["auc"],
            "data": f"{SETS[key][0]}; {source[key]}",
        }
        for key, one in scorers["reader"]["all"].items()
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the page, and what the app tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--learning", type=Path, default=LEARNING)
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.out.write_text(render(asked.results, asked.learning), encoding="utf-8")
    scorers = json.loads(asked.results.read_text("utf-8"))["scorers"]
    MEASURED.write_text(told(scorers), encoding="utf-8")
    READER_QUALITY.write_text(quality(scorers), encoding="utf-8")


if __name__ == "__main__":
    main()
