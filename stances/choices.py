"""From answers to one leaning for each dilemma; also choices that someone recorded in a CSV file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from domain.errors import DataError
from domain.stances import NOT_TO_DO, TO_DO, Answer, AnswerClass, OptionOrder
from stances.dailydilemmas import csv_rows
from stances.mentions import RealArray

Reading = Literal["choices", "probabilities", "consistent"]
"""``choices``: the likelier action of each order, averaged. ``probabilities``: averaged as they are. ``consistent``:
only dilemmas whose choice is the same in both orders."""
ACTIONS = {TO_DO: 1.0, NOT_TO_DO: 0.0}


def leanings(items: Sequence[str], answers: Iterable[Answer], *, reading: Reading = "choices") -> RealArray:
    """Return the leaning of each item, shape (items,), 0..1; NaN where no answer is a choice.

    Each order counts the same, however many answers it has, so a model that always takes the first option comes to 0.5.
    An item that was answered in one order only keeps that answer: the order agreement says how far that can be trusted.
    """
    sides = {name: _by_order(some, reading=reading) for name, some in _by_item(answers).items()}
    found = [_one(sides.get(name, []), reading=reading) for name in items]
    return np.array(found, dtype=np.float64)


def withheld(items: Sequence[str], answers: Iterable[Answer]) -> RealArray:
    """Return 1 where an item got only refusals or hedges, 0 otherwise, shape (items,)."""
    declined = {AnswerClass.REFUSAL, AnswerClass.HEDGE}
    kinds = {name: {answer.kind for answer in some} for name, some in _by_item(answers).items()}
    return np.array([float(bool(kinds.get(name)) and kinds[name] <= declined) for name in items])


def read_choices(path: Path, *, items: Sequence[str]) -> dict[str, str]:
    """Return the recorded choices of a CSV file with the columns ``dilemma_idx`` and ``choice``.

    Raises:
        UserInputError: the file cannot be read.
        DataError: a column is missing, a choice is no action, a dilemma is unknown or stands twice, or none is there.
    """
    known, found = set(items), dict[str, str]()
    for number, row in csv_rows(path, needed=("dilemma_idx", "choice")):
        name, choice = row["dilemma_idx"].strip(), row["choice"].strip()
        if choice not in ACTIONS:
            raise DataError(f"is neither {TO_DO} nor {NOT_TO_DO}", file=path.name, row=number, column="choice",
                            value=choice)  # fmt: skip
        if name not in known:
            raise DataError("is no dilemma of this data set", file=path.name, row=number, column="dilemma_idx",
                            value=name)  # fmt: skip
        if name in found:
            raise DataError("stands here twice", file=path.name, row=number, column="dilemma_idx", value=name)
        found[name] = choice
    if not found:
        raise DataError("holds no choice", file=path.name)
    return found


def leaning_of(items: Sequence[str], choices: Mapping[str, str]) -> RealArray:
    """Return the leaning of each item from recorded choices, shape (items,); NaN where there is none."""
    return np.array([ACTIONS[choices[name]] if name in choices else np.nan for name in items])


def class_counts(answers: Iterable[Answer]) -> dict[AnswerClass, int]:
    """Return how many answers fall into each class; every class is named, also with 0."""
    counts = Counter(answer.kind for answer in answers)
    return {kind: counts[kind] for kind in AnswerClass}


def _by_item(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.item_id, []).append(answer)
    return found


def _by_order(answers: Sequence[Answer], *, reading: Reading) -> list[float]:
    """Return the mean leaning within each order that has a choice, ``given`` before ``swapped``."""
    sides = []
    for order in OptionOrder:
        read = [_read(answer, reading=reading) for answer in answers if answer.order is order]
        kept = [one for one in read if one is not None]
        if kept:
            sides.append(sum(kept) / len(kept))
    return sides


def _read(answer: Answer, *, reading: Reading) -> float | None:
    if not answer.probabilities or answer.kind is not AnswerClass.CHOICE:
        return None
    if reading == "probabilities":
        return answer.probabilities.get(TO_DO, 0.0)
    return 0.5 if answer.choice is None else ACTIONS.get(answer.choice)


def _one(sides: Sequence[float], *, reading: Reading) -> float:
    if not sides:
        return float("nan")
    if reading == "consistent" and (len(sides) < len(OptionOrder) or len(set(sides)) > 1 or sides[0] not in (0.0, 1.0)):
        return float("nan")
    return sum(sides) / len(sides)
