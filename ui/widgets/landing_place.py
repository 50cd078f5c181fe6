"""Where a card landed: a small piece of the graph that reads as a list; wiser is up, the person's value stands out."""

from collections.abc import Sequence
from html import escape

from domain.graphs import GraphEdge, MoralGraph
from domain.ids import ValueId
from ui.messages import t

SETTLED_PEOPLE = 5
"""People from which on a pair is not called too few to be sure."""
MOST = 3
"""Neighbours shown on each side: those with most votes "wiser"."""


def landing_place_html(graph: MoralGraph, value_id: ValueId, *, title: str) -> str:
    """Return the value between those found wiser and those it was found wiser than; each with its votes.

    Only kept edges are drawn; without any it says what would bring them.
    """
    kept = graph.kept_edges()
    above = _strongest([edge for edge in kept if edge.src_id == value_id])
    below = _strongest([edge for edge in kept if edge.wiser_id == value_id])
    if not above and not below:
        words = t("No votes link it to other values yet. They come when people compare it with others in a story.")
        return f'<p class="mg-place-none">{escape(words)}</p>'
    titles = {node.value.id: node.value.title for node in graph.nodes}
    rows = _side(t("Found wiser than yours"), [(titles[e.wiser_id], e) for e in above])
    own = escape(t("Your card lies here"))
    rows += f'<div class="mg-place-own"><b dir="auto">{escape(title)}</b><span>{own}</span></div>'
    rows += _side(t("Yours was found wiser than"), [(titles[e.src_id], e) for e in below])
    label = escape(t("Your value and its neighbours; wiser is up"), quote=True)
    return f'<div class="mg-place" role="group" aria-label="{label}">{rows}</div>'


def _strongest(edges: Sequence[GraphEdge]) -> list[GraphEdge]:
    return sorted(edges, key=lambda e: (-e.counts.wiser, e.src_id, e.wiser_id))[:MOST]


def _side(name: str, rows: Sequence[tuple[str, GraphEdge]]) -> str:
    if not rows:
        return ""
    items = "".join(_item(title, edge) for title, edge in rows)
    return f'<div class="mg-place-side"><span class="mg-place-name">{escape(name)}</span><ul>{items}</ul></div>'


def _item(title: str, edge: GraphEdge) -> str:
    counts = edge.counts
    asked = counts.wiser + counts.not_wiser + counts.unsure
    votes = t("{wiser} of {asked} votes").format(wiser=counts.wiser, asked=asked)
    is_few = edge.n_people < SETTLED_PEOPLE
    few = " · " + t("too few to be sure") if is_few else ""
    kind = ' class="mg-place-few"' if is_few else ""
    return f'<li{kind}><b dir="auto">{escape(title)}</b><span>{escape(votes + few)}</span></li>'
