"""Which part of a large graph is drawn first: above 300 values a picture of all of them cannot be read."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum

from domain.graphs import GraphEdge, GraphNode, MoralGraph
from domain.ids import ValueId

MANY_NODES = 300
"""Above this a part is drawn first, and all of it only when asked for."""
FIRST_VALUES = 80
"""Values of the part that is drawn first, and at most around one value."""
BELOW_EACH = 3
"""Values drawn with each of the wisest: those it was found wiser than by most votes."""
STEPS_AROUND = 2


class Scope(StrEnum):
    """What of the graph is drawn."""

    FIRST = "first"
    """The values of highest wisdom with those right below them."""
    AROUND = "around"
    """One value with those up to two arrows away."""
    ALL = "all"


def drawn_nodes(graph: MoralGraph) -> list[GraphNode]:
    """Return the nodes that a kept edge touches, by number."""
    touched = {end for edge in graph.kept_edges() for end in (edge.src_id, edge.wiser_id)}
    return [node for node in graph.nodes if node.value.id in touched]


def values_in(graph: MoralGraph, scope: Scope, *, value_id: ValueId | None = None) -> frozenset[ValueId]:
    """Return which values of kept edges are drawn; around no value, or around one without edges, none are."""
    nodes, kept = drawn_nodes(graph), graph.kept_edges()
    if scope is Scope.ALL:
        return frozenset(node.value.id for node in nodes)
    if scope is Scope.AROUND:
        return _around(value_id, kept, among={node.value.id for node in nodes})
    return _first(nodes, kept)


def _first(nodes: Sequence[GraphNode], kept: Sequence[GraphEdge]) -> frozenset[ValueId]:
    below: dict[ValueId, list[ValueId]] = defaultdict(list)
    for edge in sorted(kept, key=lambda edge: (-edge.counts.wiser, edge.src_id)):
        below[edge.wiser_id].append(edge.src_id)
    chosen: dict[ValueId, None] = {}
    for node in sorted(nodes, key=lambda node: (-(node.wisdom or 0.0), node.value.number)):
        if len(chosen) >= FIRST_VALUES:
            break
        chosen |= dict.fromkeys((node.value.id, *below[node.value.id][:BELOW_EACH]))
    return frozenset(chosen)


def _around(value_id: ValueId | None, kept: Sequence[GraphEdge], *, among: set[ValueId]) -> frozenset[ValueId]:
    if value_id is None or value_id not in among:
        return frozenset()
    beside: dict[ValueId, list[ValueId]] = defaultdict(list)
    for edge in sorted(kept, key=lambda edge: -edge.counts.wiser):
        beside[edge.src_id].append(edge.wiser_id)
        beside[edge.wiser_id].append(edge.src_id)
    found = {value_id: None}
    for _ in range(STEPS_AROUND):
        found |= dict.fromkeys(other for one in list(found) for other in beside[one])
    return frozenset(list(found)[:FIRST_VALUES])
