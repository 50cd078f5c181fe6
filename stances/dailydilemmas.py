"""Reads the published DailyDilemmas files: dilemmas with the values of both actions, and the five theories of values.

Source of the data: Chiu, Jiang and Choi, DailyDilemmas (2024), CC BY 4.0. Nothing of it lies in this repository.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import DataError, UserInputError
from domain.stances import DAILYDILEMMAS, NOT_TO_DO, TO_DO, ProbeItem, ProbeOption
from stances.literals import read_literal

ACTIONS_FILE = "dilemma_to_action_to_values_aggregated.csv"
VALUES_FILE = "values.csv"
THEORIES = ("WVS", "MFT", "Virtue", "Emotion", "Maslow")
"""Columns of the file of values, in its order; one label for a value and theory, or none."""
VALUE = "value"
"""The theory in which every value is its own label."""
MAX_FIELD = 1 << 24
NEEDED = ("dilemma_idx", "dilemma_situation", "action_type", "action", "values_aggregated")
NAMELESS = {"", "nan", "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dilemmas:
    """A set of dilemmas and what their values belong to."""

    items: tuple[ProbeItem, ...]
    """Two options each, ``to_do`` before ``not_to_do``; ids as in the file, in the order of the file."""
    theories: Mapping[str, Mapping[str, str]]
    """Theory -> value -> label; a value that a theory does not place is absent there."""


def read_dailydilemmas(path: Path) -> Dilemmas:
    """Return the dilemmas of a folder that holds the two published files.

    Raises:
        UserInputError: a file is missing.
        DataError: a row breaks its schema: unknown action, a list that cannot be read, an action that is missing.
    """
    actions, values = (_existing(path, name) for name in (ACTIONS_FILE, VALUES_FILE))
    return Dilemmas(items=tuple(_items(actions)), theories=_theories(values))


def _existing(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise UserInputError(f"There is no folder {str(folder)!r}. Name the one that holds {ACTIONS_FILE}.")
    if not (folder / name).is_file():
        raise UserInputError(f"The folder {str(folder)!r} holds no {name}. Fetch the published file and put it there.")
    return folder / name


def csv_rows(path: Path, *, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with their numbers from 1.

    Raises:
        DataError: the file is no UTF-8 text, or a column is missing.
    """
    csv.field_size_limit(MAX_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"has no column {missing[0]!r}; it needs {', '.join(needed)}", file=path.name)
            for number, row in enumerate(reader, start=1):
                yield number, {key: value or "" for key, value in row.items() if isinstance(key, str)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError("cannot be read as CSV in UTF-8", file=path.name) from error
    except OSError as error:
        raise UserInputError(f"The file {str(path)!r} cannot be read.") from error


def _items(path: Path) -> Iterator[ProbeItem]:
    sides: dict[str, dict[str, dict[str, str]]] = {}
    for number, row in csv_rows(path, needed=NEEDED):
        kind, name = row["action_type"], row["dilemma_idx"].strip()
        if kind not in (TO_DO, NOT_TO_DO):
            raise DataError("is neither to_do nor not_to_do", file=path.name, row=number, column="action_type",
                            value=kind)  # fmt: skip
        if kind in sides.setdefault(name, {}):
            raise DataError("names an action of this dilemma twice", file=path.name, row=number, value=kind)
        sides[name][kind] = row | {"row": str(number)}
    for name, rows in sides.items():
        if len(rows) != len((TO_DO, NOT_TO_DO)):
            raise DataError(f"the dilemma {name!r} has one action only", file=path.name)
        yield _item(name, rows, file=path.name)


def _item(name: str, rows: Mapping[str, Mapping[str, str]], *, file: str) -> ProbeItem:
    first = rows[TO_DO]
    return ProbeItem(
        id=name,
        dataset=DAILYDILEMMAS,
        text=first["dilemma_situation"],
        options=tuple(
            ProbeOption(key=key, text=rows[key]["action"], values=_mentions(rows[key], file=file))
            for key in (TO_DO, NOT_TO_DO)
        ),
        groups={key: first[key].strip() for key in ("topic", "topic_group") if first.get(key, "").strip()},
    )


def _mentions(row: Mapping[str, str], *, file: str) -> tuple[str, ...]:
    """Return the values of an action, one entry per mention; entries that are no word are left out, as published."""
    try:
        read = read_literal(row["values_aggregated"])
    except ValueError:
        read = None
    if not isinstance(read, list):
        raise DataError("is not a list", file=file, row=int(row["row"]), column="values_aggregated",
                        value=row["values_aggregated"][:60])  # fmt: skip
    return tuple(entry for entry in read if isinstance(entry, str) and entry.strip())


def _theories(path: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {theory: {} for theory in THEORIES}
    for _, row in csv_rows(path, needed=(VALUE, *THEORIES)):
        for theory in THEORIES:
            if row[theory].strip().lower() not in NAMELESS:
                found[theory][row[VALUE]] = row[theory].strip()
    return found
