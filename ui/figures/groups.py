"""Groups side by side as points with ranges, and items by how far they are upheld and how far they divide."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

WIDTH = 46
"""Letters in one line of a label: what fits on a phone."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
"""Groups differ in shape as well as in colour."""


class GroupPoint(NamedTuple):
    """One group on one row: a share with its range, all 0..1."""

    group: str
    share: float
    low: float
    high: float
    n: int


class GroupRow(NamedTuple):
    """One row of the picture."""

    name: str
    points: tuple[GroupPoint, ...]


class BridgePoint(NamedTuple):
    """One item: how far it divides (0 and up) and how far it is upheld, with the range of the latter."""

    name: str
    divides: float
    upheld: float
    low: float
    high: float
    n: int
    is_upheld: bool


def group_colours(n: int, palette: Palette) -> tuple[str, ...]:
    """Return as many colours as groups, all of which stand out from the ground; shapes repeat what they say."""
    every = (palette.accent, palette.warning, palette.machine, palette.ink, palette.edge)
    return tuple(every[at % len(every)] for at in range(n))


def side_by_side_figure(rows: Sequence[GroupRow], groups: Sequence[str], *, palette: Palette = LIGHT) -> go.Figure:
    """Return one band for each row, from the top in the order given, one point with its range for each group in it."""
    figure = go.Figure()
    colours = group_colours(len(groups), palette)
    lanes = {group: 0.16 * at for at, group in enumerate(groups)}
    for place, row in enumerate(rows):
        figure.add_annotation(
            x=0, y=place, yshift=10, text=_label(row.name), xanchor="left", yanchor="bottom", align="left"
        )
    for at, group in enumerate(groups):
        found = [(p + lanes[group], one) for p, row in enumerate(rows) for one in row.points if one.group == group]
        figure.add_scatter(
            name=group,
            x=[one.share for _, one in found],
            y=[place for place, _ in found],
            mode="markers",
            marker={"size": 11, "color": colours[at], "symbol": SYMBOLS[at % len(SYMBOLS)]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [one.high - one.share for _, one in found],
                "arrayminus": [one.share - one.low for _, one in found],
                "color": colours[at],
                "thickness": 1.5,
                "width": 0,
            },
            hovertext=[
                f"{group}: {one.share:.0%}, 95 % {one.low:.0%} to {one.high:.0%}, n = {one.n}" for _, one in found
            ],
            hoverinfo="text",
        )
    figure.update_annotations(font={"size": 13, "color": palette.ink}, showarrow=False)
    figure.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", zeroline=False)
    figure.update_yaxes(range=[len(rows) - 0.3, -0.8], showticklabels=False, showgrid=False, zeroline=False)
    plain(figure, height=90 + 92 * len(rows), palette=palette)
    return figure.update_layout(legend={"y": 1.0, "yanchor": "bottom", "font": {"size": 13}}, margin={"t": 30})


def bridging_figure(points: Sequence[BridgePoint], *, needed: float, palette: Palette = LIGHT) -> go.Figure:
    """Return items as points: further up, more upheld across camps; further right, more dividing."""
    figure = go.Figure()
    figure.add_hline(y=needed, line={"color": palette.edge, "width": 1.5, "dash": "dash"})
    for is_upheld, name in ((True, "upheld across camps"), (False, "not shown to be")):
        chosen = [point for point in points if point.is_upheld is is_upheld]
        colour = palette.accent if is_upheld else palette.edge
        figure.add_scatter(
            name=name,
            x=[one.divides for one in chosen],
            y=[one.upheld for one in chosen],
            mode="markers",
            marker={"size": 11, "color": colour, "symbol": "circle" if is_upheld else "circle-open"},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, one.high - one.upheld) for one in chosen],
                "arrayminus": [max(0.0, one.upheld - one.low) for one in chosen],
                "color": colour,
                "thickness": 1,
                "width": 0,
            },
            hovertext=[f"{_label(one.name)}<br>n = {one.n}" for one in chosen],
            hoverinfo="text",
        )
    figure.update_xaxes(title="divides people more →", rangemode="tozero", zeroline=False)
    figure.update_yaxes(title="more upheld across camps →", zeroline=False)
    return plain(figure, height=430, palette=palette).update_layout(margin={"t": 30})


def _label(text: str) -> str:
    """Wrap for a phone; Plotly reads a few tags in labels, and text of people is never markup."""
    lines = textwrap.wrap(text, WIDTH)
    return "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)
