"""The Parquet file of scores: replaced as a whole, and only once what an older one held is in the store."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from domain.errors import UserInputError
from domain.kaleido import ScoreSource, Valence, ValueScore
from services.score_rows import SCHEMA, Row, kept_score, public_source
from storage.score_store import KeptScore, ScoreStore

NEEDED = frozenset({"key", "relevance", "failure"})
"""Columns that an output of any release has."""


def check_output(path: Path) -> None:
    """Return if a file can be written there, found out before hours of scoring and not after them.

    Raises:
        UserInputError: it cannot.
    """
    if path.is_dir():
        raise UserInputError(f"{str(path)!r} is a folder. Name a file, such as {str(path / 'scores.parquet')!r}.")
    part = _part(path)
    try:
        part.touch()
        part.unlink()
    except FileNotFoundError as error:
        message = f"There is no folder {str(path.parent)!r}. Make it, or name another file."
        raise UserInputError(message, field="out") from error
    except OSError as error:
        message = f"No file can be made in {str(path.parent)!r}: {error.strerror}. Name another file."
        raise UserInputError(message, field="out") from error


def keep_output(path: Path, store: ScoreStore) -> None:
    """Put the scores of an output into the store, such as one that was made on another machine.

    What the store holds already stays, but for a score without a valence where the output's has one.

    Raises:
        UserInputError: the file is there and holds no scores.
    """
    rows = read_scores(path)
    known = store.read(rows)
    news = (row for key, row in rows.items() if key not in known or (known[key].no_valence and _has_valence(row)))
    for source, kept in _by_source(news).items():
        store.put(source, kept)


def read_scores(path: Path) -> dict[str, Row]:
    """Return the rows of an output by key; empty where it is not there yet.

    Raises:
        UserInputError: the file is there and holds no scores.
    """
    if not path.exists():
        return {}
    try:
        table = pq.read_table(path)
        if not set(table.column_names) >= NEEDED:
            raise pa.ArrowInvalid("no scores")
        columns = [table[one.name].cast(one.type) if one.name in table.column_names else pa.nulls(len(table), one.type)
                   for one in SCHEMA]  # fmt: skip
    except (pa.ArrowException, OSError) as error:
        message = f"{path.name} is there and holds no scores. Name another file, or remove it."
        raise UserInputError(message, field="out") from error
    rows: Sequence[Row] = pa.table(columns, schema=SCHEMA).to_pylist()
    return {str(row["key"]): row for row in rows}


def write_scores(path: Path, rows: Sequence[Row]) -> None:
    """Write the rows beside the file and put them into its place at once: a stop never leaves half a file.

    Raises:
        UserInputError: the file cannot be written.
    """
    part = _part(path)
    try:
        pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), part)
        part.replace(path)
    except OSError as error:
        message = (
            f"{str(path)!r} cannot be written: {error.strerror or error}. All scores are kept: make room or name "
            "another file, and give the same command again."
        )
        raise UserInputError(message, field="out") from error
    finally:
        part.unlink(missing_ok=True)


def _by_source(rows: Iterable[Row]) -> dict[ScoreSource, dict[str, KeptScore]]:
    found: dict[ScoreSource, dict[str, KeptScore]] = {}
    for row in rows:
        score = _score(row)
        if score is not None:
            found.setdefault(public_source(score.source), {})[str(row["key"])] = kept_score(score)
    return found


def _score(row: Row) -> ValueScore | None:
    """Return the score in a row; ``None`` for a failure, and for what no scorer can have said."""
    said = {name: row[name] for name in ("relevance", "no_valence", "order_gap")}
    said |= {
        "scorer": str(row["scorer"]),
        "valence": {name: row[name] for name in Valence.model_fields} if _has_valence(row) else None,
        "is_shortened": bool(row["is_shortened"]),
        "source": {name: row[name] for name in ScoreSource.model_fields if row[name] is not None},
    }
    try:
        return None if row["failure"] else ValueScore.model_validate(said)
    except ValidationError:
        return None


def _has_valence(row: Row) -> bool:
    return row["no_valence"] is None


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.part")
