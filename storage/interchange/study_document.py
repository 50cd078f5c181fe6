"""A whole study as one JSON file that is read back to the same study."""

import json
import uuid

from pydantic import ValidationError

from domain.bundles import StudyBundle
from domain.errors import DataError
from storage.interchange.assembly import NAMESPACE

STUDY_FORMAT = "moral-graph-explorer/study@1"


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
    if slug == bundle.study.slug:
        return bundle
    return _under_another_name(bundle, slug=slug)


def _under_another_name(bundle: StudyBundle, *, slug: str) -> StudyBundle:
    """Return the study with fresh ids, so that it can live beside the one it was exported from."""
    study = bundle.study
    ids: list[str] = [study.id, *(n.id for n in bundle.questions), *(n.id for n in bundle.contexts)]
    ids += [*(n.id for n in bundle.participants), *(n.id for n in bundle.values), *(n.id for n in bundle.cards)]
    ids += [*(n.id for n in bundle.placements), *(n.id for n in bundle.draws), *(n.id for n in bundle.hypotheses)]
    ids += [n.id for n in bundle.votes]
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
