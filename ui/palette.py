"""The colours of the app, once: paper and ink, one accent. Contrast is held by a test (WCAG 2.2 AA)."""

from collections.abc import Sequence
from typing import NamedTuple


class Palette(NamedTuple):
    """Colours of one mode, as #RRGGBB."""

    paper: str
    """Ground of the page."""
    card: str
    """Ground of a card."""
    ink: str
    """Text."""
    quiet: str
    """Secondary text."""
    line: str
    """Borders and rules that carry no meaning alone."""
    edge: str
    """Borders that show where one can type, tick or press (3:1)."""
    accent: str
    """What the person can do next."""
    on_accent: str
    """Text on the accent."""
    machine: str
    """Mark of machine text."""
    warning: str
    """Text of a notice that something failed."""


LIGHT = Palette(
    paper="#FAF7F1",
    card="#FFFEFB",
    ink="#211D18",
    quiet="#5F574C",
    line="#DDD5C7",
    edge="#8A8070",
    accent="#1D5C58",
    on_accent="#FFFFFF",
    machine="#4A4A82",
    warning="#8A3B12",
)
DARK = Palette(
    paper="#171512",
    card="#211E1A",
    ink="#EFE9DD",
    quiet="#B3A998",
    line="#3A352D",
    edge="#857B6A",
    accent="#86C9C1",
    on_accent="#10211F",
    machine="#B4B4E8",
    warning="#F0A679",
)

SCALE = ("#E9E2D0", "#BFD3BE", "#86B8AC", "#4B9293", "#226672", "#123F52")
"""Low to high: falls steadily in lightness, so it survives greyscale and the common colour blindnesses."""

SCALE_ON_DARK = ("#2C3A3A", "#31585B", "#3F7C7D", "#61A39C", "#96C8B8", "#DCEBD6")
"""The same on a dark ground, where high is light: away from the ground in both modes."""


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = ((p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4) for p in parts)  # noqa: PLR2004 - WCAG
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def scale_colour(share: float, scale: Sequence[str] = SCALE) -> str:
    """Return the colour of ``share`` (0..1, clipped) on a sequential scale.

    >>> scale_colour(0.0) == SCALE[0], scale_colour(1.0) == SCALE[-1]
    (True, True)
    """
    place = min(max(share, 0.0), 1.0) * (len(scale) - 1)
    below = min(int(place), len(scale) - 2)
    parts = zip(_rgb(scale[below]), _rgb(scale[below + 1]), strict=True)
    mixed = (round(a + (b - a) * (place - below)) for a, b in parts)
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
