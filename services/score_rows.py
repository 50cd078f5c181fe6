"""Pairs in a JSONL file and the rows that their scores make: one row a pair, found again by its key.

Rows leave the machine: they name models, and neither where these lie or run nor a password.
"""

import codecs
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from pydantic import ValidationError

from domain.errors import UserInputError
from domain.kaleido import NoValence, ScoreFailure, ScoreRequest, ScoreSource, ValueScore, Vrd, kind_of
from domain.nouns import content_hash
from services.part_names import public_checkpoint, public_scorer_name
from storage.score_store import KeptScore

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
ADDRESS = re.compile(r"(https?://)(?:[^/\s]*@)?([^\s?#]*)\S*")
"""A web address: what may hold a password or a key stands before the machine's name or after a question mark."""


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
        UserInputError: the file is not there or cannot be read.
    """
    pairs, bad = list[Pair](), list[str]()
    identity = source.model_copy(update={"checkpoint": without_password(source.checkpoint)}).model_dump_json()
    for number, line in enumerate(_content(path).removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        try:
            text = line.decode()
            if text.strip():
                pairs.append(_pair(text, identity))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            bad.append(f"line {number}: {_reason(error)}")
    return ReadPairs(tuple(pairs), tuple(bad))


def without_password(text: str) -> str:
    """Return a text whose web addresses hold neither user nor password nor what stands after a question mark.

    >>> without_password("small@http://me:pass@10.0.0.5:8000/v1?key=1")
    'small@http://10.0.0.5:8000/v1'
    """
    return ADDRESS.sub(r"\1\2", text)


def public_source(source: ScoreSource) -> ScoreSource:
    """Return what made a score as everybody may read it."""
    return source.model_copy(update={"checkpoint": public_checkpoint(source.checkpoint)})


def score_row(pair: Pair, found: ValueScore | ScoreFailure, *, scorer: str, source: ScoreSource) -> Row:
    """Return the row of a pair; ``failure`` is set exactly where it has no score."""
    if isinstance(found, ScoreFailure):
        told: Row = {"failure": found.reason.value, "detail": without_password(found.detail)}
        return _row(pair, scorer=scorer, source=source) | told
    return kept_row(pair, kept_score(found), scorer=scorer, source=source)


def kept_row(pair: Pair, kept: KeptScore, *, scorer: str, source: ScoreSource) -> Row:
    """Return the row of a pair whose score was kept: the one that it had when it was scored."""
    return _row(pair, scorer=scorer, source=source) | kept._asdict()


def kept_score(score: ValueScore) -> KeptScore:
    """Return what is kept of a score."""
    valence = score.valence
    return KeptScore(
        relevance=score.relevance,
        supports=valence.supports if valence else None,
        either=valence.either if valence else None,
        opposes=valence.opposes if valence else None,
        no_valence=score.no_valence.value if score.no_valence is not None else None,
        order_gap=score.order_gap,
        is_shortened=score.is_shortened,
    )


def kept_of(rows: Iterable[Row]) -> dict[str, KeptScore]:
    """Return what is kept of rows, by key; nothing is kept of failures, which are asked again."""
    return {
        str(row["key"]): KeptScore._make(row[name] for name in KeptScore._fields) for row in rows if not row["failure"]
    }


def is_final(kept: KeptScore, *, min_relevance: float) -> bool:
    """Tell whether a run with this cut (0: none) takes a score as it is.

    A valence that failed is asked again, and so is one that was left out below another cut than this one.
    """
    match kept.no_valence:
        case NoValence.FAILED:
            return False
        case NoValence.BELOW_CUT:
            return kept.relevance < min_relevance
        case _:
            return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserInputError(f"There is no file {str(path)!r}.", field="in") from error
    except OSError as error:
        raise UserInputError(f"The file {str(path)!r} cannot be read: {error.strerror}.", field="in") from error


def _pair(line: str, identity: str) -> Pair:
    row = json.loads(line)
    kind = kind_of(str(row["vrd"]))
    if kind is None:
        raise ValueError(f"{row['vrd']!r} is neither value, right nor duty")
    request = ScoreRequest(situation=row["situation"], vrd=Vrd(kind=kind, text=row["text"]))
    return Pair(content_hash([identity, request.situation, kind.value, request.vrd.text]), request)


def _reason(error: Exception) -> str:
    match error:
        case KeyError():
            return f"{error.args[0]!r} is missing; a row has situation, vrd and text"
        case ValidationError():
            return "; ".join(f"{one['loc'][-1]}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors())
        case UnicodeDecodeError():
            return f"this is no UTF-8 text, from byte {error.start + 1} of the line on"
        case RecursionError():
            return "this is nested too deeply"
        case json.JSONDecodeError() | TypeError():
            return "this is no JSON object"
        case _:
            return str(error)


def _row(pair: Pair, *, scorer: str, source: ScoreSource) -> Row:
    request = pair.request
    row: Row = dict.fromkeys(SCHEMA.names)
    row |= {"key": pair.key, "situation": request.situation, "vrd": request.vrd.kind.value, "text": request.vrd.text}
    return row | {"scorer": public_scorer_name(scorer), **public_source(source).model_dump(mode="json")}
