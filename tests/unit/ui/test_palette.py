"""The palette: everything that must be read can be read, in both modes."""

import itertools
import tomllib
from pathlib import Path

import pytest

from ui.palette import DARK, LIGHT, SCALE, SCALE_ON_DARK, Palette, contrast, scale_colour

ROOT = Path(__file__).parents[3]
TEXT = 4.5
EDGE = 3.0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "quiet", "accent", "machine", "warning"])
def test_text_stands_out_from_paper_and_card(palette: Palette, name: str) -> None:
    colour = getattr(palette, name)
    assert contrast(colour, palette.paper) >= TEXT
    assert contrast(colour, palette.card) >= TEXT


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_fields_and_text_on_buttons_stand_out(palette: Palette) -> None:
    assert contrast(palette.edge, palette.paper) >= EDGE
    assert contrast(palette.edge, palette.card) >= EDGE
    assert contrast(palette.on_accent, palette.accent) >= TEXT
    assert contrast(palette.paper, palette.warning) >= TEXT


@pytest.mark.parametrize(("scale", "ground"), [(SCALE, LIGHT.paper), (SCALE_ON_DARK, DARK.paper)])
def test_scales_move_away_from_their_ground_step_by_step(scale: tuple[str, ...], ground: str) -> None:
    away = [contrast(colour, ground) for colour in scale]
    assert away == sorted(away)
    assert all(later / earlier > 1.15 for earlier, later in itertools.pairwise(away))
    assert scale_colour(-1, scale) == scale[0]
    assert scale_colour(2, scale) == scale[-1]


def test_the_theme_settings_repeat_the_palette_and_name_fonts_that_are_there() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for mode, palette in (("light", LIGHT), ("dark", DARK)):
        said = theme[mode]
        assert said["primaryColor"] == palette.accent
        assert said["backgroundColor"] == palette.paper
        assert said["secondaryBackgroundColor"] == palette.card
        assert said["textColor"] == palette.ink
        assert said["borderColor"] == palette.line
    for face in theme["fontFaces"]:
        assert (ROOT / face["url"].lstrip("/")).is_file()
