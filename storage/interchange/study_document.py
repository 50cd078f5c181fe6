"""A whole study as one JSON file that is read back to the same study."""

import json

from pydantic import ValidationError

from domain.bundles import StudyBundle
from domain.errors import DataError

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
    study = bundle.study.model_copy(update={"slug": slug})
    return bundle.model_copy(update={"study": study})
