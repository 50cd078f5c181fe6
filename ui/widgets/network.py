"""The moral graph as a picture one can click; the table beside it holds the same for keyboard and screen reader."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from domain.graphs import MoralGraph
from domain.ids import ValueId
from services.pair_states import PairStateMap
from ui.drawn import once
from ui.messages import language, t
from ui.network_html import DRAWING, SCRIPT_URL, network_data
from ui.network_scope import Scope, values_in
from ui.theme import current_palette

SCRIPT = Path(__file__).with_name("network.js")
TOOLS = ("closer", "further", "whole", "start")
BUTTONS = "".join(f'<button type="button" data-tool="{tool}" hidden></button>' for tool in TOOLS)
HTML = (
    '<div class="mg-network-frame"><div class="mg-network" tabindex="-1"></div>'
    f'<div class="mg-network-tools">{BUTTONS}</div></div>'
)


class Clicked(NamedTuple):
    """What was clicked: a value, or the two ends of an edge."""

    value_id: ValueId | None = None
    edge: tuple[ValueId, ValueId] | None = None


class Part(NamedTuple):
    """Which part of the graph is drawn."""

    scope: Scope = Scope.ALL
    value_id: ValueId | None = None
    """The value that ``Scope.AROUND`` goes around."""


def drawn_values(graph: MoralGraph, part: Part) -> frozenset[ValueId]:
    """Return which values are drawn; worked out once per graph."""
    return once(graph, ("values", part), lambda: values_in(graph, part.scope, value_id=part.value_id))


def network(graph: MoralGraph, states: PairStateMap, *, key: str, data_version: int, part: Part) -> Clicked | None:
    """Draw kept edges of ``graph``; return what was clicked in this run, if anything.

    The picture is built anew only for other data, filters, part or colours; what is looked at stays in view where only
    votes came in or the colours changed.
    """
    palette = current_palette()
    values = drawn_values(graph, part)
    view = f"{hash(graph.query)}/{part.scope}/{part.value_id}"
    label = t("Network of {n} values; the table below holds the same.").format(n=len(values))
    data = once(
        graph,
        ("network", palette, part, language()),
        lambda: network_data(graph, states=states, values=values, palette=palette, say=t),
    )
    result = _component()(
        key=key,
        data={
            "graph": data,
            "script": SCRIPT_URL,
            "version": f"{data_version}/{view}/{palette.paper}/{language()}",
            "view": view,
            "label": label,
            "tools": {
                "closer": t("Closer"),
                "further": t("Further away"),
                "whole": t("All of it"),
                "start": t("Back to the top"),
            },
        },
        on_clicked_change=lambda: None,
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
    script = DRAWING.read_text(encoding="utf-8") + SCRIPT.read_text(encoding="utf-8")
    return st.components.v2.component("moral_graph_network", html=HTML, js=script, isolate_styles=False)
