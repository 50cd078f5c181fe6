"""Groups, bridging, audit and change over time of a study: what ``moralgraph analyze --by ATTRIBUTE`` and pages show.

Nothing below five people is shown within one analysis. Two analyses of different moments can be subtracted from each
other, as any two states of a live study can; so these pages are for the people who run the study. On a public map a
visitor may choose one group of five people or more (``services.explore``); none of this stands beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.people import Source
from domain.plurality import (
    AuditSection,
    BridgingSection,
    GroupAnalysis,
    GroupSize,
    GroupsSection,
    OverTimeSection,
    RunCard,
)
from graph.audit import audit
from graph.ballots import Ballots, ballots_of_draws, ballots_of_votes
from graph.bridging import UPHELD_LOW, bridge
from graph.cell_guard import MIN_CELL
from graph.disagreement import disagreement, excess_of, without_each_context
from graph.group_minimum import group_minimum
from graph.groups import Grouping, edges_by_group, grouping_by, shown_sizes, voters_by_group
from graph.influence import influence
from services.awaited import AwaitedThings
from services.group_material import Material, read_material, read_waves
from services.group_rows import (
    audit_row,
    bridging_rows,
    bridging_words,
    disagreement_section,
    edge_row,
    influence_row,
)
from services.kept import Kept
from services.opinion_measures import opinion_section
from services.process_measures import TEXTS, process_measures
from services.waves import waves_section
from storage import Database

N_SHUFFLES = 999
N_RESAMPLES = 200
MAX_HELD = 32
"""Analyses kept in memory; the least recently used goes first."""
MAX_TITLES_HELD = 4
"""Studies whose titles are kept."""
MAX_ANEW = 4
"""Analyses that may be under way beside a page; the one last looked at longest ago is given up first."""
TAKES_BACK = frozenset({"person.erased", "attribute.answered"})
"""Events after which people are gone from a group, or may be: no analysis from before is shown again."""
NOT_SURE = 2
"""Place of "not sure" among the answers on an edge."""
EDGES, DISAGREEMENT, OPINION, BRIDGING, VALUES, AUDIT, INFLUENCE = range(7)
"""Purposes of randomness: each has its own stream, so that one section never changes another."""


class _Key(NamedTuple):
    query: GraphQuery
    attribute: str
    seed: int
    data_version: int


class AtHand(NamedTuple):
    """What can be shown at once."""

    found: GroupAnalysis
    is_older: bool = False
    """The data changed since; the newer one is being made."""
    failure: str = ""
    """One sentence where the newer one could not be made; told once, the next look tries again."""


class _WavesKey(NamedTuple):
    query: GraphQuery
    starts: tuple[datetime, ...]
    round_attribute: str
    data_version: int


class GroupAnalyses:
    """Use case: what groups say. The newest analysis of each question asked is kept in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Kept[_Key, GroupAnalysis](most=MAX_HELD)
        self._anew = AwaitedThings[_Key, GroupAnalysis]("analysis of groups", most=MAX_ANEW)
        self._waves = Kept[_WavesKey, OverTimeSection](most=MAX_HELD)
        self._attributes = Kept[tuple[StudyId, frozenset[Source], int], dict[str, int]](most=MAX_HELD)
        self._titles = Kept[tuple[StudyId, int], Mapping[int, str]](most=MAX_TITLES_HELD)

    def attributes(self, study_id: StudyId, *, sources: frozenset[Source]) -> dict[str, int]:
        """Return the attributes by which at least two groups of five people can be told apart, with people in them."""
        key = (study_id, sources, self._database.version(study_id))
        return dict(self._attributes.get(key, lambda: self._count_attributes(study_id, sources)))

    def _count_attributes(self, study_id: StudyId, sources: frozenset[Source]) -> dict[str, int]:
        with self._database.read() as store:
            said = [one.attributes for one in store.people.profiles(study_id) if one.source in sources]
        found = {}
        for name in sorted({name for attributes in said for name in attributes}):
            sizes = shown_sizes(attributes.get(name, "") for attributes in said)
            if len(sizes) > 1:
                found[name] = sum(sizes.values())
        return found

    def analyse(self, query: GraphQuery, *, attribute: str, seed: int = 0) -> GroupAnalysis:
        """Return groups, bridging and audit by ``attribute``; the same data and seed give the same numbers.

        An attribute that nobody gave yields an analysis without groups: what needs none (bridging) is there.
        """
        return self._of(_Key(query, attribute, seed, self._database.version(query.study_id)))

    def at_hand(self, query: GraphQuery, *, attribute: str, seed: int = 0) -> AtHand:
        """Return the same without making anybody wait who has seen an older one: the newer is made beside it.

        Where the question is asked for the first time, or somebody took something back since, whichever process wrote
        it, this waits for the answer.
        """
        key = _Key(query, attribute, seed, self._database.version(query.study_id))
        found = self._held.last(lambda held: held == key)
        if found is not None:
            return AtHand(found)
        older = self._held.last(lambda held: held._replace(data_version=key.data_version) == key)
        if older is None or self._is_taken_back(older.run):
            return AtHand(self._of(key))
        failure = self._anew.ask(key, lambda *_: self._of(key)).failure
        if failure:
            self._anew.drop(key)
        return AtHand(older, is_older=True, failure=failure)

    def _is_taken_back(self, run: RunCard) -> bool:
        with self._database.read() as store:
            return any(event.kind in TAKES_BACK for event in store.events.list(run.study_id, after=run.data_version))

    def _of(self, key: _Key) -> GroupAnalysis:
        def make() -> GroupAnalysis:
            with self._database.read() as store:
                material = read_material(store, key.query)
            return analyse_groups(material, key.query, attribute=key.attribute, seed=key.seed)

        return self._held.get(key, make)

    def over_time(
        self, query: GraphQuery, *, starts: Sequence[datetime] = (), round_attribute: str = ""
    ) -> OverTimeSection:
        """Return what rose, fell or flipped between the first and the last wave.

        Waves begin with the first vote and at ``starts``; else they are the rounds of at least five people that
        ``round_attribute`` names, in the order of their names; else the two halves of the votes by time.
        """
        key = _WavesKey(query, tuple(starts), round_attribute, self._database.version(query.study_id))

        def make() -> OverTimeSection:
            with self._database.read() as store:
                material = read_waves(store, query)
            return waves_section(material, starts=starts, round_attribute=round_attribute)

        return self._waves.get(key, make)

    def titles(self, study_id: StudyId) -> Mapping[int, str]:
        """Return the title of each value that stands, by number: an analysis names values by number alone."""

        def read() -> Mapping[int, str]:
            with self._database.read() as store:
                return MappingProxyType({value.number: value.title for value in store.values.list(study_id)})

        return self._titles.get((study_id, self._database.version(study_id)), read)

    def forget(self, study_id: StudyId) -> None:
        """Drop every analysis of a study from memory; called when a person erases their words."""
        self._held.forget(lambda key: key.query.study_id == study_id)
        self._waves.forget(lambda key: key.query.study_id == study_id)
        self._attributes.forget(lambda key: key[0] == study_id)
        self._titles.forget(lambda key: key[0] == study_id)
        # Last: a renewal asked for before the others were empty would else stay, done and kept nowhere.
        self._anew.clear()


def analyse_groups(material: Material, query: GraphQuery, *, attribute: str, seed: int) -> GroupAnalysis:
    """Return the whole analysis of what was read."""
    ballots = ballots_of_votes([vote.row for vote in material.votes])
    grouping = grouping_by(material.people, attribute=attribute)
    return GroupAnalysis(
        run=_run_card(material, query, ballots, grouping, seed=seed),
        groups=_groups(material, ballots, grouping, seed=seed),
        bridging=_bridging(material, ballots, grouping, seed=seed),
        audit=_audit(material, query, ballots, grouping, seed=seed),
        over_time=waves_section(material),
    )


def _stream(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, purpose])


def _run_card(material: Material, query: GraphQuery, ballots: Ballots, grouping: Grouping, *, seed: int) -> RunCard:
    labels = set(grouping.labels())
    n_in_groups = sum(label in labels for label in grouping.group_of.values())
    return RunCard(
        study_id=query.study_id,
        data_version=material.data_version,
        until=query.until,
        attribute=grouping.name,
        seed=seed,
        n_people=len(material.people),
        n_in_groups=n_in_groups,
        n_not_given=len(material.people) - n_in_groups,
        n_votes=len(ballots.person),
        n_voters=len(ballots.people),
        min_cell=MIN_CELL,
        n_shuffles=N_SHUFFLES,
        n_resamples=N_RESAMPLES,
    )


def _groups(material: Material, ballots: Ballots, grouping: Grouping, *, seed: int) -> GroupsSection:
    codes, labels, guard = grouping.codes(ballots.people), grouping.labels(), grouping.guard()
    rng = _stream(seed, DISAGREEMENT)
    found = disagreement(ballots, codes, labels, guard=guard, rng=rng, n_shuffles=N_SHUFFLES, n_resamples=N_RESAMPLES)
    decided = excess_of(ballots.where(ballots.answer != NOT_SURE), codes, guard=guard)
    in_group = list(grouping.group_of.values())
    edges = edges_by_group(ballots, grouping, rng=_stream(seed, EDGES), n_shuffles=N_SHUFFLES)
    return GroupsSection(
        sizes=tuple(
            GroupSize(name=voters.group, n_people=in_group.count(voters.group), n_votes=voters.n_votes)
            for voters in voters_by_group(ballots, grouping)
        ),
        edges=tuple(edge_row(edge, number=material.number) for edge in edges),
        disagreement=disagreement_section(
            found,
            without_each_context(ballots, codes, labels, guard=guard) if found else (),
            decided_excess=decided,
        ),
        opinion=opinion_section(ballots, rng=_stream(seed, OPINION)),
    )


def _bridging(material: Material, ballots: Ballots, grouping: Grouping, *, seed: int) -> BridgingSection:
    ticks = ballots_of_draws(material.draws)
    edges, values = (
        bridging_rows(
            bridge(columns, rng=_stream(seed, purpose), n_resamples=N_RESAMPLES),
            group_minimum(
                columns,
                grouping.codes(columns.people),
                grouping.labels(),
                guard=grouping.guard(),
                rng=_stream(seed, purpose),
                n_resamples=N_RESAMPLES,
            ),
            number=material.number,
        )
        for columns, purpose in ((ballots, BRIDGING), (ticks, VALUES))
    )
    unsettled = max((row.unsettled for row in edges if row.n_people >= MIN_CELL), default=0.0)
    return BridgingSection(
        edges=edges,
        values=values,
        intercept_needed=UPHELD_LOW,
        n_upheld_edges=sum(row.is_upheld is True for row in edges),
        n_upheld_values=sum(row.is_upheld is True for row in values),
        unsettled=unsettled,
        words=bridging_words(sum(row.is_upheld is True for row in edges), unsettled=unsettled),
        n_too_few=sum(row.is_upheld is None for row in (*edges, *values)),
    )


def _audit(material: Material, query: GraphQuery, ballots: Ballots, grouping: Grouping, *, seed: int) -> AuditSection:
    lines = audit(process_measures(material), grouping, rng=_stream(seed, AUDIT))
    weights = influence(ballots, grouping, thresholds=query.thresholds, rng=_stream(seed, INFLUENCE))
    return AuditSection(
        rows=tuple(audit_row(line, text=TEXTS[line.name]) for line in lines),
        influence=tuple(influence_row(one, number=material.number) for one in weights),
    )
