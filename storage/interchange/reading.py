"""Reading a study: the neutral folder of CSV and JSON files, the published dump's spelling, or our own export.

Identities (names, addresses, panel ids) are dropped at the door: only the columns named here are read, and the keys of
people are replaced. The columns of participants.csv become attributes, apart from those that identify.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from domain.bundles import StudyBundle
from domain.errors import DataError
from domain.nouns import clean_text
from domain.votes import Draw, EdgeAnswer
from storage.interchange.assembly import Assembly
from storage.interchange.study_document import STUDY_FAMILY, STUDY_FORMAT, read_study_document
from storage.interchange.tables import Row, json_rows, read_csv, read_json

ANSWERS = {
    "wiser": EdgeAnswer.WISER,
    "not_wiser": EdgeAnswer.NOT_WISER,
    "unsure": EdgeAnswer.NOT_SURE,
    "not_sure": EdgeAnswer.NOT_SURE,
    "upgrade": EdgeAnswer.WISER,
    "no_upgrade": EdgeAnswer.NOT_WISER,
}
"""Both spellings in use: the neutral one, and the published dump's."""
IDENTIFYING = re.compile(
    r"^(participant|id|ip|dob)$|_id$|name|mail|phone|tel|address|street|city|zip|postal|prolific|panel|user|account"
    r"|worker|session|birth|url|link|social|passport|ssn|device|comment",
    re.IGNORECASE,
)
"""Columns that may tell who somebody is; they are never read."""
VALUE_COLUMNS = ("value_id", "valuesCardId", "canonicalCardId")
VOTE_FILES = ("edge_votes.csv", "edges.csv", "edge_votes.json", "edges.json")


def read_study(path: Path, *, slug: str, clock: Callable[[], datetime], title: str | None = None) -> StudyBundle:
    """Return the study at ``path``.

    Raises:
        DataError: the files break their schema; names file, row, column and value.
    """
    if path.is_dir():
        return _read_folder(path, slug=slug, title=title or slug, now=clock())
    if not path.exists():
        raise DataError("there is no such file or folder", file=str(path))
    content = read_json(path)
    if isinstance(content, dict) and content.get("format") == STUDY_FORMAT:
        return read_study_document(content, file=path.name, slug=slug)
    if isinstance(content, dict) and str(content.get("format", "")).startswith(f"{STUDY_FAMILY}@"):
        raise DataError(
            f"this study was written by another release; this one reads {STUDY_FORMAT}",
            file=path.name,
            value=content["format"],
        )
    if isinstance(content, dict) and _is_finished_graph(content):
        raise DataError(
            "this file holds a finished graph with counts only; single votes cannot be made from counts. "
            "Import the study itself (export study), or a folder with edge_votes.csv",
            file=path.name,
        )
    if isinstance(content, dict) and "values" in content:
        return _read_dump(content, file=path.name, slug=slug, title=title or slug, now=clock())
    raise DataError(
        "this is none of the known forms: a study folder, our study export, a dump with values", file=path.name
    )


def _read_folder(folder: Path, *, slug: str, title: str, now: datetime) -> StudyBundle:
    study = Assembly(slug=slug, title=title, now=now)
    if (folder / "questions.json").exists():
        for row in _json(folder, "questions.json"):
            study.add_question(row)
    if (folder / "contexts.json").exists():
        _add_contexts(study, read_json(folder / "contexts.json"), file="contexts.json")
    study.close_contexts()
    for row in _json(folder, "values.json"):
        study.add_value(row)
    if (folder / "participants.csv").exists():
        for row in read_csv(folder / "participants.csv"):
            _add_participant(study, row)
    if (folder / "raw_cards.json").exists():
        for row in _json(folder, "raw_cards.json"):
            study.add_card(row)
    _add_draws(study, _csv_if_there(folder, "card_impressions.csv"), _csv_if_there(folder, "card_votes.csv"))
    for row in _vote_rows(folder):
        _add_vote(study, row)
    return study.bundle()


def _read_dump(content: dict[str, object], *, file: str, slug: str, title: str, now: datetime) -> StudyBundle:
    study = Assembly(slug=slug, title=title, now=now)
    for row in json_rows(content.get("questions", []), file=f"{file}: questions"):
        study.add_question(row)
    _add_contexts(study, content.get("contexts", []), file=f"{file}: contexts")
    study.close_contexts()
    for row in json_rows(content["values"], file=f"{file}: values"):
        study.add_value(row)
    for row in json_rows(content.get("cards", []), file=f"{file}: cards"):
        study.add_card(row)
    shown, ticked = (json_rows(content.get(name, []), file=f"{file}: {name}") for name in ("impressions", "votes"))
    _add_draws(study, shown, ticked)
    for row in json_rows(content.get("edges", []), file=f"{file}: edges"):
        _add_vote(study, row)
    return study.bundle()


def _vote_rows(folder: Path) -> Iterator[Row]:
    for name in VOTE_FILES:
        path = folder / name
        if path.exists():
            yield from read_csv(path) if path.suffix == ".csv" else json_rows(read_json(path), file=name)
            return
    raise DataError(f"none of {', '.join(VOTE_FILES)} is there", file=folder.name)


def _add_vote(study: Assembly, row: Row) -> None:
    answer = EdgeAnswer(row.choice(dict(ANSWERS), "answer", "relationship", "type"))
    src = study.value(row, "src_value_id", "fromId")
    wiser = study.value(row, "wiser_value_id", "toId")
    study.add_vote(row, answer=answer, src=src, wiser=wiser)


def _add_participant(study: Assembly, row: Row) -> None:
    key = row.text("participant", "userId", "id")
    if key in study.people:
        raise row.error("this participant was listed before", column="participant", value=key)
    person = study.person(key)
    known = {clean_text(c): row.text(c) for c in row.columns() if not IDENTIFYING.search(c) and row.has(c)}
    study.people[key] = person.model_copy(update={"attributes": known})


def _add_contexts(study: Assembly, content: object, *, file: str) -> None:
    """Contexts are texts, or objects that bear the text under ``text`` or, as in the published tables, ``id``."""
    if isinstance(content, list):
        content = [{"text": one} if isinstance(one, str) else one for one in content]
    for row in json_rows(content, file=file):
        study.add_context(row, row.text("text", "id"))


def _add_draws(study: Assembly, shown: Iterable[Row], ticked: Iterable[Row]) -> None:
    """Impressions shown together are one draw; the votes on them are its choices."""
    for row in shown:
        key, draw = _draw(study, row)
        value = study.value(row, *VALUE_COLUMNS)
        study.draws[key] = draw.model_copy(update={"value_ids": (*draw.value_ids, value.id)})
    for row in ticked:
        key, draw = _draw(study, row)
        value = study.value(row, *VALUE_COLUMNS)
        update: dict[str, object] = {
            "chosen_ids": (*draw.chosen_ids, value.id),
            "answered_at": row.moment("created_at", "createdAt"),
        }
        if value.id not in draw.value_ids:
            update["value_ids"] = (*draw.value_ids, value.id)
        study.draws[key] = draw.model_copy(update=update)


def _draw(study: Assembly, row: Row) -> tuple[str, Draw]:
    who, name = row.text("participant", "userId"), row.text("draw", "drawId")
    slug = row.text("question", "caseId", "questionId")
    if slug not in study.questions:
        raise row.error("there is no question with this id", column="question", value=slug)
    person = study.person(who)
    key = f"{person.id}/{name}/{slug}"
    if key not in study.draws:
        study.draws[key] = Draw(
            id=study.id_of("draw", key),
            study_id=study.study.id,
            person_id=person.id,
            question_id=study.questions[slug].id,
            value_ids=(),
            drawn_at=row.moment("created_at", "createdAt"),
        )
    return key, study.draws[key]


def _is_finished_graph(content: dict[str, object]) -> bool:
    edges = content.get("edges")
    return isinstance(edges, list) and any(isinstance(edge, dict) and "counts" in edge for edge in edges)


def _csv_if_there(folder: Path, name: str) -> Iterator[Row]:
    if (folder / name).exists():
        yield from read_csv(folder / name)


def _json(folder: Path, name: str) -> Iterator[Row]:
    return json_rows(read_json(folder / name), file=name)
