"""Use cases of the stance pages: the runs there are, what each says, two of them, and one beside the graph."""

from collections.abc import Callable, Collection, Hashable, Sequence
from pathlib import Path
from typing import TypeVar

from domain.errors import DataError, UserInputError
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.population_reports import PopulationComparison
from domain.protocols import Embedder
from domain.stance_reports import GraphComparison, Reading, RunComparison, StanceReport, ValueLink
from domain.stances import Answer, ProbeItem
from domain.statement_reports import StatementReport
from domain.steering_reports import StatedPrinciple, SteeringReport
from services.analysis_groups import GroupAnalyses
from services.analysis_votes import read_votes
from services.deliberation_items import ITEMS, PEOPLE, dataset_of, read_told, write_told
from services.kept import Kept
from services.stance_comparisons import compare_runs
from services.stance_graph import GraphSide, Score, compare_with_graph, graph_side
from services.stance_items import how_to_get
from services.stance_population import compare_deliberation, compare_population, read_counts
from services.stance_reports import Run, is_over_dilemmas, make_report, prepare, system_texts
from services.stance_runs import RunEntry, RunMaterial, RunShelf, read_run
from services.statement_reports import By, is_over_statements, statement_report
from services.steering_reports import steer, steering_fault
from services.value_links import LEAST, LinkDesk, link_values
from stances.battles import is_battle
from stances.mentions import VALUE
from storage import Database

MAX_HELD = 24
T = TypeVar("T")


class StanceReadings:
    """Reads runs and holds the newest figures made of them in memory."""

    def __init__(
        self,
        database: Database,
        *,
        embedder: Callable[[], Embedder],
        data_dir: Path,
        groups: GroupAnalyses | None = None,
    ) -> None:
        self.shelf = RunShelf(data_dir / "runs")
        self._links = LinkDesk(data_dir / "value-links")
        self._items = data_dir / "items"
        self._database = database
        self._embedder = embedder
        self._groups = groups or GroupAnalyses(database)
        self._held = Kept[Hashable, object](most=MAX_HELD)

    def runs(self) -> tuple[RunEntry, ...]:
        """Return the runs there are, newest first."""
        return self.shelf.list()

    def material(self, name: str) -> RunMaterial:
        """Return a run as it was recorded."""
        return self._once(("material", name, self.shelf.stamp(name)), lambda: self.shelf.read(name))

    def is_over_dilemmas(self, name: str) -> bool:
        """Tell whether a run can be read as one over dilemmas, from its items or from a report recorded with it."""
        try:
            material = self.material(name)
        except DataError:
            return False
        return is_over_dilemmas(material)

    def is_over_statements(self, name: str) -> bool:
        """Tell whether a run holds statements to agree or disagree with."""
        try:
            return is_over_statements(self.material(name))
        except DataError:
            return False

    def statements(self, name: str, *, by: By = "locale", is_calibrated: bool = False) -> StatementReport:
        """Return the report of a run over statements, beside the other runs over the same ones."""
        own = self.material(name)
        others = {
            entry.card.model: self.material(entry.name).answers
            for entry in self.runs()
            if entry.name != name and entry.card.dataset_hash == own.card.dataset_hash and own.card.dataset_hash
        }
        others.pop(own.card.model, None)
        return statement_report(own, by=by, others=others, is_calibrated=is_calibrated)

    def systems(self, name: str) -> tuple[str, ...]:
        """Return the system texts of a run."""
        return system_texts(self.material(name))

    def report(self, name: str, *, reading: Reading = "choices", system: str | None = None) -> StanceReport:
        """Return the report of a run; of one of numbers alone the report that was recorded with it."""
        material = self.material(name)
        if not material.items and material.report is not None:
            return material.report
        key = ("report", name, self.shelf.stamp(name), reading, system)
        return self._once(key, lambda: make_report(self._prepared(name, reading=reading, system=system)))

    def compare(
        self, first: str, second: str, *, reading: Reading = "choices", first_system: str | None = None,
        second_system: str | None = None,
    ) -> RunComparison:  # fmt: skip
        """Return two runs, or one under two system texts, on the dilemmas that both answered."""
        stamps = (self.shelf.stamp(first), self.shelf.stamp(second))
        return self._once(
            ("compare", first, second, stamps, reading, first_system, second_system),
            lambda: compare_runs(
                self._prepared(first, reading=reading, system=first_system),
                self._prepared(second, reading=reading, system=second_system),
            ),
        )

    def steer(
        self, before: str, after: str, *, reading: Reading = "choices", before_system: str, after_system: str,
        principle: StatedPrinciple | None = None,
    ) -> SteeringReport:  # fmt: skip
        """Return what a system text changed; raises ``UserInputError`` where two runs cannot show it."""
        texts = {"before_system": before_system, "after_system": after_system}
        fault = steering_fault(self.material(before), self.material(after), **texts)
        if fault:
            raise UserInputError(fault)
        one = self._prepared(before, reading=reading, system=before_system)
        other = self._prepared(after, reading=reading, system=after_system)
        stamps = (self.shelf.stamp(before), self.shelf.stamp(after))
        compared = self.compare(before, after, reading=reading, first_system=before_system, second_system=after_system)
        key = ("steer", before, after, stamps, reading, before_system, after_system, str(principle))
        return self._once(key, lambda: steer(one, other, compared, principle))

    def beside_graph(
        self, name: str, study_id: StudyId, *, score: Score = "wisdom", reading: Reading = "choices",
        least: float = LEAST,
    ) -> GraphComparison:  # fmt: skip
        """Return a run beside the graph of a study; links that are nearer than ``least`` count, or that people made."""
        links = self.links(name, study_id, least=least)
        version = self._database.version(study_id)
        key = ("graph", name, self.shelf.stamp(name), study_id, version, score, reading, links)
        return self._once(
            key,
            lambda: compare_with_graph(
                self._prepared(name, reading=reading, system=None),
                self._side(study_id, version),
                links,
                score=score,
                embedder=self._embedder().name,
            ),
        )

    def compare_folder(self, folder: Path, study_id: StudyId, *, score: Score = "wisdom") -> GraphComparison:
        """Return a run that lies anywhere beside the graph of a study."""
        run = prepare(read_run(folder))
        known = _names(run)
        with self._database.read() as store:
            values = store.values.list(study_id)
        links = link_values(values, known, embedder=self._embedder(), corrections=self._links.corrections(study_id))
        side = self._side(study_id, self._database.version(study_id))
        return compare_with_graph(run, side, links, score=score, embedder=self._embedder().name)

    def links(self, name: str, study_id: StudyId, *, least: float = LEAST) -> tuple[ValueLink, ...]:
        """Return what each value of the graph is taken to mean in the data set of a run."""
        known = self.labels(name)
        with self._database.read() as store:
            values = tuple(sorted(store.values.list(study_id), key=lambda value: value.number))
        decided = self._links.corrections(study_id)
        key = (
            "links",
            study_id,
            tuple(sorted(decided.items())),
            tuple((v.number, v.title) for v in values),
            known,
            least,
        )
        return self._once(
            key, lambda: link_values(values, known, embedder=self._embedder(), corrections=decided, least=least)
        )  # fmt: skip

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the values that the items of a run mention, by name."""
        return _names(self._prepared(name, reading="choices", system=None))

    def correct_link(self, name: str, study_id: StudyId, number: int, labels: Sequence[str] | None) -> None:
        """Keep what a person says a value means; ``None`` goes back to the proposal."""
        self._links.correct(study_id, number, labels, known=self.labels(name))

    def item(self, name: str, item_id: str) -> tuple[ProbeItem | None, tuple[Answer, ...]]:
        """Return an item with every answer to it; no item where numbers alone were kept."""
        material = self.material(name)
        found = next((item for item in material.items if item.id == item_id), None)
        answers = tuple(answer for answer in material.answers if answer.item_id == item_id)
        if found is None and not answers:
            raise UserInputError(f"The run {name!r} holds no item {item_id!r}.")
        return found, answers

    def items_with(self, name: str, theory: str, label: str) -> tuple[ProbeItem, ...]:
        """Return the items that mention a value or dimension."""
        return self.items_with_any(name, [(theory, label)])

    def items_with_any(self, name: str, labels: Collection[tuple[str, str]]) -> tuple[ProbeItem, ...]:
        """Return the items that mention any of the labels, each a theory and a name."""
        run = self._prepared(name, reading="choices", system=None)
        rows = [at for at, one in enumerate(run.mentions.labels) if one in labels]
        n_mentions = run.mentions.total[rows].sum(axis=0)
        return tuple(item for item, n in zip(run.items, n_mentions.tolist(), strict=True) if n > 0)

    def items_of_battle(self, name: str, first: str, second: str) -> tuple[ProbeItem, ...]:
        """Return the items in which two values stand on one side each."""
        return tuple(item for item in self.material(name).items if is_battle(item, first, second))

    def beside_people(self, name: str, text: str, *, file: str) -> PopulationComparison:
        """Return a run beside people whose counts a CSV file holds.

        Raises:
            DataError: the file breaks its schema.
            UserInputError: the run holds numbers alone, or no item was answered by both.
        """
        return self.people_of(self.material(name), text, file=file)

    def people_of(self, material: RunMaterial, text: str, *, file: str) -> PopulationComparison:
        """Return a run that lies anywhere beside people; raises as ``beside_people``."""
        if not material.items:
            raise UserInputError(how_to_get(material.name, material.card.dataset))
        counts = read_counts(text, name=file, items=material.items)
        return compare_population(material.items, material.answers, counts, source=file)

    def beside_stories(self, name: str, study_id: StudyId) -> PopulationComparison | None:
        """Return a run over a study's stories beside its people; ``None`` for a run over anything else."""
        material = self.material(name)
        with self._database.read() as store:
            slug = store.studies.get(study_id).slug
        if not material.items or material.items[0].dataset != dataset_of(slug):
            return None
        told = read_told(self._database, study_id)
        return compare_population(material.items, material.answers, told.counts, source=slug)

    def write_stories(self, study_id: StudyId) -> Path:
        """Write the stories of a study where a run can read them, and return the file."""
        folder = self._items / study_id
        write_told(read_told(self._database, study_id), folder)
        return folder / ITEMS

    def attributes(self, study_id: StudyId) -> tuple[str, ...]:
        """Return what the people of a study can be told apart by, in groups of five and more."""
        return tuple(self._groups.attributes(study_id, sources=GraphQuery(study_id=study_id).sources))

    def beside_deliberation(self, found: GraphComparison, study_id: StudyId, *, by: str = "") -> PopulationComparison:
        """Return the decisions of a run beside the votes of the people, edge by edge, also group ``by`` group.

        Raises:
            UserInputError: no edge was met, or nobody can be told apart by ``by``.
        """
        if by and by not in self.attributes(study_id):
            known = ", ".join(self.attributes(study_id)) or "nothing"
            raise UserInputError(f"No two groups of five people differ in {by!r}. They can be told apart by: {known}.")
        edges = self._groups.analyse(GraphQuery(study_id=study_id), attribute=by).groups.edges if by else ()
        side = self._side(study_id, found.data_version)
        return compare_deliberation(side.edges, found.edges, source=found.study, by_group=edges)

    def prepared(self, name: str, *, reading: Reading = "choices") -> Run:
        """Return a run ready for counting."""
        return self._prepared(name, reading=reading, system=None)

    def side(self, study_id: StudyId) -> GraphSide:
        """Return what the people of a study made."""
        return self._side(study_id, self._database.version(study_id))

    def titles(self, study_id: StudyId) -> dict[int, str]:
        """Return the titles of a study's values by number."""
        with self._database.read() as store:
            return {value.number: value.title for value in store.values.list(study_id)}

    def forget(self, study_id: StudyId) -> None:
        """Drop what was made of a study; called when a person erases their words."""
        self._held.forget(lambda key: isinstance(key, tuple) and study_id in key)
        for name in (ITEMS, PEOPLE):
            (self._items / study_id / name).unlink(missing_ok=True)

    def _prepared(self, name: str, *, reading: Reading, system: str | None) -> Run:
        key = ("run", name, self.shelf.stamp(name), reading, system)
        return self._once(key, lambda: prepare(self.material(name), reading=reading, system=system))

    def _side(self, study_id: StudyId, version: int) -> GraphSide:
        def make() -> GraphSide:
            query = GraphQuery(study_id=study_id)
            with self._database.read() as store:
                votes = read_votes(store, query)
            return graph_side(votes, thresholds=query.thresholds, seed=0)

        return self._once(("side", study_id, version), make)

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        held: T = self._held.get(key, make)  # type: ignore[assignment]  # the first word of the key names the maker
        return held


def _names(run: Run) -> tuple[str, ...]:
    return tuple(label.name for label in run.mentions.labels if label.theory == VALUE)
