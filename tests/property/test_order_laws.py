"""Laws of the order that votes entail, on graphs of every shape."""

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from graph.next_pair import pairs_of_both_kinds, pairs_that_join, pairs_to_ask
from graph.order import Link, Relation, order_of, relations_from
from graph.order_figures import order_figures, order_width
from graph.provisional import MIN_PEOPLE

NAMES = "abcdefg"
LINKS = st.sets(st.sampled_from([Link(*pair) for pair in permutations(NAMES, 2)]), max_size=14)
ASKED = st.dictionaries(st.sets(st.sampled_from(NAMES), min_size=2, max_size=2).map(frozenset), st.integers(1, 9))
UP = (Relation.WISER, Relation.IN_A_CYCLE)


def is_at_least(order, first, second):
    return first == second or order.relation(first, second) in UP


@given(LINKS, ASKED)
def test_the_relation_is_a_preorder_and_its_two_sides_agree(wiser_than, asked):
    order = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    mirror = {Relation.WISER: Relation.LESS_WISE, Relation.LESS_WISE: Relation.WISER}
    for first, second in permutations(NAMES, 2):
        there, back = order.relation(first, second), order.relation(second, first)
        assert back is mirror.get(there, there)
        for third in NAMES:
            if is_at_least(order, first, second) and is_at_least(order, second, third):
                assert is_at_least(order, first, third)
    assert all(order.relation(*link) in UP for link in wiser_than)


@given(LINKS, ASKED, st.sampled_from(NAMES))
def test_relations_from_one_value_are_those_of_the_whole_order(wiser_than, asked, first):
    order = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    found = relations_from(first, NAMES, wiser_than=wiser_than, asked=asked)
    assert found == {other: order.relation(first, other) for other in NAMES if other != first}


@given(LINKS, ASKED)
def test_every_pair_is_counted_once(wiser_than, asked):
    order = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    figures = order_figures(order)
    found = [order.relation(first, second) for first, second in combinations(NAMES, 2)]
    assert figures.in_cycle == found.count(Relation.IN_A_CYCLE)
    assert figures.on_a_par == found.count(Relation.ON_A_PAR) + figures.hardly_compared
    assert figures.hardly_compared == found.count(Relation.HARDLY_COMPARED)
    assert figures.never_compared == found.count(Relation.NEVER_COMPARED)
    assert figures.strictly_comparable == found.count(Relation.WISER) + found.count(Relation.LESS_WISE)
    assert figures.pairs == len(found)


@given(LINKS)
def test_width_and_longest_chain_are_those_found_by_trying_every_set(wiser_than):
    order = order_of(NAMES, wiser_than=wiser_than)
    n, reaches = len(order.classes), order.reaches
    widest = longest = 0
    for chosen in range(1 << n):
        members = [at for at in range(n) if chosen >> at & 1]
        ordered = [reaches[a, b] or reaches[b, a] for a, b in combinations(members, 2)]
        widest = max(widest, len(members) if not any(ordered) else 0)
        longest = max(longest, len(members) if all(ordered) else 0)
    assert (order_width(order), order_figures(order).longest_chain_classes) == (widest, longest)


@given(LINKS, ASKED, st.permutations(NAMES))
def test_renaming_values_changes_no_figure(wiser_than, asked, names):
    new = dict(zip(NAMES, names, strict=True))
    renamed = [Link(new[a], new[b]) for a, b in wiser_than]
    plain = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    other = order_of(NAMES, wiser_than=renamed, asked={frozenset(map(new.get, pair)): n for pair, n in asked.items()})
    assert order_figures(plain) == order_figures(other)
    for first, second in permutations(NAMES, 2):
        assert plain.relation(first, second) is other.relation(new[first], new[second])


@given(LINKS, ASKED, st.sampled_from([Link(*pair) for pair in permutations(NAMES, 2)]))
def test_one_more_edge_never_leaves_less_comparable(wiser_than, asked, more):
    before = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    after = order_of(NAMES, wiser_than=wiser_than | {more}, asked=asked)
    old, new = order_figures(before), order_figures(after)
    assert new.strictly_comparable + new.in_cycle >= old.strictly_comparable + old.in_cycle
    assert new.width <= old.width
    assert new.never_compared <= old.never_compared


@given(LINKS, ASKED)
def test_asking_a_pair_orders_as_many_pairs_as_was_said(wiser_than, asked):
    order = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    before = order_figures(order).strictly_comparable
    for pair in pairs_to_ask(order, n_pairs=50):
        assert pair.n_people == order.asked.get(frozenset((pair.first_id, pair.second_id)), 0) < MIN_PEOPLE
        assert order.relation(pair.first_id, pair.second_id) in (Relation.NEVER_COMPARED, Relation.HARDLY_COMPARED)
        for link, gain in (
            (Link(pair.first_id, pair.second_id), pair.gain_second_wiser),
            (Link(pair.second_id, pair.first_id), pair.gain_first_wiser),
        ):
            after = order_figures(order_of(NAMES, wiser_than={*wiser_than, link}, asked=asked))
            assert after.strictly_comparable - before == gain


@given(LINKS, ASKED, st.sets(st.sampled_from(NAMES)), st.integers(0, 6))
def test_pairs_to_ask_come_best_first_and_both_lists_at_once_are_the_same(wiser_than, asked, outside, n_pairs):
    order = order_of(NAMES, wiser_than=wiser_than, asked=asked)
    whole = pairs_to_ask(order, n_pairs=50)
    places = [tuple(order.class_of[one] for one in (pair.first_id, pair.second_id)) for pair in whole]
    gains = [pair.gain_second_wiser + pair.gain_first_wiser for pair in whole]
    worth = [(-pair.sure_gain, -gain, *place) for pair, gain, place in zip(whole, gains, places, strict=True)]
    assert worth == sorted(worth)
    known = {tuple(sorted(map(order.class_of.get, pair))) for pair, n in order.asked.items() if n >= MIN_PEOPLE}
    without_order = [
        pair
        for pair in combinations(range(len(order.classes)), 2)
        if not order.reaches[pair] and not order.reaches[pair[::-1]] and pair not in known
    ]
    assert sorted(places) == without_order

    joining, used = [], set()
    for pair, place in zip(whole, places, strict=True):
        is_outside = any(not outside.isdisjoint(order.classes[at]) for at in place)
        if is_outside and used.isdisjoint(place) and len(joining) < n_pairs:
            joining.append(pair)
            used |= set(place)
    both = pairs_of_both_kinds(order, outside, n_pairs=n_pairs)
    assert both.anywhere == pairs_to_ask(order, n_pairs=n_pairs) == whole[:n_pairs]
    assert both.joining == pairs_that_join(order, outside, n_pairs=n_pairs) == tuple(joining)
