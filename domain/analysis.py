"""What the votes of a study entail, with its ranges: the nouns behind ``moralgraph analyze``.

Values are named by their number, as in the export. Every share lies in 0..1; every interval is 95 %. The parts about
groups have their own nouns in ``domain.plurality``.
"""

from typing import Literal

from domain.graphs import Thresholds
from domain.ids import StudyId
from domain.nouns import Moment, Noun
from domain.people import Source
from domain.plurality import AuditSection, BridgingSection, GroupsSection, OverTimeSection, Range, RunCard


class AnalysisRun(Noun):
    """What the numbers were made from: the same card gives the same numbers."""

    study: str
    """Short name."""
    study_id: StudyId
    data_version: int
    """Number of the last event of the study that was read."""
    until: Moment | None
    sources: tuple[Source, ...]
    thresholds: Thresholds
    seed: int
    n_resamples: int
    n_votes: int
    """Votes that count: one per person, pair and context, merges followed."""
    n_people: int
    """People who cast them."""
    data_hash: str = ""
    """SHA-256 over the votes that count, people by what they said: another import of the same files has the same."""
    code_version: str = ""
    """Release, and the commit where the program runs from a checkout."""


class RankingSection(Noun):
    """What a ranking of all values says of pairs, beside what the votes entail."""

    by: Literal["page_rank", "wisdom"]
    claims: int
    """Pairs that the ranking tells apart."""
    entailed: int
    contradicted: int
    """Pairs that the votes order the other way round."""
    beyond: int
    """Pairs that the votes do not order."""
    share_not_entailed: float | None
    """Share of the claims that no votes entail; ``None`` without claims."""


class OpenPair(Noun):
    """A pair that people were asked about and that no votes order."""

    first: int
    second: int
    n_people: int
    """People who were asked about the two, in either direction."""
    is_hardly_compared: bool
    """Fewer than five people were asked: too few to call the two on a par."""


class NextPair(Noun):
    """A pair that nobody or hardly anybody was asked about, and what an answer would bring."""

    first: int
    second: int
    gain_second_wiser: int
    """Pairs newly ordered where the second is found wiser, this one included."""
    gain_first_wiser: int
    n_people: int = 0
    """People who were asked about the two so far, under five."""
    contexts: tuple[str, ...] = ()
    """Contexts in which both are spoken of; empty where none is known."""


class OrderSection(Noun):
    """The graph as a preorder of the values that kept edges touch."""

    values: int
    pairs: int
    strictly_comparable: int
    in_cycle: int
    on_a_par: int
    """Pairs without an order that people were asked about, those hardly compared among them."""
    hardly_compared: int = 0
    """Of these, pairs that fewer than five people were asked about: too few to call them on a par."""
    never_compared: int
    classes: int
    maximal_classes: int
    maximal_values_without_wiser: int
    longest_chain_classes: int
    width: int
    weak_components: int
    comparable_share: float | None
    """Strictly ordered pairs out of all; ``None`` with fewer than two values."""
    n_votes: int
    n_people: int
    levels: tuple[tuple[tuple[int, ...], ...], ...]
    """Classes by the longest chain below them, lowest first, from left to right; one of several values is a cycle."""
    edges: tuple[tuple[int, int], ...]
    """Kept edges, less wise first."""
    pairs_on_a_par: tuple[tuple[int, int], ...]
    """Pairs that people were asked about and that no votes order, lower number first."""
    open_pairs: tuple[OpenPair, ...] = ()
    """The same pairs, with how many people were asked about each."""
    rankings: tuple[RankingSection, ...]
    next_pairs: tuple[NextPair, ...]
    """Pairs worth asking about next, best first."""
    values_outside: int = 0
    """Values with a card or a vote that no kept edge touches: they are in no figure of the order."""
    next_pairs_outside: tuple[NextPair, ...] = ()
    """Pairs that would bring such values into the order, best first; each value is named once."""
    words: str


class FilterRow(Noun):
    """One condition of the published rule."""

    filter: str
    least: float | None
    most: float | None
    removed: int
    left: int


class FunnelSection(Noun):
    """From ordered pairs seen to edges kept."""

    ordered_pairs_seen: int
    filters: tuple[FilterRow, ...]
    edges_kept: int
    n_votes: int
    n_people: int


class EdgeRange(Noun):
    """One ordered pair voted on, with its ranges."""

    src: int
    wiser: int
    n_people: int
    n_votes: int
    """Votes in its own direction."""
    marked_wiser: int
    share: float | None
    """Votes "wiser" out of all in its own direction; ``None`` without any."""
    wilson: Range | None
    beta: Range | None
    likelihood: float | None
    likelihood_interval: Range | None
    is_kept: bool
    kept_share: float
    """Share of resamples in which it is an edge."""
    state: Literal["provisional", "settled_above", "settled_below"]


class UncertaintySection(Noun):
    """How sure each pair is."""

    edges: tuple[EdgeRange, ...]
    n_kept: int
    n_kept_settled: int
    """Kept edges settled above the line."""
    n_provisional: int
    n_votes: int
    n_people: int
    words: str


class WiseValue(Noun):
    """One value with its ranges over resampled people."""

    value_id: int
    wisdom: float
    interval: Range
    page_rank: float
    page_rank_interval: Range
    rank: int
    rank_interval: tuple[int, int]
    bootstrap_share: float
    """Share of resamples in which its wisdom is the highest."""
    bootstrap_share_page_rank: float


class WisestRow(Noun):
    """The value of highest wisdom, overall or among the votes of one question."""

    question: str | None
    """Short name; ``None`` overall."""
    value_id: int | None
    """``None`` where no edge is kept."""
    tied_with: tuple[int, ...]
    """Values of the same wisdom."""
    wisdom: float | None
    interval: Range | None
    bootstrap_share: float | None
    n_votes: int
    n_people: int
    n_values: int
    """Values that kept edges touch."""
    values: tuple[WiseValue, ...]
    """The highest by wisdom."""


class WisestSection(Noun):
    """Highest wisdom."""

    overall: WisestRow
    questions: tuple[WisestRow, ...]


class StudyAnalysis(Noun):
    """Everything that ``moralgraph analyze`` prints."""

    run: AnalysisRun
    order: OrderSection
    funnel: FunnelSection
    uncertainty: UncertaintySection
    wisest: WisestSection
    ranks: tuple[WiseValue, ...] = ()
    """Every value that kept edges touch, highest wisdom first, with its ranges."""
    group_run: RunCard
    """What the four parts below were made from."""
    groups: GroupsSection
    bridging: BridgingSection
    audit: AuditSection
    over_time: OverTimeSection
