"""CSV and JSON files read row by row; every complaint names file, row, column and value."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import DataError
from domain.nouns import clean_text

BOM_SAFE = "utf-8-sig"
MAX_CELL = 1_000_000
WHOLE = re.compile(r"-?[0-9]{1,18}")


class Row:
    """One data row with its place in the file; reading a cell checks it."""

    def __init__(self, file: str, number: int, cells: Mapping[str, object]) -> None:
        self._file = file
        self._number = number
        self._cells = cells

    def text(self, *columns: str, default: str | None = None) -> str:
        """Return the first of ``columns`` that is there, as text; DataError when none is and there is no default."""
        for column in columns:
            value = self._cells.get(column)
            if isinstance(value, (list, dict)):
                raise self.error("this must be one text or number", column=column, value=value)
            if value is not None and (text := clean_text(str(value))) != "":
                return text
        if default is not None:
            return default
        raise self.error("this column is needed and empty or missing", column=columns[0])

    def whole(self, *columns: str) -> int:
        """Return a whole number."""
        value = self.text(*columns)
        if not WHOLE.fullmatch(value):
            raise self.error("this must be a whole number", column=columns[0], value=value)
        return int(value)

    def moment(self, *columns: str) -> datetime:
        """Return a point in time; one without a zone is read as UTC."""
        value = self.text(*columns)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise self.error(
                "this must be a time such as 2023-10-09T10:57:20Z", column=columns[0], value=value
            ) from error
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

    def choice(self, known: Mapping[str, str], *columns: str) -> str:
        """Return what one of the known words stands for."""
        value = self.text(*columns)
        if value not in known:
            words = ", ".join(sorted(known))
            raise self.error(f"this must be one of: {words}", column=columns[0], value=value)
        return known[value]

    def lines(self, *columns: str) -> tuple[str, ...]:
        """Return a list of texts."""
        for column in columns:
            value = self._cells.get(column)
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                return tuple(clean_text(item) for item in value)
        raise self.error("this must be a list of texts", column=columns[0], value=self._cells.get(columns[0]))

    def has(self, column: str) -> bool:
        """Tell whether a cell is there and not empty."""
        value = self._cells.get(column)
        return value is not None and str(value) != ""

    def columns(self) -> tuple[str, ...]:
        """Return the names of the cells."""
        return tuple(self._cells)

    def error(self, message: str, *, column: str | None = None, value: object = None) -> DataError:
        """Return the complaint about this row."""
        return DataError(message, file=self._file, row=self._number, column=column, value=value)


def read_csv(path: Path) -> Iterator[Row]:
    """Yield the data rows of a CSV file with a header; BOM, CRLF and quoted line breaks are fine."""
    csv.field_size_limit(MAX_CELL)
    try:
        with path.open(encoding=BOM_SAFE, newline="") as lines:
            reader = csv.DictReader(lines, restkey="(surplus)")
            if reader.fieldnames is None:
                raise DataError("the file is empty", file=path.name)
            if twice := sorted({name for name in reader.fieldnames if reader.fieldnames.count(name) > 1}):
                raise DataError("the header names this column twice", file=path.name, column=twice[0])
            for number, cells in enumerate(reader, 1):
                if "(surplus)" in cells or None in cells.values():
                    raise DataError("this row has more or fewer cells than the header", file=path.name, row=number)
                yield Row(path.name, number, cells)
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8 text", file=path.name) from error
    except csv.Error as error:
        raise DataError(f"the file is not CSV: {error}", file=path.name) from error


def read_json(path: Path) -> object:
    """Return the content of a JSON file."""
    try:
        return json.loads(path.read_text(encoding=BOM_SAFE))
    except FileNotFoundError as error:
        raise DataError("the file is missing", file=path.name) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"the file is not JSON: {error}", file=path.name) from error


def json_rows(content: object, *, file: str) -> Iterator[Row]:
    """Yield the objects of a JSON list."""
    if not isinstance(content, list):
        raise DataError("this must be a list of objects", file=file)
    for number, cells in enumerate(content, 1):
        if not isinstance(cells, dict):
            raise DataError("this must be an object", file=file, row=number, value=cells)
        yield Row(file, number, cells)
