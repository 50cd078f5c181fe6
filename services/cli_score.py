"""`moralgraph score`: scores of many pairs from a JSONL file to a Parquet file, going on where it stopped."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from domain.errors import DataError, UserInputError
from domain.kaleido import ScoreFailure, ScoreRequest, ScoreSource, ValueScore, Vrd, kind_of
from domain.nouns import content_hash
from domain.protocols import ValueScorer
from services.container import Services

AT_ONCE = 512
SCHEMA = pa.schema(
    [
        ("key", pa.string()), ("situation", pa.string()), ("vrd", pa.string()), ("text", pa.string()),
        ("relevance", pa.float64()), ("supports", pa.float64()), ("either", pa.float64()), ("opposes", pa.float64()),
        ("no_valence", pa.string()), ("is_shortened", pa.bool_()), ("failure", pa.string()), ("detail", pa.string()),
        ("scorer", pa.string()), ("checkpoint", pa.string()), ("revision", pa.string()),
        ("template_hash", pa.string()), ("decoder_position", pa.int64()), ("dtype", pa.string()),
    ]
)  # fmt: skip


class Pair(NamedTuple):
    """One row that can be scored."""

    key: str
    """Hash of the text and of what scores it: equal keys are equal scores."""
    request: ScoreRequest


def add_score(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    score = commands.add_parser("score", help="how relevant values are in situations, and which way they pull")
    score.add_argument("--scorer", default="", metavar="NAME", help="as in MORALGRAPH_SCORER; the setting if not given")
    score.add_argument("--in", dest="source", type=Path, required=True, help="JSONL: situation, vrd, text")
    score.add_argument("--out", type=Path, required=True, help="Parquet")
    score.add_argument("--skip-bad", action="store_true", help="leave bad rows out instead of stopping at the first")
    score.add_argument("--json", action="store_true", help="print the counts as JSON")
    score.set_defaults(command=score_file)


def score_file(services: Services, arguments: argparse.Namespace) -> int:
    """Score a file; rows that the output holds already are not asked again."""
    name = arguments.scorer or services.settings.scorer
    scorer = services.kaleido.scorer_for(name)
    source = scorer.source()
    bad: list[str] = []
    pairs = list(_pairs(arguments.source, source, bad if arguments.skip_bad else None))
    rows = {key: row for key, row in _kept(arguments.out).items() if not row["failure"]}
    missing = list({pair.key: pair for pair in pairs if pair.key not in rows}.values())
    began, n_failed = time.monotonic(), 0
    try:
        for start in range(0, len(missing), AT_ONCE):
            part = missing[start : start + AT_ONCE]
            found = [_row(pair, one, scorer, source) for pair, one in zip(part, _scores(scorer, part), strict=True)]
            n_failed += sum(bool(row["failure"]) for row in found)
            rows |= {str(row["key"]): row for row in found}
            _write(arguments.out, [rows[pair.key] for pair in pairs if pair.key in rows])
            _tell(start + len(part), len(missing), time.monotonic() - began)
    except KeyboardInterrupt:
        print("Stopped. What was scored is kept; the same command goes on there.", file=sys.stderr)
        return 130
    if not missing:
        _write(arguments.out, [rows[pair.key] for pair in pairs])
    counts = {"rows": len(pairs), "scored_now": len(missing) - n_failed, "failed": n_failed, "bad_rows": len(bad)}
    print(json.dumps(counts) if arguments.json else "\n".join([f"{k}: {v}" for k, v in counts.items()] + bad))
    return 1 if n_failed else 0


def _scores(scorer: ValueScorer, pairs: Sequence[Pair]) -> list[ValueScore | ScoreFailure]:
    return scorer.score([pair.request for pair in pairs])


def _pairs(path: Path, source: ScoreSource, bad: list[str] | None) -> Iterator[Pair]:
    """Yield the rows; a bad one stops the command, or is named in ``bad``."""
    if not path.is_file():
        raise UserInputError(f"There is no file {str(path)!r}.", field="in")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield _pair(line, source)
            except (ValueError, KeyError, TypeError) as error:
                reason = f"line {number}: {_reason(error)}"
                if bad is None:
                    raise DataError(_reason(error), file=path.name, row=number) from error
                bad.append(reason)


def _pair(line: str, source: ScoreSource) -> Pair:
    row = json.loads(line)
    kind = kind_of(str(row["vrd"]))
    if kind is None:
        raise ValueError(f"{row['vrd']!r} is neither value, right nor duty")
    request = ScoreRequest(situation=row["situation"], vrd=Vrd(kind=kind, text=row["text"]))
    key = content_hash([source.model_dump_json(), request.situation, kind.value, request.vrd.text])
    return Pair(key, request)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing; a row has situation, vrd and text"
    if isinstance(error, ValidationError):
        return "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
    return "this is no JSON object" if isinstance(error, (json.JSONDecodeError, TypeError)) else str(error)


def _row(pair: Pair, found: ValueScore | ScoreFailure, scorer: ValueScorer, source: ScoreSource) -> dict[str, object]:
    request = pair.request
    row: dict[str, object] = dict.fromkeys(SCHEMA.names)
    row |= {"key": pair.key, "situation": request.situation, "vrd": request.vrd.kind.value, "text": request.vrd.text}
    row |= {"scorer": scorer.name, **source.model_dump()}
    if isinstance(found, ScoreFailure):
        return row | {"failure": found.reason.value, "detail": found.detail}
    valence = found.valence.model_dump() if found.valence is not None else {}
    no_valence = found.no_valence.value if found.no_valence is not None else None
    return row | {"relevance": found.relevance, **valence, "no_valence": no_valence, "is_shortened": found.is_shortened}


def _kept(path: Path) -> dict[str, dict[str, object]]:
    if not path.exists():
        return {}
    try:
        rows = pq.read_table(path, schema=SCHEMA).to_pylist()
    except (pa.ArrowException, OSError) as error:
        message = f"{path.name} is there and holds no scores. Name another file, or remove it."
        raise UserInputError(message, field="out") from error
    return {row["key"]: row for row in rows}


def _write(path: Path, rows: Sequence[dict[str, object]]) -> None:
    part = path.with_name(path.name + ".part")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), part)
    part.replace(path)


def _tell(done: int, every: int, spent: float) -> None:
    left = spent / done * (every - done) if done else 0
    print(f"{done:,} of {every:,} pairs, {left:.0f} s left", file=sys.stderr)
