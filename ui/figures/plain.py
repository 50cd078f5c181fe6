"""What all figures share: our letters, quiet axes, the ground of the page."""

import plotly.graph_objects as go

from ui.palette import Palette


def plain(figure: go.Figure, *, height: int, palette: Palette) -> go.Figure:
    """Return ``figure`` with the app's look; text colours are set on the axes, where chart themes would fade them."""
    letters = {"family": "Inter, system-ui, sans-serif", "color": palette.quiet}
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        font={**letters, "color": palette.ink},
        legend={"orientation": "h", "y": 1.12, "font": {"color": palette.ink}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_xaxes(gridcolor=palette.line, tickfont=letters, title_font=letters)
    figure.update_yaxes(gridcolor=palette.line, tickfont=letters, title_font=letters)
    return figure
