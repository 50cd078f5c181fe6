"""Cycles: values each of which is found wiser than the next, round and round. Shown as they are, never broken."""

from collections.abc import Sequence

import networkx as nx

from domain.graphs import GraphEdge
from domain.ids import ValueId


def find_cycles(edges: Sequence[GraphEdge]) -> tuple[tuple[ValueId, ...], ...]:
    """Return the groups of two or more values that lie on a common cycle of kept edges, each sorted, sorted."""
    network: nx.DiGraph[ValueId] = nx.DiGraph()
    network.add_edges_from((edge.src_id, edge.wiser_id) for edge in edges if edge.is_kept)
    groups = [tuple(sorted(group)) for group in nx.strongly_connected_components(network) if len(group) > 1]
    return tuple(sorted(groups))
