"""A whole study as one JSON file that is read back to the same study."""

import json
import uuid
from collections.abc import Collection, Iterator, Sequence

from pydantic import ValidationError

from domain.bundles import StudyBundle
from domain.cards import ValueMerge
from domain.errors import DataError
from domain.ids import ValueId
from storage.interchange.assembly import NAMESPACE

STUDY_FAMILY = "moral-graph-explorer/study"
STUDY_FORMAT = f"{STUDY_FAMILY}@1"

NAMED_BY = {
    "questions": ("question_id", "question_ids"),
    "contexts": ("context_id",),
    "participants": ("person_id",),
    "values": ("value_id", "value_ids", "chosen_ids", "src_id", "wiser_id", "into_id"),
    "cards": ("card_id",),
    "placements": (),
    "draws": (),
    "hypotheses": ("hypothesis_id",),
    "votes": (),
    "merges": (),
}
"""Parts of a bundle whose things bear ids, and the fields of other things that name them."""
UNIQUE = (
    *((name, ("id",)) for name in NAMED_BY),
    ("questions", ("slug",)),
    ("participants", ("alias",)),
    ("values", ("number",)),
    ("votes", ("person_id", "src_id", "wiser_id", "context_id")),
)
"""What the database holds once only."""


def study_document(bundle: StudyBundle) -> dict[str, object]:
    """Return ``bundle`` as a JSON-ready document. It holds what people wrote: handle it as their data."""
    return {"format": STUDY_FORMAT, "study": bundle.model_dump(mode="json")}


def read_study_document(document: dict[str, object], *, file: str, slug: str) -> StudyBundle:
    """Return the study in ``document`` under the name ``slug``.

    Raises:
        DataError: the document breaks its schema; names the place in it.
    """
    try:
        bundle = StudyBundle.model_validate_json(json.dumps(document.get("study")))
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise DataError(f"{place}: {first['msg']}", file=file, value=first.get("input")) from error
    _check_references(bundle, file=file)
    _check_merges(bundle.merges, file=file)
    if slug == bundle.study.slug:
        return bundle
    return _under_another_name(bundle, slug=slug)


def _check_references(bundle: StudyBundle, *, file: str) -> None:
    """Raise DataError for an id that is used twice or leads nowhere, named by its place in the document."""
    known: dict[str, frozenset[object]] = {"study_id": frozenset({bundle.study.id})}
    for name, fields in NAMED_BY.items():
        known |= dict.fromkeys(fields, frozenset(thing.id for thing in getattr(bundle, name)))
    for name, place, field, key in _mentions(bundle, fields=known.keys()):
        if key is not None and key not in known[field]:
            raise DataError(f"{name}/{place}/{field}: nothing in the file has this id", file=file, value=key)
    for name, fields in UNIQUE:
        seen: set[tuple[object, ...]] = set()
        for place, thing in enumerate(getattr(bundle, name)):
            key = tuple(getattr(thing, field) for field in fields)
            if key in seen:
                raise DataError(f"{name}/{place}/{'+'.join(fields)}: this is there twice", file=file, value=key)
            seen.add(key)


def _mentions(bundle: StudyBundle, *, fields: Collection[str]) -> Iterator[tuple[str, int, str, object]]:
    """Yield every id in one of ``fields`` with the part of the bundle, the place in it and the field."""
    for name in (*NAMED_BY, "consents"):
        for place, thing in enumerate(getattr(bundle, name)):
            for field in type(thing).model_fields:
                if field in fields:
                    found = getattr(thing, field)
                    for key in found if isinstance(found, tuple) else (found,):
                        yield name, place, field, key


def _check_merges(merges: Sequence[ValueMerge], *, file: str) -> None:
    """Raise DataError where standing merges lead in a circle, or one value to two others."""
    into: dict[ValueId, ValueId] = {}
    for place, merge in enumerate(merges):
        if merge.undone_at is not None:
            continue
        if merge.value_id in into:
            raise DataError(f"merges/{place}: this value is merged already", file=file, value=merge.value_id)
        into[merge.value_id] = merge.into_id
        end = merge.into_id
        while end in into and end != merge.value_id:
            end = into[end]
        if end == merge.value_id:
            raise DataError(f"merges/{place}: merges lead in a circle", file=file, value=merge.value_id)


def _under_another_name(bundle: StudyBundle, *, slug: str) -> StudyBundle:
    """Return the study with fresh ids, so that it can live beside the one it was exported from."""
    study = bundle.study
    ids: list[str] = [study.id, *(n.id for n in bundle.questions), *(n.id for n in bundle.contexts)]
    ids += [*(n.id for n in bundle.participants), *(n.id for n in bundle.values), *(n.id for n in bundle.cards)]
    ids += [*(n.id for n in bundle.placements), *(n.id for n in bundle.draws), *(n.id for n in bundle.hypotheses)]
    ids += [*(n.id for n in bundle.votes), *(n.id for n in bundle.merges)]
    fresh = {key: uuid.uuid5(NAMESPACE, f"{slug}/{key}").hex for key in ids}
    moved = _replace_ids(bundle.model_dump(mode="json"), fresh)
    renamed = StudyBundle.model_validate_json(json.dumps(moved))
    return renamed.model_copy(update={"study": renamed.study.model_copy(update={"slug": slug})})


def _replace_ids(content: object, fresh: dict[str, str]) -> object:
    """Return ``content`` with every id in a field of ids replaced; words are left alone, whatever they spell."""
    if isinstance(content, list):
        return [_replace_ids(item, fresh) for item in content]
    if not isinstance(content, dict):
        return content
    replaced: dict[str, object] = {}
    for name, value in content.items():
        if name == "id" or name.endswith(("_id", "_ids", "borrowed_from")):
            keys = value if isinstance(value, list) else [value]
            new = [fresh.get(key, key) for key in keys]
            replaced[name] = new if isinstance(value, list) else new[0]
        else:
            replaced[name] = _replace_ids(value, fresh)
    return replaced
