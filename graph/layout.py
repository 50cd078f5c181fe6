"""Where values stand in the picture: wiser is up, cycles share a layer, the same graph always looks the same."""

from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx

from domain.graphs import GraphEdge
from domain.ids import ValueId

SWEEPS = 8
"""Passes up and down that order each layer by its neighbours; more change nothing visible on the published graph."""
MAX_PER_ROW = 9
"""Values beside one another before a layer is folded into a second row."""


class Place(NamedTuple):
    """Where one value stands."""

    x: float
    """Left to right, -1..1."""
    y: float
    """Bottom to top, one unit a layer."""
    layer: int
    """0 is the lowest; edges go up, except inside a cycle."""


def place_values(edges: Sequence[GraphEdge]) -> dict[ValueId, Place]:
    """Return the place of every value that a kept edge touches.

    Layers: cycles are taken as one, then each value stands one above the highest value it was found wiser than.
    Order within a layer: repeated means of the neighbours' places (barycentres), ties by id.
    """
    network: nx.DiGraph[ValueId] = nx.DiGraph()
    network.add_nodes_from(sorted({end for e in edges if e.is_kept for end in (e.src_id, e.wiser_id)}))
    network.add_edges_from(sorted((e.src_id, e.wiser_id) for e in edges if e.is_kept))
    layer = _layers(network)
    rows: dict[int, list[ValueId]] = {}
    for node in network:
        rows.setdefault(layer[node], []).append(node)
    _order(network, rows)
    places: dict[ValueId, Place] = {}
    for number, row in rows.items():
        n_folds = -(-len(row) // MAX_PER_ROW)
        for place, node in enumerate(row):
            x = 0.0 if len(row) == 1 else -1 + 2 * place / (len(row) - 1)
            places[node] = Place(x=x, y=number + 0.5 * (place % n_folds) / n_folds, layer=number)
    return places


def _layers(network: "nx.DiGraph[ValueId]") -> dict[ValueId, int]:
    condensed = nx.condensation(network)
    height: dict[int, int] = {}
    for group in nx.topological_sort(condensed):
        height[group] = max((height[lower] + 1 for lower in condensed.predecessors(group)), default=0)
    return {node: height[group] for group in condensed for node in condensed.nodes[group]["members"]}


def _order(network: "nx.DiGraph[ValueId]", rows: dict[int, list[ValueId]]) -> None:
    """Sort each row by the mean place of its neighbours, up and down in turn; ``rows`` is changed in place."""
    spot = {node: _spread(place, len(row)) for row in rows.values() for place, node in enumerate(row)}
    for sweep in range(SWEEPS):
        for number in sorted(rows, reverse=bool(sweep % 2)):
            means = {}
            for node in rows[number]:
                near = [spot[n] for n in (*network.predecessors(node), *network.successors(node))]
                means[node] = sum(near) / len(near) if near else spot[node]
            rows[number].sort(key=lambda node: (round(means[node], 9), node))
            spot.update({node: _spread(place, len(rows[number])) for place, node in enumerate(rows[number])})


def _spread(place: int, n: int) -> float:
    return 0.0 if n == 1 else -1 + 2 * place / (n - 1)
