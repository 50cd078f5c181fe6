"""Scores of values on actions, kept on the disk: one file a scorer, appended as scored, no text in it."""

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from domain.errors import DataError
from domain.kaleido import ScoreSource, Vrd
from domain.nouns import content_hash

NAME_CHARS = 16


class Cell(NamedTuple):
    """One pair to score: a value of the graph on one action of a dilemma."""

    item_id: str
    option: str
    number: int
    """Of the value."""
    key: str
    """``situation hash|value hash``."""
    situation: str
    vrd: Vrd


class KeptScore(NamedTuple):
    """One pair."""

    pull: float | None
    """Relevance * (supports - opposes), -1..1; ``None`` where the scorer gave no valence."""
    is_shortened: bool


class KeptScores(NamedTuple):
    """All that one scorer said."""

    source: ScoreSource | None
    """``None`` before its first score."""
    by_key: dict[str, KeptScore]


NONE_KEPT = KeptScores(None, {})


def text_hash(text: str) -> str:
    """Return a short name of a text, from which the text cannot be read."""
    return hashlib.sha256(text.encode()).hexdigest()[:NAME_CHARS]


class ValenceShelf:
    """Keeps scores; a scorer whose checkpoint changed starts anew.

    Args:
        folder: is made with the first score.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], KeptScores]] = {}

    def read(self, scorer: str) -> KeptScores:
        """Return what is kept of a scorer, by ``situation hash|value hash``; a spoiled line is left out.

        Raises:
            DataError: the first line, which says where the scores come from, was spoiled.
        """
        file = self._file(scorer)
        if not file.is_file():
            return NONE_KEPT
        stat = file.stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
        with self._lock:
            held = self._read.get(scorer)
            if held is None or held[0] != stamp:
                held = self._read[scorer] = (stamp, _parsed(file))
            return held[1]

    def begin(self, scorer: str, source: ScoreSource) -> None:
        """Make ready to append scores of ``source``; those of another source are dropped."""
        if self.read(scorer).source == source:
            self._end_line(scorer)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(scorer).write_text(source.model_dump_json() + "\n", encoding="utf-8")

    def append(self, scorer: str, rows: Iterable[tuple[str, KeptScore]]) -> None:
        """Add scores by key."""
        lines = [json.dumps([key, one.pull, one.is_shortened]) for key, one in rows]
        with self._file(scorer).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def _end_line(self, scorer: str) -> None:
        """End a line that a crash cut off, so that the next one stands alone."""
        if not self._file(scorer).read_bytes().endswith(b"\n"):
            with self._file(scorer).open("a", encoding="utf-8") as file:
                file.write("\n")

    def _file(self, scorer: str) -> Path:
        return self._folder / f"{content_hash(scorer)[:NAME_CHARS]}.jsonl"


def _parsed(file: Path) -> KeptScores:
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    try:
        source = ScoreSource.model_validate_json(first)
    except ValidationError as error:
        raise DataError("holds no scores; delete it to score anew", file=file.name) from error
    found = {}
    for line in lines:
        try:
            key, pull, is_shortened = json.loads(line)
        except (ValueError, TypeError):  # cut off by a crash: scored again
            continue
        found[str(key)] = KeptScore(pull, bool(is_shortened))
    return KeptScores(source, found)
