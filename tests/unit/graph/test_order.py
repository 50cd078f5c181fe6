"""Orders whose figures are known without counting: chains, antichains, cycles, and what a next question brings."""

import pytest

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.funnel import filter_funnel
from graph.next_pair import pairs_that_join, pairs_to_ask
from graph.order import Link, Relation, order_of
from graph.order_figures import order_figures, ranking_claims
from graph.pairs import summarise_pairs


def asked(n_people, *pairs):
    return {frozenset(pair): n_people for pair in pairs}


def names(n):
    return [f"v{at:03}" for at in range(n)]


def chain(n):
    return order_of(names(n), wiser_than=[Link(*pair) for pair in zip(names(n), names(n)[1:], strict=False)])


@pytest.mark.parametrize("n", [1, 2, 7, 300])
def test_a_chain_has_width_one_and_every_pair_ordered(n):
    figures = order_figures(chain(n))
    assert (figures.width, figures.longest_chain_classes) == (1, n)
    assert figures.strictly_comparable == figures.pairs == n * (n - 1) // 2
    assert (figures.maximal_classes, figures.maximal_values_without_wiser) == (1, 1)


@pytest.mark.parametrize("n", [1, 2, 7, 300])
def test_an_antichain_is_as_wide_as_it_has_values_and_orders_no_pair(n):
    figures = order_figures(order_of(names(n), wiser_than=[]))
    assert (figures.width, figures.longest_chain_classes, figures.strictly_comparable) == (n, 1, 0)
    assert figures.never_compared == figures.pairs
    assert figures.weak_components == figures.maximal_values_without_wiser == n


def test_a_cycle_of_three_is_one_class_without_a_value_at_the_top():
    order = order_of("abc", wiser_than=[Link("a", "b"), Link("b", "c"), Link("c", "a")])
    figures = order_figures(order)
    assert order.classes == (("a", "b", "c"),)
    assert (figures.classes, figures.width, figures.in_cycle, figures.strictly_comparable) == (1, 1, 3, 0)
    assert (figures.maximal_classes, figures.maximal_values_without_wiser) == (1, 0)
    assert order.relation("a", "c") is Relation.IN_A_CYCLE


def test_an_order_of_nothing_has_no_figures_above_zero():
    assert set(order_figures(order_of([], wiser_than=[]))) == {0}
    assert pairs_to_ask(order_of([], wiser_than=[])) == ()


def test_a_par_and_never_compared_are_told_apart():
    order = order_of("abcd", wiser_than=[Link("a", "b"), Link("a", "c")], asked=asked(5, "cb", "dx"))
    assert order.relation("b", "c") is Relation.ON_A_PAR
    assert order.relation("b", "d") is Relation.NEVER_COMPARED
    assert (order.relation("a", "b"), order.relation("b", "a")) == (Relation.WISER, Relation.LESS_WISE)
    figures = order_figures(order)
    assert (figures.on_a_par, figures.hardly_compared, figures.never_compared) == (1, 0, 3)
    assert figures.strictly_comparable == 2


def test_four_people_are_too_few_to_call_two_values_on_a_par():
    order = order_of("abc", wiser_than=[], asked={**asked(4, "ab"), **asked(5, "bc"), **asked(0, "ac")})
    assert order.relation("a", "b") is Relation.HARDLY_COMPARED
    assert order.relation("b", "c") is Relation.ON_A_PAR
    assert order.relation("a", "c") is Relation.NEVER_COMPARED
    assert [(pair.n_people, pair.is_hardly_compared) for pair in order.open_pairs()] == [(4, True), (5, False)]
    figures = order_figures(order)
    assert (figures.on_a_par, figures.hardly_compared, figures.never_compared) == (2, 1, 1)


def test_the_order_reaches_over_many_steps_and_through_cycles():
    links = [Link("a", "b"), Link("b", "c"), Link("c", "b"), Link("c", "d")]
    order = order_of("abcd", wiser_than=links)
    assert order.relation("a", "d") is Relation.WISER
    assert order.heights == (0, 1, 2)
    assert order_figures(order).longest_chain_classes == 3


def test_a_value_is_not_held_against_itself_nor_an_unknown_one_taken_in():
    with pytest.raises(ValueError, match="against itself"):
        chain(2).relation("v000", "v000")
    with pytest.raises(ValueError, match="among the values"):
        order_of("a", wiser_than=[Link("a", "b")])


def test_a_ranking_that_says_only_what_the_chain_says_claims_nothing_beyond():
    order = chain(4)
    assert ranking_claims(order, dict(zip(names(4), range(4), strict=True))) == (6, 6, 0, 0)
    assert ranking_claims(order, dict(zip(names(4), [3, 2, 1, 0], strict=True))) == (6, 0, 6, 0)
    assert ranking_claims(order, dict.fromkeys(names(4), 1.0)).share_not_entailed is None


def test_the_next_pair_joins_two_chains_where_either_answer_orders_most():
    # Two chains of three: held against each other, the two middles order 2 x 2 pairs whichever is wiser.
    links = [Link("a1", "a2"), Link("a2", "a3"), Link("b1", "b2"), Link("b2", "b3")]
    order = order_of(["a1", "a2", "a3", "b1", "b2", "b3"], wiser_than=links)
    best = pairs_to_ask(order)[0]
    assert (best.first_id, best.second_id, best.sure_gain) == ("a2", "b2", 4)


def test_a_pair_that_five_people_were_asked_about_is_not_asked_next_and_one_of_fewer_is():
    order = order_of("abc", wiser_than=[], asked={**asked(5, "ab"), **asked(4, "ac")})
    found = [(pair.first_id, pair.second_id, pair.n_people) for pair in pairs_to_ask(order)]
    assert found == [("a", "c", 4), ("b", "c", 0)]


def test_for_two_cycles_those_two_values_stand_that_most_people_were_asked_about():
    links = [Link("a", "b"), Link("b", "a"), Link("c", "d"), Link("d", "c")]
    order = order_of("abcd", wiser_than=links, asked={**asked(1, "ac"), **asked(3, "bd")})
    pair = pairs_to_ask(order)[0]
    assert (pair.first_id, pair.second_id, pair.n_people) == ("b", "d", 3)
    settled = order_of("abcd", wiser_than=links, asked={**asked(1, "ac"), **asked(5, "bd")})
    assert pairs_to_ask(settled) == ()


def test_only_values_that_share_a_context_are_asked_about_and_a_cycle_is_asked_where_one_of_it_is_at_home():
    contexts = {"a": {"at work"}, "b": {"at home"}, "c": {"at home"}, "d": {"at sea"}}
    order = order_of("abcd", wiser_than=[Link("a", "b"), Link("b", "a")])
    assert [pair[:2] for pair in pairs_to_ask(order, contexts=contexts)] == [("b", "c")]
    anywhere = {name: known for name, known in contexts.items() if name != "d"}
    found = {pair[:2] for pair in pairs_to_ask(order, contexts=anywhere)}
    assert found == {("b", "c"), ("a", "d"), ("c", "d")}


def test_values_outside_the_order_are_each_joined_once_to_where_they_order_most():
    links = [Link(*pair) for pair in zip(names(5), names(5)[1:], strict=False)]
    order = order_of([*names(5), "x", "y"], wiser_than=links)
    found = pairs_that_join(order, {"x", "y"})
    # The middle of a chain of five orders three pairs either way; the value beside it two at least.
    assert [(pair.first_id, pair.second_id, pair.sure_gain) for pair in found] == [("v002", "x", 3), ("v001", "y", 2)]
    contexts = {"x": {"at sea"}, **{name: {"at home"} for name in names(5)}}
    assert pairs_that_join(order, {"x", "y"}, contexts=contexts)[0][:2] == ("v002", "y")


def test_every_pair_removed_is_counted_at_the_first_filter_it_fails():
    def votes(src, wiser, *answers):
        return [VoteRow(f"p{n}", src, wiser, "When", answer) for n, answer in enumerate(answers)]

    yes, no, unsure = EdgeAnswer
    rows = [
        *votes("a", "b", no),
        *votes("a", "c", yes, no, no, no),
        *votes("a", "d", yes),
        *votes("a", "e", yes, yes, yes),
        *votes("a", "f", yes, yes, yes, yes, yes, no, no, no, unsure, unsure, unsure),
    ]
    funnel = filter_funnel(summarise_pairs(rows, thresholds=Thresholds()), thresholds=Thresholds())
    assert funnel.n_seen == 5
    assert [f.n_removed for f in funnel.filters] == [1, 1, 1, 1]
    assert funnel.n_kept == 1
