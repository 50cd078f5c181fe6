"""Laws of the order that votes entail, on graphs of every shape."""

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from graph.next_pair import pairs_to_ask
from graph.order import Link, Relation, order_of
from graph.order_figures import order_figures, order_width

NAMES = "abcdefg"
LINKS = st.sets(st.sampled_from([Link(*pair) for pair in permutations(NAMES, 2)]), max_size=14)
UP = (Relation.WISER, Relation.IN_A_CYCLE)


def is_at_least(order, first, second):
    return first == second or order.relation(first, second) in UP


@given(LINKS, LINKS)
def test_the_relation_is_a_preorder_and_its_two_sides_agree(wiser_than, compared):
    order = order_of(NAMES, wiser_than=wiser_than, compared=compared)
    mirror = {Relation.WISER: Relation.LESS_WISE, Relation.LESS_WISE: Relation.WISER}
    for first, second in permutations(NAMES, 2):
        there, back = order.relation(first, second), order.relation(second, first)
        assert back is mirror.get(there, there)
        for third in NAMES:
            if is_at_least(order, first, second) and is_at_least(order, second, third):
                assert is_at_least(order, first, third)
    assert all(order.relation(*link) in UP for link in wiser_than)


@given(LINKS, LINKS)
def test_every_pair_is_counted_once(wiser_than, compared):
    order = order_of(NAMES, wiser_than=wiser_than, compared=compared)
    figures = order_figures(order)
    found = [order.relation(first, second) for first, second in combinations(NAMES, 2)]
    assert figures.in_cycle == found.count(Relation.IN_A_CYCLE)
    assert figures.on_a_par == found.count(Relation.ON_A_PAR)
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


@given(LINKS, LINKS, st.permutations(NAMES))
def test_renaming_values_changes_no_figure(wiser_than, compared, names):
    new = dict(zip(NAMES, names, strict=True))
    renamed = [[Link(new[a], new[b]) for a, b in links] for links in (wiser_than, compared)]
    plain = order_of(NAMES, wiser_than=wiser_than, compared=compared)
    other = order_of(NAMES, wiser_than=renamed[0], compared=renamed[1])
    assert order_figures(plain) == order_figures(other)
    for first, second in permutations(NAMES, 2):
        assert plain.relation(first, second) is other.relation(new[first], new[second])


@given(LINKS, LINKS, st.sampled_from([Link(*pair) for pair in permutations(NAMES, 2)]))
def test_one_more_edge_never_leaves_less_comparable(wiser_than, compared, more):
    before = order_of(NAMES, wiser_than=wiser_than, compared=compared)
    after = order_of(NAMES, wiser_than=wiser_than | {more}, compared=compared)
    old, new = order_figures(before), order_figures(after)
    assert new.strictly_comparable + new.in_cycle >= old.strictly_comparable + old.in_cycle
    assert new.width <= old.width
    assert new.never_compared <= old.never_compared


@given(LINKS, LINKS)
def test_asking_a_pair_orders_as_many_pairs_as_was_said(wiser_than, compared):
    order = order_of(NAMES, wiser_than=wiser_than, compared=compared)
    before = order_figures(order).strictly_comparable
    for pair in pairs_to_ask(order, n_pairs=50):
        assert order.relation(pair.first_id, pair.second_id) is Relation.NEVER_COMPARED
        for link, gain in (
            (Link(pair.first_id, pair.second_id), pair.gain_second_wiser),
            (Link(pair.second_id, pair.first_id), pair.gain_first_wiser),
        ):
            after = order_figures(order_of(NAMES, wiser_than={*wiser_than, link}, compared=compared))
            assert after.strictly_comparable - before == gain
