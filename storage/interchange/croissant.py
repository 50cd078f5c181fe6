"""The Croissant 1.1 description of a bundle, with the responsible-AI fields, as JSON-LD.

Source: Croissant Format Specification 1.1 (29 January 2026) and Croissant RAI Specification 1.0, MLCommons.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.exports import FileRecord
from storage.interchange.dataset_card import LICENCE, USES_TO_AVOID, WITHDRAWAL
from storage.interchange.flat_tables import Table

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        word: f"cr:{word}"
        for word in (
            "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
            "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
            "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
            "separator", "source", "subField", "transform",
        )
    },
}  # fmt: skip
ENCODINGS = {
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "csv": "text/csv",
    "parquet": "application/x-parquet",
    "graphml": "application/xml",
    "gexf": "application/xml",
}
TYPES = {"text": "sc:Text", "texts": "sc:Text", "whole": "sc:Integer", "number": "sc:Float", "truth": "sc:Boolean"}


def croissant(
    document: Mapping[str, Any],
    files: Sequence[FileRecord],
    tables: Sequence[Table],
    *,
    training: Mapping[str, Any],
    language: str,
) -> dict[str, object]:
    """Return the description: every file with its hash, every Parquet table with its columns.

    ``language`` is that of the study's texts. ``license`` is not there: it takes an address or identifier, and a study
    has none; the description says so.
    """
    meta = document["meta"]
    paths = {record.path for record in files}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": meta["study"]["slug"],
        "description": f"Moral graph of the study {meta['study']['title']}: values that people hold, and which of two "
        f"values people found wiser in which context. {LICENCE}",
        "version": f"1.0.{meta['data']['events']}",
        "datePublished": meta["madeAt"][:10],
        "url": f"urn:moral-graph-explorer:study:{meta['study']['slug']}",
        "creator": {"@type": "sc:Organization", "name": "The owner of the study", "url": "urn:moral-graph-explorer"},
        "citeAs": f"{meta['study']['title']}, moral graph, data {meta['data']['events']}, made {meta['madeAt']}.",
        "inLanguage": language,
        **_responsible(document, training),
        "distribution": [_file(record) for record in files],
        "recordSet": [_record_set(table) for table in tables if f"parquet/{table.name}.parquet" in paths],
    }


def _file(record: FileRecord) -> dict[str, object]:
    suffix = record.path.rpartition(".")[2]
    return {
        "@type": "cr:FileObject",
        "@id": record.path,
        "name": record.path,
        "description": record.holds,
        "contentUrl": record.path,
        "contentSize": f"{record.bytes} B",
        "encodingFormat": ENCODINGS.get(suffix, "text/plain"),
        "sha256": record.sha256,
    }


def _record_set(table: Table) -> dict[str, object]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.holds,
        "field": [_field(table.name, column, kind) for column, kind in table.columns.items()],
    }


def _field(table: str, column: str, kind: str) -> dict[str, object]:
    field: dict[str, object] = {
        "@type": "cr:Field",
        "@id": f"{table}/{column}",
        "name": column,
        "dataType": TYPES[kind],
        "source": {"fileObject": {"@id": f"parquet/{table}.parquet"}, "extract": {"column": column}},
    }
    return {**field, "isArray": True, "arrayShape": "-1"} if kind == "texts" else field


def _responsible(document: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, object]:
    meta = document["meta"]
    counts, sources = meta["counts"], ", ".join(meta["filters"]["sources"])
    n_pairs = len(document["allEdges"])
    per_pair = f"{counts['edgeVotes'] / n_pairs:.1f} answers on a pair on average" if n_pairs else "no pair voted on"
    answers = training.get("answers") or {}
    told: dict[str, object] = {
        **RESPONSIBLE,
        "dataAnnotationPlatform": f"Moral Graph Explorer {meta['codeVersion']}",
        "annotationsPerItem": per_pair,
        "annotatorDemographics": f"{counts['people']} people; sources: {sources}. {GROUPS}",
        "machineAnnotationTools": answers.get("model") or "none",
        "dataLimitations": " ".join(USES_TO_AVOID),
        "dataReleaseMaintenancePlan": WITHDRAWAL,
    }
    return {f"rai:{name}": text for name, text in told.items()}


GROUPS = "Attributes are those that people gave and agreed to; never shown for fewer than five people."
RESPONSIBLE: dict[str, object] = {
    "dataCollection": (
        "People wrote a card of what they attend to when they choose well, and compared values of others, in a study "
        "that asked them questions about a matter."
    ),
    "dataCollectionType": ["Surveys", "Direct measurement"],
    "dataCollectionMissingData": "Missing is empty, never zero. Pairs that nobody was asked about are not there.",
    "dataPreprocessingProtocol": (
        "Cards that mean the same are gathered under one value by links that can be undone. A person's second answer "
        "on a pair in a context replaces the first. Votes on a value whose author erased it are left out."
    ),
    "dataAnnotationProtocol": (
        "One story at a time tells how somebody went from one value to another; the person answers wiser, not wiser or "
        "not sure, with a reason if they like. Sides are drawn at random."
    ),
    "dataAnnotationAnalysis": (
        "Counts, likelihood, entropy and the Wilson 95 % interval stand with each pair. Disagreement is kept: single "
        "answers and counts by group are part of the data."
    ),
    "dataUseCases": (
        "Study of values and of agreement about them; training and evaluation with the files under training, for which "
        "people gave their consent."
    ),
    "dataBiases": (
        "The people are those who came to this study. Who was asked which pair is not even: pairs that are little "
        "voted or undecided are asked sooner."
    ),
    "dataSocialImpact": (
        "A ranking of values can be read as a verdict. It says what these people found wiser, in these contexts, with "
        "these counts."
    ),
    "personalSensitiveInformation": (
        "No names, addresses or times of single answers. Cards are people's own words about what matters to them; "
        "handle them with care."
    ),
}
"""Responsible-AI fields that are the same for every study."""
