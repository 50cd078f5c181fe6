"""A run beside the graph by valence instead of nearness: nouns behind the page *Model and graph*."""

from typing import NamedTuple

from domain.nouns import Noun
from domain.stance_reports import GraphComparison, RankCorrelation


class ValencePlan(NamedTuple):
    """What there is to score before a run can be read by valence."""

    n_dilemmas: int
    """Answered ones, drawn by the seed."""
    n_values: int
    """Values of the graph at an end of a kept edge."""
    n_pairs: int
    """An action and a value each."""
    n_scored: int
    """Of them scored already."""


class RouteRow(Noun):
    """One value of the graph by both ways; ``None`` where a way says nothing of it."""

    number: int
    title: str
    by_nearness: float | None
    """Preference of the model, -100..100."""
    by_valence: float | None
    n_nearness: int
    """Dilemmas that speak of it."""
    n_valence: int


class ValenceComparison(Noun):
    """A run beside the graph, values placed in dilemmas by a scorer's valence."""

    scorer: str
    checkpoint: str
    """Model and revision that the scores come from."""
    n_dilemmas: int
    """With both actions scored."""
    n_pairs: int
    n_without: int
    """Pairs that the scorer gave no valence for."""
    n_shortened: int
    """Pairs whose situation was too long for the scorer and was cut at its end."""
    least_lead: float
    compared: GraphComparison
    rows: tuple[RouteRow, ...]
    """Values that either way speaks of, furthest apart first."""
    agreement: RankCorrelation
    """Between the preferences of both ways."""
    words: str


class ActionPull(NamedTuple):
    """A value beside both actions of one dilemma."""

    title: str
    to_do: float | None
    """Relevance times (supports less opposes), -1..1; ``None`` without a valence."""
    not_to_do: float | None
