"""Figures: every person is drawn, ranges are drawn, and too few people look like too few."""

import pytest

from ui.figures.journey import MAX_DOTS, funnel_figure, minutes_figure
from ui.figures.shares import FEW, Share, share_figure


def test_one_dot_is_one_person_while_they_fit_in_a_row() -> None:
    figure = funnel_figure(["Interview", "Card"], n_here=[3, 0], n_stopped=[2, 1])
    active, stopped = figure.data
    assert list(active.y) == ["Interview"] * 3
    assert sorted(stopped.y) == ["Card", "Interview", "Interview"]
    assert set(stopped.x).isdisjoint({1, 2, 3}) or "Card" in stopped.y
    assert active.marker.symbol != stopped.marker.symbol, "colour is not the only mark"


def test_steps_at_which_no_one_is_keep_their_row() -> None:
    axis = funnel_figure(["Interview", "Card", "Done"], n_here=[0, 1, 0], n_stopped=[0, 0, 0]).layout.yaxis
    assert axis.range == (2.5, -0.5), "three rows, the first on top"


def test_many_people_share_dots_and_the_axis_says_how_many() -> None:
    figure = funnel_figure(["Done"], n_here=[MAX_DOTS * 3], n_stopped=[0])
    assert len(figure.data[0].x) == MAX_DOTS
    assert "one dot = 3" in figure.layout.xaxis.title.text


def test_minutes_say_how_many_people_they_stand_for() -> None:
    assert "n = 3" in minutes_figure([9.0, 12.0, 31.5]).layout.xaxis.title.text


def test_a_share_is_a_point_on_its_range() -> None:
    line, point = share_figure([Share("Fair?", 18, 20, (0.7, 0.97))]).data
    assert tuple(line.x) == (0.7, 0.97)
    assert tuple(point.x) == (0.9,)
    assert point.hovertext == ("18 of 20: 90%, 95 % interval 70% to 97%",)


def test_too_few_people_are_hollow_and_dotted_and_say_how_many_are_missing() -> None:
    figure = share_figure([Share("Fair?", 1, FEW - 2, (0.1, 0.8))])
    line, point = figure.data
    assert line.line.dash == "dot"
    assert point.marker.symbol == "circle-open"
    assert "2\u00a0more\u00a0needed" in figure.layout.annotations[0].text


def test_no_one_yet_keeps_its_row_without_a_point() -> None:
    figure = share_figure([Share("Fair?", 0, 0, None)])
    assert "n\u00a0=\u00a00" in figure.layout.annotations[0].text
    assert not figure.data


@pytest.mark.parametrize("name", ["<b>loud</b>", "a & b"])
def test_names_are_text_only(name: str) -> None:
    label = share_figure([Share(name, 1, 9, (0.0, 0.4))]).layout.annotations[0].text
    assert name not in label
