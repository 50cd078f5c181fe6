"""The page Moral graph: every pair with n, interval and state; of a large graph a part with a plain way to all."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from domain.cards import CanonicalValue
from domain.people import Source
from services.explore import Reason, ValueDetail
from ui import runtime


def script(n_values, n_people, has_ranges=False, is_of_a_group=False):
    from datetime import UTC, datetime

    import streamlit as st

    from domain.cards import CanonicalValue
    from domain.graphs import GraphQuery, VoteRow
    from domain.people import Source
    from domain.studies import Study
    from domain.votes import EdgeAnswer
    from graph.build import build_graph
    from graph.provisional import EdgeKey, EdgeState
    from services.analysis import analyse_votes
    from services.analysis_votes import AnalysedVotes
    from ui.widgets import graph_panel
    from ui.widgets.graph_tables import show_legend, show_tables
    from ui.widgets.value_ranks import places_of, ranks_of, show_place

    now = datetime(2026, 3, 1, tzinfo=UTC)
    values = [
        CanonicalValue(
            id=f"v{n}", study_id="s", number=n, title=f"Value {n}", policies=("SIGNS",), source=Source.PERSON,
            created_at=now, updated_at=now,
        )
        for n in range(1, n_values + 1)
    ]  # fmt: skip
    rows = [
        VoteRow(f"p{person}", f"v{n}", f"v{n // 2}", "When asked", EdgeAnswer.WISER)
        for n in range(2, n_values + 1)
        for person in range(n_people)
    ]
    rows += [VoteRow(f"p{person}", "v1", f"v{n_values}", "When asked", EdgeAnswer.WISER) for person in range(n_people)]
    query = GraphQuery(study_id="s", attributes=(("party", "Moss"),) if is_of_a_group else ())
    graph = build_graph(query, values=values, rows=rows, roots={}, n_cards={})
    states = {EdgeKey("v2", "v1"): EdgeState.ABOVE}
    show_legend(graph)
    found = None
    if has_ranges:
        name = {value.id: f"{value.number:09}" for value in values}
        votes = AnalysedVotes(
            study=Study(id="s", slug="made", title="Made", created_at=now), questions=(), contexts_of={},
            data_version=7,
            rows=tuple(row._replace(src_id=name[row.src_id], wiser_id=name[row.wiser_id]) for row in rows),
            times=(now,) * len(rows),
        )  # fmt: skip
        found = analyse_votes(votes, query, seed=0, n_resamples=20)
    show_tables(graph, states, found, key="test.tables")
    places = places_of(graph_panel.drawn_nodes(graph))
    show_place(1, ranks_of(found), n_values=len(places), n_votes=12, place=places.get(1))
    n_drawn = len(graph_panel.drawn_nodes(graph))
    part = graph_panel._part(graph, n_drawn, key="test")
    st.markdown(f"{part.scope} of {n_drawn}")


@pytest.fixture
def shown():
    def run(n_values, n_people=3, **options):
        kwargs = {"n_values": n_values, "n_people": n_people, **options}
        test = AppTest.from_function(script, kwargs=kwargs, default_timeout=60).run()
        assert not test.exception
        return test

    return run


def test_every_edge_bears_n_interval_and_state(shown):
    edges = shown(4).dataframe[1].value
    assert len(edges) == 4
    assert set(edges["People"]) == {3}
    assert set(edges["Share wiser (95 %)"]) == {"44% – 100%"}
    assert dict(zip(edges["From"], edges["State"], strict=True)) == {
        "Value 1": "provisional", "Value 2": "settled: wiser", "Value 3": "provisional", "Value 4": "provisional"
    }  # fmt: skip


def test_the_table_of_values_says_which_lie_in_a_cycle(shown):
    values = shown(5).dataframe[0].value
    assert dict(zip(values["Value"], values["In a cycle"], strict=True)) == {
        "Value 1": True, "Value 2": True, "Value 5": True, "Value 3": False, "Value 4": False
    }  # fmt: skip


def test_no_place_stands_without_its_range_and_n(shown):
    test = shown(5, 6, has_ranges=True)
    values = test.dataframe[0].value
    assert list(values["Place"]) == sorted(values["Place"])
    for place, span in zip(values["Place"], values["Place (95 %)"], strict=True):
        low, high = (int(end) for end in span.split(" to "))
        assert low <= place <= high
    for column in ("Wisdom", "PageRank"):
        for score, span in zip(values[column], values[f"{column} (95 %)"], strict=True):
            low, high = (float(end) for end in span.split(" to "))
            assert low - 0.01 <= score <= high + 0.01
    assert any(
        "20 draws of people, each with all their votes (n = 30 votes of 6 people)" in c.value for c in test.caption
    )
    assert any("of 5 by wisdom**, 95 % range" in one.value for one in test.markdown)
    assert not test.button


def test_a_range_that_is_not_there_is_said_to_be_missing_and_can_be_computed(shown):
    test = shown(5)
    assert set(test.dataframe[0].value["Place (95 %)"]) == {"not computed yet"}
    assert any("not computed yet for these votes and filters" in one.value for one in test.caption)
    assert [one.label for one in test.button] == ["Compute the ranges"]
    assert any("its range is not computed." in one.value for one in test.markdown)


def test_no_ranges_are_computed_for_one_group_of_people(shown):
    test = shown(5, is_of_a_group=True)
    assert any("not computed for one group of people" in one.value for one in test.caption)
    assert not test.button


def test_the_legend_has_a_word_for_every_mark(shown):
    legend = next(one.proto.body for one in shown(5).get("html") if "mg-legend" in one.proto.body)
    for words in ("settled", "provisional: more votes may still undo it", "a cycle: each is wiser than another"):
        assert words in legend


def test_a_small_graph_is_drawn_whole_without_asking(shown):
    test = shown(20)
    assert not test.radio
    assert test.markdown[-1].value == "all of 20"


def test_of_a_large_graph_a_part_is_drawn_and_one_choice_draws_all(shown):
    test = shown(320, 2)
    assert test.markdown[-1].value == "first of 320"
    assert any("of 320 values are drawn; the tables hold all." in one.value for one in test.caption)
    assert test.radio[0].options == ["The wisest, with those below them", "All 320 values"]
    test.radio[0].set_value("all").run()
    assert test.markdown[-1].value == "all of 320"
    assert not any("are drawn" in one.value for one in test.caption)


def script_of_one_value(attributes):
    from datetime import UTC, datetime

    from domain.cards import CanonicalValue
    from domain.graphs import GraphQuery, VoteRow
    from domain.people import Source
    from domain.votes import EdgeAnswer
    from graph.build import build_graph
    from ui.widgets import graph_panel

    now = datetime(2026, 3, 1, tzinfo=UTC)
    values = [
        CanonicalValue(
            id=f"v{n}", study_id="s", number=n, title=f"Value {n}", policies=("SIGNS",), source=Source.PERSON,
            created_at=now, updated_at=now,
        )
        for n in (1, 2)
    ]  # fmt: skip
    rows = [VoteRow(f"p{person}", "v1", "v2", "When asked", EdgeAnswer.WISER) for person in range(6)]
    query = GraphQuery(study_id="s", attributes=tuple(tuple(one) for one in attributes))
    graph = build_graph(query, values=values, rows=rows, roots={}, n_cards={})
    graph_panel._show_value(graph, {}, "v1", key="test")


class OneReason:
    """The services as far as the panel of one value asks them; six people gave the same reason."""

    @property
    def explore(self):
        return self

    def value_detail(self, study_id, value_id, *, sources):
        now = datetime(2026, 3, 1, tzinfo=UTC)
        value = CanonicalValue(
            id=value_id, study_id=study_id, number=1, title="Value 1", policies=("SIGNS",), source=Source.PERSON,
            created_at=now, updated_at=now,
        )  # fmt: skip
        return ValueDetail(value=value, cards=(), merged_from=())

    def reasons(self, query, value_id):
        said = Reason(answer="wiser", reason="She asked first.", unsure_reason=None, context="When asked")
        return {} if query.attributes else {("v1", "v2"): [said]}


@pytest.mark.parametrize("attributes", [(), (("town", "North"),)])
def test_reasons_are_shown_of_everybody_and_of_no_group(attributes):
    runtime.use(OneReason())
    try:
        test = AppTest.from_function(script_of_one_value, kwargs={"attributes": attributes}, default_timeout=60).run()
    finally:
        runtime.use(None)
    assert not test.exception
    assert any("She asked first." in one.proto.body for one in test.get("html")) is not bool(attributes)
    assert any("not shown for one group" in one.value for one in test.caption) is bool(attributes)
