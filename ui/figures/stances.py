"""Preferences as points with ranges and baselines, heat maps with n in the cell, and who wins against whom."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

WIDTH = 40
FULL = 100.0
ROW_HEIGHT = 46


class ForestRow(NamedTuple):
    """One value or dimension: preference and all that is drawn beside it, each -100..100."""

    name: str
    value: float
    interval: tuple[float, float] | None
    """``None`` where too few dilemmas mention it: drawn pale."""
    random_half: float
    """Half the width of the band of coin tossers."""
    always_to_do: float
    majority: float | None
    n: int


class HeatCell(NamedTuple):
    """One cell; ``None`` of a value is an empty one."""

    row: str
    column: str
    value: float
    n: int
    is_few: bool


class DifferenceRow(NamedTuple):
    """One difference with its range, and whether it is more than chance."""

    name: str
    value: float
    interval: tuple[float, float]
    n: int
    is_shown: bool


def forest_figure(rows: Sequence[ForestRow], *, palette: Palette = LIGHT) -> go.Figure:
    """Return one line a row, from the top in the order given, on an axis from -100 to 100.

    ``customdata`` of the points names the row, for a click.
    """
    figure = go.Figure()
    places = list(range(len(rows)))
    for place, row in enumerate(rows):
        figure.add_shape(
            type="rect", x0=-row.random_half, x1=row.random_half, y0=place - 0.14, y1=place + 0.14,
            fillcolor=palette.line, line_width=0, layer="below",
        )  # fmt: skip
        _name(figure, f"{row.name}", f"n = {row.n}", place=place, palette=palette)
    figure.add_scatter(
        name="always to do", x=[row.always_to_do for row in rows], y=places, mode="markers",
        marker={"symbol": "line-ns", "size": 17, "line": {"width": 2.5, "color": palette.warning}}, hoverinfo="skip",
    )  # fmt: skip
    held = [(row.majority, place) for place, row in enumerate(rows) if row.majority is not None]
    figure.add_scatter(
        name="knows the topic only", x=[x for x, _ in held], y=[y for _, y in held], mode="markers",
        marker={"symbol": "diamond-open", "size": 9, "color": palette.machine, "line": {"width": 1.5}},
        hoverinfo="skip",
    )  # fmt: skip
    for is_few, name in ((False, "the model, 95 %"), (True, "the model, too few dilemmas")):
        chosen = [(row, place) for place, row in enumerate(rows) if (row.interval is None) is is_few]
        if chosen:
            _points(figure, chosen, name=name, palette=palette, is_few=is_few)
    figure.add_vline(x=0, line={"color": palette.edge, "width": 1})
    _preference_axes(figure, n_rows=len(rows))
    plain(figure, height=110 + ROW_HEIGHT * len(rows), palette=palette)
    return figure.update_layout(legend={"y": 1.0, "yanchor": "bottom", "font": {"size": 12}}, margin={"t": 30})


def _points(
    figure: go.Figure, rows: Sequence[tuple[ForestRow, int]], *, name: str, palette: Palette, is_few: bool
) -> None:
    colour = palette.edge if is_few else palette.accent
    ends = [(row.value, row.value) if row.interval is None else row.interval for row, _ in rows]
    figure.add_scatter(
        name=name, x=[row.value for row, _ in rows], y=[place for _, place in rows], mode="markers",
        marker={"size": 11, "color": colour, "symbol": "circle-open" if is_few else "circle"},
        error_x={
            "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
            "array": [max(0.0, high - row.value) for (row, _), (_, high) in zip(rows, ends, strict=True)],
            "arrayminus": [max(0.0, row.value - low) for (row, _), (low, _) in zip(rows, ends, strict=True)],
        },
        customdata=[row.name for row, _ in rows],
        hovertext=[_told(row) for row, _ in rows], hoverinfo="text",
    )  # fmt: skip


def _told(row: ForestRow) -> str:
    ends = "too few dilemmas" if row.interval is None else f"95 % {row.interval[0]:+.0f} to {row.interval[1]:+.0f}"
    return f"{_escaped(row.name)}: {row.value:+.0f}, {ends}, n = {row.n}; always to do {row.always_to_do:+.0f}"


def _preference_axes(figure: go.Figure, *, n_rows: int) -> None:
    figure.update_xaxes(
        range=[-FULL - 3, FULL + 3], tickvals=[-100, -50, 0, 50, 100], zeroline=False, fixedrange=True,
        title="← acts against it · acts for it →",
    )  # fmt: skip
    figure.update_yaxes(
        range=[n_rows - 0.4, -0.8], showticklabels=False, showgrid=False, zeroline=False, fixedrange=True
    )


def _name(figure: go.Figure, name: str, count: str, *, place: int, palette: Palette) -> None:
    figure.add_annotation(
        x=-FULL - 3, y=place, yshift=9, xanchor="left", yanchor="bottom", align="left", showarrow=False,
        text=f"{_escaped(textwrap.shorten(name, WIDTH, placeholder='…'))} ({count})",
        font={"size": 13, "color": palette.ink},
    )  # fmt: skip


def difference_figure(rows: Sequence[DifferenceRow], *, palette: Palette = LIGHT) -> go.Figure:
    """Return one difference a row with its range; filled where it is more than chance, hollow where not."""
    figure = go.Figure()
    for is_shown, name in ((True, "more than chance"), (False, "not shown to differ")):
        chosen = [(row, place) for place, row in enumerate(rows) if row.is_shown is is_shown]
        colour = palette.accent if is_shown else palette.edge
        figure.add_scatter(
            name=name, x=[row.value for row, _ in chosen], y=[place for _, place in chosen], mode="markers",
            marker={"size": 11, "color": colour, "symbol": "circle" if is_shown else "circle-open"},
            error_x={
                "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
                "array": [max(0.0, row.interval[1] - row.value) for row, _ in chosen],
                "arrayminus": [max(0.0, row.value - row.interval[0]) for row, _ in chosen],
            },
            customdata=[row.name for row, _ in chosen],
            hovertext=[
                f"{_escaped(row.name)}: {row.value:+.0f}, 95 % {row.interval[0]:+.0f} to {row.interval[1]:+.0f}, "
                f"n = {row.n}" for row, _ in chosen
            ],
            hoverinfo="text",
        )  # fmt: skip
    most = max((max(abs(end) for end in row.interval) for row in rows), default=10.0)
    edge = max(10.0, most) * 1.08
    for place, row in enumerate(rows):
        figure.add_annotation(
            x=-edge, y=place, yshift=9, xanchor="left", yanchor="bottom", align="left", showarrow=False,
            text=f"{_escaped(textwrap.shorten(row.name, WIDTH, placeholder='…'))} (n = {row.n})",
            font={"size": 13, "color": palette.ink},
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": palette.edge, "width": 1})
    figure.update_xaxes(
        range=[-edge, edge], zeroline=False, fixedrange=True, title="← first acts on it more · second acts on it more →"
    )
    figure.update_yaxes(range=[len(rows) - 0.4, -0.8], showticklabels=False, showgrid=False, zeroline=False)
    plain(figure, height=110 + ROW_HEIGHT * len(rows), palette=palette)
    return figure.update_layout(legend={"y": 1.0, "yanchor": "bottom", "font": {"size": 12}}, margin={"t": 30})


def heat_figure(
    cells: Sequence[HeatCell], *, rows: Sequence[str], columns: Sequence[str], limit: float = FULL,
    palette: Palette = LIGHT, text: str = "number",
) -> go.Figure:  # fmt: skip
    """Return a heat map from ``-limit`` to ``limit``: the number and n stand in each cell; cells with few are empty.

    Args:
        cells: what is known.
        rows: names from the top.
        columns: names from the left.
        limit: the value at the ends of the colours.
        palette: colours of the mode.
        text: ``number`` writes value and n, ``n`` n alone.
    """
    found = {(cell.row, cell.column): cell for cell in cells}
    grid = [[found.get((row, column)) for column in columns] for row in rows]
    figure = go.Figure()
    figure.add_heatmap(
        z=[[None if cell is None or cell.is_few else cell.value for cell in line] for line in grid],
        x=[_escaped(column) for column in columns], y=[_escaped(row) for row in rows],
        text=[["" if cell is None else _cell_text(cell, text) for cell in line] for line in grid],
        texttemplate="%{text}", textfont={"size": 11},
        zmin=-limit, zmax=limit, xgap=2, ygap=2, hoverinfo="text", showscale=False,
        hovertext=[["" if cell is None else f"{_escaped(cell.row)}, {_escaped(cell.column)}: {cell.value:+.0f}, "
                    f"n = {cell.n}" for cell in line] for line in grid],
        colorscale=[(0.0, palette.warning), (0.5, palette.card), (1.0, palette.accent)],
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True)
    figure.update_xaxes(side="top", tickangle=-45, showgrid=False, fixedrange=True)
    return plain(figure, height=150 + 34 * len(rows), palette=palette).update_layout(margin={"t": 110})


def _cell_text(cell: HeatCell, text: str) -> str:
    if cell.is_few:
        return f"n {cell.n}"
    return f"{cell.n}" if text == "n" else f"{cell.value:+.0f}<br>n {cell.n}"


def _escaped(text: str) -> str:
    """Plotly reads a few tags in labels; text of people is never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
