"""What groups of people say, beside and across one another: the nouns behind ``moralgraph analyze --by ATTRIBUTE``.

Values are named by their number, as in the export. Every share lies in 0..1; every interval is 95 %. A number that is
``None`` is hidden because too few people stand behind it, or was never recorded: the words beside it say which.
"""

from typing import Literal

from pydantic import Field

from domain.ids import StudyId
from domain.nouns import Moment, Noun

Range = tuple[float, float]  # low and high end
CellState = Literal["shown", "hidden"]
"""Hidden: fewer than five people, or hidden beside such a cell. It never says which: that would tell counts."""


class RunCard(Noun):
    """What the numbers were made from: the same card gives the same numbers."""

    study_id: StudyId
    data_version: int
    """Number of the last event of the study that was read."""
    until: Moment | None
    attribute: str
    seed: int
    n_people: int
    """Participants of the sources asked for."""
    n_in_groups: int
    n_not_given: int
    """People who did not give the attribute, or whose group has under ``min_cell`` people: in totals, in no group."""
    n_votes: int
    n_voters: int
    min_cell: int
    """People below which no cell is shown."""
    n_shuffles: int
    n_resamples: int


class GroupSize(Noun):
    """A group with at least ``min_cell`` people; no ``n_votes`` where they would tell a hidden cell."""

    name: str
    n_people: int
    n_votes: int | None


class EdgeInGroup(Noun):
    """One group's answers on one ordered pair; hidden where ``n_people`` is ``None``."""

    group: str
    state: CellState
    n_people: int | None
    wiser: int | None
    not_wiser: int | None
    unsure: int | None
    share: float | None
    interval: Range | None


class EdgeByGroups(Noun):
    """One ordered pair, group by group."""

    src: int
    wiser: int
    groups: tuple[EdgeInGroup, ...]
    p: float | None
    q: float | None
    """``p`` corrected over all pairs that could be tested (Benjamini-Hochberg)."""


class GroupPair(Noun):
    """Two groups: chance that two people answer one item differently, between and within."""

    first: str
    second: str
    between: float
    within_first: float
    within_second: float
    excess: float
    n_items: int


class WithoutContextRow(Noun):
    """The excess with one context left out."""

    context: str
    excess: float | None
    n_items: int


class DisagreementSection(Noun):
    """Disagreement between groups beyond that within them: 0, no fault line; 1, two unanimous camps."""

    excess: float
    interval: Range
    p: float
    n_people: int
    n_items: int
    pairs: tuple[GroupPair, ...]
    without_context: tuple[WithoutContextRow, ...]
    decided_excess: float | None
    """The same with "not sure" left out instead of being an answer of its own."""
    words: str


class OpinionSection(Noun):
    """Groups made from the votes themselves, or how many people they lack."""

    n_people: int
    """People with at least ``min_answers`` answers."""
    n_missing: int
    """People still needed; 0 where groups were made."""
    min_answers: int
    sizes: tuple[int, ...] = ()
    """Largest first; groups under ``min_cell`` people are counted together as one, left out where that is as small."""
    silhouette: float | None = None
    excess: float | None = None
    """On the answers the groups were made from: inflated by construction, shown to be compared with the next."""
    cross_fitted_excess: float | None = None
    """On items the groups were not made from: the one to read."""
    words: str


class GroupsSection(Noun):
    """Groups side by side."""

    sizes: tuple[GroupSize, ...]
    edges: tuple[EdgeByGroups, ...]
    disagreement: DisagreementSection | None
    """``None`` where fewer than two groups can be compared."""
    opinion: OpinionSection


class LowestGroup(Noun):
    """The group that upholds an item least, among at least two that may be shown."""

    group: str
    share: float
    interval: Range
    sure_low: float
    """Lower bound that holds for all groups together."""
    is_upheld: bool
    n_groups: int


class BridgingRow(Noun):
    """How far one item is upheld across camps."""

    src: int | None
    """``None`` where the item is a value."""
    wiser: int
    """The wiser value of an edge, or the value."""
    context: str
    """Empty where the item is a value."""
    n_people: int
    share: float
    """Plain share of support, "not sure" as one half."""
    intercept: float
    side: float
    interval: Range
    with_one_more: Range
    """What one further voter of any kind could bring about."""
    unsettled: float
    """How far the better half of the model's starts differ in ``intercept``: large where people answered too little."""
    is_upheld: bool | None
    lowest_group: LowestGroup | None


class BridgingSection(Noun):
    """What is upheld across camps, by the factor model and by the group-wise minimum."""

    edges: tuple[BridgingRow, ...]
    """By intercept, highest first."""
    values: tuple[BridgingRow, ...]
    """Support: ticked among those shown."""
    intercept_needed: float
    """Lower bound at which an item is called upheld."""
    n_upheld_edges: int
    n_upheld_values: int
    unsettled: float
    """Largest ``unsettled`` among edges with at least ``min_cell`` people; 0 without any."""
    words: str
    n_too_few: int
    """Edges and values with under ``min_cell`` people."""


class AuditGroup(Noun):
    """One group in one measure; hidden where ``n_people`` is ``None``."""

    group: str
    state: CellState
    n_people: int | None
    n_yes: int | None
    """People for whom a share holds; ``None`` in medians and ratios."""
    value: float | None
    interval: Range | None


class AuditPair(Noun):
    """Two groups of a share, by Fisher's exact test."""

    first: str
    second: str
    p: float
    q: float


class AuditRow(Noun):
    """One measure of the process by group."""

    measure: str
    title: str
    kind: Literal["share", "median", "ratio"]
    unit: str
    groups: tuple[AuditGroup, ...]
    n_people: int
    p: float | None
    q: float | None
    pairs: tuple[AuditPair, ...]
    unseen: float | None
    words: str
    """Chosen by rule from the numbers; never a judgement."""


class InfluenceRow(Noun):
    """What the graph would be without the voters of one group; groups whose voters are hidden have no row."""

    group: str
    n_people: int
    n_votes: int | None
    edges_lost: int
    edges_gained: int
    top_left: tuple[int, ...]
    top_entered: tuple[int, ...]
    usual: Range
    p: float
    words: str


class AuditSection(Noun):
    """The process by group."""

    rows: tuple[AuditRow, ...]
    influence: tuple[InfluenceRow, ...]


class PairInWaveRow(Noun):
    """Answers on a pair in one wave; hidden where ``n_people`` is ``None``, then in both waves."""

    state: CellState
    n_people: int | None
    wiser: int | None
    n_votes: int | None
    share: float | None
    interval: Range | None


class ChangeRow(Noun):
    """One ordered pair in two waves."""

    src: int
    wiser: int
    earlier: PairInWaveRow
    later: PairInWaveRow
    move: str
    p: float | None
    q: float | None


class WaveRow(Noun):
    """One wave; ``None`` under ``min_cell`` people, and where what another wave or pair hides would follow."""

    name: str
    n_people: int | None
    n_votes: int | None


class OverTimeSection(Noun):
    """What rose, fell or flipped between the first and the last wave."""

    by: str = ""
    """Attribute whose answers are the rounds; empty where the votes are cut by time."""
    waves: tuple[WaveRow, ...]
    changes: tuple[ChangeRow, ...]
    n_rose: int = Field(ge=0)
    n_fell: int = Field(ge=0)
    n_flipped: int = Field(ge=0)
    words: str


class GroupAnalysis(Noun):
    """All that ``moralgraph analyze --by ATTRIBUTE`` says of groups."""

    run: RunCard
    groups: GroupsSection
    bridging: BridgingSection
    audit: AuditSection
    over_time: OverTimeSection
