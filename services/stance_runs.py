"""The runs that were recorded: folders with a card, answers and, where texts may be kept, the items asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from domain.errors import DataError, NotFoundError
from domain.nouns import Noun
from domain.stance_reports import StanceReport
from domain.stances import Answer, ProbeItem, RunCard
from services.stance_items import find_items

CARD_FILE = "run.json"
ANSWERS_FILE = "answers.jsonl"
ITEMS_FILE = "items.jsonl"
THEORIES_FILE = "theories.json"
"""Theory -> value -> label; what the values of the items belong to."""
REPORT_FILE = "report.json"
"""Of a run of numbers alone: what it came to, made where the texts were."""
RUN_NAME = re.compile(r"[\w.-]{1,120}")
PACKAGED = Path(__file__).parents[1] / "assets" / "runs"
Theories = Mapping[str, Mapping[str, str]]
N = TypeVar("N", bound=Noun)


class RunEntry(NamedTuple):
    """One run in the list."""

    name: str
    """Name of its folder; names it everywhere."""
    card: RunCard
    has_items: bool
    is_packaged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMaterial:
    """A run as it was read."""

    name: str
    card: RunCard
    answers: tuple[Answer, ...]
    """The last one of each key, in the order in which the keys first came."""
    items: tuple[ProbeItem, ...]
    """Empty where numbers alone were kept."""
    theories: Theories
    report: StanceReport | None
    """What was made of it elsewhere; ``None`` where the items are here."""


class RunShelf:
    """Reads runs; the person's own come before those that ship."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> tuple[RunEntry, ...]:
        """Return the runs that can be read, newest first; a folder whose card is spoiled is left out."""
        found: dict[str, RunEntry] = {}
        for root in (self.folder, PACKAGED):
            for card_file in sorted(root.glob(f"*/{CARD_FILE}")):
                card = _card(card_file)
                if card is not None:
                    name = card_file.parent.name
                    has_items = (card_file.parent / ITEMS_FILE).is_file()
                    found.setdefault(name, RunEntry(name, card, has_items, root == PACKAGED))
        return tuple(sorted(found.values(), key=lambda entry: (entry.card.started_at, entry.name), reverse=True))

    def place(self, name: str) -> Path:
        """Return the folder of a run; NotFoundError where there is none."""
        for root in (self.folder, PACKAGED):
            if RUN_NAME.fullmatch(name) and (root / name / CARD_FILE).is_file():
                return root / name
        raise NotFoundError(f"There is no run {name!r}. The page Runs lists those there are.")

    def stamp(self, name: str) -> tuple[int, int]:
        """Return a number pair that changes when answers were added."""
        file = self.place(name) / ANSWERS_FILE
        return (file.stat().st_size, file.stat().st_mtime_ns) if file.is_file() else (0, 0)

    def read(self, name: str) -> RunMaterial:
        """Return a run of the shelf; one of numbers alone with its items, where those lie on this machine."""
        read = read_run(self.place(name))
        if read.items:
            return read
        found = find_items(read.card, read.answers, data_dir=self.folder.parent)
        return replace(read, items=found.items, theories=found.theories or read.theories)


def read_run(folder: Path) -> RunMaterial:
    """Return the run that lies in ``folder``.

    Raises:
        NotFoundError: there is no card in it.
        DataError: the card, an answer or an item breaks its schema. A last line that was cut off is left out.
    """
    if not (folder / CARD_FILE).is_file():
        raise NotFoundError(f"The folder {str(folder)!r} holds no {CARD_FILE}, so it is no run.")
    card = _card(folder / CARD_FILE)
    if card is None:
        raise DataError("is no card of a run", file=CARD_FILE)
    answers = {answer.key: answer for answer in _lines(folder / ANSWERS_FILE, Answer)}
    return RunMaterial(
        name=folder.name,
        card=card,
        answers=tuple(answers.values()),
        items=tuple(_lines(folder / ITEMS_FILE, ProbeItem)),
        theories=read_theories(folder / THEORIES_FILE),
        report=_report(folder / REPORT_FILE),
    )


def read_theories(file: Path) -> Theories:
    """Return theory -> value -> label; {} without such a file."""
    if not file.is_file():
        return {}
    try:
        return TypeAdapter(dict[str, dict[str, str]]).validate_json(file.read_bytes())
    except ValidationError as error:
        raise DataError("is no table of theories", file=file.name) from error


def write_theories(folder: Path, theories: Theories) -> None:
    """Put what the values belong to beside a run's items."""
    shape = {theory: dict(labels) for theory, labels in theories.items()}
    (folder / THEORIES_FILE).write_text(json.dumps(shape, ensure_ascii=False, indent=0), encoding="utf-8")


def _card(file: Path) -> RunCard | None:
    try:
        return RunCard.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _report(file: Path) -> StanceReport | None:
    if not file.is_file():
        return None
    try:
        return StanceReport.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise DataError("is no report of a run", file=file.name) from error


def _lines(file: Path, noun: type[N]) -> list[N]:
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(noun.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines):  # no line break behind it: the writer was stopped in its middle
                break
            raise DataError("cannot be read", file=file.name, row=number, value=line[:60]) from error
    return found
