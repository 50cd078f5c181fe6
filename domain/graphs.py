"""The moral graph as a noun: what leaves ``graph``, and what pages and exports are made from."""

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import Field

from domain.cards import CanonicalValue
from domain.ids import ContextId, PersonId, QuestionId, StudyId, ValueId
from domain.nouns import Moment, Noun
from domain.people import REAL_SOURCES, Source
from domain.votes import EdgeAnswer


class VoteRow(NamedTuple):
    """One edge vote, as the graph needs it. ``src_id`` is the value left behind in the story."""

    person_id: PersonId
    src_id: ValueId
    wiser_id: ValueId
    context: str
    answer: EdgeAnswer


class Thresholds(Noun):
    """Which edges are kept. Defaults are those of the published 2023 graph."""

    min_wiser_likelihood: float = Field(default=0.33, ge=-1, le=1)
    max_entropy: float = Field(default=1.69, ge=0)
    min_wiser: int = Field(default=2, ge=0)
    """Votes "wiser" an edge needs at least; an edge without any is never kept."""


class GraphQuery(Noun):
    """Which votes go into a graph. Empty tuples mean no restriction."""

    study_id: StudyId
    question_ids: tuple[QuestionId, ...] = ()
    context_ids: tuple[ContextId, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """Pairs (attribute, value): only people who bear all of them."""
    sources: frozenset[Source] = REAL_SOURCES
    until: Moment | None = None
    """Votes as they stood at this time."""
    training_only: bool = False
    """Only people who agreed that their answers train models."""
    thresholds: Thresholds = Thresholds()


class EdgeCounts(NamedTuple):
    """Counts of one ordered pair (src, wiser)."""

    wiser: int
    not_wiser: int
    unsure: int
    less_wise: int
    """Votes "wiser" on the reverse pair."""
    impressions: int
    """All votes on the pair in both directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCounts:
    """Votes of one edge in one context, own direction only. No noun: a large graph has tens of thousands of them."""

    context: str
    wiser: int
    not_wiser: int
    unsure: int


class GraphEdge(Noun):
    """An ordered pair of values: votes say that ``wiser_id`` is wiser than ``src_id``."""

    src_id: ValueId
    wiser_id: ValueId
    contexts: tuple[str, ...]
    """Distinct contexts of both directions, sorted."""
    counts: EdgeCounts
    by_context: tuple[ContextCounts, ...]
    """Empty in the graph of a group: one context may hold few of its people."""
    wiser_likelihood: float | None = Field(ge=-1, le=1)
    """(W - L) / (W + N + U + L), -1..1; ``None`` where that sum of counts is 0."""
    entropy: float = Field(ge=0)
    """As published: over W, N, L, U and impressions, in bits. Kept for compatibility."""
    vote_entropy: float | None = Field(ge=0)
    """Entropy of W, N, U, L alone, in bits, 0..2; ``None`` without votes."""
    wiser_share_interval: tuple[float, float] | None = None
    """Wilson 95 % interval of W / (W + N + U), each 0..1; ``None`` without votes."""
    n_people: int
    """People who voted on the pair in either direction."""
    is_kept: bool


class GraphNode(Noun):
    """A value in the graph."""

    value: CanonicalValue
    wisdom: float | None
    """Sum of wiser-likelihoods of kept edges into it; 0 where they only leave it; ``None`` where none touches it."""
    page_rank: float | None
    """Share of rank, sums to 1 over the nodes of kept edges; higher is wiser; ``None`` outside the graph."""
    page_rank_published: float | None
    """As published: rank of sinks leaks, so the sum is below 1."""
    n_votes: int
    """Edge votes that name it on either side."""
    n_cards: int
    """Cards placed under it."""
    n_choices: int | None = 0
    """Times it was ticked in a draw, by the people whose votes count; filters by context do not touch it. ``None`` in
    the graph of a group, where few people could be told from it."""
    n_impressions: int | None = 0
    """Times it was shown in a draw, likewise."""
    x: float = 0.0
    """Position left to right, about -1..1."""
    y: float = 0.0
    """Position bottom to top: wiser is up."""
    layer: int = 0
    """0 at the bottom; cycles share a layer."""


class MoralGraph(Noun):
    """Values and the wiser-than edges between them, with the counts of what went in."""

    query: GraphQuery
    nodes: tuple[GraphNode, ...]
    """Values that a vote names, kept edge or not, by number."""
    edges: tuple[GraphEdge, ...]
    """All ordered pairs voted on, by numbers of both ends; ``is_kept`` marks those of the graph."""
    cycles: tuple[tuple[ValueId, ...], ...]
    """Groups of values that lie on a common cycle of kept edges."""
    n_votes: int
    n_people: int
    n_self_loops: int = 0
    """Votes left out because a merge made both ends the same value."""
    n_votes_superseded: int = 0
    """Votes left out because, after a merge, the same person voted on the same pair and context later."""
    n_votes_withdrawn: int = 0
    """Votes left out because a value they name was withdrawn."""
    n_pairs_withheld: int = 0
    """Pairs of values left out, in a graph of one group, because too few people of it or outside of it answered."""

    def kept_edges(self) -> tuple[GraphEdge, ...]:
        """Return the edges of the graph proper."""
        return tuple(e for e in self.edges if e.is_kept)
