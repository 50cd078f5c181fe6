"""Values beside a situation: how long a bar is says how relevant, how it is split says which way the value pulls."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ui.figures.plain import plain
from ui.palette import LIGHT, Palette

WIDTH = 44
ROW, LINE = 48, 16
"""Pixels of one value, and of the second line of a name."""
PULLS = {"supports": ("accent", ""), "either": ("edge", "."), "opposes": ("warning", "/")}
"""Colour of the palette and pattern: what colour says, the pattern says again."""
NOT_TOLD = "pull not told"
MACHINE_MARK = "✳ machine-made"


QUIET = {"displayModeBar": False}
"""Plotly's own buttons would lie over the legend on a phone."""


class Bar(NamedTuple):
    """One value: relevance 0..1, and the shares of its valence in the order of ``PULLS``; ``None`` without one."""

    name: str
    relevance: float
    valence: tuple[float, float, float] | None
    is_machine: bool = False
    """A model proposed it, which its name says."""


def values_figure(bars: Sequence[Bar], *, palette: Palette = LIGHT, has_valence: bool = False) -> go.Figure:
    """Return one bar for each value, from the top in the order given, on an axis of relevance from 0 to 1.

    Args:
        bars: most relevant first.
        palette: of the page.
        has_valence: the scorer tells which way a value pulls; bars without it are hollow then, even where all are.
    """
    figure = go.Figure()
    places = list(range(len(bars)))
    if not has_valence and all(bar.valence is None for bar in bars):
        marker = {"color": palette.accent}
        figure.add_bar(y=places, x=[bar.relevance for bar in bars], orientation="h", marker=marker, hoverinfo="x")
    else:
        for at, (pull, (colour, pattern)) in enumerate(PULLS.items()):
            figure.add_bar(
                y=places,
                x=[bar.relevance * bar.valence[at] if bar.valence else 0 for bar in bars],
                name=pull,
                orientation="h",
                marker={"color": getattr(palette, colour), "pattern": _pattern(pattern, palette)},
                hovertext=[f"{pull}: {bar.valence[at]:.0%}" if bar.valence else "" for bar in bars],
                hoverinfo="text",
            )
        if any(bar.valence is None for bar in bars):
            figure.add_bar(
                y=places,
                x=[0 if bar.valence else bar.relevance for bar in bars],
                name=NOT_TOLD,
                orientation="h",
                marker={"color": palette.paper, "line": {"color": palette.edge, "width": 1}},
                hovertext=NOT_TOLD,
                hoverinfo="text",
            )
    for place, bar in enumerate(bars):
        figure.add_annotation(
            x=0, y=place, yshift=9, text=_label(bar, palette), xanchor="left", yanchor="bottom", align="left",
            showarrow=False,
        )  # fmt: skip
    figure.update_annotations(font={"size": 13, "color": palette.ink})
    # A press on a bar asks for an explanation; the other bars keep their colours.
    figure.update_traces(selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
    figure.update_xaxes(range=[-0.004, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1], zeroline=False)
    figure.update_yaxes(range=[len(bars) - 0.5, -0.9], showticklabels=False, showgrid=False)
    figure.update_layout(barmode="stack", bargap=0.72, showlegend=has_valence or any(bar.valence for bar in bars))
    height = (70 if figure.layout.showlegend else 44) + rows_height([one.text for one in figure.layout.annotations])
    return legend_on_top(plain(figure, height=height, palette=palette))


def legend_on_top(figure: go.Figure) -> go.Figure:
    """Return ``figure`` with its legend close above the first row, however many rows there are."""
    legend = {"y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    top = 4 if figure.layout.showlegend is False else 30
    # A finger that scrolls the page must not move the picture.
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure.update_layout(margin={"l": 4, "r": 4, "t": top, "b": 24}, legend=legend, dragmode=False)


def _pattern(shape: str, palette: Palette) -> dict[str, object]:
    """Overlay draws the marks in the ground's colour on the bar's own; without it the bar itself has no colour."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": palette.paper, "fgopacity": 0.9, "size": 6}


def _label(bar: Bar, palette: Palette) -> str:
    name = label_lines(bar.name, width=WIDTH - len(MACHINE_MARK) if bar.is_machine else WIDTH)
    mark = f'  <span style="color:{palette.machine};font-size:11px">{MACHINE_MARK}</span>' if bar.is_machine else ""
    return name + mark


def rows_height(labels: Sequence[str]) -> int:
    """Return the pixels of all rows; they are higher where a name needs two lines, so that it touches no other bar."""
    return max(1, len(labels)) * (ROW + LINE * any("<br>" in label for label in labels))


def label_lines(name: str, *, width: int = WIDTH) -> str:
    """Return a name on two lines at most; dots say that it goes on.

    >>> label_lines("a name of many words that goes on and on", width=12)
    'a name of<br>many words …'
    """
    return "<br>".join(escaped(line) for line in textwrap.wrap(name, width, max_lines=2, placeholder=" …"))


def escaped(text: str) -> str:
    """Plotly reads a few tags in labels; text of people is never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
