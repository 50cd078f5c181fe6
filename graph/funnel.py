"""From pairs seen to edges kept: how many each filter of the published rule removes, one after the other."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from domain.graphs import GraphEdge, Thresholds


class Filter(NamedTuple):
    """One condition of the rule, in its place."""

    name: str
    least: float | None
    """Lowest value that passes; ``None`` where it asks for a highest."""
    most: float | None
    n_removed: int
    """Pairs that passed everything before it and fail here."""
    n_left: int


class Funnel(NamedTuple):
    """The whole way."""

    n_seen: int
    """Ordered pairs that at least one person was asked about in that direction."""
    filters: tuple[Filter, ...]
    n_kept: int


def filter_funnel(edges: Sequence[GraphEdge], *, thresholds: Thresholds) -> Funnel:
    """Return how many pairs each condition removes, in the order of the published rule.

    At least one vote "wiser"; then likelihood; then entropy as published; then the least number of votes "wiser".
    """
    rule: tuple[tuple[str, float | None, float | None, Callable[[GraphEdge], bool]], ...] = (
        ("any_wiser", 1, None, lambda e: e.counts.wiser > 0),
        (
            "min_wiser_likelihood",
            thresholds.min_wiser_likelihood,
            None,
            lambda e: e.wiser_likelihood is not None and e.wiser_likelihood >= thresholds.min_wiser_likelihood,
        ),
        ("max_entropy", None, thresholds.max_entropy, lambda e: e.entropy <= thresholds.max_entropy),
        ("min_wiser", thresholds.min_wiser, None, lambda e: e.counts.wiser >= thresholds.min_wiser),
    )
    left, filters = list(edges), []
    for name, least, most, passes in rule:
        passed = [edge for edge in left if passes(edge)]
        filters.append(Filter(name, least, most, n_removed=len(left) - len(passed), n_left=len(passed)))
        left = passed
    return Funnel(n_seen=len(edges), filters=tuple(filters), n_kept=len(left))
