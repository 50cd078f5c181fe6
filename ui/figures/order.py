"""What the votes entail as layers: wiser is up, a cycle is one mark, values are marked by their relation to one."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

MAX_PER_ROW = 9
"""Marks beside one another before a layer is folded into a second row."""
WIDTH = 46
THIS = "this value"


class Kind(NamedTuple):
    """How marks of one relation look: shape and fill repeat what the colour says."""

    name: str
    symbol: str
    colour: str
    """Name of a colour of the palette."""


KINDS: Mapping[str, Kind] = {
    THIS: Kind("this value", "star", "ink"),
    "wiser": Kind("wiser than it", "triangle-up", "accent"),
    "less_wise": Kind("less wise than it", "triangle-down", "machine"),
    "in_a_cycle": Kind("in a cycle with it", "square", "warning"),
    "on_a_par": Kind("on a par: compared, left open", "diamond-open", "warning"),
    "hardly_compared": Kind("hardly compared: under five people asked", "circle-cross-open", "quiet"),
    "never_compared": Kind("never compared with it", "circle-open", "edge"),
}


class Spot(NamedTuple):
    """Where a class stands: left to right -1..1, bottom to top in layers."""

    x: float
    y: float


def order_figure(
    levels: Sequence[Sequence[Sequence[int]]],
    *,
    edges: Sequence[tuple[int, int]],
    on_a_par: Sequence[tuple[int, int]],
    hardly_compared: Sequence[tuple[int, int]] = (),
    relation: Mapping[int, str],
    titles: Mapping[int, str],
    palette: Palette = LIGHT,
) -> go.Figure:
    """Return the order as layers.

    Args:
        levels: classes by layer, lowest first, from left to right; each the numbers of its values.
        edges: kept edges, less wise first.
        on_a_par: pairs that were compared and stayed open.
        hardly_compared: pairs that too few people were asked about to say so.
        relation: each value's relation to the one looked from, and ``THIS`` for that one.
        titles: title of each value by number.
        palette: colours.
    """
    spots = dict(_spots(levels))
    figure = go.Figure()
    _lines(figure, "found wiser, upwards", edges, spots, colour=palette.edge, dash="solid")
    _lines(figure, "compared, left open", on_a_par, spots, colour=palette.warning, dash="dot")
    _lines(figure, "hardly compared", hardly_compared, spots, colour=palette.quiet, dash="1px,6px")
    classes = [members for level in levels for members in level]
    for key, kind in KINDS.items():
        chosen = [members for members in classes if _relation_of(members, relation) == key]
        if chosen:
            _marks(figure, kind, chosen, spots, titles=titles, palette=palette)
    figure.update_xaxes(visible=False, range=[-1.22, 1.22])
    figure.update_yaxes(visible=False)
    plain(figure, height=140 + 88 * len(levels), palette=palette)
    return figure.update_layout(legend={"y": 1.0, "yanchor": "bottom", "font": {"size": 13}}, margin={"t": 30})


def _spots(levels: Sequence[Sequence[Sequence[int]]]) -> Iterator[tuple[int, Spot]]:
    for height, level in enumerate(levels):
        n_folds = -(-len(level) // MAX_PER_ROW)
        for place, members in enumerate(level):
            x = 0.0 if len(level) == 1 else -1 + 2 * place / (len(level) - 1)
            spot = Spot(x, height + 0.55 * (place % n_folds) / n_folds)
            yield from ((member, spot) for member in members)


def _relation_of(members: Sequence[int], relation: Mapping[int, str]) -> str:
    """Return the relation of a class: that of any member, except that the value looked from marks its whole cycle."""
    found = {relation[member] for member in members}
    return THIS if THIS in found else min(found, key=list(KINDS).index)


def _lines(
    figure: go.Figure,
    name: str,
    pairs: Sequence[tuple[int, int]],
    spots: Mapping[int, Spot],
    *,
    colour: str,
    dash: str,
) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high in pairs:
        if spots[low] != spots[high]:
            x += [spots[low].x, spots[high].x, None]
            y += [spots[low].y, spots[high].y, None]
    if x:
        line = {"color": colour, "width": 1.2, "dash": dash}
        figure.add_scatter(name=name, x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _marks(
    figure: go.Figure,
    kind: Kind,
    classes: Sequence[Sequence[int]],
    spots: Mapping[int, Spot],
    *,
    titles: Mapping[int, str],
    palette: Palette,
) -> None:
    at = [spots[members[0]] for members in classes]
    colour = getattr(palette, kind.colour)
    figure.add_scatter(
        name=kind.name,
        x=[spot.x for spot in at],
        y=[spot.y for spot in at],
        mode="markers+text",
        text=[str(members[0]) if len(members) == 1 else f"cycle of {len(members)}" for members in classes],
        textposition="top center",
        textfont={"size": 12, "color": palette.ink},
        marker={
            "symbol": kind.symbol,
            "color": colour,
            "size": [13 if len(members) == 1 else 24 for members in classes],
            "line": {"color": colour, "width": 1.5},
        },
        hovertext=["<br>".join(_label(n, titles) for n in members) for members in classes],
        hoverinfo="text",
    )


def _label(number: int, titles: Mapping[int, str]) -> str:
    """Wrap for a phone; Plotly reads a few tags in labels, and text of people is never markup."""
    lines = textwrap.wrap(f"{number} {titles.get(number, '')}", WIDTH)
    return "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
