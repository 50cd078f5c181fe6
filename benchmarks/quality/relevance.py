"""Fits the default scorer on one half of the published dilemmas and measures it on the other, and elsewhere.

Run from the project root: ``python -m benchmarks.quality.relevance --data FOLDER --study FOLDER --civics FILE
--arguments FOLDER --out assets/scorers/likeness.json --learning benchmarks/results/relevance-learning.json``. Trials
are trained as ``benchmarks.quality.adapting`` says; of those on dilemmas alone whose figure lies within a standard
error of the best, the one with the fewest weights is kept (Breiman and others, Classification and Regression Trees,
1984). The arguments are those of Touché23-ValueEval: their validation part chooses, nothing is trained on them.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from backends.embed_minilm import minilm
from benchmarks.quality.adapting import Material, Trial, Vectors, material, read_phrases, similarity, tried
from benchmarks.quality.labelled import SEED, Labelled, Lists, Sets, arguments, auc, halves, read_sets, shuffled
from domain.kaleido import Quality, Vrd, VrdKind
from domain.protocols import Embedder
from kaleido.likeness import Adapter, Curve, value_text

PHRASES = Path(__file__).with_name("phrases.txt")
COLUMNS = 384
SEPARATE = 0.2
"""Share of the fitted half that is not trained on: it chooses."""
CHOOSING = ("chooses", "arguments_validation")
TRIALS = tuple(
    Trial(f"{words}, rank {rank}", sources, rank, 3 * 2 * rank * COLUMNS)
    for words, sources in (
        ("dilemmas", ("dilemmas",)),
        ("dilemmas and phrases", ("dilemmas", "phrases")),
        ("phrases", ("phrases",)),
    )
    for rank in (16, 64)
)
NAMES = {
    "dilemmas": "DailyDilemmas, the half of the dilemmas that was not fitted, against values of other actions",
    "study": "the published 2023 study, another source: values compared in a context, against values of others",
    "statements": "CIVICS, another source: labels of English statements, against labels of others",
    "arguments": "Touché23-ValueEval, another source: value categories of arguments, against those of others",
}


def vectors_of(texts: Iterable[str], values: Iterable[str], fits: Labelled, embedder: Embedder) -> "Fitted":
    """Return all vectors less the means of the pairs that may be fitted."""
    names, sentences = list(dict.fromkeys(texts)), list(dict.fromkeys(values))
    found = embedder.embed([*names, *(value_text(Vrd(kind=VrdKind.VALUE, text=value)) for value in sentences)])
    one = dict(zip(names, found, strict=False))
    other = dict(zip(sentences, found[len(names) :], strict=True))
    means = [
        np.array([side[text] for text in column]).mean(axis=0).round(4)
        for side, column in ((one, fits.situations), (other, fits.values))
    ]
    return Fitted(
        {text: vector - means[0] for text, vector in one.items()},
        {text: vector - means[1] for text, vector in other.items()},
        tuple(means[0].tolist()),
        tuple(means[1].tolist()),
    )


class Fitted:
    """Vectors and the means that were taken from them."""

    def __init__(
        self, situations: Vectors, values: Vectors, situation_mean: tuple[float, ...], value_mean: tuple[float, ...]
    ) -> None:
        self.both = (situations, values)
        self.situation_mean, self.value_mean = situation_mean, value_mean


def measured_sets(sets: Sets, chooses: Labelled, folder: Path) -> dict[str, Labelled]:
    """Return what chooses, then what is only measured on."""
    return {
        "chooses": chooses,
        "arguments_validation": arguments(folder, "validation"),
        "dilemmas": sets.dilemmas,
        "study": sets.study,
        "statements": sets.statements,
        "arguments": arguments(folder, "test"),
    }


def parted(lists: Lists) -> tuple[Lists, Lists]:
    """Return what is trained on and what chooses, dilemmas kept whole."""
    rng = np.random.default_rng(SEED)
    is_apart = np.repeat(rng.permutation(len(lists) // 2) < SEPARATE * len(lists) / 2, 2)
    return (
        [one for one, apart in zip(lists, is_apart, strict=True) if not apart],
        [one for one, apart in zip(lists, is_apart, strict=True) if apart],
    )


def fitted_curve(
    fits: Labelled, measured: Mapping[str, Labelled], fitted: Fitted, adapter: Adapter, name: str
) -> Curve:
    """Return the logistic curve over the adapted cosine, with its quality on what was not fitted."""
    found = LogisticRegression(C=1e6).fit(similarity(fits, *fitted.both, adapter)[:, None], np.array(fits.is_positive))
    quality = tuple(
        Quality(
            measure="relevance AUC (0.5 is chance)",
            figure=round(auc(pairs, similarity(pairs, *fitted.both, adapter)), 3),
            data=words,
        )
        for words, pairs in ((words, measured[key]) for key, words in NAMES.items())
    )
    return Curve(
        embedder=name,
        situation_mean=fitted.situation_mean,
        value_mean=fitted.value_mean,
        adapter="likeness.npz",
        slope=round(float(found.coef_[0, 0]), 4),
        intercept=round(float(found.intercept_[0]), 4),
        quality=quality,
    )


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--study", type=Path, required=True, help="folder of the published study")
    parser.add_argument("--civics", type=Path, required=True, help="file of the published statements")
    parser.add_argument("--arguments", type=Path, required=True, help="folder of Touché23-ValueEval")
    parser.add_argument("--out", type=Path, required=True, help="the curve; the adapter is written beside it")
    parser.add_argument("--learning", type=Path, required=True)
    asked = parser.parse_args()
    embedder = minilm()
    sets = read_sets(asked.data, asked.study, asked.civics)
    trains, apart = parted(halves(asked.data, rng=np.random.default_rng(SEED)).fits)
    measured = measured_sets(sets, shuffled(apart, rng=np.random.default_rng(SEED), per_group=2), asked.arguments)
    phrases = read_phrases(PHRASES)
    everything = [sets.fits, *measured.values()]
    texts = [*(t for one in everything for t in one.situations), *(s for s, _ in phrases)]
    values = [*(v for one in everything for v in one.values), *(v for _, own in phrases for v in own)]
    fitted = vectors_of(texts, values, sets.fits, embedder)
    sources: dict[str, Material] = {
        "dilemmas": material(trains, *fitted.both), "phrases": material(phrases, *fitted.both)
    }  # fmt: skip
    results = [tried(trial, sources, measured, fitted.both, CHOOSING) for trial in TRIALS]
    candidates = [one for trial, one in zip(TRIALS, results, strict=True) if trial.sources == ("dilemmas",)]
    best = max((curve for curve, _ in candidates), key=lambda curve: curve["chosen_by"])
    least = best["chosen_by"] - best["standard_error"]
    kept, adapter = min((one for one in candidates if one[0]["chosen_by"] >= least), key=lambda one: one[0]["weights"])
    curve = fitted_curve(sets.fits, measured, fitted, adapter, embedder.name)
    asked.out.write_text(curve.model_dump_json() + "\n", encoding="utf-8")
    np.savez_compressed(
        asked.out.parent / curve.adapter, down=adapter.down.astype(np.float16), up=adapter.up.astype(np.float16)
    )
    none = {"name": "nothing trained", "weights": 0, "kept": 0, "rounds": results[0][0]["rounds"][:1]}
    report = {
        "benchmark": "relevance-learning", "seed": SEED, "kept": kept["name"], "card": card(kept),
        "sets": {name: name.replace("_", " ") for name in measured}, "tried": [none, *(one for one, _ in results)],
    }  # fmt: skip
    asked.learning.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({one["name"]: one["rounds"][one["kept"]] for one in report["tried"]}, indent=1))


def card(kept: dict[str, object]) -> dict[str, str]:
    """Return what the model card says of the training."""
    return {
        "adapter": "Its vectors, less the mean of their kind, go through a map of low rank that is added to them: "
        f"{kept['weights']:,} weights in half precision.",
        "trained": "Four fifths of one half of DailyDilemmas (CC BY 4.0); means and curve on the whole of that half. "
        "No other text.",
        "chosen": f"A fifth of that half, and the validation part of Touché23-ValueEval; kept: {kept['name']}, "
        f"round {kept['kept']} of 12.",
    }


if __name__ == "__main__":
    main()
