"""A model beside the graph: each value as a point, what people found wiser against what the model acts on."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

N_NAMED = 7
"""Points named in the picture: those placed most apart."""
WIDTH = 30
ROOM_UP, ROOM_ACROSS = 12.0, 0.6
"""How far apart two named points lie at least: in points of preference, or as a share of the highest score."""


class Beside(NamedTuple):
    """One value: score in the graph and preference of the model, both with ranges."""

    name: str
    said: str
    """What is read when pointing at it."""
    score: float
    score_interval: tuple[float, float]
    preference: float
    preference_interval: tuple[float, float] | None
    gap: float
    """-1..1; far from 0 is far apart."""


def beside_figure(
    points: Sequence[Beside], *, score_name: str, second: Sequence[Beside] = (), palette: Palette = LIGHT
) -> go.Figure:
    """Return the scatter; further right is wiser to the people, further up the model acts on it more.

    ``second`` is another model over the same graph: squares of another colour.
    """
    figure = go.Figure()
    for is_few, name in ((False, "both ranges 95 %"), (True, "too few dilemmas for a range")):
        chosen = [one for one in points if (one.preference_interval is None) is is_few]
        if not chosen:
            continue
        colour = palette.edge if is_few else palette.accent
        figure.add_scatter(
            name=name, x=[one.score for one in chosen], y=[one.preference for one in chosen], mode="markers",
            marker={"size": 10, "color": colour, "symbol": "circle-open" if is_few else "circle"},
            error_x=_bars([(one.score, one.score_interval) for one in chosen], palette.edge),
            error_y=_bars([(one.preference, one.preference_interval) for one in chosen], palette.edge),
            customdata=[one.name for one in chosen], hovertext=[one.said for one in chosen], hoverinfo="text",
        )  # fmt: skip
    if second:
        figure.add_scatter(
            name="second run", x=[one.score for one in second], y=[one.preference for one in second], mode="markers",
            marker={"size": 9, "color": palette.warning, "symbol": "square-open", "line": {"width": 2}},
            error_y=_bars([(one.preference, one.preference_interval) for one in second], palette.warning),
            customdata=[one.name for one in second], hovertext=[one.said for one in second], hoverinfo="text",
        )  # fmt: skip
    widest = max((point.score for point in points), default=0.0)
    for one in _named(points, widest=widest):
        figure.add_annotation(
            x=one.score, y=one.preference, text=_escaped(textwrap.shorten(one.name, WIDTH, placeholder="…")),
            showarrow=False, yshift=12, xanchor="right" if one.score > widest / 2 else "left",
            font={"size": 12, "color": palette.ink},
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": palette.edge, "width": 1})
    figure.update_xaxes(title=f"{score_name} in the graph →", zeroline=False)
    figure.update_yaxes(title="the model acts on it →", zeroline=False, range=[-108, 108])
    return plain(figure, height=520, palette=palette).update_layout(margin={"t": 30})


class Route(NamedTuple):
    """What one value comes to by both routes, -100..100."""

    name: str
    by_nearness: float
    by_valence: float


def routes_figure(values: Sequence[Route], *, palette: Palette = LIGHT) -> go.Figure:
    """Return preference by nearness across, by valence upward; the line is where both say the same."""
    figure = go.Figure()
    figure.add_scatter(
        x=[-100, 100], y=[-100, 100], mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": palette.edge, "width": 1, "dash": "dash"},
    )  # fmt: skip
    figure.add_scatter(
        x=[one.by_nearness for one in values], y=[one.by_valence for one in values], mode="markers", showlegend=False,
        marker={"size": 9, "color": palette.accent}, hoverinfo="text",
        hovertext=[_escaped(f"{o.name}: {o.by_nearness:+.0f} by nearness, {o.by_valence:+.0f} by valence")
                   for o in values],
    )  # fmt: skip
    figure.update_xaxes(title="by nearness: the model acts on it →", range=[-108, 108], zeroline=True)
    figure.update_yaxes(title="by valence →", range=[-108, 108], zeroline=True)
    return plain(figure, height=380, palette=palette).update_layout(margin={"t": 20})


def _named(points: Sequence[Beside], *, widest: float) -> list[Beside]:
    """Return the points placed most apart, leaving out those whose name would cover another one."""
    kept: list[Beside] = []
    for one in sorted(points, key=lambda point: -abs(point.gap)):
        is_free = all(
            abs(one.preference - other.preference) > ROOM_UP or abs(one.score - other.score) > ROOM_ACROSS * widest
            for other in kept
        )
        if is_free and len(kept) < N_NAMED:
            kept.append(one)
    return kept


def _bars(ends: Sequence[tuple[float, tuple[float, float] | None]], colour: str) -> dict[str, object]:
    ranges = [(value, value) if interval is None else interval for value, interval in ends]
    return {
        "type": "data", "symmetric": False, "color": colour, "thickness": 0.7, "width": 0,
        "array": [max(0.0, high - value) for (value, _), (_, high) in zip(ends, ranges, strict=True)],
        "arrayminus": [max(0.0, value - low) for (value, _), (low, _) in zip(ends, ranges, strict=True)],
    }  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
