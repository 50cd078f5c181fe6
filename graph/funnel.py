"""From the pairs people voted on to the edges of the graph: how many each filter of the published rule removes."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.graphs import GraphEdge, Thresholds


class Funnel(NamedTuple):
    """Ordered pairs, filter after filter; source of the filters and their order: Moral Graph Elicitation."""

    ordered_pairs: int
    """Voted on in their own direction."""
    without_wiser: int
    """Removed: nobody said "wiser"."""
    low_likelihood: int
    """Removed next: likelihood below the threshold."""
    high_entropy: int
    """Removed next: published entropy above the threshold."""
    few_wiser: int
    """Removed last: fewer votes "wiser" than the threshold."""
    kept: int


def funnel(edges: Sequence[GraphEdge], *, thresholds: Thresholds) -> Funnel:
    """Return how the pairs of ``edges`` fare under the filters; the removed and the kept add up to all of them."""
    removed = {"without_wiser": 0, "low_likelihood": 0, "high_entropy": 0, "few_wiser": 0}
    kept = 0
    for edge in edges:
        reason = _removed_by(edge, thresholds)
        if reason:
            removed[reason] += 1
        else:
            kept += 1
    return Funnel(ordered_pairs=len(edges), kept=kept, **removed)


def _removed_by(edge: GraphEdge, thresholds: Thresholds) -> str:
    if edge.counts.wiser == 0 or edge.wiser_likelihood is None:
        return "without_wiser"
    if edge.wiser_likelihood < thresholds.min_wiser_likelihood:
        return "low_likelihood"
    if edge.entropy > thresholds.max_entropy:
        return "high_entropy"
    return "few_wiser" if edge.counts.wiser < thresholds.min_wiser else ""
