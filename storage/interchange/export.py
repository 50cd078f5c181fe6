"""The moral graph as JSON: every key of the published format with its meaning, and more under new keys.

Published keys: values {id, title, instructionsShort, instructionsDetailed, evaluationCriteria, createdAt, updatedAt},
edges {sourceValueId, wiserValueId, contexts, counts, summary}. The schema is moral-graph.schema.json beside this file.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import jsonschema
import numpy as np

from domain.graphs import GraphEdge, GraphNode, MoralGraph
from domain.ids import ValueId
from domain.nouns import utc_iso
from domain.studies import Context, Question, Study
from domain.vote_columns import ANSWERS, VoteColumns

T = TypeVar("T")

GRAPH_FORMAT = "moral-graph-explorer/moral-graph@1"
WALKED_AT_ONCE = 200
"""Single votes turned into rows together."""
SCHEMA_FILE = Path(__file__).with_name("moral-graph.schema.json")

CONVENTIONS = {
    "direction": "An edge goes from sourceValueId to wiserValueId: people found the second wiser than the first.",
    "wiserLikelihood": "(W - L) / (W + N + U + L), -1 to 1. W, N, U: answers on this pair; L: wiser on the reverse.",
    "entropy": "Bits, over W, N, L, U and impressions, as published in 2023. voteEntropy leaves impressions out.",
    "wiserShareInterval": "Wilson 95 % interval of W / (W + N + U).",
    "pageRank": "Damping 0.85, sums to 1 over the values of kept edges. pageRankPublished loses the rank of sinks.",
    "votes": "Of a value: times it was ticked among cards shown, as published. Of the file: single answers on pairs.",
    "wisdom": "Sum of wiserLikelihood over kept edges into the value; 0 where they only leave it.",
    "missing": "null means not defined here; it never means 0.",
}
"""Said in the file itself, so that no reader has to guess a sign."""


class ExportMeta(NamedTuple):
    """What the export says about itself."""

    made_at: datetime
    code_version: str
    event_seq: int
    """Number of the study's newest logged event: the data version."""
    event_hash: str
    """Its hash: the same data has the same."""
    prompt_hashes: dict[str, str]
    """Prompt id and version to the hash of its body, of every prompt that this release ships, used or not."""


@dataclass(frozen=True, slots=True)
class Walk(Generic[T]):
    """Rows of a document that are made as they are walked, and anew each time: a large graph has many."""

    make: Callable[[T], dict[str, object]]
    nouns: Sequence[T]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.nouns)

    def __iter__(self) -> Iterator[dict[str, object]]:
        """Yield the rows."""
        return map(self.make, self.nouns)


def export_document(
    graph: MoralGraph,
    *,
    study: Study,
    questions: Sequence[Question],
    contexts: Sequence[Context],
    meta: ExportMeta,
) -> dict[str, object]:
    """Return ``graph`` as the export's document, ready for JSON; ``with_votes`` adds single votes to it.

    ``values`` and ``edges`` hold the graph proper, as published; ``allValues`` and ``allEdges`` everything voted on.
    """
    walked = walked_document(graph, study=study, questions=questions, contexts=contexts, meta=meta)
    return {name: list(part) if isinstance(part, Walk) else part for name, part in walked.items()}


def walked_document(
    graph: MoralGraph,
    *,
    study: Study,
    questions: Sequence[Question],
    contexts: Sequence[Context],
    meta: ExportMeta,
) -> dict[str, object]:
    """Return what ``export_document`` does with values and edges as a ``Walk`` each, to make other files of."""
    kept = graph.kept_edges()
    touched = {end for edge in kept for end in (edge.src_id, edge.wiser_id)}
    numbers = {node.value.id: node.value.number for node in graph.nodes}
    slugs = {question.id: question.slug for question in questions}
    return {
        "values": Walk(_value, [node for node in graph.nodes if node.value.id in touched]),
        "edges": Walk(partial(_edge, numbers=numbers), kept),
        "allValues": Walk(_value, graph.nodes),
        "allEdges": Walk(lambda edge: {**_edge(edge, numbers), "isKept": edge.is_kept}, graph.edges),
        "cycles": [[numbers[value_id] for value_id in cycle] for cycle in graph.cycles],
        "questions": [{"id": q.slug, "title": q.title, "question": q.text} for q in questions],
        "contexts": [
            {"text": context.text, "questions": [slugs[q] for q in context.question_ids if q in slugs]}
            for context in contexts
        ],
        "meta": export_meta(graph, study=study, questions=questions, contexts=contexts, meta=meta),
    }


def with_votes(
    document: dict[str, object], graph: MoralGraph, votes: VoteColumns, *, rng: np.random.Generator
) -> dict[str, object]:
    """Return ``document``, made of ``graph``, with the single votes of ``votes_without_identity``."""
    return {**document, "votes": list(votes_without_identity(graph, votes, rng=rng)())}


def votes_without_identity(
    graph: MoralGraph, votes: VoteColumns, *, rng: np.random.Generator
) -> Callable[[], Iterator[dict[str, object]]]:
    """Return a walk over the single votes that ``graph`` counts, without identity; each walk gives the same.

    People bear numbers drawn afresh for this export, and rows are sorted by them: neither tells who somebody is, when
    they took part, or which person of another export they are. A walk holds few of the rows at a time.

    Args:
        graph: the graph of these votes.
        votes: as counted, that is after merges; each value is a node of ``graph``.
        rng: a generator nobody can foresee, else the numbers could be traced back.
    """
    number_of = {node.value.id: node.value.number for node in graph.nodes}
    numbers = np.array([number_of.get(value_id, 0) for value_id in votes.keys.values], dtype=np.int64)
    people = np.unique(votes.person)
    aliases = np.zeros(len(votes.keys.people), dtype=np.int64)
    aliases[people] = rng.permutation(len(people)) + 1
    words = sorted(answer.value for answer in ANSWERS)
    said = np.array([words.index(answer.value) for answer in ANSWERS], dtype=np.int64)[votes.answer]
    columns = np.stack((aliases[votes.person], numbers[votes.src], numbers[votes.wiser], votes.context, said))
    columns = columns[:, np.lexsort(columns[::-1])]
    contexts = votes.keys.contexts

    def walk() -> Iterator[dict[str, object]]:
        for start in range(0, columns.shape[1], WALKED_AT_ONCE):
            for person, src, wiser, context, answer in columns[:, start : start + WALKED_AT_ONCE].T.tolist():
                yield {
                    "person": person,
                    "sourceValueId": src,
                    "wiserValueId": wiser,
                    "context": contexts[context],
                    "answer": words[answer],
                }

    return walk


def validate_export(document: dict[str, object]) -> None:
    """Raise ``jsonschema.ValidationError`` unless ``document`` follows the shipped schema."""
    jsonschema.Draft202012Validator(export_schema()).validate(document)


@cache
def export_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the export."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


def _value(node: GraphNode) -> dict[str, object]:
    value = node.value
    return {
        "id": value.number,
        "title": value.title,
        "instructionsShort": value.gist,
        "instructionsDetailed": value.description,
        "evaluationCriteria": list(value.policies),
        "description": value.description or value.gist,
        "policies": list(value.policies),
        "createdAt": utc_iso(value.created_at),
        "updatedAt": utc_iso(value.updated_at),
        "pageRank": node.page_rank,
        "pageRankPublished": node.page_rank_published,
        "wisdom": node.wisdom,
        "source": value.source.value,
        "votes": node.n_choices,
        "impressions": node.n_impressions,
        "rawCards": node.n_cards,
        "edgeVotes": node.n_votes,
        "key": value.id,
    }


def _edge(edge: GraphEdge, numbers: dict[ValueId, int]) -> dict[str, object]:
    counts = edge.counts
    return {
        "sourceValueId": numbers[edge.src_id],
        "wiserValueId": numbers[edge.wiser_id],
        "contexts": list(edge.contexts),
        "counts": {
            "markedWiser": counts.wiser,
            "markedNotWiser": counts.not_wiser,
            "markedLessWise": counts.less_wise,
            "markedUnsure": counts.unsure,
            "impressions": counts.impressions,
        },
        "summary": {"wiserLikelihood": edge.wiser_likelihood, "entropy": edge.entropy},
        "voteEntropy": edge.vote_entropy,
        "wiserShareInterval": list(edge.wiser_share_interval) if edge.wiser_share_interval else None,
        "people": edge.n_people,
        "byContext": [
            {"context": c.context, "markedWiser": c.wiser, "markedNotWiser": c.not_wiser, "markedUnsure": c.unsure}
            for c in edge.by_context
        ],
    }


def export_meta(
    graph: MoralGraph,
    *,
    study: Study,
    questions: Sequence[Question],
    contexts: Sequence[Context],
    meta: ExportMeta,
) -> dict[str, object]:
    """Return what an export of ``graph`` says of itself: filters, thresholds, counts, versions."""
    query = graph.query
    slugs = {question.id: question.slug for question in questions}
    texts = {context.id: context.text for context in contexts}
    return {
        "format": GRAPH_FORMAT,
        "schema": export_schema()["$id"],
        "study": {"slug": study.slug, "title": study.title},
        "madeAt": utc_iso(meta.made_at),
        "codeVersion": meta.code_version,
        "data": {"events": meta.event_seq, "hash": meta.event_hash},
        "promptHashes": meta.prompt_hashes,
        "filters": {
            "questions": [slugs[q] for q in query.question_ids],
            "contexts": [texts[c] for c in query.context_ids],
            "attributes": dict(query.attributes),
            "sources": sorted(source.value for source in query.sources),
            "until": utc_iso(query.until) if query.until else None,
            "trainingConsentOnly": query.training_only,
        },
        "thresholds": {
            "minWiserLikelihood": query.thresholds.min_wiser_likelihood,
            "maxEntropy": query.thresholds.max_entropy,
            "minWiser": query.thresholds.min_wiser,
        },
        "counts": {
            "edgeVotes": graph.n_votes,
            "people": graph.n_people,
            "leftOutSelfLoops": graph.n_self_loops,
            "leftOutSuperseded": graph.n_votes_superseded,
            "leftOutWithdrawn": graph.n_votes_withdrawn,
        },
        "conventions": CONVENTIONS,
    }
