"""The moral graph as flat tables: values, edges, edges by context, single votes, contexts and questions.

CSV is the form for spreadsheets: a text that a spreadsheet would run as a formula gets an apostrophe in front. Beside
it lies the same table as JSON Lines, where nothing is changed. Parquet holds the same columns with their types.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

from storage.interchange.sinks import json_lines

Cell: TypeAlias = "str | int | float | bool | list[str] | None"
Record: TypeAlias = dict[str, Cell]
Rows: TypeAlias = list[dict[str, Any]]

FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a text starts that a spreadsheet may take for a formula, full-width signs among them."""
BATCH = 2_000
"""Rows held at once."""
MAX_TEXTS_KEPT = 1_000
"""Texts that need no second look; the contexts of votes are few and come again and again."""


class Table(NamedTuple):
    """One table: its columns with their types in order, and its rows, which can be walked more than once."""

    name: str
    holds: str
    columns: Mapping[str, str]
    """Column to ``text``, ``whole``, ``number``, ``truth`` or ``texts`` (a list of texts)."""
    rows: Callable[[], Iterator[Record]]


def tables(document: Mapping[str, Any], *, votes: Callable[[], Iterator[Mapping[str, Any]]]) -> list[Table]:
    """Return the tables of an export document and of a walk over its single votes (``votes_without_identity``)."""
    return [
        Table("values", "every value that a vote names", VALUE_COLUMNS, lambda: map(_value, document["allValues"])),
        Table("edges", "every ordered pair voted on", EDGE_COLUMNS, lambda: map(_edge, document["allEdges"])),
        Table(
            "edge_contexts", "counts of each pair in each context", CONTEXT_COUNT_COLUMNS, lambda: _by_context(document)
        ),
        Table("contexts", "contexts and their questions", CONTEXT_COLUMNS, lambda: map(_context, document["contexts"])),
        Table("questions", "questions", QUESTION_COLUMNS, lambda: map(_question, document["questions"])),
        Table("votes", "single answers, without identity", VOTE_COLUMNS, lambda: map(_vote, votes())),
    ]


VALUE_COLUMNS = {
    "id": "whole", "title": "text", "gist": "text", "description": "text", "policies": "texts", "source": "text",
    "wisdom": "number", "page_rank": "number", "edge_votes": "whole", "raw_cards": "whole", "ticked": "whole",
    "shown": "whole", "created_at": "text", "updated_at": "text",
}  # fmt: skip
EDGE_COLUMNS = {
    "source_value_id": "whole", "wiser_value_id": "whole", "is_kept": "truth", "contexts": "texts", "wiser": "whole",
    "not_wiser": "whole", "unsure": "whole", "less_wise": "whole", "impressions": "whole", "people": "whole",
    "wiser_likelihood": "number", "entropy": "number", "vote_entropy": "number", "wiser_share_low": "number",
    "wiser_share_high": "number",
}  # fmt: skip
CONTEXT_COUNT_COLUMNS = {
    "source_value_id": "whole", "wiser_value_id": "whole", "context": "text", "wiser": "whole", "not_wiser": "whole",
    "unsure": "whole",
}  # fmt: skip
CONTEXT_COLUMNS = {"context": "text", "questions": "texts"}
QUESTION_COLUMNS = {"id": "text", "title": "text", "question": "text"}
VOTE_COLUMNS = {
    "person": "whole", "source_value_id": "whole", "wiser_value_id": "whole", "context": "text", "answer": "text",
}  # fmt: skip


def write_csv_and_jsonl(csv_path: Path, jsonl_path: Path, table: Table) -> int:
    """Write ``table`` for spreadsheets and unchanged, in one walk; return the number of rows.

    The CSV is UTF-8 with a mark (RFC 4180).
    """
    with csv_path.open("w", encoding="utf-8-sig", newline="") as out, json_lines(jsonl_path) as lines:
        writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        writer.writerow(list(table.columns))
        for row in table.rows():
            writer.writerow([spreadsheet_cell(row[column]) for column in table.columns])
            lines.add(row)
    return lines.n_rows


def write_parquet(path: Path, table: Table) -> int:
    """Write ``table`` as Parquet, a batch of rows at a time; return the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "truth": pa.bool_()}
    kinds["texts"] = pa.list_(pa.string())
    schema = pa.schema([(name, kinds[kind]) for name, kind in table.columns.items()])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(table.rows()):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def spreadsheet_cell(cell: Cell) -> str | int | float:
    """Return ``cell`` as a spreadsheet may have it: a text that could run as a formula starts with an apostrophe.

    >>> spreadsheet_cell("=1+1")
    "'=1+1"
    >>> spreadsheet_cell(-0.5)
    -0.5
    """
    if isinstance(cell, str):
        return _spreadsheet_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return cell
    return _spreadsheet_text(json.dumps(cell, ensure_ascii=False))


@lru_cache(maxsize=MAX_TEXTS_KEPT)
def _spreadsheet_text(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _value(value: Mapping[str, Any]) -> Record:
    return {
        "id": value["id"],
        "title": value["title"],
        "gist": value["instructionsShort"],
        "description": value["instructionsDetailed"],
        "policies": value["policies"],
        "source": value["source"],
        "wisdom": _number(value["wisdom"]),
        "page_rank": _number(value["pageRank"]),
        "edge_votes": value["edgeVotes"],
        "raw_cards": value["rawCards"],
        "ticked": value["votes"],
        "shown": value["impressions"],
        "created_at": value["createdAt"],
        "updated_at": value["updatedAt"],
    }


def _edge(edge: Mapping[str, Any]) -> Record:
    counts, interval = edge["counts"], edge["wiserShareInterval"] or (None, None)
    return {
        "source_value_id": edge["sourceValueId"],
        "wiser_value_id": edge["wiserValueId"],
        "is_kept": edge["isKept"],
        "contexts": edge["contexts"],
        "wiser": counts["markedWiser"],
        "not_wiser": counts["markedNotWiser"],
        "unsure": counts["markedUnsure"],
        "less_wise": counts["markedLessWise"],
        "impressions": counts["impressions"],
        "people": edge["people"],
        "wiser_likelihood": _number(edge["summary"]["wiserLikelihood"]),
        "entropy": _number(edge["summary"]["entropy"]),
        "vote_entropy": _number(edge["voteEntropy"]),
        "wiser_share_low": interval[0],
        "wiser_share_high": interval[1],
    }


def _by_context(document: Mapping[str, Any]) -> Iterator[Record]:
    for edge in cast("Rows", document["allEdges"]):
        for counts in edge["byContext"]:
            yield {
                "source_value_id": edge["sourceValueId"],
                "wiser_value_id": edge["wiserValueId"],
                "context": counts["context"],
                "wiser": counts["markedWiser"],
                "not_wiser": counts["markedNotWiser"],
                "unsure": counts["markedUnsure"],
            }


def _context(context: Mapping[str, Any]) -> Record:
    return {"context": context["text"], "questions": context["questions"]}


def _question(question: Mapping[str, Any]) -> Record:
    return {"id": question["id"], "title": question["title"], "question": question["question"]}


def _vote(vote: Mapping[str, Any]) -> Record:
    return {
        "person": vote["person"],
        "source_value_id": vote["sourceValueId"],
        "wiser_value_id": vote["wiserValueId"],
        "context": vote["context"],
        "answer": vote["answer"],
    }


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
