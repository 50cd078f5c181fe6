"""Measures grades that a reader gave to the samples: how far the labels agree with someone who reads with care.

Run from the project root: ``python -m benchmarks.quality.graded --grades benchmarks/results/graded.json --data FOLDER
--study FOLDER --civics FILE --arguments FOLDER --rules FOLDER --out benchmarks/results/relevance.json``. The file of
grades holds ``label`` and, under ``sets``, the grades of each sample in its order: 0 to 10 of relevance, -5 to 5 of
valence. No scorer of the app grades so; the figures say what can be reached on these labels.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.quality.labelled import Labelled, auc, interval, sampled
from benchmarks.quality.scorers import SETS, add_figures, add_sources, sets_of


def measured(pairs: Labelled, grades: Sequence[float], task: str) -> dict[str, object]:
    """Return the area under the curve of grades with its interval.

    Raises:
        ValueError: there are not as many grades as pairs.
    """
    if len(grades) != len(pairs.groups):
        raise ValueError(f"{len(grades)} grades of {len(pairs.groups)} pairs: the sample is another one")
    scores = np.array(grades, dtype=np.float32)
    low, high = interval(pairs, scores)
    return {
        "task": task, "pairs": len(grades), "groups": len(set(pairs.groups)), "failed": 0,
        "auc": round(auc(pairs, scores), 3), "interval_95": [round(low, 3), round(high, 3)],
    }  # fmt: skip


def main() -> None:
    """Measure all graded samples and add them to the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grades", type=Path, required=True)
    add_sources(parser)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    graded, sets = json.loads(asked.grades.read_text("utf-8")), sets_of(asked)
    for name, grades in graded["sets"].items():
        if name in sets:
            figures = measured(sampled(sets[name], len(grades)), grades, SETS[name])
            print(name, json.dumps(figures))
            add_figures(asked.out, graded["label"], "sample", name, figures)


if __name__ == "__main__":
    main()
