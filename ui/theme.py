"""Brings the style sheet to the page, with the colours of the palette for light and dark."""

from functools import cache
from pathlib import Path

import streamlit as st

from ui.palette import DARK, LIGHT, Palette

STYLE = Path(__file__).with_name("style.css")


def apply_style() -> None:
    """Put the style sheet on the page; it follows the mode that the person sees."""
    st.html(f"<style>{style_sheet(is_dark=current_palette() is DARK)}</style>")


def current_palette() -> Palette:
    """Return the colours of the mode that the person sees, for pictures that cannot follow the style sheet."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@cache
def style_sheet(*, is_dark: bool) -> str:
    """Return the style sheet with the colours of one mode."""
    return _variables(DARK if is_dark else LIGHT) + STYLE.read_text(encoding="utf-8")


def _variables(palette: Palette) -> str:
    pairs = "".join(f"--mg-{name.replace('_', '-')}:{colour};" for name, colour in palette._asdict().items())
    return f":root{{{pairs}}}\n"
