"""The folder of a run: its card, its items, its answers, appended one line each as they come."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from pydantic import ValidationError

from domain.errors import DataError, UserInputError
from domain.nouns import Noun
from domain.stances import Answer, ProbeItem, RunCard

CARD = "run.json"
ANSWERS = "answers.jsonl"
ITEMS = "items.jsonl"
PRIORS = "priors.json"


class RunFolder:
    """Reads and writes one run. A line that was cut off by a crash is left out; the question is asked again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def has_run(self) -> bool:
        """Tell whether a run was begun here."""
        return (self.path / CARD).is_file()

    def card(self) -> RunCard:
        """Return the card.

        Raises:
            UserInputError: there is no run here.
            DataError: the card cannot be read.
        """
        try:
            return RunCard.model_validate_json((self.path / CARD).read_text(encoding="utf-8"))
        except OSError as error:
            raise UserInputError(f"The folder {str(self.path)!r} holds no run ({CARD} is missing).") from error
        except ValidationError as error:
            raise DataError("is not the card of a run", file=CARD) from error

    def write_card(self, card: RunCard) -> None:
        """Replace the card, all of it or nothing."""
        self.path.mkdir(parents=True, exist_ok=True)
        _replace(self.path / CARD, card.model_dump_json(indent=1) + "\n")

    def items(self) -> tuple[ProbeItem, ...]:
        """Return the items asked; empty for a recorded run of numbers alone."""
        return tuple(_lines(self.path / ITEMS, ProbeItem))

    def write_items(self, items: Iterable[ProbeItem]) -> None:
        """Replace the items."""
        self.path.mkdir(parents=True, exist_ok=True)
        _replace(self.path / ITEMS, "".join(f"{item.model_dump_json()}\n" for item in items))

    def answers(self) -> dict[str, Answer]:
        """Return the answers by key; of two lines with one key the later holds."""
        return {answer.key: answer for answer in self.lines()}

    def lines(self) -> Iterator[Answer]:
        """Yield the answers line by line, as they were appended."""
        return _lines(self.path / ANSWERS, Answer)

    def clear_answers(self) -> None:
        """Remove the answers."""
        (self.path / ANSWERS).unlink(missing_ok=True)

    def priors(self) -> dict[str, dict[str, float]]:
        """Return what the model says without content, by condition and language; empty where not measured."""
        file = self.path / PRIORS
        found: dict[str, dict[str, float]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return found

    def write_priors(self, priors: dict[str, dict[str, float]]) -> None:
        """Replace the priors."""
        _replace(self.path / PRIORS, json.dumps(priors, indent=1, ensure_ascii=False) + "\n")

    @contextmanager
    def appending(self) -> Iterator["Appender"]:
        """Open the file of answers for appending, after what a crash left of a line is closed off."""
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / ANSWERS
        is_cut = _is_cut(file)
        with file.open("a", encoding="utf-8") as stream:
            if is_cut:
                stream.write("\n")
            yield Appender(stream)


class Appender:
    """Writes answers so that a killed process loses none of them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def append(self, answer: Answer) -> None:
        """Write one answer and hand it to the operating system."""
        self._stream.write(answer.model_dump_json(exclude_defaults=True) + "\n")
        self._stream.flush()


N = TypeVar("N", bound=Noun)


def _lines(file: Path, kind: type[N]) -> Iterator[N]:
    """Yield the nouns in a file of lines; a line that cannot be read is left out, as a crash may have cut it off."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            try:
                yield kind.model_validate_json(line)
            except ValidationError:
                continue


def _replace(file: Path, text: str) -> None:
    beside = file.with_name(file.name + ".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _is_cut(file: Path) -> bool:
    if not file.is_file() or file.stat().st_size == 0:
        return False
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"
