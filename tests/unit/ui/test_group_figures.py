"""Pictures of groups and bridging: every group and range is there, and people's words are never markup."""

from ui.figures.groups import BridgePoint, GroupPoint, GroupRow, bridging_figure, group_colours, side_by_side_figure
from ui.palette import DARK, LIGHT

ROWS = [
    GroupRow("a → b", (GroupPoint("North", 0.8, 0.5, 0.9, 12), GroupPoint("South", 0.3, 0.1, 0.6, 9))),
    GroupRow("<b>c</b> → d", (GroupPoint("South", 0.5, 0.2, 0.8, 8),)),
]


def test_each_group_has_a_point_and_a_range_on_each_row_where_it_is_shown():
    north, south = side_by_side_figure(ROWS, ["North", "South"]).data
    assert (list(north.x), list(south.x)) == ([0.8], [0.3, 0.5])
    assert [round(x, 9) for x in south.error_x.arrayminus] == [0.2, 0.3]
    assert "n = 12" in north.hovertext[0]
    assert north.y[0] < south.y[0] < 1 < south.y[1] < 2


def test_groups_differ_in_shape_as_well_as_in_colour():
    north, south = side_by_side_figure(ROWS, ["North", "South"]).data
    assert north.marker.symbol != south.marker.symbol
    assert north.marker.color != south.marker.color
    assert len(set(group_colours(5, DARK))) == len(set(group_colours(5, LIGHT))) == 5


def test_words_of_people_are_never_markup():
    labels = [note.text for note in side_by_side_figure(ROWS, ["North", "South"]).layout.annotations]
    assert labels == ["a → b", "&lt;b&gt;c&lt;/b&gt; → d"]


def test_upheld_items_are_filled_others_hollow_and_the_needed_height_is_drawn():
    points = [BridgePoint("a", 0.1, 0.5, 0.4, 0.6, 20, True), BridgePoint("b", 0.9, 0.1, -0.1, 0.3, 30, False)]
    figure = bridging_figure(points, needed=0.32)
    upheld, others = figure.data
    assert (upheld.y[0], others.y[0]) == (0.5, 0.1)
    assert (upheld.marker.symbol, others.marker.symbol) == ("circle", "circle-open")
    assert figure.layout.shapes[0].y0 == 0.32
