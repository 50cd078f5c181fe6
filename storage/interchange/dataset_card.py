"""The dataset card of a bundle: what it holds, how it was made, who agreed to what, and what it is not good for.

Every number comes from the same document and manifest as the files, so card and files cannot differ.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from domain.exports import TRAINING_USES, Absence, FileRecord
from storage.interchange.training.files import SIDECAR

SIZES = {"n<1K": 10**3, "1K<n<10K": 10**4, "10K<n<100K": 10**5, "100K<n<1M": 10**6, "1M<n<10M": 10**7}
"""The hub's words for numbers of rows, and the number that each stays below."""
LARGEST = "10M<n<100M"

USES_TO_AVOID = (
    "Do not read a missing edge as a tie: most pairs were never compared.",
    "Do not treat value-level rows as proof of how people judge answers: they compare values.",
    "Do not try to find out who voted; numbers of people are drawn afresh for each export.",
    "Do not use files outside `training` to train models: what people agreed to there may be taking part alone.",
)
WITHDRAWAL = (
    "A person may erase what they gave at any time with their receipt code. Later exports of the study leave it out; "
    "compare `data.hash` in the manifest, and replace older copies."
)

LICENCE = "The study's owner says under which licence these files may be passed on. Until they do, none is given."


def dataset_card(
    document: Mapping[str, Any],
    files: Sequence[FileRecord],
    absent: Sequence[Absence],
    *,
    training: Mapping[str, Any],
    language: str,
) -> str:
    """Return the card as Markdown with the header that dataset hubs read; ``language`` is that of the study's texts."""
    meta = document["meta"]
    counts, filters = meta["counts"], meta["filters"]
    lines = [
        "---",
        *_header(meta, files, language),
        "---",
        "",
        f"# {meta['study']['title']}",
        "",
        "A moral graph: values that people hold, and which of two values people found wiser in which context.",
        "",
        "## What it holds",
        "",
        f"{counts['edgeVotes']} answers of {counts['people']} people on {len(document['allEdges'])} ordered pairs of "
        f"{len(document['allValues'])} values; {len(document['edges'])} pairs pass the thresholds and are the graph.",
        "",
        "| File | Rows | Holds |",
        "|---|---|---|",
        *(f"| `{f.path}` | {'' if f.rows is None else f.rows} | {f.holds} |" for f in files),
        "",
        "## What is not there",
        "",
        *([f"- {a.what}: {a.why}" for a in absent] or ["Nothing that was asked for is missing."]),
        "",
        "## How it was made",
        "",
        *_made(meta),
        "",
        "## Consent",
        "",
        *_consent(filters, training),
        "",
        "## Limits",
        "",
        *(f"- {line}" for line in _limits(document)),
        "",
        "## Uses to avoid",
        "",
        *(f"- {line}" for line in USES_TO_AVOID),
        "",
        "## Withdrawal and versions",
        "",
        WITHDRAWAL,
        "",
        f"Data version: {meta['data']['events']} events, hash `{meta['data']['hash']}`. Made {meta['madeAt']} by "
        f"release {meta['codeVersion']}. Hashes of all files stand in `manifest.json`.",
        "",
        "## Licence",
        "",
        LICENCE,
        "",
    ]
    return "\n".join(lines)


def _header(meta: Mapping[str, Any], files: Sequence[FileRecord], language: str) -> list[str]:
    """Return the header: title, language, size, task, and one configuration for each table and training use."""
    paths = {record.path for record in files}
    lines = [
        f"pretty_name: {_quoted(meta['study']['title'])}",
        "license: other",
        *_listed("language", [language.partition("-")[0].lower()]),
        *_listed("size_categories", [_size(files)]),
        *_listed("task_categories", ["text-generation" if any(map(_is_training, files)) else "other"]),
        *_listed("tags", ["values", "moral-graph"]),
    ]
    configs = [
        [f"- config_name: {path.split('/')[1].removesuffix('.jsonl')}", f"  data_files: {path}"]
        for path in sorted(paths)
        if path.startswith("csv/") and path.endswith(".jsonl")  # one kind of file throughout, or datasets reads none
    ]
    for level in ("values/", "answers/", ""):
        for use in TRAINING_USES:
            name = f"{use.value}-{level[:-1]}" if level else use.value
            splits = [s for s in ("train", "test") if f"training/{level}{use.value}.{s}.jsonl" in paths]
            if splits:
                data = [[f"  - split: {s}", f"    path: training/{level}{use.value}.{s}.jsonl"] for s in splits]
                configs.append([f"- config_name: {name}", "  data_files:", *(line for part in data for line in part)])
    return [*lines, "configs:", *(line for config in configs for line in config)] if configs else lines


def _size(files: Sequence[FileRecord]) -> str:
    """Return the hub's word for the rows of the largest table or training file."""
    most = max((f.rows or 0 for f in files if not f.path.endswith(SIDECAR)), default=0)
    return next((word for word, below in SIZES.items() if most < below), LARGEST)


def _is_training(record: FileRecord) -> bool:
    return record.path.startswith("training/") and not record.path.endswith(SIDECAR)


def _listed(name: str, items: Sequence[str]) -> list[str]:
    return [f"{name}:", *(f"- {_quoted(item)}" for item in items)]


def _made(meta: Mapping[str, Any]) -> list[str]:
    filters, thresholds = meta["filters"], meta["thresholds"]
    return [
        "In an interview each person wrote a card of what they attend to when they choose well. Then they compared "
        "values of others: did the person in the story become wiser by going from the first value to the second? "
        "Answers: wiser, not wiser, not sure. Sides were drawn at random.",
        "",
        f"- Sources: {', '.join(filters['sources'])}. Votes until: {filters['until'] or meta['madeAt']}.",
        f"- Filters: questions {filters['questions'] or 'all'}, contexts {filters['contexts'] or 'all'}, "
        f"attributes {filters['attributes'] or 'all'}.",
        f'- An edge is kept with {thresholds["minWiser"]} answers "wiser" or more, a likelihood of '
        f"{thresholds['minWiserLikelihood']} or more, and an entropy of {thresholds['maxEntropy']} or less.",
    ]


def _consent(filters: Mapping[str, Any], training: Mapping[str, Any]) -> list[str]:
    graph = (
        "Graph and tables hold only people who agreed to training."
        if filters["trainingConsentOnly"]
        else "Graph and tables hold everybody who took part; agreeing to training is a question of its own."
    )
    return [
        graph,
        "Files under `training` hold only votes of people who agreed to training, on cards whose authors agreed too.",
        f"Canary: `{training.get('canary', '')}`. It stands in every prompt of the test side, in the cards of its "
        "`soft` and `pluralism` rows, and in the sidecar.",
    ]


def _limits(document: Mapping[str, Any]) -> list[str]:
    sources = document["meta"]["filters"]["sources"]
    lines = [
        "The people are those who came to this study; nothing here says whom they stand for.",
        "Few answers stand behind most pairs. Each edge bears its counts and a 95 % interval; use them.",
        "Groups below five people are left out, and with them groups that would give them away.",
    ]
    if "simulated" in sources:
        lines.append("Simulated people are among the sources. No person stands behind their answers.")
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
