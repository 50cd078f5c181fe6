"""The moral graph as a network: pyvis builds nodes and edges, our own template draws them with no outside address.

Wiser is up: positions come with the nodes, nothing moves by itself.
"""

import json
import textwrap
from html import escape
from pathlib import Path
from typing import Any

from pyvis.network import Network

from domain.graphs import GraphEdge, GraphNode, MoralGraph
from domain.ids import ValueId
from ui.palette import LIGHT, scale_colour

VENDOR = Path(__file__).parents[1] / "assets" / "vendor" / "vis-network.min.js"
SCRIPT_URL = "/assets/vendor/vis-network.min.js"
LAYER_HEIGHT = 170
HALF_WIDTH = 620
MANY_NODES = 300
"""Above this only the wisest are labelled until one zooms in."""
LABELLED_WHEN_MANY = 60
SETTLED_PEOPLE = 5
"""Edges with fewer voters are drawn dashed: provisional."""
LABEL_WIDTH = 18

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "keyboard": {"enabled": False}, "navigationButtons": False, "tooltipDelay": 150},
    "nodes": {"shape": "dot", "font": {"face": "Inter, system-ui, sans-serif", "size": 15}, "borderWidth": 1},
    "edges": {
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.6}},
        "smooth": {"enabled": True, "type": "cubicBezier", "roundness": 0.35},
    },
}


def network_data(graph: MoralGraph) -> dict[str, Any]:
    """Return nodes, edges and options of the kept edges, ready for vis-network; the same graph gives the same data."""
    network = Network(directed=True)
    kept = graph.kept_edges()
    touched = {end for edge in kept for end in (edge.src_id, edge.wiser_id)}
    nodes = [node for node in graph.nodes if node.value.id in touched]
    ringed = {value_id for cycle in graph.cycles for value_id in cycle}
    top = max((node.wisdom or 0.0 for node in nodes), default=0.0)
    labelled = _labelled(nodes)
    for node in nodes:
        network.add_node(node.value.id, **_node(node, top=top, is_ringed=node.value.id in ringed, labelled=labelled))
    for edge in kept:
        network.add_edge(edge.src_id, edge.wiser_id, **_edge(edge))
    return {"nodes": network.nodes, "edges": network.edges, "options": OPTIONS}


def standalone_html(graph: MoralGraph, *, title: str) -> str:
    """Return one self-contained HTML file; it loads nothing from anywhere."""
    data = json.dumps(network_data(graph), ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>'
        f"body{{margin:0;background:{LIGHT.paper};color:{LIGHT.ink};font:16px system-ui,sans-serif}}"
        "#graph{height:92vh}h1{font-size:1.1rem;margin:.6rem 1rem}</style></head>"
        f'<body><h1>{escape(title)}</h1><div id="graph" role="img" aria-label="{escape(title)}"></div>'
        f"<script>{VENDOR.read_text(encoding='utf-8')}</script><script>const data={data};"
        "const net=new vis.Network(document.getElementById('graph'),"
        "{nodes:new vis.DataSet(data.nodes),edges:new vis.DataSet(data.edges)},data.options);net.fit();</script>"
        "</body></html>"
    )


def _labelled(nodes: list[GraphNode]) -> set[ValueId]:
    if len(nodes) <= MANY_NODES:
        return {node.value.id for node in nodes}
    wisest = sorted(nodes, key=lambda node: (-(node.wisdom or 0.0), node.value.number))
    return {node.value.id for node in wisest[:LABELLED_WHEN_MANY]}


def _node(node: GraphNode, *, top: float, is_ringed: bool, labelled: set[ValueId]) -> dict[str, Any]:
    share = (node.wisdom or 0.0) / top if top > 0 else 0.0
    title = node.value.title
    return {
        "label": "\n".join(textwrap.wrap(title, LABEL_WIDTH)) if node.value.id in labelled else " ",
        "title": f"{title}: wisdom {node.wisdom or 0:.2f}, {node.n_votes} votes, {node.n_cards} cards",
        "x": round(node.x * HALF_WIDTH, 2),
        "y": round(-node.y * LAYER_HEIGHT, 2),
        "size": round(10 + 18 * share, 2),
        "color": {
            "background": scale_colour(share),
            "border": LIGHT.warning if is_ringed else LIGHT.quiet,
            "highlight": {"background": scale_colour(share), "border": LIGHT.accent},
        },
        "borderWidth": 4 if is_ringed else 1,
    }


def _edge(edge: GraphEdge) -> dict[str, Any]:
    counts = edge.counts
    return {
        "id": f"{edge.src_id}>{edge.wiser_id}",
        "width": round(1 + min(counts.wiser, 30) / 6, 2),
        "dashes": edge.n_people < SETTLED_PEOPLE,
        "title": f"{counts.wiser} wiser, {counts.not_wiser} not, {counts.unsure} not sure, "
        f"{counts.less_wise} the other way",
        "color": {"color": LIGHT.quiet, "opacity": 0.75, "highlight": LIGHT.accent},
    }
