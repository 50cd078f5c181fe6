"""Taking a study out: one order in, files out, all of them or none, with a manifest."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from domain.errors import UserInputError
from domain.exports import (
    GRAPH_FORMATS,
    TABLE_FORMATS,
    TRAINING_USES,
    Absence,
    ExportFormat,
    ExportOrder,
    ExportReport,
    FileRecord,
)
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.protocols import ChatModel
from services.acts import Desk
from services.explore import Explore
from services.interchange import Interchange
from services.training_export import Report, TrainingReport, TrainingRun
from services.training_material import Material, read_material
from services.untrainable import without_untrainable
from storage import Head
from storage.interchange import votes_without_identity
from storage.interchange.croissant import croissant
from storage.interchange.dataset_card import dataset_card
from storage.interchange.flat_tables import Table, tables, write_csv_and_jsonl, write_parquet
from storage.interchange.manifest import GraphSize, left_by_earlier, manifest, manifest_name, write_manifest
from storage.interchange.networks import write_network
from storage.interchange.sinks import (
    MANIFEST,
    building,
    file_record,
    pack,
    place_files,
    place_folder,
    refuse_foreign,
    write_document,
)
from storage.interchange.training.files import SIDECAR, Kind, name_beside, name_in_folder, sidecar_beside

SUFFIXES = {
    ExportFormat.MORAL_GRAPH: "moral-graph.json",
    ExportFormat.NODE_LINK: "node-link.json",
    ExportFormat.CYTOSCAPE: "cytoscape.json",
    ExportFormat.GRAPHML: "moral-graph.graphml",
    ExportFormat.GEXF: "moral-graph.gexf",
}
"""Of graph files inside a bundle."""
GRAPH_HOLDS = "the moral graph: kept edges and the values they touch"


Naming = Callable[[Kind], str]
"""Where the rows of one use, level and side go, below the folder."""


class Part(NamedTuple):
    """Files of one part of an export."""

    files: Sequence[FileRecord]
    absent: Sequence[Absence] = ()
    training: TrainingReport | None = None
    graph: GraphSize | None = None
    """Of graph files."""


def no_report(_share: float, _what: str) -> None:
    """Hear about progress and do nothing."""


class Exporting:
    """Use case of export, the same for the page and the command line."""

    def __init__(
        self,
        desk: Desk,
        explore: Explore,
        interchange: Interchange,
        *,
        chat_of_study: Callable[[StudyId], ChatModel | None],
        untrainable: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._untrainable = untrainable
        self._desk = desk
        self._explore = explore
        self._interchange = interchange
        self._chat_of_study = chat_of_study

    def run(self, order: ExportOrder, out: Path, *, report: Report = no_report) -> ExportReport:
        """Write what is asked for to ``out``: a file or a folder, as the format has it; a ``.zip`` holds a folder.

        Everything is built under a temporary name beside ``out`` and then renamed. Where anything fails nothing is
        left, and what stood at ``out`` before stays. Where a file is written anew, files beside it that its earlier
        export wrote and this one does not go: test rows of another split may be training rows now.

        Raises:
            UserInputError: a folder that is not an earlier export stands in the way, or a graph is to be an archive.
        """
        _refuse_archive(order.format, out)
        if is_one_file(order.format, out):
            return self._one_file(order, out, report)
        is_archive = out.suffix.lower() == ".zip"
        if not is_archive:
            refuse_foreign(out)
        with building(out) as work:
            folder = work / "export"
            folder.mkdir()
            made = self._folder(order, folder, report)
            write_manifest(folder / MANIFEST, made.manifest)
            if is_archive:
                pack(folder, work / "export.zip")
                place_files({work / "export.zip": out})
            else:
                place_folder(folder, out)
        report(1.0, "done")
        return made

    def _one_file(self, order: ExportOrder, out: Path, report: Report) -> ExportReport:
        """Write one graph, or the training rows of one use with test rows and sidecar beside them."""
        with building(out) as work:
            is_graph = order.format in GRAPH_FORMATS
            made = self._graph_file(order, work / out.name) if is_graph else self._use(order, work / out.name, report)
            beside = manifest_name(out.name)
            write_manifest(work / beside, made.manifest)
            names = [*(record.path for record in made.files), beside]
            stale = left_by_earlier(out, kept=names)
            place_files({work / name: out.with_name(name) for name in names}, stale=stale)
        report(1.0, "done")
        return made

    def _graph_file(self, order: ExportOrder, path: Path) -> ExportReport:
        head = self._interchange.head(order.query)
        document = self._document(order.query, head, is_checked=order.format is ExportFormat.MORAL_GRAPH)
        record = self._graph(document, order.format, path.parent, path.name)
        return self._report(order, document["meta"], [Part([record], graph=_size(document))])

    def _use(self, order: ExportOrder, path: Path, report: Report) -> ExportReport:
        """Write the rows of one use to a file that is there even without a row, since it was asked for by name."""
        head, material = self._interchange.head(order.query), self._material(order)
        name, sidecar = name_beside(path.name), sidecar_beside(path.name)
        parts = [self._training(order, material, path.parent, report, name=name, sidecar=sidecar)]
        if not path.exists():
            path.touch()
            parts.append(Part([file_record(path.parent, path, rows=0, holds="no row; see absent")]))
        return self._report(order, self._interchange.meta_of(material.graph, head=head), parts)

    def _folder(self, order: ExportOrder, folder: Path, report: Report) -> ExportReport:
        kind, head = order.format, self._interchange.head(order.query)
        if kind in TRAINING_USES or kind is ExportFormat.TRAINING:
            material = self._material(order)
            part = self._training(order, material, folder, report, name=name_in_folder, sidecar=SIDECAR)
            return self._report(order, self._interchange.meta_of(material.graph, head=head), [part])
        found = self._explore.graph_with_votes(order.query)
        is_bundle = kind is ExportFormat.BUNDLE
        make = self._interchange.document_of if is_bundle else self._interchange.walked_document
        document: dict[str, Any] = make(found.graph, head=head)
        # Single votes are for the tables alone; they are walked there, never held as rows of a document.
        votes = votes_without_identity(found.graph, found.votes, rng=np.random.default_rng())
        made = tables(document, votes=votes)
        report(0.3, "tables")
        if is_bundle:
            parts = self._bundle(order, document, made, folder, report)
        else:
            parts = [Part(list(_write_tables(made, folder, kind, folder)))]
        return self._report(order, document["meta"], parts)

    def _bundle(
        self, order: ExportOrder, document: dict[str, Any], made: Sequence[Table], folder: Path, report: Report
    ) -> list[Part]:
        graphs = folder / "graph"
        graphs.mkdir()
        written = [self._graph(document, kind, folder, f"graph/{SUFFIXES[kind]}") for kind in GRAPH_FORMATS]
        parts = [Part(written, graph=_size(document))]
        for place, kind in enumerate(TABLE_FORMATS):
            report(0.1 + 0.15 * place, f"{kind.value} tables")
            below = folder / kind.value
            below.mkdir()
            parts.append(Part(list(_write_tables(made, below, kind, folder))))
        training = self._training(
            order,
            self._material(order),
            folder,
            lambda share, what: report(0.4 + 0.55 * share, what),
            name=lambda kind: f"training/{name_in_folder(kind)}",
            sidecar=f"training/{SIDECAR}",
        )
        parts.append(training)
        records = [record for part in parts for record in part.files]
        about = training.training.about if training.training else {}
        language = self._language(order.query.study_id)
        card = dataset_card(document, records, training.absent, training=about, language=language)
        (folder / "README.md").write_text(card, encoding="utf-8")
        write_document(folder / "croissant.json", croissant(document, records, made, training=about, language=language))
        parts.append(
            Part(
                [
                    file_record(folder, folder / "README.md", rows=None, holds="dataset card"),
                    file_record(folder, folder / "croissant.json", rows=None, holds="Croissant 1.1 description"),
                ]
            )
        )
        return parts

    def _language(self, study_id: StudyId) -> str:
        with self._desk.database.read() as store:
            return store.studies.get(study_id).language

    def _document(self, query: GraphQuery, head: Head, *, is_checked: bool) -> dict[str, Any]:
        graph = self._explore.moral_graph(query)
        make = self._interchange.document_of if is_checked else self._interchange.walked_document
        return make(graph, head=head)

    def _graph(self, document: dict[str, Any], kind: ExportFormat, folder: Path, name: str) -> FileRecord:
        path = folder / name
        if kind is ExportFormat.MORAL_GRAPH:
            write_document(path, document)
        else:
            write_network(path, document, kind)
        return file_record(folder, path, rows=None, holds=GRAPH_HOLDS)

    def _material(self, order: ExportOrder) -> Material:
        with self._desk.database.read() as store:
            material = read_material(store, order.query)
        return without_untrainable(material, self._untrainable)

    def _training(
        self, order: ExportOrder, material: Material, folder: Path, report: Report, *, name: Naming, sidecar: str
    ) -> Part:
        chat = self._chat_of_study(order.query.study_id) if order.max_answer_pairs else None
        run = TrainingRun(order, material, chat=chat, clock=self._desk.clock)
        made = run.write(folder, name=name, sidecar=sidecar, report=report)
        return Part(files=made.files, absent=made.absent, training=made)

    def _report(self, order: ExportOrder, meta: dict[str, Any], parts: Sequence[Part]) -> ExportReport:
        files = [record for part in parts for record in part.files]
        absent = [absence for part in parts for absence in part.absent]
        training = next((part.training.about for part in parts if part.training is not None), None)
        graph = next((part.graph for part in parts if part.graph is not None), None)
        made = manifest(order, meta=meta, files=files, absent=absent, training=training, graph=graph)
        return ExportReport(files=tuple(files), absent=tuple(absent), manifest=made)


def is_one_file(kind: ExportFormat, out: Path) -> bool:
    """Tell whether ``kind`` at ``out`` is a file: graphs always, one training use where the name has an ending."""
    if kind in GRAPH_FORMATS:
        return True
    return kind in TRAINING_USES and out.suffix.lower() not in {"", ".zip"} and not out.is_dir()


def _refuse_archive(kind: ExportFormat, out: Path) -> None:
    """Raise UserInputError where a graph is to be written to an archive: a graph is one file."""
    if kind in GRAPH_FORMATS and out.suffix.lower() == ".zip":
        ending = SUFFIXES[kind].rpartition(".")[2]
        raise UserInputError(f"{kind.value} is one file, not an archive. Name one that ends in .{ending}.")


def _size(document: dict[str, Any]) -> GraphSize:
    return GraphSize(n_nodes=len(document["values"]), n_edges=len(document["edges"]))


def _write_tables(made: Sequence[Table], below: Path, kind: ExportFormat, folder: Path) -> Iterator[FileRecord]:
    """Write every table below a folder; CSV has the same rows as JSON Lines beside it."""

    def record(table: Table, suffix: str, rows: int, note: str) -> FileRecord:
        return file_record(folder, below / f"{table.name}.{suffix}", rows=rows, holds=f"{table.holds}{note}")

    for table in made:
        path = below / table.name
        if kind is ExportFormat.PARQUET:
            yield record(table, "parquet", write_parquet(path.with_suffix(".parquet"), table), "")
            continue
        n_rows = write_csv_and_jsonl(path.with_suffix(".csv"), path.with_suffix(".jsonl"), table)
        yield record(table, "csv", n_rows, ", for spreadsheets")
        yield record(table, "jsonl", n_rows, ", unchanged")
