"""The order as layers: nothing is left out, wiser is up, and what was never compared does not look like a tie."""

from ui.figures.order import KINDS, THIS, order_figure

LEVELS = (((1,), (6,)), ((2, 3),), ((4,), (5,)))
RELATION = {1: "less_wise", 2: THIS, 3: "in_a_cycle", 4: "wiser", 5: "on_a_par", 6: "never_compared"}


def figure(**changes):
    asked = {
        "levels": LEVELS,
        "edges": ((1, 2), (2, 3), (3, 2), (3, 4)),
        "on_a_par": ((4, 5),),
        "relation": RELATION,
        "titles": {1: "Plain", 4: "<b>Bold & loud</b>"},
    }
    return order_figure(**{**asked, **changes})


def marks(drawn):
    return [trace for trace in drawn.data if trace.mode == "markers+text"]


def test_every_class_is_one_mark_and_a_cycle_says_how_many_it_holds():
    texts = [text for trace in marks(figure()) for text in trace.text]
    assert sorted(texts) == ["1", "4", "5", "6", "cycle of 2"]


def test_lines_lead_upwards_and_edges_inside_a_cycle_are_not_drawn():
    solid = next(trace for trace in figure().data if trace.name == "found wiser, upwards")
    ends = [(solid.y[at], solid.y[at + 1]) for at in range(0, len(solid.y), 3)]
    assert len(ends) == 2
    assert all(low < high for low, high in ends)


def test_on_a_par_and_never_compared_differ_in_name_shape_and_colour():
    drawn = {trace.name: trace.marker for trace in marks(figure())}
    par, never = drawn[KINDS["on_a_par"].name], drawn[KINDS["never_compared"].name]
    assert par.symbol != never.symbol
    assert par.color != never.color
    dotted = next(trace for trace in figure().data if trace.name == "compared, left open")
    assert dotted.line.dash == "dot"


def test_text_of_people_is_no_markup():
    hovers = [text for trace in marks(figure()) for text in trace.hovertext]
    assert "4 &lt;b&gt;Bold &amp; loud&lt;/b&gt;" in hovers


def test_a_wide_layer_is_folded_so_that_no_two_marks_share_a_place():
    levels = (tuple((n,) for n in range(40)),)
    drawn = figure(levels=levels, edges=(), on_a_par=(), relation=dict.fromkeys(range(40), "never_compared"))
    (trace,) = marks(drawn)
    assert len(set(zip(trace.x, trace.y, strict=True))) == 40
    assert len(set(trace.y)) == 5
    assert not [one for one in drawn.data if one.mode == "lines"]
