"""Recorded choices over a data set of dilemmas: what each value and dimension comes to, without any model."""

from pathlib import Path
from typing import Literal

import numpy as np

from domain.errors import UserInputError
from domain.stances import DAILYDILEMMAS, NOT_TO_DO, TO_DO
from services.published_sets import published_dilemmas
from stances.battles import count_wins, list_battles
from stances.choices import leaning_of, read_choices
from stances.dailydilemmas import Dilemmas
from stances.mentions import VALUE, RealArray, count_mentions
from stances.preference import preference, tally

Replayed = dict[str, dict[str, dict[str, float] | list[float]]]
"""Theory -> label -> preference, selected and neglected; under ``battles`` "a|b" -> wins of a and of b."""
BATTLES = "battles"
Constant = Literal["to_do", "not_to_do"]


def replay_file(*, dataset: str, data: Path, choices: Path | None, always: str | None) -> Replayed:
    """Return what recorded choices, or a constant policy, come to.

    Raises:
        UserInputError: the data set is not one of dilemmas, a file is missing, or not one of the two is given.
        DataError: a file breaks its schema.
    """
    if dataset != DAILYDILEMMAS:
        raise UserInputError(f"{dataset!r} has no actions to replay. Write --dataset {DAILYDILEMMAS}.")
    if (choices is None) == (always is None):
        raise UserInputError(f"Name a file of choices with --choices, or a policy with --always {TO_DO}; one of both.")
    dilemmas = published_dilemmas(data)
    names = [item.id for item in dilemmas.items]
    if choices is not None:
        return replay(dilemmas, leaning_of(names, read_choices(choices, items=names)))
    return replay(dilemmas, np.full(len(names), 1.0 if always != NOT_TO_DO else 0.0))


def replay(dilemmas: Dilemmas, leaning: RealArray) -> Replayed:
    """Return the preference of every label mentioned in the answered dilemmas, and the battles of values."""
    mentions = count_mentions(dilemmas.items, dilemmas.theories)
    counts = tally(mentions, leaning)
    found: Replayed = {theory: {} for theory in (VALUE, *dilemmas.theories)}
    rows = zip(mentions.labels, preference(counts), counts.selected, counts.neglected, strict=True)
    for label, preferred, selected, neglected in rows:
        if selected + neglected > 0:
            found[label.theory][label.name] = {
                "preference": float(preferred), "selected": _count(selected), "neglected": _count(neglected)
            }  # fmt: skip
    wins = count_wins(list_battles(dilemmas.items, leaning))
    found[BATTLES] = {f"{a}|{b}": [_count(won.first), _count(won.second)] for (a, b), won in wins.items()}
    return found


def _count(number: float) -> float:
    """Return whole counts as whole numbers: choices recorded as an action have no halves."""
    return int(number) if float(number).is_integer() else float(number)
