"""Texts that no training file may hold: items of runs and data sets whose source asks that nobody trains on them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from domain.errors import MoralGraphError
from domain.stances import CIVICS
from services.stance_items import PUBLISHED
from services.stance_runs import ITEMS_FILE
from services.training_material import Material, on_values
from stances.civics import read_civics

MARK = '"is_trainable":false'
"""As the writer of items spells it."""


def untrainable_texts(data_dir: Path) -> frozenset[str]:
    """Return the texts, one form each for upper and lower case and blanks; also translations."""
    return frozenset(_plain(text) for text in _texts(data_dir) if text.strip())


def without_untrainable(material: Material, read: Callable[[], frozenset[str]]) -> Material:
    """Return the material without questions, contexts and values that repeat such a text."""
    texts = read()
    if not texts:
        return material

    @cache
    def is_free(*said: str) -> bool:
        plain = _plain(" ".join(said))
        return not any(text in plain for text in texts)

    values = {key: value for key, value in material.values.items() if is_free(value.title, *value.policies)}
    is_context_free = np.array([is_free(context) for context in material.votes.keys.contexts], dtype=np.bool_)
    votes = on_values(material.votes.where(is_context_free[material.votes.context]), values)
    questions = {c: [q for q in known if is_free(q)] for c, known in material.questions.items() if is_free(c)}
    n_left_out = _n_questions(material.questions) - _n_questions(questions) + len(material.votes) - len(votes)
    return material._replace(values=values, votes=votes, questions=questions, n_untrainable=n_left_out)


def _n_questions(questions: Mapping[str, Iterable[str]]) -> int:
    return sum(len(list(known)) for known in questions.values())


def _texts(data_dir: Path) -> Iterator[str]:
    for file in sorted((data_dir / "runs").glob(f"*/{ITEMS_FILE}")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                if MARK in line:
                    yield from _words(line)
    folder = data_dir / PUBLISHED / CIVICS
    if folder.is_dir():
        try:
            items = read_civics(folder)
        except MoralGraphError:  # spoiled files: a run over them holds what it asked
            return
        for item in items:
            yield from (item.text, item.translation)


def _words(line: str) -> Iterator[str]:
    try:
        item = json.loads(line)
    except ValueError:  # a line cut off by a crash
        return
    yield from (str(item.get(name) or "") for name in ("text", "translation"))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
