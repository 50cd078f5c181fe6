"""Measures a scorer of values on labelled pairs, and puts its figures beside those of the others.

Run from the project root, once for each scorer: ``python -m benchmarks.quality.scorers --scorer default --data FOLDER
--study FOLDER --civics FILE --arguments FOLDER --out benchmarks/results/relevance.json``. ``cosine`` is the default one
with nothing fitted, ``unadapted`` the default one without its adapter.
``--sample N`` takes N pairs of each set, the same ones for every scorer: for models that are slow here.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from backends.registry import build_embedder
from benchmarks.quality.labelled import (
    N_RESAMPLES,
    SEED,
    Labelled,
    arguments,
    auc,
    interval,
    read_sets,
    read_situations,
    rules,
    sampled,
    shuffled,
    situation_pulls,
)
from domain.kaleido import KindThresholds, ScoreFailure, ScoreRequest, ValueScore, Vrd, VrdKind
from domain.nouns import FloatArray
from domain.protocols import ValueScorer
from kaleido.likeness import LikenessScorer, read_curve
from services.scorers import CURVE, build_scorer
from services.settings import Settings

RELEVANCE, VALENCE = "relevance", "valence"
SETS = {
    "dilemmas": RELEVANCE,
    "study": RELEVANCE,
    "statements": RELEVANCE,
    "arguments": RELEVANCE,
    "situations": RELEVANCE,
    "pulls": VALENCE,
    "rules": VALENCE,
    "situation_pulls": VALENCE,
}
COSINE, UNADAPTED = "cosine", "unadapted"


def scorer_called(name: str) -> ValueScorer:
    """Return a scorer by its name in the settings, the bare cosine, or the default one without its adapter."""
    settings = Settings()
    if name not in {COSINE, UNADAPTED}:
        return build_scorer(name, settings)
    means = {"situation_mean": (), "value_mean": ()} if name == COSINE else {}
    curve = read_curve(CURVE).model_copy(update={**means, "adapter": "", "slope": 1.0, "intercept": 0.0})
    scorer = LikenessScorer(build_embedder(settings.embedder), curve)
    scorer.name = name
    return scorer


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Ask for the places of the published sets."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--study", type=Path, required=True, help="folder of the published study")
    parser.add_argument("--civics", type=Path, required=True, help="file of the published statements")
    parser.add_argument("--arguments", type=Path, help="folder of the arguments and labels of Touché23-ValueEval")
    parser.add_argument("--rules", type=Path, help="folder of the scenarios of MoralChoice")


def sets_of(asked: argparse.Namespace) -> dict[str, Labelled]:
    """Return every set whose place was told, by name."""
    found = read_sets(asked.data, asked.study, asked.civics)._asdict()
    situations = read_situations()
    lists = [(one.text, one.values) for one in situations]
    found["situations"] = shuffled(lists, rng=np.random.default_rng(SEED), per_group=2)
    found["situation_pulls"] = situation_pulls(situations)
    if asked.arguments is not None:
        found["arguments"] = arguments(asked.arguments, "test")
    if asked.rules is not None:
        found["rules"] = rules(asked.rules)
    return {name: found[name] for name in SETS if name in found}


def scores_of(results: list[ValueScore | ScoreFailure], task: str) -> tuple[FloatArray, int]:
    """Return relevance, or supports less opposes, and how many failed; what failed counts as undecided."""
    found, n_failed = np.empty(len(results), dtype=np.float32), 0
    for row, one in enumerate(results):
        is_read = isinstance(one, ValueScore) and (task == RELEVANCE or one.valence is not None)
        n_failed += not is_read
        if isinstance(one, ScoreFailure) or not is_read:
            found[row] = 0.5 if task == RELEVANCE else 0.0
        elif one.valence is not None and task == VALENCE:
            found[row] = one.valence.supports - one.valence.opposes
        else:
            found[row] = one.relevance
    return found, n_failed


def measure(scorer: ValueScorer, pairs: Labelled, task: str, beside: ValueScorer | None = None) -> dict[str, object]:
    """Return the area under the curve with its interval, pairs, groups and failures; beside another one, its gain."""
    asked = [
        ScoreRequest(situation=situation, vrd=Vrd(kind=VrdKind.VALUE, text=value))
        for situation, value in zip(pairs.situations, pairs.values, strict=True)
    ]
    # Nothing passes this cut: a language model is not asked which way a value pulls where that is not measured.
    cut = KindThresholds(value=1, right=1, duty=1) if task == RELEVANCE else None
    scores, n_failed = scores_of(scorer.score(asked, min_relevance=cut), task)
    low, high = interval(pairs, scores)
    return {
        "task": task, "pairs": len(asked), "groups": len(set(pairs.groups)), "failed": n_failed,
        "auc": round(auc(pairs, scores), 3), "interval_95": [round(low, 3), round(high, 3)],
        **(_gain(scores, scores_of(beside.score(asked), task)[0], pairs, beside.name) if beside else {}),
    }  # fmt: skip


def _gain(scores: FloatArray, others: FloatArray, pairs: Labelled, name: str) -> dict[str, object]:
    low, high = interval(pairs, scores, others)
    gain = round(auc(pairs, scores) - auc(pairs, others), 3)
    return {"gain": {"over": name, "auc": gain, "interval_95": [round(low, 3), round(high, 3)]}}


def main() -> None:
    """Measure one scorer and add it to the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scorer", required=True, help="as in MORALGRAPH_SCORER, or cosine")
    parser.add_argument("--label", default="", help="what it is called in the table; the name if not given")
    parser.add_argument("--beside", default="", help="another scorer; how far the first lies above it is told too")
    add_sources(parser)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--sample", type=int, default=0, help="pairs of each set; all if not given")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    sets = sets_of(asked)
    scorer = scorer_called(asked.scorer)
    beside = scorer_called(asked.beside) if asked.beside else None
    for name in asked.sets:
        if name not in sets or (SETS[name] == VALENCE and not scorer.info().has_valence):
            continue
        pairs = sampled(sets[name], asked.sample) if 0 < asked.sample < len(sets[name].groups) else sets[name]
        figures = measure(scorer, pairs, SETS[name], beside)
        print(name, json.dumps(figures), flush=True)
        add_figures(asked.out, asked.label or asked.scorer, "all" if pairs is sets[name] else "sample", name, figures)


def add_figures(out: Path, label: str, extent: str, name: str, figures: dict[str, object]) -> None:
    """Add what was measured of a scorer on a set to the file of results."""
    report = json.loads(out.read_text("utf-8")) if out.exists() else {"benchmark": "relevance", "seed": SEED}
    report["resamples"] = N_RESAMPLES
    report.setdefault("scorers", {}).setdefault(label, {}).setdefault(extent, {})[name] = figures
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
