"""Figures beside a situation: shape and word say what colour says, and no name is ever markup."""

import pytest

from ui.figures.two_actions import Pulls, actions_figure
from ui.figures.values_here import MACHINE_MARK, NOT_TOLD, Bar, values_figure
from ui.palette import DARK, LIGHT


def labels(figure):
    return [one.text for one in figure.layout.annotations]


def test_a_machine_made_value_says_so_beside_its_name():
    figure = values_figure([Bar("Care", 0.9, None), Bar("Order", 0.4, None, is_machine=True)])
    assert [MACHINE_MARK in text for text in labels(figure)] == [False, True]


def test_the_parts_of_a_bar_are_told_apart_by_pattern_and_sum_to_the_relevance():
    figure = values_figure([Bar("Care", 0.8, (0.5, 0.25, 0.25))])
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3
    assert sum(trace.x[0] for trace in figure.data) == pytest.approx(0.8)


def test_a_value_whose_pull_was_not_told_keeps_its_length():
    figure = values_figure([Bar("Care", 0.8, (0.5, 0.25, 0.25)), Bar("Order", 0.4, None)])
    assert [round(sum(trace.x[place] for trace in figure.data), 6) for place in (0, 1)] == [0.8, 0.4]
    assert [trace.name for trace in figure.data if trace.x[1]] == [NOT_TOLD]


def test_where_a_scorer_tells_pulls_a_group_without_any_is_hollow():
    bars = [Bar("Care", 0.3, None), Bar("Order", 0.2, None)]
    hollow = [trace.name for trace in values_figure(bars, has_valence=True).data if any(trace.x)]
    assert hollow == [NOT_TOLD]
    assert [trace.name for trace in values_figure(bars).data] == [None]


def test_a_press_on_one_bar_leaves_the_others_as_they_are():
    for trace in values_figure([Bar("Care", 0.8, (0.5, 0.25, 0.25))]).data:
        assert trace.unselected.marker.opacity == trace.selected.marker.opacity == 1


def test_two_actions_are_told_apart_by_shape():
    figure = actions_figure([Pulls("Care", 0.5, -0.2), Pulls("Order", 0.1, 0.1)])
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert len({trace.marker.symbol for trace in marks}) == 2
    assert [tuple(trace.x) for trace in marks] == [(0.5, 0.1), (-0.2, 0.1)]
    assert [trace.name for trace in marks] == ["First action", "Second action"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("name", ["<b>loud</b>", "a & b"])
def test_names_are_text_only(name, palette):
    assert name not in labels(values_figure([Bar(name, 0.5, None)], palette=palette))[0]
    assert name not in labels(actions_figure([Pulls(name, 0.5, 0)], palette=palette))[0]


def test_a_name_of_two_lines_makes_room_for_itself_and_a_longer_one_says_that_it_goes_on():
    short = values_figure([Bar("Care", 0.5, None)] * 3)
    long = values_figure([Bar("Care", 0.5, None)] * 2 + [Bar("a long name " * 12, 0.5, None)])
    assert long.layout.height > short.layout.height
    assert labels(long)[2].count("<br>") == 1
    assert labels(long)[2].endswith("…")
