"""What an export says of itself: files with their hashes, counts, filters, cut-off, versions, and what is not there."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from domain.exports import Absence, ExportOrder, FileRecord

MANIFEST_FORMAT = "moral-graph-explorer/export@1"


def manifest(
    order: ExportOrder,
    *,
    meta: Mapping[str, Any],
    files: Sequence[FileRecord],
    absent: Sequence[Absence],
    training: Mapping[str, object] | None,
) -> dict[str, object]:
    """Return the manifest of an export.

    Args:
        order: what was asked for.
        meta: ``meta`` of the export document that the files were made from.
        files: every file but the manifest itself.
        absent: what is not there, with reasons.
        training: what the training files say of themselves; ``None`` where there are none.
    """
    made: dict[str, object] = {
        "format": MANIFEST_FORMAT,
        "exported": order.format.value,
        "study": meta["study"],
        "madeAt": meta["madeAt"],
        "codeVersion": meta["codeVersion"],
        "data": meta["data"],
        "cutOff": meta["filters"]["until"],
        "filters": meta["filters"],
        "thresholds": meta["thresholds"],
        "counts": meta["counts"],
        "promptHashes": meta["promptHashes"],
        "conventions": meta["conventions"],
        "files": [record.model_dump() for record in sorted(files, key=lambda record: record.path)],
        "absent": [absence.model_dump() for absence in absent],
    }
    return made if training is None else {**made, "training": dict(training)}


def write_manifest(path: Path, made: Mapping[str, object]) -> None:
    """Write a manifest."""
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
