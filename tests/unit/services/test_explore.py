"""A graph is built once for all who look at it at the same moment, and a group too small is refused to each."""

import threading

import pytest

from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from services import explore


def look_together(rooms, query, n=8):
    """What ``n`` people get who open the page at the same moment."""
    barrier, seen = threading.Barrier(n), []

    def look():
        barrier.wait(5)
        try:
            seen.append(rooms.explore.moral_graph(query))
        except StudyRuleError as error:
            seen.append(error)

    threads = [threading.Thread(target=look) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(seen) == n
    return seen


def test_many_who_look_at_once_share_one_building(rooms, monkeypatch):
    built, real = [], explore.graph_of_counted
    monkeypatch.setattr(explore, "graph_of_counted", lambda *a, **k: (built.append(1), real(*a, **k))[1])
    seen = look_together(rooms, GraphQuery(study_id="s1"))
    assert len(built) == 1
    assert len({id(graph) for graph in seen}) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_refusal_is_told_to_everyone_and_every_time(rooms, times):
    query = GraphQuery(study_id="s1", attributes=(("age", "old"),))
    for _ in range(times):
        assert all(isinstance(one, StudyRuleError) for one in look_together(rooms, query, n=3))
