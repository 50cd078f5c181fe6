"""What the Kaleidoscope shows, as files: each row with where it comes from and what made its score."""

import csv
import io
import json
from collections.abc import Sequence

from domain.kaleido import CandidateRules, ScorerInfo
from kaleido.candidates import Candidates
from services.shown_values import ShownValue
from storage.interchange.flat_tables import spreadsheet_cell


def table_row(one: ShownValue) -> dict[str, str | float | bool | None]:
    """Return kind, value, origin and figures; a missing valence leaves its three columns empty."""
    shares = one.score.valence
    return {
        "origin": one.origin,
        "kind": one.vrd.kind.value,
        "value": one.vrd.text,
        "relevance": one.score.relevance,
        "supports": None if shares is None else shares.supports,
        "either": None if shares is None else shares.either,
        "opposes": None if shares is None else shares.opposes,
        "is_shortened": one.score.is_shortened,
    }


def shown_csv(situation: str, shown: Sequence[ShownValue]) -> str:
    """Return a table for spreadsheets, one value a row, with the source of its score."""
    rows = [
        {"situation": situation, **table_row(one), "scorer": one.score.scorer, **one.score.source.model_dump()}
        for one in shown
    ]
    written = io.StringIO()
    if rows:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({name: spreadsheet_cell(cell) for name, cell in row.items()} for row in rows)
    return written.getvalue()


def shown_json(
    situation: str,
    shown: Sequence[ShownValue],
    info: ScorerInfo,
    *,
    rules: CandidateRules | None = None,
    chosen: Candidates | None = None,
) -> str:
    """Return all that is shown as one document; what was cut is in it with its reason and the rules."""
    document: dict[str, object] = {
        "situation": situation,
        "scorer": info.model_dump(mode="json"),
        "source": shown[0].score.source.model_dump(mode="json") if shown else None,
        "values": [
            {"origin": one.origin, "vrd": one.vrd.model_dump(mode="json"), **one.score.model_dump(mode="json")}
            for one in shown
        ],
    }
    if rules is not None and chosen is not None:
        document["rules"] = rules.model_dump(mode="json")
        document["cut"] = [
            {
                "vrd": cut.vrd.model_dump(mode="json"),
                "relevance": cut.score.relevance,
                "reason": cut.reason.value,
                "like": None if cut.kept is None else cut.kept.model_dump(mode="json"),
                "likeness": cut.likeness,
            }
            for cut in chosen.cut
        ]
    return json.dumps(document, ensure_ascii=False, indent=1)
