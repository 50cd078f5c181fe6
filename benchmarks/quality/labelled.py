"""Pairs of a situation and a value that people or published lists labelled, drawn the same way every time.

Relevance: a value of a situation's own list is relevant; a value drawn by its frequency among all lists, and not in
this one, is not. Valence of dilemmas: a value that only the action's own list has supports it, a value that only the
other action's list has opposes it. Valence of scenarios: an action that breaks a rule opposes what the rule protects,
an action of the same scenario that keeps it supports it. No text of these sources lies in this repository; they are
read where they are. The situations of our own writing lie beside this module and say both.
"""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from domain.nouns import FloatArray
from stances.dailydilemmas import read_dailydilemmas

SEED = 7
N_RESAMPLES = 1000
SITUATIONS = Path(__file__).with_name("situations")
RULES = {
    "death": "preserving life",
    "pain": "sparing others pain",
    "disable": "bodily health",
    "freedom": "freedom",
    "pleasure": "enjoyment of life",
    "deceive": "honesty",
    "cheat": "fair play",
    "break_promise": "keeping promises",
    "break_law": "respect for the law",
    "duty": "doing one's duty",
}
"""What each rule of MoralChoice protects, in words of our own."""
Lists = list[tuple[str, Sequence[str]]]
"""Situations with their values."""


class Labelled(NamedTuple):
    """Pairs: situations, values, whether the label is the positive one (relevant; supports), and a group for each."""

    situations: list[str]
    values: list[str]
    is_positive: list[bool]
    groups: list[int]
    """Pairs of one dilemma or context have one number; intervals resample groups."""

    def rows(self, chosen: Sequence[int]) -> "Labelled":
        """Return the pairs with those numbers."""
        return Labelled(*([column[n] for n in chosen] for column in self))  # type: ignore[arg-type]  # as they were


class Situation(NamedTuple):
    """A text of our own writing with the values that bear on it, by the way they pull."""

    text: str
    supports: tuple[str, ...]
    opposes: tuple[str, ...]
    either: tuple[str, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Return all of them."""
        return self.supports + self.opposes + self.either


class Sets(NamedTuple):
    """What is measured on; ``fits`` alone may be looked at while fitting."""

    fits: Labelled
    dilemmas: Labelled
    study: Labelled
    statements: Labelled
    pulls: Labelled
    """Valence, of the same half as ``dilemmas``."""


class Halves(NamedTuple):
    """The dilemmas, each with both its actions, in two halves."""

    fits: Lists
    tests: Lists


def halves(data: Path, *, rng: np.random.Generator) -> Halves:
    """Return the half that may be fitted and the half that is measured on."""
    lists = dilemmas(data)
    half = rng.permutation(len(lists) // 2) < len(lists) // 4
    return Halves(*([one for n, one in enumerate(lists) if half[n // 2] == side] for side in (True, False)))


def read_sets(data: Path, study: Path, civics: Path) -> Sets:
    """Return all sets; the draws follow from the seed."""
    rng = np.random.default_rng(SEED)
    fits, tests = halves(data, rng=rng)
    return Sets(
        shuffled(fits, rng=rng, per_group=2),
        shuffled(tests, rng=rng, per_group=2),
        shuffled(contexts(study), rng=rng),
        shuffled(statements(civics), rng=rng),
        pulls([tests[n : n + 2] for n in range(0, len(tests), 2)]),
    )


def arguments(folder: Path, part: str) -> Labelled:
    """Return the arguments of a part (``validation``, ``test``) of Touché23-ValueEval with their value categories.

    Pairs of arguments for or against one conclusion are one group.
    """
    found = argument_rows(folder, part)
    pairs = shuffled([(row["Premise"], values) for row, values in found], rng=np.random.default_rng(SEED))
    place = {one: n for n, one in enumerate(dict.fromkeys(row["Conclusion"] for row, _ in found))}
    return pairs._replace(groups=[place[found[n][0]["Conclusion"]] for n in pairs.groups])


def argument_rows(folder: Path, part: str) -> list[tuple[dict[str, str], list[str]]]:
    """Return the rows of a part (``training`` too) of Touché23-ValueEval, each with its value categories."""
    rows = {row["Argument ID"]: row for row in rows_of(folder / f"arguments-{part}.tsv")}
    labels = [row for row in rows_of(folder / f"labels-{part}.tsv") if row["Argument ID"] in rows]
    return [(rows[row["Argument ID"]], [name for name, mark in row.items() if mark == "1"]) for row in labels]


def read_situations(folder: Path = SITUATIONS) -> list[Situation]:
    """Return the situations of our own writing, file by file; two in a row are about one matter."""
    return _situations([line for path in sorted(folder.glob("*.tsv")) for line in path.read_text("utf-8").splitlines()])


def read_taught(folder: Path = SITUATIONS) -> tuple[list[Situation], list[Situation]]:
    """Return the situations of this folder and of ``more`` that teach the reader, and those kept apart.

    ``apart.json`` names a twelfth of the pairs of lines of each file, drawn once.
    """
    taught: list[Situation] = []
    kept: list[Situation] = []
    for name, pairs in json.loads((folder / "apart.json").read_text("utf-8")).items():
        rows = _situations((folder / name).read_text("utf-8").splitlines())
        for number, one in enumerate(rows):
            (kept if number // 2 in pairs else taught).append(one)
    return taught, kept


def situation_pulls(situations: Sequence[Situation]) -> Labelled:
    """Return the values that support a situation's text and those that oppose it; one group for two in a row."""
    found = Labelled([], [], [], [])
    for number, one in enumerate(situations):
        for value, is_supported in [*((v, True) for v in one.supports), *((v, False) for v in one.opposes)]:
            _add(found, one.text, value, is_supported, number // 2)
    return found


def rules(folder: Path) -> Labelled:
    """Return the actions of MoralChoice beside what a rule protects that one action of a scenario breaks and one keeps.

    Its annotators said of each action whether it breaks each of ten rules (Scherrer and others 2023, MIT licence).
    """
    rows: list[dict[str, str]] = []
    for part in ("low", "high"):
        with (folder / f"moralchoice_{part}_ambiguity.csv").open(encoding="utf-8", newline="") as lines:
            rows += csv.DictReader(lines)
    found = Labelled([], [], [], [])
    for number, row in enumerate(rows):
        for rule, value in RULES.items():
            breaks = [row[f"a{action}_{rule}"] for action in (1, 2)]
            if sorted(breaks) == ["No", "Yes"]:
                for action, said in enumerate(breaks, start=1):
                    _add(found, f"{row['context']} {row[f'action{action}']}", value, said == "No", number)
    return found


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table whose cells are parted by tabs."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def shuffled(lists: Lists, *, rng: np.random.Generator, per_group: int = 1) -> Labelled:
    """Return every value of a list as relevant, and as many drawn from all lists as not."""
    every = [value for _, values in lists for value in values]
    found = Labelled([], [], [], [])
    for number, (situation, values) in enumerate(lists):
        others = [v for v in rng.choice(every, size=4 * len(values)).tolist() if v not in values][: len(values)]
        for value, is_relevant in [*((v, True) for v in values), *((v, False) for v in others)]:
            _add(found, situation, value, is_relevant, number // per_group)
    return found


def pulls(dilemmas_: Sequence[Lists]) -> Labelled:
    """Return the values that only one action of a dilemma has, beside both actions."""
    found = Labelled([], [], [], [])
    for number, (one, other) in enumerate(dilemmas_):
        for (situation, own), (_, others) in ((one, other), (other, one)):
            for value in own:
                if value not in others:
                    _add(found, situation, value, True, number)
            for value in others:
                if value not in own:
                    _add(found, situation, value, False, number)
    return found


def _situations(lines: Sequence[str]) -> list[Situation]:
    found = []
    for line in lines:
        text, *cells = line.split("\t")
        supports, opposes, either = (tuple(filter(None, cell.split("; "))) for cell in cells)
        found.append(Situation(text, supports, opposes, either))
    return found


def _add(found: Labelled, situation: str, value: str, is_positive: bool, group: int) -> None:
    found.situations.append(situation)
    found.values.append(value)
    found.is_positive.append(is_positive)
    found.groups.append(group)


def dilemmas(folder: Path) -> Lists:
    """Return each action of each dilemma with its values; two in a row belong together."""
    items = read_dailydilemmas(folder).items
    return [(f"{item.text} {option.text}", option.values) for item in items for option in item.options]


def contexts(folder: Path) -> Lists:
    """Return each context of the published study with the titles that were compared in it."""
    titles = {str(v["id"]): v["title"] for v in json.loads((folder / "values.json").read_text("utf-8"))}
    found: dict[str, set[str]] = {}
    with (folder / "edge_votes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ends = [titles.get(row[name], "") for name in row if name.endswith("value_id")]
            found.setdefault(row["context"], set()).update(title for title in ends if title)
    return [(context, sorted(values)) for context, values in sorted(found.items())]


def statements(path: Path) -> Lists:
    """Return the English statements of CIVICS (version 1, CC BY 4.0) with the values that its annotators gave them."""
    rows = json.loads(path.read_text("utf-8"))
    return [(r["Statement"], r["Final Label"]) for r in rows if r["Language"].startswith("English")]


def sampled(pairs: Labelled, size: int) -> Labelled:
    """Return ``size`` pairs, half of each label, as many groups as can be: the same ones every time."""
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(pairs.groups)).tolist()
    seen: dict[int, int] = {}
    turn = {}
    for n in order:  # the first pair of each group comes before the second of any
        turn[n] = seen.setdefault(pairs.groups[n] * 2 + pairs.is_positive[n], 0)
        seen[pairs.groups[n] * 2 + pairs.is_positive[n]] += 1
    order.sort(key=lambda n: turn[n])
    kept = [n for label in (True, False) for n in [m for m in order if pairs.is_positive[m] == label][: size // 2]]
    return pairs.rows(sorted(kept))


def auc(pairs: Labelled, scores: FloatArray) -> float:
    """Return the area under the curve: the chance that a positive pair scores above a negative one, 0.5 by chance."""
    return float(roc_auc_score(pairs.is_positive, scores))


def interval(pairs: Labelled, scores: FloatArray, beside: FloatArray | None = None) -> tuple[float, float]:
    """Return the 95 % interval of the area over resampled groups, or of how much it lies above that of ``beside``."""
    rng = np.random.default_rng(SEED)
    _, own = np.unique(pairs.groups, return_inverse=True)
    labels, n_groups, drawn = np.array(pairs.is_positive), int(own.max()) + 1, []
    for _ in range(N_RESAMPLES):
        weights = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)[own]
        if weights[labels].any() and weights[~labels].any():
            less = 0.0 if beside is None else roc_auc_score(labels, beside, sample_weight=weights)
            drawn.append(roc_auc_score(labels, scores, sample_weight=weights) - less)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
