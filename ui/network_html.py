"""The moral graph as a network: pyvis builds nodes and edges, our own template draws them with no outside address.

Wiser is up: positions come with the nodes, nothing moves by itself.
"""

import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from pyvis.network import Network

from domain.graphs import GraphEdge, GraphNode, MoralGraph
from domain.ids import ValueId
from ui.palette import LIGHT, SCALE, SCALE_ON_DARK, Palette, scale_colour

VENDOR = Path(__file__).parents[1] / "assets" / "vendor" / "vis-network.min.js"
SCRIPT_URL = "/assets/vendor/vis-network.min.js"
LAYER_HEIGHT = 190
HALF_WIDTH = 620
ROOM_FOR_LABEL = 95
"""Half the width that one labelled node needs in its layer; wide layers widen the picture."""
MANY_NODES = 300
"""Above this only the wisest are labelled until one zooms in."""
LABELLED_WHEN_MANY = 60
SETTLED_PEOPLE = 5
"""Edges with fewer voters are drawn dashed: provisional."""
LABEL_WIDTH = 18
BOW = {"smooth": {"enabled": True, "type": "curvedCW", "roundness": 0.3}}
"""Edges within a layer, as in cycles, bend around what lies between, and apart from the way back."""


class _Drawing(NamedTuple):
    """What every node needs to know of the whole picture."""

    palette: Palette
    scale: Sequence[str]
    top: float
    """Highest wisdom in the picture."""
    half_width: float
    ringed: frozenset[ValueId]
    labelled: frozenset[ValueId]


def network_data(graph: MoralGraph, *, palette: Palette = LIGHT) -> dict[str, Any]:
    """Return nodes, edges and options of the kept edges, ready for vis-network; the same graph gives the same data."""
    network = Network(directed=True)
    kept = graph.kept_edges()
    touched = {end for edge in kept for end in (edge.src_id, edge.wiser_id)}
    nodes = [node for node in graph.nodes if node.value.id in touched]
    drawing = _Drawing(
        palette=palette,
        scale=SCALE if palette is LIGHT else SCALE_ON_DARK,
        top=max((node.wisdom or 0.0 for node in nodes), default=0.0),
        half_width=_half_width(nodes),
        ringed=frozenset(value_id for cycle in graph.cycles for value_id in cycle),
        labelled=frozenset(_labelled(nodes)),
    )
    for node in nodes:
        network.add_node(node.value.id, **_node(node, drawing))
    layers = {node.value.id: node.layer for node in nodes}
    for edge in kept:
        is_level = layers[edge.src_id] == layers[edge.wiser_id]
        network.add_edge(edge.src_id, edge.wiser_id, **_edge(edge, palette), **(BOW if is_level else {}))
    return {"nodes": network.nodes, "edges": network.edges, "options": _options(palette)}


def standalone_html(graph: MoralGraph, *, title: str) -> str:
    """Return one self-contained HTML file; it loads nothing from anywhere."""
    data = json.dumps(network_data(graph), ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>'
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


def _half_width(nodes: list[GraphNode]) -> float:
    in_layer = Counter(node.layer for node in nodes)
    return max(HALF_WIDTH, ROOM_FOR_LABEL * max(in_layer.values(), default=0))


def _options(palette: Palette) -> dict[str, Any]:
    """Return how vis-network draws: nothing moves, arrows leave upwards, labels hide the arrows behind them."""
    font = {
        "face": "Inter, system-ui, sans-serif",
        "size": 19,
        "color": palette.ink,
        "background": palette.paper,
        "strokeWidth": 3,
        "strokeColor": palette.paper,
        "vadjust": 7,
    }
    return {
        "physics": {"enabled": False},
        "interaction": {"hover": True, "keyboard": {"enabled": False}, "navigationButtons": False, "tooltipDelay": 150},
        "nodes": {"shape": "dot", "font": font, "borderWidth": 1},
        "edges": {
            "arrows": {"to": {"enabled": True, "scaleFactor": 0.7}},
            "smooth": {"enabled": True, "type": "cubicBezier", "forceDirection": "vertical", "roundness": 0.4},
        },
    }


def _node(node: GraphNode, drawing: _Drawing) -> dict[str, Any]:
    share = (node.wisdom or 0.0) / drawing.top if drawing.top > 0 else 0.0
    title, palette = node.value.title, drawing.palette
    is_ringed = node.value.id in drawing.ringed
    colour = scale_colour(share, drawing.scale)
    return {
        "label": "\n".join(textwrap.wrap(title, LABEL_WIDTH)) if node.value.id in drawing.labelled else " ",
        "title": f"{title}: wisdom {node.wisdom or 0:.2f}, {node.n_votes} votes, {node.n_cards} cards",
        "x": round(node.x * drawing.half_width, 2),
        "y": round(-node.y * LAYER_HEIGHT, 2),
        "size": round(11 + 18 * share, 2),
        "color": {
            "background": colour,
            "border": palette.warning if is_ringed else palette.quiet,
            "highlight": {"background": colour, "border": palette.accent},
            "hover": {"background": colour, "border": palette.accent},
        },
        "borderWidth": 5 if is_ringed else 1,
        "borderWidthSelected": 5,
    }


def _edge(edge: GraphEdge, palette: Palette) -> dict[str, Any]:
    counts = edge.counts
    return {
        "id": f"{edge.src_id}>{edge.wiser_id}",
        "width": round(1.2 + min(counts.wiser, 30) / 5, 2),
        "dashes": edge.n_people < SETTLED_PEOPLE,
        "title": f"{counts.wiser} wiser, {counts.not_wiser} not, {counts.unsure} not sure, "
        f"{counts.less_wise} the other way",
        "color": {"color": palette.edge, "highlight": palette.accent, "hover": palette.accent},
    }
