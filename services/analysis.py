"""Everything that the votes of a study entail, in one shape: what ``moralgraph analyze`` prints and pages show."""

from typing import NamedTuple

import numpy as np

from domain.analysis import (
    AnalysisRun,
    FunnelSection,
    OrderSection,
    StudyAnalysis,
    UncertaintySection,
    WisestRow,
    WisestSection,
)
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.nouns import Noun
from graph.pairs import edges_of
from graph.provisional import states_over_time
from graph.resampling import N_RESAMPLES
from graph.tally import tally
from graph.uncertainty import uncertainty
from services.analysis_groups import GroupAnalyses
from services.analysis_sections import funnel_section, order_section, uncertainty_section, wisest_row
from services.analysis_votes import AnalysedVotes, read_votes
from services.kept import Kept
from storage import Database

MAX_HELD = 32
"""Analyses kept in memory; the least recently used goes first."""
OVERALL = 0
"""Purpose of the first stream of randomness; questions have the following ones, so that none changes another."""


class VoteAnalysis(Noun):
    """The parts that need no groups."""

    run: AnalysisRun
    order: OrderSection
    funnel: FunnelSection
    uncertainty: UncertaintySection
    wisest: WisestSection


class _Key(NamedTuple):
    query: GraphQuery
    seed: int
    data_version: int


class Analyses:
    """Use case: what the votes entail. The newest analysis of each question asked is kept in memory."""

    def __init__(self, database: Database, groups: GroupAnalyses) -> None:
        self._database = database
        self._groups = groups
        self._held = Kept[_Key, VoteAnalysis](most=MAX_HELD)

    def entailed(self, query: GraphQuery, *, seed: int = 0) -> VoteAnalysis:
        """Return order, funnel, ranges and winners; the same data and seed give the same numbers."""
        key = _Key(query, seed, self._database.version(query.study_id))
        return self._held.get(key, lambda: self._made(query, seed=seed))

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held of a study; called when a person erases their words."""
        self._held.forget(lambda key: key.query.study_id == study_id)

    def _made(self, query: GraphQuery, *, seed: int) -> VoteAnalysis:
        with self._database.read() as store:
            votes = read_votes(store, query)
        return analyse_votes(votes, query, seed=seed)

    def analyse(self, query: GraphQuery, *, attribute: str = "", seed: int = 0) -> StudyAnalysis:
        """Return everything, groups by ``attribute``; without one there are no groups, and their parts say so."""
        entailed = self.entailed(query, seed=seed)
        grouped = self._groups.analyse(query, attribute=attribute, seed=seed)
        return StudyAnalysis(
            run=entailed.run,
            order=entailed.order,
            funnel=entailed.funnel,
            uncertainty=entailed.uncertainty,
            wisest=entailed.wisest,
            group_run=grouped.run,
            groups=grouped.groups,
            bridging=grouped.bridging,
            audit=grouped.audit,
            over_time=grouped.over_time,
        )


def analyse_votes(
    votes: AnalysedVotes, query: GraphQuery, *, seed: int, n_resamples: int = N_RESAMPLES
) -> VoteAnalysis:
    """Return the analysis of what was read."""
    columns, thresholds = votes.columns(), query.thresholds
    edges = edges_of(tally(columns), thresholds=thresholds)
    found = uncertainty(columns, thresholds=thresholds, rng=_stream(seed, OVERALL), n_resamples=n_resamples)
    n_votes, n_people = found.n_votes, found.n_people
    return VoteAnalysis(
        run=AnalysisRun(
            study=votes.study.slug,
            study_id=query.study_id,
            data_version=votes.data_version,
            until=query.until,
            sources=tuple(sorted(query.sources)),
            thresholds=thresholds,
            seed=seed,
            n_resamples=n_resamples,
            n_votes=n_votes,
            n_people=n_people,
        ),
        order=order_section(edges, n_votes=n_votes, n_people=n_people),
        funnel=funnel_section(edges, thresholds=thresholds, n_votes=n_votes, n_people=n_people),
        uncertainty=uncertainty_section(edges, found, states_over_time(votes.moments(), thresholds=thresholds)),
        wisest=WisestSection(
            overall=wisest_row(found, question=None),
            questions=tuple(
                _wisest_of(votes, query, place, seed=seed, n_resamples=n_resamples)
                for place, question in enumerate(votes.questions)
                if not query.question_ids or question.id in query.question_ids
            ),
        ),
    )


def _wisest_of(votes: AnalysedVotes, query: GraphQuery, place: int, *, seed: int, n_resamples: int) -> WisestRow:
    question = votes.questions[place]
    found = uncertainty(
        votes.of_question(question).columns(),
        thresholds=query.thresholds,
        rng=_stream(seed, OVERALL + 1 + place),
        n_resamples=n_resamples,
    )
    return wisest_row(found, question=question.slug)


def _stream(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, purpose])
