"""Studies and graphs in and out: import of a folder or file, export of the graph and of a whole study."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery, MoralGraph
from domain.ids import ClientId, StudyId, new_id
from domain.people import Source
from domain.studies import Context, Question, Study
from services.acts import Desk
from services.code_version import code_version
from services.explore import Explore
from storage import Act, Head
from storage.interchange import (
    ExportMeta,
    export_document,
    export_meta,
    read_study,
    study_document,
    validate_export,
    walked_document,
    with_votes,
    write_json,
)


class ImportReport(NamedTuple):
    """What an import brought in."""

    study: Study
    n_values: int
    n_cards: int
    n_participants: int
    n_votes: int
    n_contexts: int


class About(NamedTuple):
    """What an export has to know beside the graph."""

    study: Study
    questions: Sequence[Question]
    contexts: Sequence[Context]
    meta: ExportMeta


class Interchange:
    """Use cases of import and export, the same for pages and the command line."""

    def __init__(self, desk: Desk, explore: Explore, *, prompt_hashes: dict[str, str]) -> None:
        self._prompt_hashes = prompt_hashes
        self._desk = desk
        self._explore = explore

    def import_study(self, path: Path, *, slug: str, staff: str = "command line") -> ImportReport:
        """Read ``path`` and save it as study ``slug``, all of it or nothing.

        Raises:
            DataError: the file breaks its schema; names file, row, column and value.
            StudyRuleError: the slug is taken.
        """
        bundle = read_study(path, slug=slug, clock=self._desk.clock)
        act = Act(
            client_id=ClientId(new_id()),
            study_id=bundle.study.id,
            actor=f"staff:{staff}",
            kind="study.imported",
            at=self._desk.clock(),
            refs={"study": bundle.study.id},
        )
        self._desk.database.write(act, lambda store: store.bundles.save(bundle))
        return ImportReport(
            study=bundle.study,
            n_values=len(bundle.values),
            n_cards=len(bundle.cards),
            n_participants=len(bundle.participants),
            n_votes=len(bundle.votes),
            n_contexts=len(bundle.contexts),
        )

    def graph_document(self, query: GraphQuery, *, has_votes: bool = False) -> dict[str, object]:
        """Return the moral graph of ``query`` as the export's JSON document, checked against its schema.

        ``has_votes`` adds the single votes without identity, under numbers drawn afresh for each document.
        """
        head = self.head(query)
        if not has_votes:
            return self.document_of(self._explore.moral_graph(query), head=head)
        found = self._explore.graph_with_votes(query)
        unforeseeable = np.random.default_rng()
        document = with_votes(self.document_of(found.graph, head=head), found.graph, found.votes, rng=unforeseeable)
        validate_export(document)
        return document

    def head(self, query: GraphQuery) -> Head:
        """Return the data version that an export of ``query`` names. Ask for it before anything else is read.

        Then the version may be older than what is exported, and never newer: rows from before an erasure never bear the
        hash from after it.
        """
        with self._desk.database.read() as store:
            return store.events.head(query.study_id, until=query.until)

    def document_of(self, graph: MoralGraph, *, head: Head) -> dict[str, object]:
        """Return ``graph`` as the export's JSON document, checked against its schema; ``head`` was read before it."""
        study, questions, contexts, meta = self._about(graph, head)
        document = export_document(graph, study=study, questions=questions, contexts=contexts, meta=meta)
        validate_export(document)
        return document

    def walked_document(self, graph: MoralGraph, *, head: Head) -> dict[str, object]:
        """Return ``graph`` as a document to make other forms of: unchecked, its rows made as they are walked."""
        study, questions, contexts, meta = self._about(graph, head)
        return walked_document(graph, study=study, questions=questions, contexts=contexts, meta=meta)

    def meta_of(self, graph: MoralGraph, *, head: Head) -> dict[str, object]:
        """Return what an export of ``graph`` says of itself."""
        study, questions, contexts, meta = self._about(graph, head)
        return export_meta(graph, study=study, questions=questions, contexts=contexts, meta=meta)

    def _about(self, graph: MoralGraph, head: Head) -> About:
        study_id, until, now = graph.query.study_id, graph.query.until, self._desk.clock()
        # A graph of the past is the same whenever it is made, so its file bears the moment that it stands for.
        moment = now if until is None else min(until, now)
        with self._desk.database.read() as store:
            return About(
                study=store.studies.get(study_id),
                questions=store.studies.questions(study_id, include_archived=True),
                contexts=store.studies.contexts(study_id),
                meta=ExportMeta(
                    made_at=moment,
                    code_version=code_version(),
                    event_seq=head.seq,
                    event_hash=head.hash,
                    prompt_hashes=self._prompt_hashes,
                ),
            )

    def export_graph(self, query: GraphQuery, out: Path, *, has_votes: bool = False) -> dict[str, object]:
        """Write the moral graph of ``query`` to ``out``: a temporary name first, then renamed."""
        document = self.graph_document(query, has_votes=has_votes)
        write_json(out, document)
        return document

    def study_json(self, study_id: StudyId, *, has_simulated: bool = False) -> str:
        """Return a whole study as the text of a file that ``import_study`` reads back."""
        return json.dumps(self._study_document(study_id, has_simulated=has_simulated), ensure_ascii=False)

    def export_study(self, study_id: StudyId, out: Path, *, has_simulated: bool = False) -> None:
        """Write a whole study to ``out`` in a form that ``import_study`` reads back."""
        write_json(out, self._study_document(study_id, has_simulated=has_simulated))

    def _study_document(self, study_id: StudyId, *, has_simulated: bool) -> dict[str, object]:
        """Simulated people and what they gave are left out unless asked for."""
        sources = None if has_simulated else frozenset(Source) - {Source.SIMULATED}
        with self._desk.database.read() as store:
            return study_document(store.bundles.load(study_id, sources=sources))
