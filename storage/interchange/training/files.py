"""The files of a training export, opened as rows come: one for each use, level and side, and one sidecar for all."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from domain.exports import ExportFormat, FileRecord, Side
from storage.interchange.sinks import JsonLines, encoded, json_lines, row_id
from storage.interchange.training.rows import Example, Row

SIDECAR = "provenance.jsonl"
ENDS = ("sourceValueId", "wiserValueId")
HOLDS = {
    ExportFormat.SFT: "prompt and completion, for SFTTrainer",
    ExportFormat.DPO: "prompt, chosen and rejected, for DPOTrainer",
    ExportFormat.KTO: "prompt, completion and label, for KTOTrainer",
    ExportFormat.REWARD: "chosen and rejected with the prompt inside, for RewardTrainer",
    ExportFormat.PROMPTS: "prompts alone, for trainers that let the model answer",
    ExportFormat.SOFT: "counts of wiser, not wiser and unsure by context and group",
    ExportFormat.PLURALISM: "pairs on which groups split",
}


class Kind(NamedTuple):
    """What tells one training file from another."""

    use: ExportFormat
    level: str
    """``value``, ``answer``, or empty for soft and pluralism."""
    side: Side


class Opened(NamedTuple):
    """One file that is being written."""

    lines: JsonLines
    name: bytes
    """Of the file, as JSON."""
    about: bytes
    """What the sidecar says of each of its rows alike, as members of a JSON object."""


class TrainingFiles:
    """Training files that are being written. Memory does not grow with the rows.

    Args:
        folder: where they go.
        name: where the rows of each kind go, below the folder.
        sidecar: name of the file that tells what stands behind each row.
        canary: that of the study.
        cards: number of a value to what made its words; told of each row that bears the numbers of its two values.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: Callable[[Kind], str],
        sidecar: str,
        canary: str,
        cards: Mapping[int, Mapping[str, str]],
    ) -> None:
        self._folder = folder
        self._name = name
        self._sidecar_name = sidecar
        self._canary = canary
        self._stack = ExitStack()
        self._open: dict[Kind, Opened] = {}
        self._cards = {number: b'"%d":%s' % (number, encoded(made)) for number, made in cards.items()}
        self._told: Row | None = None
        self._told_line = b""
        self.labels = {True: 0, False: 0}
        """Rows of kto by label: a trainer may want to weigh them."""

    def __enter__(self) -> Self:
        self._sidecar = self._stack.enter_context(json_lines(self._folder / self._sidecar_name))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, example: Example, side: Side) -> None:
        """Write one row, and what is known of it to the sidecar."""
        use, line, known, label = example
        opened = self._opened(Kind(use, str(known.get("level", "")), side))
        number = opened.lines.add_line(line)
        if label is not None:
            self.labels[label] += 1
        told = (row_id(line).encode(), opened.name, number, opened.about, self._members(known))
        self._sidecar.add_line(b'{"row_id":"%s","file":%s,"line":%d%s%s}' % told)

    def records(self) -> list[FileRecord]:
        """Return the files with their hashes; call it after the last row."""
        made = [opened.lines.record(self._name(kind), HOLDS[kind.use]) for kind, opened in self._open.items()]
        about = "what stands behind each row, by row_id: the first 32 characters of the SHA-256 of its line"
        return [*made, self._sidecar.record(self._sidecar_name, about)]

    def count(self, kind: Kind) -> int:
        """Return the rows of one file so far."""
        return self._open[kind].lines.n_rows if kind in self._open else 0

    def _opened(self, kind: Kind) -> Opened:
        if kind not in self._open:
            name = self._name(kind)
            about = {"use": kind.use.value, "side": kind.side.value, "consentScope": "training", "canary": self._canary}
            self._open[kind] = Opened(
                lines=self._stack.enter_context(json_lines(self._folder / name)),
                name=json.dumps(name, ensure_ascii=False).encode(),
                about=_members(about),
            )
        return self._open[kind]

    def _members(self, known: Row) -> bytes:
        """Return what is known of a row and of its cards; rows of one pair share it, one after the other."""
        if known is not self._told:
            numbers = (known[name] for name in ENDS if name in known)
            cards = b",".join(self._cards[number] for number in numbers if isinstance(number, int))
            self._told, self._told_line = known, _members(known) + (b',"cards":{%s}' % cards if cards else b"")
        return self._told_line


def _members(row: Mapping[str, object]) -> bytes:
    """Return the members of a JSON object, each behind a comma."""
    return b"," + encoded(row)[1:-1] if row else b""


def name_in_folder(kind: Kind) -> str:
    """Return the path of a training file below its folder, such as ``values/dpo.train.jsonl``."""
    level = f"{kind.level}s/" if kind.level else ""
    return f"{level}{kind.use.value}.{kind.side.value}.jsonl"


def sidecar_beside(file: str) -> str:
    """Return the name of the sidecar where the training rows of one use are to lie in ``file``."""
    stem, dot, suffix = file.rpartition(".")
    return f"{stem}.{SIDECAR.partition('.')[0]}{dot}{suffix}"


def name_beside(file: str) -> Callable[[Kind], str]:
    """Return the naming where the training rows of one use are to lie in ``file`` itself, the others beside it."""
    stem, dot, suffix = file.rpartition(".")

    def name(kind: Kind) -> str:
        level = ".answers" if kind.level == "answer" and kind.use is not ExportFormat.PROMPTS else ""
        level = ".scenarios" if kind.level == "answer" and kind.use is ExportFormat.PROMPTS else level
        side = "" if kind.side is Side.TRAIN else f".{kind.side.value}"
        return f"{stem}{level}{side}{dot}{suffix}"

    return name
