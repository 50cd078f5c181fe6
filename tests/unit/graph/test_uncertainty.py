"""Ranges over resampled people, and when an edge counts as settled."""

import numpy as np
import pytest

from domain.graphs import EdgeCounts, Thresholds, VoteRow
from domain.measures.intervals import beta_interval, wilson_interval
from domain.votes import EdgeAnswer
from graph.pairs import summarise_pairs
from graph.provisional import (
    EdgeEvidence,
    EdgeKey,
    EdgeState,
    likelihood_interval,
    next_state,
    next_states,
    states_over_time,
)
from graph.rank import page_rank, wisdom
from graph.resampling import resample_graphs
from graph.uncertainty import uncertainty
from graph.vote_columns import people_by_content, vote_columns

RULE = Thresholds()
KEY = EdgeKey("a", "b")
YES, NO, UNSURE = EdgeAnswer


def votes(src, wiser, *answers, start=0):
    return [VoteRow(f"p{start + n:03}", src, wiser, "When", answer) for n, answer in enumerate(answers)]


def evidence(wiser, others, n_people=None):
    n = wiser + others
    return EdgeEvidence(KEY, EdgeCounts(wiser, others, 0, 0, n), n if n_people is None else n_people)


def ranges(rows, seed=0, n_resamples=200):
    columns = people_by_content(vote_columns(rows))
    return uncertainty(columns, thresholds=RULE, rng=np.random.default_rng(seed), n_resamples=n_resamples)


def test_no_votes_have_no_ranges():
    found = ranges([])
    assert (found.values, found.edges, found.n_people) == ((), (), 0)


def test_unanimous_people_leave_no_doubt():
    rows = votes("a", "b", *[YES] * 30)
    found = ranges(rows)
    first = found.values[0]
    assert (first.value_id, first.wisdom, first.rank, first.first_share) == ("b", 1.0, 1, 1.0)
    assert first.wisdom_interval == (1.0, 1.0)
    assert found.edges[0].kept_share == 1.0
    assert (found.n_people, found.n_votes) == (30, 30)


def test_what_was_found_lies_where_the_graph_says():
    rows = [
        *votes("a", "b", *[YES] * 8, NO, UNSURE),
        *votes("b", "c", *[YES] * 5, UNSURE, start=4),
        *votes("c", "b", YES, NO, start=20),
        *votes("a", "d", *[YES] * 6),
    ]
    edges = summarise_pairs(rows, thresholds=RULE)
    wise, ranked = wisdom(edges), page_rank(edges)
    found = {one.value_id: one for one in ranges(rows).values}
    assert set(found) == set(wise)
    for value_id, one in found.items():
        assert one.wisdom == pytest.approx(wise[value_id])
        assert one.page_rank == pytest.approx(ranked[value_id], abs=1e-8)
    assert sum(one.first_share for one in found.values()) == pytest.approx(1)


def test_a_value_outside_the_graph_may_win_a_resample_and_its_wins_are_no_one_elses():
    """34 of 100 say that Y is wiser than X (an edge); 32 of 100 others that Q is wiser than P (none as it stands)."""
    rows = [
        *votes("x", "y", *[YES] * 34, *[NO] * 66),
        *votes("p", "q", *[YES] * 32, *[NO] * 68, start=100),
    ]
    columns = people_by_content(vote_columns(rows))
    ahead = []
    for some in resample_graphs(columns, thresholds=RULE, rng=np.random.default_rng(0), n_resamples=400):
        column = {name: at for at, name in enumerate(columns.keys.values)}
        for wisdom_of in (some.wisdom, some.page_rank):
            y, q = wisdom_of[:, column["y"]], wisdom_of[:, column["q"]]
            ahead.append(np.where(y == q, (y > 0) / 2, y > q))
    by_wisdom, by_page_rank = (np.concatenate(ahead[at::2]).mean() for at in (0, 1))
    found = {one.value_id: one for one in ranges(rows, n_resamples=400).values}
    assert set(found) == {"x", "y"}
    assert found["y"].first_share == pytest.approx(by_wisdom)
    assert 0.4 < found["y"].first_share < 0.52, "0.56 where Q is not looked at"
    assert found["y"].first_by_page_rank_share == pytest.approx(by_page_rank, abs=1e-6)


def test_places_and_their_ranges_count_the_values_of_the_graph_alone():
    """One pair is kept; of twelve others somebody said "wiser" once, so that each is kept in some of the resamples."""
    rows = [*votes("x", "y", *[YES] * 6, *[NO] * 2)]
    for n in range(12):
        rows += votes(f"p{n:02}", f"q{n:02}", YES, start=100 + n)
    found = {one.value_id: one for one in ranges(rows).values}
    assert set(found) == {"x", "y"}
    assert (found["y"].rank, found["x"].rank) == (1, 2)
    for one in found.values():
        low, high = one.rank_interval
        assert low <= one.rank <= high <= len(found)
    assert found["y"].first_share < 1, "who is first is asked among all values"


def test_two_equal_values_share_the_first_place():
    rows = [*votes("a", "b", *[YES] * 20), *votes("a", "c", *[YES] * 20)]
    found = ranges(rows)
    assert [one.rank for one in found.values] == [1, 1, 3]
    assert [one.first_share for one in found.values] == pytest.approx([0.5, 0.5, 0])


def test_more_people_of_the_same_mind_narrow_the_range():
    def width(n):
        first = ranges(votes("a", "b", *([YES, YES, YES, NO] * n))).values[0]
        return first.wisdom_interval.high - first.wisdom_interval.low

    assert width(100) < width(10) / 2


def test_people_are_drawn_not_votes():
    # Ten people who gave ten votes each carry as much chance as ten people with one vote each.
    rows = [
        VoteRow(f"p{person}", "a", "b", f"When {context}", YES if person < 7 else NO)
        for person in range(10)
        for context in range(10)
    ]
    many, one = ranges(rows, n_resamples=400), ranges(rows[::10], n_resamples=400)
    assert many.values[0].wisdom_interval == pytest.approx(one.values[0].wisdom_interval, abs=0.01)


def test_the_same_seed_gives_the_same_numbers_whatever_people_are_called():
    rows = [*votes("a", "b", *[YES] * 8, NO, UNSURE), *votes("b", "c", *[YES] * 5, UNSURE, start=4)]
    renamed = [row._replace(person_id=f"x{97 * int(row.person_id[1:]) % 101:03}") for row in rows]
    assert ranges(renamed[::-1]) == ranges(rows)
    assert ranges(rows, seed=1) != ranges(rows)


def test_an_edge_settles_when_its_range_clears_the_line_and_five_people_answered():
    fresh = EdgeState.PROVISIONAL
    assert next_state(fresh, evidence(4, 0), thresholds=RULE) is fresh
    assert next_state(fresh, evidence(5, 0, n_people=4), thresholds=RULE) is fresh
    assert next_state(fresh, evidence(5, 0), thresholds=RULE) is EdgeState.ABOVE
    assert next_state(fresh, evidence(3, 3), thresholds=RULE) is fresh
    assert next_state(fresh, evidence(1, 20), thresholds=RULE) is EdgeState.BELOW


@pytest.mark.parametrize("n", range(5, 60))
def test_one_odd_vote_never_loosens_what_has_just_settled(n):
    for wiser in range(n + 1):
        state = next_state(EdgeState.PROVISIONAL, evidence(wiser, n - wiser), thresholds=RULE)
        against = evidence(wiser, n - wiser + 1) if state is EdgeState.ABOVE else evidence(wiser + 1, n - wiser)
        if state is not EdgeState.PROVISIONAL:
            assert next_state(state, against, thresholds=RULE) is state


def test_many_odd_votes_loosen_it_again():
    assert next_state(EdgeState.ABOVE, evidence(6, 9), thresholds=RULE) is EdgeState.PROVISIONAL


def test_states_come_in_and_go_out_without_being_changed():
    before = {EdgeKey("x", "y"): EdgeState.ABOVE}
    after = next_states(before, [evidence(9, 0)], thresholds=RULE)
    assert before == {EdgeKey("x", "y"): EdgeState.ABOVE}
    assert after == {**before, KEY: EdgeState.ABOVE}


def test_votes_of_one_moment_count_together():
    rows = votes("a", "b", *[YES] * 6, *[NO] * 12)
    at_once = states_over_time([rows], thresholds=RULE)
    one_by_one = states_over_time([[row] for row in rows], thresholds=RULE)
    assert at_once == states_over_time([rows[::-1]], thresholds=RULE) == {KEY: EdgeState.PROVISIONAL}
    assert one_by_one == {KEY: EdgeState.PROVISIONAL}
    # What was settled before stays so where the same counts would not have settled it.
    held = [*votes("a", "b", *[YES] * 8), *votes("a", "b", *[NO] * 7, start=8)]
    assert states_over_time([held], thresholds=RULE) == {KEY: EdgeState.PROVISIONAL}
    assert states_over_time([[row] for row in held], thresholds=RULE) == {KEY: EdgeState.ABOVE}


def test_the_range_of_a_likelihood_is_wilsons_where_nobody_was_asked_the_reverse():
    assert likelihood_interval(EdgeCounts(7, 2, 1, 0, 10)) == wilson_interval(7, 10)
    assert likelihood_interval(EdgeCounts(0, 0, 0, 0, 3)) is None


def test_the_beta_range_is_that_of_the_source():
    # Jeffreys limits at n = 10, as tabulated by Brown, Cai and DasGupta (2001).
    assert beta_interval(1, 10) == pytest.approx((0.011, 0.381), abs=5e-4)
    assert beta_interval(5, 10) == pytest.approx((0.224, 0.776), abs=5e-4)
    assert beta_interval(0, 10).low == 0
    assert beta_interval(10, 10).high == 1
    with pytest.raises(ValueError, match="must lie in"):
        beta_interval(3, 2)
