"""Shares of people with their intervals: a line for the range, a point for the share, n in the label."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

FEW = 5
"""Rows with fewer people are drawn pale, and say how many are still missing."""
WIDTH = 44
"""Letters in one line of a label: what fits on a phone."""


class Share(NamedTuple):
    """One row: ``n_yes`` of ``n`` people, with the interval of that share (0..1), ``None`` without people."""

    name: str
    n_yes: int
    n: int
    interval: tuple[float, float] | None


def share_figure(rows: Sequence[Share], *, palette: Palette = LIGHT) -> go.Figure:
    """Return one line for each row, from the top in the order given, on an axis from 0 to 100 %."""
    figure = go.Figure()
    for place, row in enumerate(rows):
        figure.add_annotation(
            x=0, y=place, yshift=12, text=_label(row), xanchor="left", yanchor="bottom", align="left", showarrow=False
        )
        if row.interval is not None and row.n > 0:
            _draw(figure, row, row.interval, place=place, palette=palette)
    figure.update_annotations(font={"size": 13, "color": palette.ink})
    figure.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", zeroline=False)
    figure.update_yaxes(range=[len(rows) - 0.6, -0.85], tickvals=list(range(len(rows))), showticklabels=False)
    figure.update_layout(showlegend=False)
    return plain(figure, height=50 + 76 * len(rows), palette=palette)


def _draw(figure: go.Figure, row: Share, interval: tuple[float, float], *, place: int, palette: Palette) -> None:
    low, high = interval
    is_few = row.n < FEW
    colour = palette.edge if is_few else palette.accent
    line = {"color": colour, "width": 3, "dash": "dot" if is_few else "solid"}
    said = f"{row.n_yes} of {row.n}: {row.n_yes / row.n:.0%}, 95 % interval {low:.0%} to {high:.0%}"
    figure.add_scatter(x=[low, high], y=[place, place], mode="lines", line=line, hoverinfo="skip")
    symbol = "circle-open" if is_few else "circle"
    marker = {"size": 12, "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}}
    figure.add_scatter(
        x=[row.n_yes / row.n], y=[place], mode="markers", marker=marker, hovertext=[said], hoverinfo="text"
    )


def _label(row: Share) -> str:
    """The question, wrapped for a phone, then how many answered, or how many are missing."""
    missing = FEW - row.n
    count = f"n = {row.n}, {missing} more needed" if missing > 0 else f"n = {row.n}"
    unbroken = count.replace(" ", "\u00a0")
    lines = textwrap.wrap(f"{row.name} ({unbroken})", WIDTH)
    return "<br>".join(_escaped(line) for line in lines)


def _escaped(text: str) -> str:
    """Plotly reads a few tags in labels; text of people is never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
