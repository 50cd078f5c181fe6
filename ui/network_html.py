"""The moral graph as a network: pyvis builds nodes and edges, our own template draws them with no outside address.

Wiser is up: positions come with the nodes, nothing moves by itself. Dashed is provisional, a ring is a cycle.
"""

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from pyvis.network import Network

from domain.graphs import GraphEdge, GraphNode, MoralGraph
from domain.ids import ValueId
from services.pair_states import EdgeKey, EdgeState, PairStateMap
from ui.messages import N_
from ui.network_places import PACKED, TO_READ, Places, Spot, picture_places
from ui.network_scope import MANY_NODES, drawn_nodes
from ui.palette import LIGHT, SCALE, SCALE_ON_DARK, Palette, scale_colour

VENDOR = Path(__file__).parents[1] / "assets" / "vendor" / "vis-network.min.js"
SCRIPT_URL = "/assets/vendor/vis-network.min.js"
DRAWING = Path(__file__).with_name("network_drawing.js")
"""What the page and the file to download share: spreading over the width, rings of cycles, the first view."""
LABEL_WIDTH, FONT_SIZE, PACKED_FONT_SIZE = 17, 13, 6
SMALLEST_LABEL = 8
"""Pixels below which a label is left out until one goes closer."""
DASHES = [6, 5]
BOW = {"smooth": {"enabled": True, "type": "curvedCW", "roundness": 0.18}}
"""Edges between values of one layer, as in cycles, bend around what lies between, and apart from the way back."""
STATE_WORDS: Mapping[EdgeState, str] = {
    EdgeState.PROVISIONAL: N_("provisional"),
    EdgeState.ABOVE: N_("settled: wiser"),
    EdgeState.BELOW: N_("settled: not wiser"),
}
OF_EDGE = N_("{wiser} wiser, {not_wiser} not, {unsure} not sure, {less_wise} the other way (n = {people} people)")
SHARE_OF_EDGE = N_("Share wiser, 95 % interval: {low} to {high}")
OF_VALUE = N_("{title}: wisdom {wisdom}, {votes} votes, {cards} cards")
IN_CYCLE = N_("part of a cycle")
Say = Callable[[str], str]


class _Drawing(NamedTuple):
    """What every node and edge needs to know of the whole picture."""

    palette: Palette
    scale: Sequence[str]
    top: float
    """Highest wisdom in the graph."""
    cycle_of: Mapping[ValueId, int]
    states: PairStateMap
    say: Say


def network_data(
    graph: MoralGraph,
    *,
    states: PairStateMap,
    values: frozenset[ValueId] | None = None,
    palette: Palette = LIGHT,
    say: Say = str,
) -> dict[str, Any]:
    """Return what vis-network draws of the kept edges; the same graph gives the same data.

    Args:
        graph: the graph.
        states: how far each pair is settled; one that is not named is provisional.
        values: which values are drawn; ``None`` draws all that a kept edge touches.
        palette: colours.
        say: puts a sentence into the language of the reader.
    """
    touched = drawn_nodes(graph)
    nodes = touched if values is None else [node for node in touched if node.value.id in values]
    drawn = {node.value.id for node in nodes}
    edges = [edge for edge in graph.kept_edges() if edge.src_id in drawn and edge.wiser_id in drawn]
    is_packed = len(nodes) > MANY_NODES
    places = picture_places(nodes, edges, graph.cycles, spacing=PACKED if is_packed else TO_READ)
    drawing = _Drawing(
        palette=palette,
        scale=SCALE if palette is LIGHT else SCALE_ON_DARK,
        top=max((node.wisdom or 0.0 for node in touched), default=0.0),
        cycle_of={one: at for at, cycle in enumerate(graph.cycles) for one in cycle},
        states=states,
        say=say,
    )
    network = Network(directed=True)
    for node in nodes:
        network.add_node(node.value.id, **_node(node, places.spots[node.value.id], drawing))
    layers = {node.value.id: node.layer for node in nodes}
    for edge in edges:
        is_level = layers[edge.src_id] == layers[edge.wiser_id] and not is_packed
        network.add_edge(edge.src_id, edge.wiser_id, **_edge(edge, drawing), **(BOW if is_level else {}))
    return {
        "nodes": network.nodes,
        "edges": network.edges,
        "options": _options(palette, is_packed=is_packed),
        **_frame(places, palette, is_packed=is_packed),
    }


def standalone_html(graph: MoralGraph, *, title: str, states: PairStateMap) -> str:
    """Return one self-contained HTML file; it loads nothing from anywhere."""
    data = json.dumps(network_data(graph, states=states), ensure_ascii=False).replace("<", "\\u003c")
    legend = "Wiser is up. Solid: settled. Dashed: provisional. A ring: values wiser than one another in a circle."
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>'
        f"body{{margin:0;background:{LIGHT.paper};color:{LIGHT.ink};font:16px system-ui,sans-serif}}"
        "#graph{height:92vh}h1{font-size:1.1rem;margin:.6rem 1rem}p{margin:.6rem 1rem}"
        ".vis-tooltip{white-space:pre-line}</style></head>"
        f'<body><h1>{escape(title)}</h1><p>{legend}</p><div id="graph" role="img" aria-label="{escape(title)}"></div>'
        f"<script>{VENDOR.read_text(encoding='utf-8')}</script>"
        f"<script>{DRAWING.read_text(encoding='utf-8')}</script><script>const data={data};"
        "const network=moralGraphDraw(vis,document.getElementById('graph'),data,true);"
        "moralGraphShow(network,document.getElementById('graph'),data);</script></body></html>"
    )


def share_words(edge: GraphEdge) -> tuple[str, str] | None:
    """Return both ends of the Wilson interval of an edge as percentages; ``None`` without votes of its own."""
    if edge.wiser_share_interval is None:
        return None
    low, high = edge.wiser_share_interval
    return f"{low:.0%}", f"{high:.0%}"


def state_of(edge: GraphEdge, states: PairStateMap) -> EdgeState:
    """Return how far an edge is settled; one that is not named is provisional."""
    return states.get(EdgeKey(edge.src_id, edge.wiser_id), EdgeState.PROVISIONAL)


def _frame(places: Places, palette: Palette, *, is_packed: bool) -> dict[str, Any]:
    """Return what our own part of the drawing needs."""
    return {
        "rings": [list(ring) for ring in places.rings],
        "ringColour": palette.warning,
        "height": round(places.height),
        "halfWidth": (PACKED if is_packed else TO_READ).half_width,
        "isPacked": is_packed,
    }


def _options(palette: Palette, *, is_packed: bool) -> dict[str, Any]:
    """Return how vis-network draws: nothing moves, arrows leave upwards, labels hide the arrows behind them."""
    font = {
        "face": "Inter, system-ui, sans-serif",
        "size": PACKED_FONT_SIZE if is_packed else FONT_SIZE,
        "color": palette.ink,
        "background": palette.paper,
        "strokeWidth": 3,
        "strokeColor": palette.paper,
        "vadjust": 4,
    }
    smooth = {"enabled": True, "type": "cubicBezier", "forceDirection": "vertical", "roundness": 0.4}
    return {
        "physics": {"enabled": False},
        "interaction": {
            "hover": not is_packed,
            "hideEdgesOnDrag": is_packed,
            "hideEdgesOnZoom": is_packed,
            "keyboard": {"enabled": False},
            "navigationButtons": False,
            "tooltipDelay": 150,
        },
        "nodes": {"shape": "dot", "font": font, "borderWidth": 1, "scaling": {"label": _when_large_enough()}},
        "edges": {
            "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
            "smooth": False if is_packed else smooth,
        },
    }


def _when_large_enough() -> dict[str, Any]:
    return {"enabled": False, "drawThreshold": SMALLEST_LABEL}


def _node(node: GraphNode, spot: Spot, drawing: _Drawing) -> dict[str, Any]:
    share = (node.wisdom or 0.0) / drawing.top if drawing.top > 0 else 0.0
    title, palette, say = node.value.title, drawing.palette, drawing.say
    is_in_cycle = node.value.id in drawing.cycle_of
    colour = scale_colour(share, drawing.scale)
    told = say(OF_VALUE).format(title=title, wisdom=f"{node.wisdom or 0:.2f}", votes=node.n_votes, cards=node.n_cards)
    return {
        "label": "\n".join(textwrap.wrap(title, LABEL_WIDTH)),
        "title": f"{told}\n{say(IN_CYCLE)}" if is_in_cycle else told,
        "x": spot.x,
        "y": spot.y,
        "size": round(8 + 11 * share, 2),
        "color": {
            "background": colour,
            "border": palette.warning if is_in_cycle else palette.quiet,
            "highlight": {"background": colour, "border": palette.accent},
            "hover": {"background": colour, "border": palette.accent},
        },
        "borderWidth": 3 if is_in_cycle else 1,
        "borderWidthSelected": 4,
    }


def _edge(edge: GraphEdge, drawing: _Drawing) -> dict[str, Any]:
    counts, palette = edge.counts, drawing.palette
    state = state_of(edge, drawing.states)
    cycle = drawing.cycle_of.get(edge.src_id)
    is_in_cycle = cycle is not None and cycle == drawing.cycle_of.get(edge.wiser_id)
    return {
        "id": f"{edge.src_id}>{edge.wiser_id}",
        "width": round(1.2 + min(counts.wiser, 30) / 9, 2),
        "dashes": DASHES if state is EdgeState.PROVISIONAL else False,
        "title": _edge_words(edge, state, is_in_cycle=is_in_cycle, say=drawing.say),
        "color": {
            "color": palette.warning if is_in_cycle else palette.edge,
            "highlight": palette.accent,
            "hover": palette.accent,
        },
    }


def _edge_words(edge: GraphEdge, state: EdgeState, *, is_in_cycle: bool, say: Say) -> str:
    counts, share = edge.counts, share_words(edge)
    lines = [
        say(OF_EDGE).format(
            wiser=counts.wiser,
            not_wiser=counts.not_wiser,
            unsure=counts.unsure,
            less_wise=counts.less_wise,
            people=edge.n_people,
        )
    ]
    if share is not None:
        lines.append(say(SHARE_OF_EDGE).format(low=share[0], high=share[1]))
    lines.append(say(STATE_WORDS[state]) + (f", {say(IN_CYCLE)}" if is_in_cycle else ""))
    return "\n".join(lines)
