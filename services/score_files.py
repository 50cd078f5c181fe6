"""What the Kaleidoscope shows, as files: each row with where it comes from and what made its score."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.kaleido import CandidateRules, ScorerInfo, ValueScore
from domain.value_readings import ActionComparison
from kaleido.candidates import Candidates
from kaleido.readings import pull
from services.part_names import public_checkpoint, public_scorer_name
from services.shown_values import ShownValue
from storage.interchange.flat_tables import Cell, spreadsheet_cell


class ActionValues(NamedTuple):
    """One of two actions with the values beside it."""

    action: str
    shown: Sequence[ShownValue]


def table_row(one: ShownValue) -> dict[str, Cell]:
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
    return _csv([_row(situation, one) for one in shown])


def actions_csv(actions: Sequence[ActionValues]) -> str:
    """Return the rows of ``shown_csv`` for each action, with how its values pull: relevance x (supports - opposes)."""
    return _csv([{**_row(action, one), "pull": pull(one.score)} for action, shown in actions for one in shown])


def shown_json(
    situation: str,
    shown: Sequence[ShownValue],
    info: ScorerInfo,
    *,
    rules: CandidateRules | None = None,
    chosen: Candidates | None = None,
) -> str:
    """Return all that is shown as one document; what was cut is in it with its reason and the rules."""
    document = _document(situation, shown, info)
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


def actions_json(actions: Sequence[ActionValues], info: ScorerInfo, compared: ActionComparison) -> str:
    """Return the document of ``shown_json`` for each action, and how they compare."""
    documents = [_document(action, shown, info) for action, shown in actions]
    comparison = compared.model_dump(mode="json")
    return json.dumps({"actions": documents, "comparison": comparison}, ensure_ascii=False, indent=1)


def _document(situation: str, shown: Sequence[ShownValue], info: ScorerInfo) -> dict[str, object]:
    return {
        "situation": situation,
        "scorer": info.model_dump(mode="json") | {"name": public_scorer_name(info.name)},
        "source": _source(shown[0].score) if shown else None,
        "values": [
            {"origin": one.origin, "vrd": one.vrd.model_dump(mode="json"), **_score(one.score)} for one in shown
        ],
    }


def _row(situation: str, one: ShownValue) -> dict[str, Cell]:
    names = {"scorer": public_scorer_name(one.score.scorer), **_source(one.score)}
    return {"situation": situation, **table_row(one), **names}


def _csv(rows: Sequence[Mapping[str, Cell]]) -> str:
    written = io.StringIO()
    if rows:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({name: spreadsheet_cell(cell) for name, cell in row.items()} for row in rows)
    return written.getvalue()


def _score(score: ValueScore) -> dict[str, object]:
    names = {"scorer": public_scorer_name(score.scorer), "source": _source(score)}
    return score.model_dump(mode="json") | names


def _source(score: ValueScore) -> dict[str, str | int | None]:
    """Files leave the machine: they name models, and not where these lie or run."""
    found: dict[str, str | int | None] = score.source.model_dump(mode="json")
    return found | {"checkpoint": public_checkpoint(score.source.checkpoint)}
