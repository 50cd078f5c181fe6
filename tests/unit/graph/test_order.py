"""The order that votes entail: exact cases, laws, and the figures of the published graph."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.graphs import EdgeCounts, GraphEdge, Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.funnel import funnel
from graph.order import Order, Relation
from graph.pairs import summarise_pairs
from graph.rank import wisdom
from graph.wisest import wisest


def edge(src, wiser, *, is_kept=True):
    return GraphEdge(
        src_id=src,
        wiser_id=wiser,
        contexts=(),
        counts=EdgeCounts(2, 0, 0, 0, 2),
        by_context=(),
        wiser_likelihood=1.0,
        entropy=1.0,
        vote_entropy=0.0,
        n_people=2,
        is_kept=is_kept,
    )


def chain(n):
    return [edge(f"v{k:02}", f"v{k + 1:02}") for k in range(n - 1)]


def test_a_chain_is_comparable_throughout_and_has_width_one():
    found = Order(chain(6)).figures()
    assert (found.width, found.strictly_comparable, found.unentailed_share) == (1, 15, 0.0)
    assert (found.longest_chain_classes, found.maximal_classes, found.weak_components) == (6, 1, 1)


def test_values_under_one_top_are_open_among_themselves():
    found = Order([edge(f"v{k}", "top") for k in range(5)]).figures()
    assert (found.width, found.strictly_comparable, found.pairs) == (5, 5, 15)


def test_pairs_without_edges_between_them_stay_apart():
    found = Order([edge("a", "b"), edge("c", "d")]).figures()
    assert (found.weak_components, found.width, found.unentailed_share) == (2, 2, 4 / 6)


def test_a_cycle_of_three_is_one_class():
    order = Order([edge("a", "b"), edge("b", "c"), edge("c", "a")])
    found = order.figures()
    assert (found.classes, found.in_cycle, found.strictly_comparable, found.width) == (1, 3, 0, 1)
    assert found.maximal_values_without_wiser == 0
    assert order.relation("a", "b") is Relation.SAME_CYCLE


def test_nothing_gives_an_order_of_nothing():
    order = Order([edge("a", "b", is_kept=False)])
    assert order.figures() == (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert order.figures().unentailed_share is None
    assert order.next_pair() is None
    assert order.contradicted({"a": 1.0}) == 0


def test_on_a_par_and_never_compared_are_told_apart():
    order = Order([edge("a", "b"), edge("c", "b"), edge("a", "c", is_kept=False), edge("d", "b")])
    assert order.relation("b", "a") is Relation.WISER
    assert order.relation("a", "b") is Relation.LESS_WISE
    assert order.relation("a", "c") is order.relation("c", "a") is Relation.ON_A_PAR
    assert order.relation("a", "d") is Relation.NEVER_COMPARED


def test_a_ranking_against_the_votes_is_counted():
    order = Order(chain(3))
    assert order.contradicted({"v00": 0.0, "v01": 1.0, "v02": 2.0}) == 0
    assert order.contradicted({"v00": 2.0, "v01": 1.0, "v02": 0.0}) == 3


def test_the_next_pair_settles_most_whatever_is_answered():
    # Two chains of three: comparing their middles settles at least four pairs, either way.
    edges = [edge("a0", "a1"), edge("a1", "a2"), edge("b0", "b1"), edge("b1", "b2")]
    best = Order(edges).next_pair()
    assert {best.one, best.other} == {"a1", "b1"}
    assert best.n_settled_at_least == 4
    other = Order(edges).next_pair(leave_out={frozenset({"a1", "b1"})})
    assert {other.one, other.other} != {"a1", "b1"}


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]), unique=True)


@given(PAIRS)
def test_every_pair_has_one_relation_and_its_mirror(pairs):
    order = Order([edge(f"v{a}", f"v{b}") for a, b in pairs])
    mirror = {Relation.WISER: Relation.LESS_WISE, Relation.LESS_WISE: Relation.WISER}
    counts = dict.fromkeys(Relation, 0)
    for place, one in enumerate(order.values):
        for other in order.values[place + 1 :]:
            relation = order.relation(one, other)
            assert order.relation(other, one) is mirror.get(relation, relation)
            counts[relation] += 1
    found = order.figures()
    assert counts[Relation.WISER] + counts[Relation.LESS_WISE] == found.strictly_comparable
    assert counts[Relation.SAME_CYCLE] == found.in_cycle
    assert found.width * found.longest_chain_classes >= found.classes


@given(PAIRS, st.permutations(range(8)))
def test_renaming_values_changes_no_figure(pairs, names):
    one = Order([edge(f"v{a}", f"v{b}") for a, b in pairs]).figures()
    assert Order([edge(f"w{names[a]}", f"w{names[b]}") for a, b in pairs]).figures() == one


def vote(person, src, wiser, answer=EdgeAnswer.WISER):
    return VoteRow(person_id=person, src_id=src, wiser_id=wiser, context="c", answer=answer)


def test_the_funnel_adds_up_and_names_the_first_filter_that_removes():
    rows = [vote("p1", "a", "b", EdgeAnswer.NOT_WISER), vote("p1", "c", "d"), vote("p2", "e", "f")]
    rows += [vote("p3", "e", "f"), vote("p1", "g", "h")]
    rows += [vote(f"q{n}", "g", "h", EdgeAnswer.NOT_WISER) for n in range(4)]
    found = funnel(summarise_pairs(rows, thresholds=Thresholds()), thresholds=Thresholds())
    assert found == (4, 1, 1, 0, 1, 1)
    assert found.ordered_pairs == sum(found[1:])


def test_wisdom_without_drawing_is_that_of_the_graph_and_votes_in_any_order_give_the_same():
    rng = np.random.default_rng(4)
    rows = [
        vote(f"p{n % 40}", f"v{a}", f"v{b}", list(EdgeAnswer)[int(rng.choice(3, p=[0.7, 0.1, 0.2]))])
        for n, (a, b) in enumerate(rng.integers(6, size=(300, 2)))
        if a != b
    ]
    found = wisest(rows, thresholds=Thresholds(), n_draws=50, rng=np.random.default_rng(1))
    expected = wisdom(summarise_pairs(rows, thresholds=Thresholds()))
    assert {w.value_id: pytest.approx(w.wisdom) for w in found} == expected
    assert found == wisest(rows[::-1], thresholds=Thresholds(), n_draws=50, rng=np.random.default_rng(1))
    assert all(w.interval[0] <= w.interval[1] and w.rank_interval[0] <= w.rank_interval[1] for w in found)


def test_what_everybody_finds_wisest_is_so_in_every_draw():
    rows = [vote(f"p{n}", "a", "top") for n in range(30)]
    (first, last) = wisest(rows, thresholds=Thresholds(), n_draws=40, rng=np.random.default_rng(0))
    assert (first.value_id, first.wisdom, first.bootstrap_share, first.interval) == ("top", 1.0, 1.0, (1.0, 1.0))
    assert (last.value_id, last.wisdom, last.bootstrap_share) == ("a", 0.0, 0.0)


def test_without_votes_nothing_is_wisest():
    assert wisest([], thresholds=Thresholds(), n_draws=10, rng=np.random.default_rng(0)) == ()


@pytest.mark.shared
def test_the_published_graph_entails_what_was_found_of_it(shared_data):
    graph = json.loads((shared_data / "mge-study/expected/moral-graph-prolific-run.json").read_text("utf-8"))
    edges = [edge(f"{e['sourceValueId']:04}", f"{e['wiserValueId']:04}") for e in graph["edges"]]
    order = Order(edges)
    found = order.figures()
    assert found._asdict() == {
        "values": 59,
        "pairs": 1711,
        "strictly_comparable": 230,
        "in_cycle": 20,
        "classes": 51,
        "maximal_classes": 19,
        "maximal_values_without_wiser": 18,
        "longest_chain_classes": 8,
        "width": 23,
        "weak_components": 4,
    }
    assert found.unentailed_share == pytest.approx(1461 / 1711)
    assert sorted(len(group) for group in order.classes if len(group) > 1) == [5, 5]
    assert sum(len(group) > 1 for group in order.maximal_classes()) == 1
