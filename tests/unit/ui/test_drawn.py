"""What is kept of a graph for drawing: made once, gone with the graph."""

import gc

from domain.graphs import GraphQuery, MoralGraph
from domain.ids import StudyId
from ui.drawn import n_held, once, words_of


def a_graph() -> MoralGraph:
    query = GraphQuery(study_id=StudyId("s"))
    return MoralGraph(query=query, nodes=(), edges=(), cycles=(), n_votes=0, n_people=0)


def test_it_is_made_once_for_a_graph_and_a_purpose():
    graph, calls = a_graph(), []
    for _ in range(3):
        once(graph, "table", lambda: calls.append("table"))
        once(graph, "picture", lambda: calls.append("picture"))
    assert calls == ["table", "picture"]


def test_equal_graphs_do_not_share_it():
    first, second = a_graph(), a_graph()
    assert once(first, "x", lambda: 1) == 1
    assert once(second, "x", lambda: 2) == 2


def test_it_is_made_anew_for_newer_titles_of_the_same_thing():
    analysis = a_graph()
    first = {1: "Candour", 2: "Patience"}
    table = once(analysis, ("table", words_of(first)), object)
    assert once(analysis, ("table", words_of(dict(first))), object) is table
    assert once(analysis, ("table", words_of({2: "Patience"})), object) is not table


def test_nothing_stays_once_the_graph_is_gone():
    before = n_held()
    graph = a_graph()
    once(graph, "x", lambda: 1)
    assert n_held() == before + 1
    del graph
    gc.collect()
    assert n_held() == before
