"""Figures of people on their way: a funnel with people as dots, and the minutes they took."""

from collections.abc import Sequence

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, SCALE, Palette

MAX_DOTS = 60
"""Dots in one row; above that one dot stands for several people, and the axis says so."""


def funnel_figure(
    names: Sequence[str], *, n_here: Sequence[int], n_stopped: Sequence[int], palette: Palette = LIGHT
) -> go.Figure:
    """Return rows of dots, one row a step in order from the top; hollow dots stopped.

    Args:
        names: steps in order.
        n_here: people active at each step, same length.
        n_stopped: people at each step who did nothing for long, same length.
        palette: colours of text and rules.
    """
    most = max((a + b for a, b in zip(n_here, n_stopped, strict=True)), default=0)
    per_dot = max(1, -(-most // MAX_DOTS))
    figure = go.Figure()
    for label, counts, start, symbol in (
        ("active", n_here, [0] * len(names), "circle"),
        ("stopped", n_stopped, n_here, "circle-open"),
    ):
        xs, ys = [], []
        for name, count, first in zip(names, counts, start, strict=True):
            offset = -(-first // per_dot)
            for place in range(-(-count // per_dot)):
                xs.append((offset + place + 1) * per_dot)
                ys.append(name)
        marker = {"symbol": symbol, "size": 11, "color": SCALE[3], "line": {"width": 2, "color": SCALE[4]}}
        figure.add_scatter(x=xs, y=ys, mode="markers", name=label, marker=marker, hoverinfo="y")
    # A range of its own keeps the steps at which no one is.
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], categoryorder="array", categoryarray=list(names))
    figure.update_xaxes(
        title=f"people here now (one dot = {per_dot})", rangemode="tozero", zeroline=False, dtick=max(1, most // 8)
    )
    return plain(figure, height=60 + 34 * len(names), palette=palette)


def minutes_figure(minutes: Sequence[float], *, palette: Palette = LIGHT) -> go.Figure:
    """Return a histogram of minutes from joining to the end, one bar for two minutes."""
    bins = {"start": 0, "size": 2}
    figure = go.Figure(go.Histogram(x=list(minutes), xbins=bins, marker_color=SCALE[3]))
    figure.update_xaxes(title=f"minutes from start to end, n = {len(minutes)}", rangemode="tozero")
    figure.update_yaxes(title="people")
    return plain(figure, height=220, palette=palette)
