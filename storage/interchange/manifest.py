"""What an export says of itself: files with their hashes, counts, filters, cut-off, versions, and what is not there.

In a folder it is `manifest.json`; beside a file it bears the file's whole name, so that two files have one each.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from domain.exports import Absence, ExportOrder, FileRecord
from storage.interchange.sinks import MANIFEST

MANIFEST_FAMILY = "moral-graph-explorer/export"
MANIFEST_FORMAT = f"{MANIFEST_FAMILY}@1"


class GraphSize(NamedTuple):
    """How large the graph of the graph files is."""

    n_nodes: int
    n_edges: int


def manifest(
    order: ExportOrder,
    *,
    meta: Mapping[str, Any],
    files: Sequence[FileRecord],
    absent: Sequence[Absence],
    training: Mapping[str, object] | None,
    graph: GraphSize | None = None,
) -> dict[str, object]:
    """Return the manifest of an export.

    Args:
        order: what was asked for.
        meta: ``meta`` of the export document that the files were made from.
        files: every file but the manifest itself.
        absent: what is not there, with reasons.
        training: what the training files say of themselves; ``None`` where there are none.
        graph: size of the graph in the graph files; ``None`` where there are none.
    """
    made: dict[str, object] = {
        "format": MANIFEST_FORMAT,
        "exported": order.format.value,
        "study": meta["study"],
        "madeAt": meta["madeAt"],
        "codeVersion": meta["codeVersion"],
        "graphFormat": meta["format"],
        "schema": meta["schema"],
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
    if graph is not None:
        made["graph"] = {"nodes": graph.n_nodes, "edges": graph.n_edges}
    return made if training is None else {**made, "training": dict(training)}


def manifest_name(file: str) -> str:
    """Return the name of the manifest beside a file, such as ``graph.gexf.manifest.json``."""
    return f"{file}.{MANIFEST}"


def left_by_earlier(out: Path, *, kept: Collection[str]) -> list[Path]:
    """Return the files beside ``out`` that an earlier export to ``out`` wrote and that are not among ``kept``.

    Only what its manifest names, and no file that has a manifest of its own. Earlier releases called the manifest of
    ``graph.gexf`` ``graph.manifest.json``; it is found, too, and is one of the files.

    Args:
        out: the file that was asked for.
        kept: names of the files that are written now.
    """
    left = [
        out.with_name(name)
        for found, names in _manifests_of(out).items()
        for name in (*names, found.name)
        if name not in kept
    ]
    return [path for path in dict.fromkeys(left) if path.is_file() and not _manifests_of(path)]


def _manifests_of(out: Path) -> dict[Path, list[str]]:
    """Return the manifests beside a file that are its own, in either spelling, with the files that each names."""
    places = (out.with_name(manifest_name(out.name)), out.with_name(f"{out.stem}.{MANIFEST}"))
    return {path: names for path in places if out.name in (names := _names_in(path))}


def _names_in(path: Path) -> list[str]:
    """Return the files that a manifest names in its own folder; none where it is no manifest of ours."""
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(made, dict) or not str(made.get("format", "")).startswith(f"{MANIFEST_FAMILY}@"):
        return []
    files = made.get("files")
    named = [file.get("path") for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return [name for name in named if isinstance(name, str) and Path(name).name == name]


def write_manifest(path: Path, made: Mapping[str, object]) -> None:
    """Write a manifest."""
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
