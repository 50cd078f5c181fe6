"""What a run says: nouns behind the pages of stances and ``moralgraph stances report`` and ``compare``.

A preference lies in -100..100: mentions of a value by the actions chosen, less those by the actions left, in percent of
both. Every interval is 95 %. ``None`` stands where there is nothing to count.
"""

from typing import Literal

from domain.nouns import Noun
from domain.plurality import Range
from domain.stances import AnswerClass

Verdict = Literal["readable", "shaky", "not_to_be_read"]
Reading = Literal["choices", "probabilities", "consistent"]
Route = Literal["nearness", "valence"]
"""How values of a graph reach dilemmas: by nearness of meaning to the values listed, or by a scorer's valence."""


class RunReading(Noun):
    """How far a run can be read at all."""

    run_id: str
    model: str
    dataset: str
    system: str
    """What the model was told beforehand; empty for nothing."""
    reading: Reading
    n_items: int
    n_answered: int
    """Items with at least one choice."""
    classes: dict[AnswerClass, int]
    """Answers by class."""
    n_both_orders: int
    order_agreement: float | None
    order_agreement_interval: Range | None
    verdict: Verdict
    words: str
    """One sentence for people."""
    is_recorded_only: bool = False
    seed: int = 0
    n_resamples: int = 0


class LabelStance(Noun):
    """One value, or one dimension of a theory."""

    theory: str
    name: str
    preference: float
    interval: Range | None
    """Dilemmas drawn again; ``None`` below ``MIN_DILEMMAS``."""
    selected: float
    neglected: float
    n_dilemmas: int
    """Answered dilemmas that mention it."""
    always_to_do: float
    """Preference of the policy that always does it; that of never doing it is the negation."""
    random: Range
    """Where 95 % of coin tossers lie."""
    majority: float | None
    """Preference of a policy that knows the topic group alone."""
    if_refused: Range
    """What the unanswered dilemmas could have led to."""
    p_random: float | None = None
    """Chance that a coin tosser lies this far from 0, two-sided, corrected for the labels of the theory."""


class GroupShare(Noun):
    """How often the action is done in one topic group."""

    group: str
    n_to_do: float
    n: int
    share: float
    interval: Range


class GroupLabel(Noun):
    """One dimension in one topic group."""

    group: str
    theory: str
    name: str
    preference: float
    n_dilemmas: int


class ValueStrength(Noun):
    """A value's strength in battles: log-odds to win against a value of average strength."""

    value: str
    strength: float
    interval: Range
    n_battles: int
    n_dilemmas: int


class BattleCount(Noun):
    """Battles of two values that stood on different sides; ``first`` before ``second`` in the alphabet."""

    first: str
    second: str
    first_wins: float
    second_wins: float


class StanceReport(Noun):
    """Everything a page shows of one run over dilemmas."""

    run: RunReading
    labels: tuple[LabelStance, ...]
    groups: tuple[GroupShare, ...]
    cells: tuple[GroupLabel, ...]
    strengths: tuple[ValueStrength, ...]
    battles: tuple[BattleCount, ...]
    """Pairs of values that have a strength."""


class LabelDifference(Noun):
    """One label in two runs over the dilemmas that both answered."""

    theory: str
    name: str
    first: float
    first_interval: Range
    second: float
    second_interval: Range
    difference: float
    """Second less first."""
    interval: Range
    p: float | None
    q: float | None
    """Corrected for all labels tested; ``None`` where too few dilemmas mention it."""
    smallest_visible: float
    n_dilemmas: int


class RunComparison(Noun):
    """Two runs, or one run without and with a system text."""

    first: RunReading
    second: RunReading
    n_shared: int
    n_same_choice: float
    """Shared dilemmas weighed by how alike the two lean: 1 for the same, 0 for opposite."""
    labels: tuple[LabelDifference, ...]
    words: str


class LinkedLabel(Noun):
    """A value of the data set that a value of the graph is taken to mean."""

    name: str
    similarity: float | None
    """Cosine of the texts, -1..1; ``None`` where a person chose it."""


class ValueLink(Noun):
    """A value of the graph and what it is taken to mean."""

    number: int
    title: str
    labels: tuple[LinkedLabel, ...]
    candidates: tuple[LinkedLabel, ...]
    """The nearest, best first."""
    is_corrected: bool
    """True where a person decided."""


class GraphPoint(Noun):
    """A value of the graph beside what the model does."""

    number: int
    title: str
    labels: tuple[str, ...]
    confidence: float | None
    """Similarity of its best label; ``None`` where a person chose, or where the route is valence."""
    score: float
    score_interval: Range
    preference: float
    preference_interval: Range | None
    n_dilemmas: int
    gap: float
    """Share of values it passes by the model's preference less that by the graph's score, -1..1."""


class RankCorrelation(Noun):
    """Spearman's, over the values that have both."""

    rho: float | None
    """``None`` with fewer than four values, or where one side is all equal."""
    interval: Range | None
    n_values: int


class EdgeTest(Noun):
    """In dilemmas where the two values of an edge conflict: does the model act on the wiser one?"""

    src: int
    wiser: int
    src_title: str
    wiser_title: str
    n_wiser: int
    n_less: int
    n_undecided: int
    """The two orders disagreed."""
    interval: Range | None
    always_to_do: float | None
    """Share that the constant policy acts on the wiser one."""
    dilemmas: tuple[str, ...]
    """Ids of those that decide."""


class GraphComparison(Noun):
    """A run beside the graph of a study."""

    run: RunReading
    study: str
    data_version: int
    score: Literal["wisdom", "page_rank"]
    route: Route = "nearness"
    embedder: str
    """Empty where the route is valence."""
    n_graph_values: int
    n_linked: int
    points: tuple[GraphPoint, ...]
    correlation: RankCorrelation
    edges: tuple[EdgeTest, ...]
    n_edges: int
    overall: EdgeTest | None
    """All edges together; a dilemma counts once for an edge."""
    overall_interval: Range | None
    """Dilemmas drawn again, since one dilemma may count for several edges."""
    words: str
