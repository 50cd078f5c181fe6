"""Everything that the votes of a study entail, in one shape: what ``moralgraph analyze`` prints and pages show."""

from types import MappingProxyType
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
    WiseValue,
)
from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.nouns import Noun
from graph.next_pair import Contexts
from graph.pairs import edges_of
from graph.resampling import N_RESAMPLES
from graph.settling import settled_states
from graph.tally import tally
from graph.uncertainty import uncertainty
from services.analysis_groups import GroupAnalyses
from services.analysis_sections import funnel_section, order_section, rank_rows, uncertainty_section, wisest_row
from services.analysis_votes import AnalysedVotes, read_votes
from services.code_version import code_version
from services.data_hash import votes_hash
from services.kept import Kept
from services.values_to_ask import contexts_by_cards, contexts_by_votes
from storage import Database

MAX_HELD = 32
"""Analyses kept in memory; the least recently used goes first."""
OVERALL = 0
"""Purpose of the first stream of randomness; questions have the following ones, so that none changes another."""
NO_CARDS: Contexts = MappingProxyType({})


class VoteAnalysis(Noun):
    """The parts that need no groups."""

    run: AnalysisRun
    order: OrderSection
    funnel: FunnelSection
    uncertainty: UncertaintySection
    wisest: WisestSection
    ranks: tuple[WiseValue, ...]
    """Every value that kept edges touch, highest wisdom first, with its ranges."""


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

    def held(self, query: GraphQuery, *, data_version: int, seed: int = 0) -> VoteAnalysis | None:
        """Return the analysis where it was made already; it is never made here, so that a page need not wait for it."""
        return self._held.peek(_Key(query, seed, data_version))

    def forget(self, study_id: StudyId) -> None:
        """Drop what is held of a study; called when a person erases their words."""
        self._held.forget(lambda key: key.query.study_id == study_id)

    def _made(self, query: GraphQuery, *, seed: int) -> VoteAnalysis:
        with self._database.read() as store:
            votes = read_votes(store, query)
            with_cards = contexts_by_cards(store, query)
        return analyse_votes(votes, query, seed=seed, with_cards=with_cards)

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
            ranks=entailed.ranks,
            group_run=grouped.run,
            groups=grouped.groups,
            bridging=grouped.bridging,
            audit=grouped.audit,
            over_time=grouped.over_time,
        )


def analyse_votes(
    votes: AnalysedVotes,
    query: GraphQuery,
    *,
    seed: int,
    n_resamples: int = N_RESAMPLES,
    with_cards: Contexts = NO_CARDS,
) -> VoteAnalysis:
    """Return the analysis of what was read.

    Args:
        votes: the votes that count.
        query: what was asked for.
        seed: of the draws of people.
        n_resamples: how often people are drawn again.
        with_cards: values under which a card lies, with their contexts; they can be asked about without a vote.
    """
    columns, thresholds = votes.columns(), query.thresholds
    edges = edges_of(tally(columns), thresholds=thresholds)
    found = uncertainty(columns, thresholds=thresholds, rng=_stream(seed, OVERALL), n_resamples=n_resamples)
    states = settled_states(columns, votes.moment_numbers(), thresholds=thresholds)
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
            data_hash=votes_hash(columns),
            code_version=code_version(),
        ),
        order=order_section(
            edges, n_votes=n_votes, n_people=n_people, contexts={**with_cards, **contexts_by_votes(edges)}
        ),
        funnel=funnel_section(edges, thresholds=thresholds, n_votes=n_votes, n_people=n_people),
        uncertainty=uncertainty_section(edges, found, states),
        wisest=WisestSection(
            overall=wisest_row(found, question=None),
            questions=tuple(
                _wisest_of(votes, query, place, seed=seed, n_resamples=n_resamples)
                for place, question in enumerate(votes.questions)
                if not query.question_ids or question.id in query.question_ids
            ),
        ),
        ranks=rank_rows(found),
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
