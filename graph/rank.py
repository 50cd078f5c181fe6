"""Ranks of values: wisdom, PageRank, and PageRank as it was published."""

from collections.abc import Sequence

import networkx as nx
import numpy as np

from domain.graphs import GraphEdge
from domain.ids import ValueId

DAMPING = 0.85
PUBLISHED_ITERATIONS = 100
TOLERANCE = 1e-12
MAX_ITERATIONS = 1000


def wisdom(edges: Sequence[GraphEdge]) -> dict[ValueId, float]:
    """Return the sum of wiser-likelihoods of the kept edges into each value that a kept edge touches; higher is wiser.

    0 means that kept edges only leave the value. It grows with the number of stories told about a value, so it says
    how much was found wiser than something, not how wise.
    Source: Moral Graph Elicitation, section on the moral graph.
    """
    total: dict[ValueId, float] = {}
    for edge in _kept(edges):
        total.setdefault(edge.src_id, 0.0)
        total[edge.wiser_id] = total.get(edge.wiser_id, 0.0) + (edge.wiser_likelihood or 0.0)
    return total


def page_rank(edges: Sequence[GraphEdge]) -> dict[ValueId, float]:
    """Return PageRank over the kept edges, weights the wiser-likelihoods; sums to 1, higher is wiser; {} without edges.

    Damping 0.85; the rank of values that nothing is wiser than is spread over all (so nothing leaks). Thresholds can
    be set so low that edges of likelihood 0 or less are kept: their ends are ranked, but no rank flows along them.
    Source: Brin and Page, The anatomy of a large-scale hypertextual web search engine (1998); networkx's pagerank with
    tolerance 1e-12 per node.
    """
    kept = _kept(edges)
    network: nx.DiGraph[ValueId] = nx.DiGraph()
    network.add_nodes_from(_ends(kept))
    network.add_weighted_edges_from((edge.src_id, edge.wiser_id, _flow(edge)) for edge in kept if _flow(edge) > 0)
    if not network:
        return {}
    return dict(nx.pagerank(network, alpha=DAMPING, tol=TOLERANCE, max_iter=MAX_ITERATIONS, weight="weight"))


def published_page_rank(edges: Sequence[GraphEdge]) -> dict[ValueId, float]:
    """Return PageRank as the 2023 study computed it: 100 rounds, the rank of sinks is lost, so the sum is below 1.

    r'(b) = (1 - d) / n + d * sum over edges a -> b of r(a) * w(a, b) / sum of w(a, x). Kept for comparison with the
    published numbers only. No rank flows along edges of likelihood 0 or less, which the study never kept.
    Source: code of the study.
    """
    kept = _kept(edges)
    nodes = _ends(kept)
    if not nodes:
        return {}
    place = {value_id: at for at, value_id in enumerate(nodes)}
    flowing = [edge for edge in kept if _flow(edge) > 0]
    src, wiser = (np.array([place[end] for end in ends], dtype=np.int64) for ends in _both_ends(flowing))
    flow = np.array([_flow(edge) for edge in flowing], dtype=np.float64)
    share = flow / np.bincount(src, flow, len(nodes))[src]
    rank = np.full(len(nodes), 1 / len(nodes))
    for _ in range(PUBLISHED_ITERATIONS):
        rank = (1 - DAMPING) / len(nodes) + DAMPING * np.bincount(wiser, rank[src] * share, len(nodes))
    return dict(zip(nodes, rank.tolist(), strict=True))


def _kept(edges: Sequence[GraphEdge]) -> list[GraphEdge]:
    return [edge for edge in edges if edge.is_kept]


def _ends(edges: Sequence[GraphEdge]) -> list[ValueId]:
    return sorted({end for edge in edges for end in (edge.src_id, edge.wiser_id)})


def _both_ends(edges: Sequence[GraphEdge]) -> tuple[list[ValueId], list[ValueId]]:
    return [edge.src_id for edge in edges], [edge.wiser_id for edge in edges]


def _flow(edge: GraphEdge) -> float:
    return max(0.0, edge.wiser_likelihood or 0.0)
