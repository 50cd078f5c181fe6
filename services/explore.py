"""Reading the moral graph: built once per data version and query, kept in memory, handed out read-only."""

from collections import Counter
from typing import NamedTuple

from domain.cards import CanonicalValue, Card, CardStatus
from domain.errors import StudyRuleError
from domain.graphs import GraphQuery, MoralGraph, VoteRow
from domain.ids import StudyId, ValueId
from domain.people import Source
from domain.studies import Context, Question, Study
from domain.vote_columns import VoteColumns
from graph.build import graph_of_counted
from graph.vote_columns import CountedVotes, count_votes, vote_columns
from services.as_of import standing
from services.kept import Kept
from services.small_cells import MIN_GROUP, ShownRows, without_small_pairs
from storage import Database, Store, StoredVote

MAX_GRAPHS_KEPT = 64
"""Graphs kept in memory over all studies and filters; the least recently used goes first."""


class GraphOptions(NamedTuple):
    """What the filters of the explore page offer."""

    study: Study
    questions: tuple[Question, ...]
    contexts: tuple[Context, ...]
    attributes: dict[str, tuple[str, ...]]
    """Attribute name to its values with at least ``MIN_GROUP`` people."""
    n_by_source: dict[Source, int]
    data_version: int
    """The version of the study's data that they were read at."""


class ValueDetail(NamedTuple):
    """All there is to read about one value."""

    value: CanonicalValue
    cards: tuple[Card, ...]
    """Confirmed cards placed under it, following merges; hidden ones left out."""
    merged_from: tuple[CanonicalValue, ...]


class GraphWithVotes(NamedTuple):
    """A graph and the votes it was made from."""

    graph: MoralGraph
    votes: VoteColumns
    """As counted: after merges, without those left out."""


class GraphKey(NamedTuple):
    """What a graph follows from."""

    query: GraphQuery
    data_version: int


class Reason(NamedTuple):
    """What one person said about a pair."""

    answer: str
    reason: str
    unsure_reason: str | None
    context: str


class Explore:
    """Use cases of looking at the graph."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._graphs = Kept[GraphKey, MoralGraph](most=MAX_GRAPHS_KEPT)
        self._options: dict[StudyId, GraphOptions] = {}
        self._slugs: dict[str, StudyId] = {}

    def moral_graph(self, query: GraphQuery, *, data_version: int | None = None) -> MoralGraph:
        """Return the moral graph of a query at the present data version, which a caller that just read it may pass."""
        version = self._database.version(query.study_id) if data_version is None else data_version
        return self._graphs.get(GraphKey(query, version), lambda: self._build(query))

    def data_version(self, study_id: StudyId) -> int:
        """Return the number that grows with every write in the study."""
        return self._database.version(study_id)

    def options(self, study_id: StudyId) -> GraphOptions:
        """Return what can be filtered by; read anew only after something was written in the study."""
        version = self._database.version(study_id)
        held = self._options.get(study_id)
        if held is None or held.data_version != version:
            held = self._options[study_id] = self._read_options(study_id)
        return held

    def study_of(self, slug: str) -> Study | None:
        """Return the study of a slug; read anew only after something was written in it. A slug never moves."""
        if slug not in self._slugs:
            with self._database.read() as store:
                study = store.studies.by_slug(slug)
            if study is None:
                return None
            self._slugs[slug] = study.id
        return self.options(self._slugs[slug]).study

    def _read_options(self, study_id: StudyId) -> GraphOptions:
        with self._database.read() as store:
            people = store.people.profiles(study_id)
            tally: dict[str, dict[str, int]] = {}
            for person in people:
                for name, value in person.attributes.items():
                    if not value.strip():  # such people are in no group, as in graph.groups
                        continue
                    counts = tally.setdefault(name, {})
                    counts[value] = counts.get(value, 0) + 1
            return GraphOptions(
                study=store.studies.get(study_id),
                questions=tuple(store.studies.questions(study_id)),
                contexts=tuple(store.studies.contexts(study_id)),
                attributes={
                    name: tuple(sorted(v for v, n in counts.items() if n >= MIN_GROUP))
                    for name, counts in tally.items()
                    if any(n >= MIN_GROUP for n in counts.values())
                },
                n_by_source=Counter(person.source for person in people),
                data_version=store.events.head(study_id).seq,
            )

    def value_detail(self, study_id: StudyId, value_id: ValueId, *, sources: frozenset[Source]) -> ValueDetail:
        """Return a value with the cards under it."""
        with self._database.read() as store:
            roots = store.values.roots(study_id)
            merged = {v for v, root in roots.items() if root == value_id and v != value_id}
            under = store.values.placed(study_id, under={*merged, value_id})
            return ValueDetail(
                value=store.values.get(value_id),
                cards=tuple(store.cards.some(under, statuses={CardStatus.CONFIRMED}, sources=sources)),
                merged_from=tuple(store.values.get(v) for v in sorted(merged)),
            )

    def reasons(self, query: GraphQuery, value_id: ValueId) -> dict[tuple[ValueId, ValueId], list[Reason]]:
        """Return what the people that the query counts said about each ordered pair that names a value.

        Merges are followed; the oldest reason comes first. Of a group there are none: each would tell the group of the
        person who wrote it.
        """
        if query.attributes:
            return {}
        with self._database.read() as store:
            contexts = {c.id: c.text for c in store.studies.contexts(query.study_id)}
            roots = store.values.roots(query.study_id, until=query.until)
            names = [one for one, root in roots.items() if root == value_id]
            pair_of = {
                v.vote_id: (roots.get(v.src_id, v.src_id), roots.get(v.wiser_id, v.wiser_id))
                for v in store.votes.rows(query, naming=names)
            }
            said = store.votes.reasons(pair_of)
        found: dict[tuple[ValueId, ValueId], list[Reason]] = {}
        for one in said:
            reason = Reason(
                answer=one.answer.value,
                reason=one.reason,
                unsure_reason=one.unsure_reason.value if one.unsure_reason else None,
                context=contexts[one.context_id],
            )
            found.setdefault(pair_of[one.vote_id], []).append(reason)
        return found

    def forget(self, study_id: StudyId) -> None:
        """Drop every graph of a study, and its filters, from memory; called when a person erases their words."""
        self._options.pop(study_id, None)
        self._graphs.forget(lambda key: key.query.study_id == study_id)

    def graph_with_votes(self, query: GraphQuery) -> GraphWithVotes:
        """Return the moral graph of a query and the votes it counts, merges followed, both as of one moment.

        Raises:
            StudyRuleError: the query asks for a group, whose single votes no rule on small groups covers.
        """
        if query.attributes:
            raise StudyRuleError("Single votes of a group are not given out. Take its graph without them.")
        with self._database.read() as store:
            return graph_from_store(store, query)

    def _build(self, query: GraphQuery) -> MoralGraph:
        with self._database.read() as store:
            return graph_from_store(store, query).graph


def graph_from_store(store: Store, query: GraphQuery) -> GraphWithVotes:
    """Read votes and values of ``query`` and build the graph.

    Raises:
        StudyRuleError: the query asks for a group of which fewer than ``MIN_GROUP`` people are counted.
    """
    shown = _shown_rows(store, query)
    counted = count_votes(
        vote_columns(shown.rows),
        roots=store.values.roots(query.study_id, until=query.until),
        withdrawn=store.values.withdrawn_ids(query.study_id),
    )
    graph = _graph_of(store, query, counted, n_pairs_withheld=shown.n_pairs_withheld)
    return GraphWithVotes(graph=graph, votes=counted.votes)


def _shown_rows(store: Store, query: GraphQuery) -> ShownRows:
    """Return the votes of ``query``; of a group, those that are large enough to be shown."""
    rows = store.votes.vote_rows(query)
    if not query.attributes:
        return ShownRows(rows, 0)
    return without_small_pairs(store, query, rows, roots=store.values.roots(query.study_id, until=query.until))


def _graph_of(store: Store, query: GraphQuery, counted: CountedVotes, *, n_pairs_withheld: int) -> MoralGraph:
    stood = standing(store, query)
    drawn = store.draws.counts_for_graph(query)
    graph = graph_of_counted(
        query,
        counted,
        values=store.values.list(query.study_id, include_withdrawn=True),
        roots=stood.roots,
        n_cards=stood.n_cards,
        n_choices={value_id: counts.choices for value_id, counts in drawn.items()},
        n_impressions={value_id: counts.impressions for value_id, counts in drawn.items()},
    )
    if query.attributes and graph.n_people < MIN_GROUP:
        raise StudyRuleError(
            f"Fewer than {MIN_GROUP} people of this group, or of the others, answered each pair with these filters, so "
            "nothing is shown: few answers could tell who gave them. Widen the filters."
        )
    return _of_a_group(graph, n_pairs_withheld) if query.attributes else graph


def _of_a_group(graph: MoralGraph, n_pairs_withheld: int) -> MoralGraph:
    """Return the graph without the counts that no rule on small groups covers."""
    whole = {"n_choices": None, "n_impressions": None}
    return graph.model_copy(
        update={
            "nodes": tuple(node.model_copy(update=whole) for node in graph.nodes),
            "edges": tuple(edge.model_copy(update={"by_context": ()}) for edge in graph.edges),
            "n_pairs_withheld": n_pairs_withheld,
        }
    )


def vote_row(vote: StoredVote) -> VoteRow:
    """Return a stored vote as the graph needs it."""
    return VoteRow(
        person_id=vote.person_id,
        src_id=vote.src_id,
        wiser_id=vote.wiser_id,
        context=vote.context,
        answer=vote.answer,
    )
