"""Where values stand in the picture, in pixels: wiser is up, a cycle is a ring, labels never meet.

The graph brings the layer of each value and its order within; here layers become rows that can be read. Only a picture
of many values is packed more closely: it is looked at from afar first.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from domain.graphs import GraphEdge, GraphNode
from domain.ids import ValueId

HALF_WIDTH = 470.0
"""Half the width that the picture is made for; a wider page spreads it, a narrower one shows a part."""
MAX_IN_RING = 24
"""Values of a cycle up to which it is drawn as a ring; a larger one stands in rows."""


class Spacing(NamedTuple):
    """How closely rows are set."""

    per_row: int
    row: float
    half_width: float


TO_READ = Spacing(per_row=7, row=98.0, half_width=HALF_WIDTH)
PACKED = Spacing(per_row=70, row=44.0, half_width=2000.0)


class Spot(NamedTuple):
    """Where one value stands: right of the middle, and below the top."""

    x: float
    y: float


class Places(NamedTuple):
    """The whole layout."""

    spots: dict[ValueId, Spot]
    rings: tuple[tuple[ValueId, ...], ...]
    """Cycles that stand as rings, members in the order in which they stand."""
    height: float


def picture_places(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    cycles: Sequence[Sequence[ValueId]],
    *,
    spacing: Spacing = TO_READ,
) -> Places:
    """Return where ``nodes`` stand.

    Args:
        nodes: the values drawn, with layer and place.
        edges: the edges drawn.
        cycles: groups of values on a common cycle; only what is drawn of them counts.
        spacing: how closely rows are set.
    """
    drawn = {node.value.id for node in nodes}
    parts = [[one for one in cycle if one in drawn] for cycle in cycles]
    rings = [_round_trip(part, edges) for part in parts if 1 < len(part) <= MAX_IN_RING]
    in_ring = {one for ring in rings for one in ring}
    layer_of = {node.value.id: node.layer for node in nodes}
    spots: dict[ValueId, Spot] = {}
    y = 0.0
    for layer in sorted({*layer_of.values()}, reverse=True):
        for ring in (ring for ring in rings if layer_of[ring[0]] == layer):
            y = _place_ring(ring, y, spots, spacing)
        singles = [node for node in nodes if node.layer == layer and node.value.id not in in_ring]
        y = _place_rows(sorted(singles, key=lambda node: (node.x, node.value.number)), y, spots, spacing)
    return Places(spots, tuple(rings), y)


def _place_rows(nodes: Sequence[GraphNode], y: float, spots: dict[ValueId, Spot], spacing: Spacing) -> float:
    """Put ``nodes`` into as few rows as hold them, neighbours into different ones; return where the next row begins."""
    n_rows = -(-len(nodes) // spacing.per_row)
    for at, node in enumerate(nodes):
        across = -1 + (2 * at + 1) / len(nodes)
        spots[node.value.id] = Spot(round(across * spacing.half_width, 1), round(y + (at % n_rows) * spacing.row, 1))
    return y + n_rows * spacing.row


def _place_ring(ring: Sequence[ValueId], y: float, spots: dict[ValueId, Spot], spacing: Spacing) -> float:
    n = len(ring)
    across, up = min(0.86 * HALF_WIDTH, 60.0 + 36.0 * n), max(0.0 if n == 2 else 70.0, min(170.0, 17.0 * n))  # noqa: PLR2004 - two values stand side by side
    for at, value_id in enumerate(ring):
        turn = 2 * math.pi * at / n - (math.pi if n == 2 else math.pi / 2)  # noqa: PLR2004 - as above
        spots[value_id] = Spot(round(across * math.cos(turn), 1), round(y + up + up * math.sin(turn), 1))
    return y + 2 * up + spacing.row


def _round_trip(members: Sequence[ValueId], edges: Sequence[GraphEdge]) -> tuple[ValueId, ...]:
    """Return the members of a cycle so that most edges lead to the next one: always on along the edge of most votes."""
    left = set(members)
    onward: dict[ValueId, list[ValueId]] = {}
    for edge in sorted(edges, key=lambda edge: (-edge.counts.wiser, edge.wiser_id)):
        if edge.src_id in left and edge.wiser_id in left:
            onward.setdefault(edge.src_id, []).append(edge.wiser_id)
    here, trip = min(members), list[ValueId]()
    while left:
        trip.append(here)
        left.discard(here)
        reached = [one for one in onward.get(here, ()) if one in left]
        here = reached[0] if reached else min(left, default=here)
    return tuple(trip)
