"""Studies and graphs as files: reading them in, writing them out. Pure functions on nouns; no database here."""

from storage.interchange.export import (
    GRAPH_FORMAT,
    ExportMeta,
    export_document,
    export_meta,
    export_schema,
    validate_export,
    votes_without_identity,
    walked_document,
    with_votes,
)
from storage.interchange.files import write_json
from storage.interchange.reading import read_study
from storage.interchange.study_document import STUDY_FORMAT, study_document

__all__ = [
    "GRAPH_FORMAT",
    "STUDY_FORMAT",
    "ExportMeta",
    "export_document",
    "export_meta",
    "export_schema",
    "read_study",
    "study_document",
    "validate_export",
    "votes_without_identity",
    "walked_document",
    "with_votes",
    "write_json",
]
