"""Fits the default scorer's curve on one half of the published dilemmas and measures it on the other, and elsewhere.

Run from the project root: ``python -m benchmarks.quality.relevance --data FOLDER --study FOLDER [--out FILE]``. A value
of an action's own list counts as relevant; a value drawn by its frequency among all lists, and not in this one, as not.
The other source: contexts of the published study, with the values that people were asked about in them, against values
of other contexts. Prints JSON with areas under the curve (AUC) and, with ``--out``, writes what the scorer reads.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from backends.embed_minilm import minilm
from domain.kaleido import Quality, Vrd, VrdKind
from domain.nouns import FloatArray
from domain.protocols import Embedder
from kaleido.likeness import Curve, centred_cosine, value_text
from stances.dailydilemmas import read_dailydilemmas

SEED = 7


class Labelled(NamedTuple):
    """Situations with values that are relevant and values that are not."""

    situations: list[str]
    values: list[str]
    is_relevant: list[bool]


class Vectors(NamedTuple):
    """The same as vectors, one row a pair."""

    situations: FloatArray
    values: FloatArray
    is_relevant: np.ndarray


def shuffled(lists: Sequence[tuple[str, Sequence[str]]], *, rng: np.random.Generator) -> Labelled:
    """Return every value of a list as relevant, and as many drawn from all lists as not."""
    every = [value for _, values in lists for value in values]
    found = Labelled([], [], [])
    for situation, values in lists:
        others = [v for v in rng.choice(every, size=4 * len(values)).tolist() if v not in values][: len(values)]
        for value, is_relevant in [*((v, True) for v in values), *((v, False) for v in others)]:
            found.situations.append(situation)
            found.values.append(value)
            found.is_relevant.append(is_relevant)
    return found


def embedded(labelled: Labelled, embedder: Embedder) -> Vectors:
    """Return the pairs as vectors; each text is embedded once."""
    sentences = [value_text(Vrd(kind=VrdKind.VALUE, text=value)) for value in labelled.values]
    texts = list(dict.fromkeys([*labelled.situations, *sentences]))
    place = {text: row for row, text in enumerate(texts)}
    vectors = embedder.embed(texts)
    return Vectors(
        vectors[[place[s] for s in labelled.situations]],
        vectors[[place[s] for s in sentences]],
        np.array(labelled.is_relevant),
    )


def dilemmas(folder: Path) -> list[tuple[str, Sequence[str]]]:
    """Return each action of each dilemma with its values."""
    items = read_dailydilemmas(folder).items
    return [(f"{item.text} {option.text}", option.values) for item in items for option in item.options]


def contexts(folder: Path) -> list[tuple[str, Sequence[str]]]:
    """Return each context of the published study with the titles that were compared in it."""
    titles = {str(v["id"]): v["title"] for v in json.loads((folder / "values.json").read_text("utf-8"))}
    found: dict[str, set[str]] = {}
    with (folder / "edge_votes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ends = [titles.get(row[name], "") for name in row if name.endswith("value_id")]
            found.setdefault(row["context"], set()).update(title for title in ends if title)
    return [(context, sorted(values)) for context, values in sorted(found.items())]


def auc(pairs: Vectors, curve: Curve) -> float:
    """Return the area under the curve of the centred cosine."""
    return round(float(roc_auc_score(pairs.is_relevant, centred_cosine(pairs.situations, pairs.values, curve))), 3)


def bare_auc(pairs: Vectors) -> float:
    """Return the same of the cosine as it is."""
    return round(float(roc_auc_score(pairs.is_relevant, (pairs.situations * pairs.values).sum(axis=1))), 3)


def main() -> None:
    """Fit, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--study", type=Path, required=True, help="folder of the published study")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    rng, embedder = np.random.default_rng(SEED), minilm()
    lists = dilemmas(asked.data)
    half = rng.permutation(len(lists) // 2) < len(lists) // 4
    fits, tests = (
        embedded(shuffled([one for n, one in enumerate(lists) if half[n // 2] == side], rng=rng), embedder)
        for side in (True, False)
    )
    elsewhere = embedded(shuffled(contexts(asked.study), rng=rng), embedder)
    means = {name: getattr(fits, name).mean(axis=0).round(4).tolist() for name in ("situations", "values")}
    curve = Curve(
        embedder=embedder.name, situation_mean=means["situations"], value_mean=means["values"], slope=1, intercept=0,
        quality=(),
    )  # fmt: skip
    fitted = LogisticRegression(C=1e6).fit(
        centred_cosine(fits.situations, fits.values, curve)[:, None], fits.is_relevant
    )
    figures = {
        "DailyDilemmas, the half of the dilemmas that was not fitted, against values of other actions": tests,
        "the published 2023 study, another source: values compared in a context, against values of others": elsewhere,
    }
    quality = tuple(
        Quality(measure="relevance AUC (0.5 is chance)", figure=auc(pairs, curve), data=name)
        for name, pairs in figures.items()
    )
    curve = curve.model_copy(
        update={
            "slope": round(float(fitted.coef_[0, 0]), 4),
            "intercept": round(float(fitted.intercept_[0]), 4),
            "quality": quality,
        }
    )
    report = {
        name: {"auc": auc(pairs, curve), "auc_bare_cosine": bare_auc(pairs), "pairs": len(pairs.is_relevant)}
        for name, pairs in figures.items()
    }
    print(json.dumps({"benchmark": "relevance", "seed": SEED, **report}, indent=1))
    if asked.out is not None:
        asked.out.write_text(curve.model_dump_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
