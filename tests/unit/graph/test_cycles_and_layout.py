"""Cycles are named, and the picture puts the wiser value above."""

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.cycles import find_cycles
from graph.layout import MAX_PER_ROW, place_values
from graph.pairs import summarise_pairs

KEEP_ALL = Thresholds(min_wiser=1)


def edges(*pairs, thresholds=KEEP_ALL):
    rows = [VoteRow(f"p{n}", src, wiser, "When asked", EdgeAnswer.WISER) for n, (src, wiser) in enumerate(pairs)]
    return summarise_pairs(rows, thresholds=thresholds)


def test_nothing_gives_no_cycle_and_no_place():
    assert find_cycles(()) == ()
    assert place_values(()) == {}


def test_values_that_lead_back_to_their_start_are_one_group():
    assert find_cycles(edges("ab", "bc", "ca", "cd")) == (("a", "b", "c"),)


def test_a_chain_has_no_cycle():
    assert find_cycles(edges("ab", "bc")) == ()


def test_edges_that_are_not_kept_make_no_cycle_and_no_place():
    one_vote_each = edges("ab", "bc", "ca", thresholds=Thresholds())
    assert find_cycles(one_vote_each) == ()
    assert place_values(one_vote_each) == {}


def test_the_longest_way_up_decides_the_layer():
    places = place_values(edges("ab", "bc", "ac"))
    assert {name: place.layer for name, place in places.items()} == {"a": 0, "b": 1, "c": 2}


def test_a_cycle_shares_a_layer_and_what_is_wiser_stands_above_it():
    places = place_values(edges("ab", "bc", "ca", "cd"))
    assert places["a"].layer == places["b"].layer == places["c"].layer == 0
    assert places["d"].layer == 1


def test_places_stay_within_the_frame_and_apart():
    broad = edges(*[(f"low{n}", "top") for n in range(3 * MAX_PER_ROW)])
    places = place_values(broad)
    assert all(-1 <= place.x <= 1 and place.layer <= place.y < place.layer + 1 for place in places.values())
    assert len({(place.x, place.y) for place in places.values()}) == len(places)


def test_the_same_graph_always_looks_the_same():
    some = edges("ab", "cd", "ad", "be", "ce")
    assert place_values(some) == place_values(tuple(reversed(some)))
