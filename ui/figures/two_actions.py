"""Two actions side by side: for each value two marks on one axis, joined by the way between them."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.figures.values_here import label_lines, legend_on_top, rows_height
from ui.palette import LIGHT, Palette


class Pulls(NamedTuple):
    """One value: how it pulls on each action, -1 (against) to 1 (for)."""

    name: str
    first: float
    second: float


def actions_figure(rows: Sequence[Pulls], *, palette: Palette = LIGHT) -> go.Figure:
    """Return one line for each value, from the top in the order given; shapes tell the actions apart, not colour."""
    figure = go.Figure()
    places = list(range(len(rows)))
    for place, row in enumerate(rows):
        whole, between = {"color": palette.line, "width": 1}, {"color": palette.edge, "width": 2}
        for ends, line in (([-1, 1], whole), ([row.first, row.second], between)):
            figure.add_scatter(x=ends, y=[place, place], mode="lines", line=line, hoverinfo="skip", showlegend=False)
        name = label_lines(row.name)
        figure.add_annotation(
            x=-1, y=place, yshift=8, text=name, xanchor="left", yanchor="bottom", align="left", showarrow=False
        )
    for at, name in ((0, "First action"), (1, "Second action")):
        marker = {
            "symbol": ("circle", "diamond")[at],
            "size": 12,
            "color": (palette.accent, palette.paper)[at],
            "line": {"width": 2, "color": (palette.accent, palette.warning)[at]},
        }
        pulls = [(row.first, row.second)[at] for row in rows]
        figure.add_scatter(
            x=pulls, y=places, mode="markers", name=name, marker=marker, hoverinfo="text",
            hovertext=[f"{name}: {pull:+.2f}" for pull in pulls],
        )  # fmt: skip
    figure.update_annotations(font={"size": 13, "color": palette.ink})
    figure.update_xaxes(range=[-1.03, 1.03], tickvals=[0], ticktext=["0"], zeroline=True)
    for at, anchor, word in ((-1, "left", "against"), (1, "right", "for")):
        figure.add_annotation(
            x=at, xanchor=anchor, yref="paper", y=0, yanchor="top", yshift=-4, text=word, showarrow=False,
            font={"size": 12, "color": palette.quiet},
        )  # fmt: skip
    figure.update_xaxes(zerolinecolor=palette.edge, zerolinewidth=1)
    figure.update_yaxes(range=[len(rows) - 0.5, -0.9], showticklabels=False, showgrid=False, zeroline=False)
    return legend_on_top(
        plain(figure, height=70 + rows_height([label_lines(row.name) for row in rows]), palette=palette)
    )
