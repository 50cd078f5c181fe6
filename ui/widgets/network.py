"""The moral graph as a picture one can click; the table beside it holds the same for keyboard and screen reader."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from domain.graphs import MoralGraph
from domain.ids import ValueId
from ui.drawn import once
from ui.messages import t
from ui.network_html import SCRIPT_URL, network_data
from ui.theme import current_palette

SCRIPT = Path(__file__).with_name("network.js")
MARGIN, LAYER, MAX_HEIGHT = 140, 105, 720
"""Pixels around the picture, per layer, and at most."""
HTML = '<div class="mg-network" role="img" tabindex="-1" style="width:100%"></div>'


class Clicked(NamedTuple):
    """What was clicked: a value, or the two ends of an edge."""

    value_id: ValueId | None = None
    edge: tuple[ValueId, ValueId] | None = None


def network(graph: MoralGraph, *, key: str, version: str) -> Clicked | None:
    """Draw the kept edges of ``graph``; return what was clicked in this run, if anything.

    ``version`` names data and filters: while it stays, the picture keeps its zoom and place.
    """
    n_layers = 1 + max((node.layer for node in graph.nodes), default=0)
    height = min(MAX_HEIGHT, MARGIN + LAYER * n_layers)
    palette = current_palette()
    label = t("Network of {n} values; the table below holds the same.").format(n=len(graph.nodes))
    result = _component()(
        key=key,
        data={
            "graph": once(graph, ("network", palette), lambda: network_data(graph, palette=palette)),
            "script": SCRIPT_URL,
            "version": f"{version}/{palette.paper}",
            "height": height,
            "label": label,
        },
        on_clicked_change=lambda: None,
        height=height,
    )
    return read_click(result.get("clicked"))


def read_click(clicked: object) -> Clicked | None:
    """Return what the browser says was clicked; ``None`` for nothing or for anything unexpected."""
    if not isinstance(clicked, dict):
        return None
    if isinstance(clicked.get("value"), str):
        return Clicked(value_id=ValueId(clicked["value"]))
    src, _, wiser = str(clicked.get("edge", "")).partition(">")
    return Clicked(edge=(ValueId(src), ValueId(wiser))) if src and wiser else None


@cache
def _component() -> "st.components.v2.types.ComponentRenderer":
    return st.components.v2.component(
        "moral_graph_network", html=HTML, js=SCRIPT.read_text(encoding="utf-8"), isolate_styles=False
    )
