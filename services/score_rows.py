"""Pairs in a JSONL file, and their scores in a Parquet file: one row a pair, found again by its key."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from domain.errors import UserInputError
from domain.kaleido import ScoreFailure, ScoreRequest, ScoreSource, ValueScore, Vrd, kind_of
from domain.nouns import content_hash

Row = dict[str, object]
"""One row of the output, by the names of ``SCHEMA``."""
SCHEMA = pa.schema(
    [
        ("key", pa.string()), ("situation", pa.string()), ("vrd", pa.string()), ("text", pa.string()),
        ("relevance", pa.float64()), ("supports", pa.float64()), ("either", pa.float64()), ("opposes", pa.float64()),
        ("no_valence", pa.string()), ("order_gap", pa.float64()), ("is_shortened", pa.bool_()),
        ("failure", pa.string()), ("detail", pa.string()),
        ("scorer", pa.string()), ("checkpoint", pa.string()), ("revision", pa.string()),
        ("template_hash", pa.string()), ("decoder_position", pa.int64()), ("dtype", pa.string()),
        ("method", pa.string()),
    ]
)  # fmt: skip


class Pair(NamedTuple):
    """One row that can be scored."""

    key: str
    """Hash of the text and of what scores it: equal keys are equal scores."""
    request: ScoreRequest


class ReadPairs(NamedTuple):
    """What a file holds."""

    pairs: tuple[Pair, ...]
    bad: tuple[str, ...]
    """A sentence for each row that cannot be read, with its line counted from 1."""


def read_pairs(path: Path, source: ScoreSource) -> ReadPairs:
    """Read a JSONL file with ``situation``, ``vrd`` and ``text``; blank lines are left out.

    Raises:
        UserInputError: the file is not there or is no text.
    """
    pairs, bad = list[Pair](), list[str]()
    try:
        for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                pairs.append(_pair(line, source))
            except (ValueError, KeyError, TypeError) as error:
                bad.append(f"line {number}: {_reason(error)}")
    except FileNotFoundError as error:
        raise UserInputError(f"There is no file {str(path)!r}.", field="in") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserInputError(f"The file {str(path)!r} cannot be read as UTF-8 text.", field="in") from error
    return ReadPairs(tuple(pairs), tuple(bad))


def _pair(line: str, source: ScoreSource) -> Pair:
    row = json.loads(line)
    kind = kind_of(str(row["vrd"]))
    if kind is None:
        raise ValueError(f"{row['vrd']!r} is neither value, right nor duty")
    request = ScoreRequest(situation=row["situation"], vrd=Vrd(kind=kind, text=row["text"]))
    return Pair(content_hash([source.model_dump_json(), request.situation, kind.value, request.vrd.text]), request)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing; a row has situation, vrd and text"
    if isinstance(error, ValidationError):
        return "; ".join(f"{one['loc'][-1]}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors())
    return "this is no JSON object" if isinstance(error, (json.JSONDecodeError, TypeError)) else str(error)


def score_row(pair: Pair, found: ValueScore | ScoreFailure, *, scorer: str, source: ScoreSource) -> Row:
    """Return the row of a pair; ``failure`` is set exactly where it has no score."""
    request = pair.request
    row: Row = dict.fromkeys(SCHEMA.names)
    row |= {"key": pair.key, "situation": request.situation, "vrd": request.vrd.kind.value, "text": request.vrd.text}
    row |= {"scorer": scorer, **source.model_dump(mode="json")}
    if isinstance(found, ScoreFailure):
        return row | {"failure": found.reason.value, "detail": found.detail}
    valence = found.valence.model_dump() if found.valence is not None else {}
    no_valence = found.no_valence.value if found.no_valence is not None else None
    told = {"no_valence": no_valence, "order_gap": found.order_gap, "is_shortened": found.is_shortened}
    return row | {"relevance": found.relevance, **valence, **told}


def read_scores(path: Path) -> dict[str, Row]:
    """Return the rows of an output by key; empty where it is not there yet.

    Raises:
        UserInputError: the file is there and holds no scores.
    """
    if not path.exists():
        return {}
    try:
        table = pq.read_table(path)
        if not {"key", "relevance", "failure"} <= set(table.column_names):
            raise pa.ArrowInvalid("no scores")
    except (pa.ArrowException, OSError) as error:
        message = f"{path.name} is there and holds no scores. Name another file, or remove it."
        raise UserInputError(message, field="out") from error
    blank: Row = dict.fromkeys(SCHEMA.names)
    rows: Sequence[Mapping[str, object]] = table.to_pylist()
    return {str(row["key"]): blank | {name: row[name] for name in SCHEMA.names if name in row} for row in rows}


def write_scores(path: Path, rows: Sequence[Row]) -> None:
    """Write the rows beside the file and put them into its place at once: a stop never leaves half a file."""
    part = path.with_name(path.name + ".part")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), part)
    part.replace(path)
