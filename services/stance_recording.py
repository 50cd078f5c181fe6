"""Keeps recorded choices as a run, so that the pages show them like any other."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from domain.errors import UserInputError
from domain.nouns import content_hash
from domain.provenance import Provenance
from domain.stances import (
    DAILYDILEMMAS,
    Answer,
    AnswerClass,
    AnswerMethod,
    Condition,
    OptionOrder,
    RunCard,
)
from services.stance_runs import ANSWERS_FILE, CARD_FILE, ITEMS_FILE, write_theories
from stances.dailydilemmas import Dilemmas

TEMPLATE = "recorded"


class Recorder(NamedTuple):
    """What stands on the card of a recorded run."""

    model: str
    code_version: str
    now: datetime


def keep_choices(folder: Path, dilemmas: Dilemmas, choices: Mapping[str, str], *, by: Recorder) -> RunCard:
    """Write a run of recorded choices, one order each, and return its card.

    Raises:
        UserInputError: the folder holds a run already.
    """
    if (folder / CARD_FILE).exists():
        raise UserInputError(f"The folder {str(folder)!r} holds a run already. Name another.")
    folder.mkdir(parents=True, exist_ok=True)
    condition = Condition(template=TEMPLATE)
    answers = [_answer(name, choice, condition, by=by) for name, choice in choices.items()]
    card = RunCard(
        id=folder.name,
        dataset=DAILYDILEMMAS,
        dataset_hash=content_hash([item.model_dump(mode="json") for item in dilemmas.items]),
        model=by.model,
        method=AnswerMethod.RECORDED,
        conditions=(condition,),
        seed=0,
        n_items=len(dilemmas.items),
        n_answers_wanted=len(answers),
        classes={AnswerClass.CHOICE: len(answers)},
        started_at=by.now,
        finished_at=by.now,
        code_version=by.code_version,
    )
    _write_lines(folder / ITEMS_FILE, [item.model_dump_json() for item in dilemmas.items])
    _write_lines(folder / ANSWERS_FILE, [answer.model_dump_json() for answer in answers])
    write_theories(folder, dilemmas.theories)
    (folder / CARD_FILE).write_text(card.model_dump_json(indent=1), encoding="utf-8")
    return card


def _answer(name: str, choice: str, condition: Condition, *, by: Recorder) -> Answer:
    return Answer(
        item_id=name,
        condition=condition.key,
        family=condition.family,
        order=OptionOrder.GIVEN,
        kind=AnswerClass.CHOICE,
        probabilities={choice: 1.0},
        classes={AnswerClass.CHOICE: 1.0},
        method=AnswerMethod.RECORDED,
        provenance=Provenance(backend=by.model, code_version=by.code_version, made_at=by.now),
    )


def _write_lines(file: Path, lines: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
