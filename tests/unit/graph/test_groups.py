"""Groups side by side: what is shown, what is hidden, and that nothing hidden follows from what is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.graphs import VoteRow
from domain.votes import EdgeAnswer
from graph.ballots import Pair, ballots_of_votes
from graph.groups import MIN_CELL, Grouping, edges_by_group, guard_cells, spread_p

W, N, U = EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE


def votes(group, answers, *, pair=("a", "b"), context="When asked", start=0):
    return [VoteRow(f"{group}{start + n}", *pair, context, answer) for n, answer in enumerate(answers)]


def grouping(*rows):
    return Grouping(name="town", group_of={r.person_id: r.person_id[0] for r in rows if r.person_id[0] != "-"})


def side_by_side(rows, *, seed=0):
    return edges_by_group(ballots_of_votes(rows), grouping(*rows), rng=np.random.default_rng(seed))


def test_counts_of_each_group_stand_side_by_side_with_intervals():
    (edge,) = side_by_side(votes("x", [W] * 8 + [N] * 2) + votes("y", [N] * 6 + [U]))
    x, y = edge.groups
    assert (x.group, x.cell.n_people, x.wiser, x.not_wiser, x.unsure, x.share) == ("x", 10, 8, 2, 0, 0.8)
    assert (y.wiser, y.not_wiser, y.unsure, y.share) == (0, 6, 1, 0.0)
    assert x.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert edge.p < 0.01
    assert edge.q == edge.p


def test_four_people_are_hidden_and_the_cell_says_that_one_is_missing():
    many = votes("x", [W] * 9) + votes("y", [W] * 8) + votes("y", [N] * 12, pair=("a", "c"))
    edge = side_by_side(many + votes("z", [N] * 4) + votes("z", [N] * 9, pair=("a", "c")))[0]
    z = edge.groups[2]
    assert (z.cell.n_people, z.cell.n_missing) == (None, 1)
    assert (z.wiser, z.not_wiser, z.unsure, z.share, z.interval) == (None,) * 5


def test_hiding_one_cell_hides_a_second_one_because_the_total_is_public():
    cells = guard_cells({"x": 4, "y": 6, "z": 40})
    assert [cell.n_people for cell in cells.values()] == [None, None, 40]
    assert cells["y"].n_missing == 0


def test_people_in_no_group_protect_a_hidden_cell_as_well():
    assert [cell.n_people for cell in guard_cells({"x": 4, "y": 6}, n_others=3).values()] == [None, 6]
    assert [cell.n_people for cell in guard_cells({"x": 1, "y": 6}, n_others=3).values()] == [None, None]


@given(sizes=st.lists(st.integers(0, 30), max_size=6), n_others=st.integers(0, 8))
def test_taking_the_shown_cells_from_the_total_never_leaves_a_small_or_a_single_cell(sizes, n_others):
    n_people = {str(at): n for at, n in enumerate(sizes)}
    cells = guard_cells(n_people, n_others=n_others)
    hidden = [n_people[label] for label, cell in cells.items() if not cell.is_shown]
    assert all(n == 0 or n >= MIN_CELL for label, n in n_people.items() if cells[label].is_shown)
    is_any_shown = any(cell.n_people for cell in cells.values())
    if hidden and is_any_shown:
        assert sum(hidden) + n_others >= MIN_CELL
        assert sum(n > 0 for n in [*hidden, n_others]) >= 2


def test_a_group_of_four_in_all_is_not_even_named():
    rows = votes("x", [W] * 9) + votes("y", [N] * 4)
    assert grouping(*rows).labels() == ("x",)
    (edge,) = side_by_side(rows)
    assert [counts.group for counts in edge.groups] == ["x"]
    assert edge.p is None


def test_people_who_gave_no_answer_to_the_attribute_are_in_no_group():
    (edge,) = side_by_side(votes("x", [W] * 6) + votes("y", [W] * 6) + votes("-", [N] * 9))
    assert [counts.cell.n_people for counts in edge.groups] == [6, 6]
    assert edge.p == 1.0


def test_two_contexts_of_one_person_count_as_one_person_and_two_answers():
    (edge,) = side_by_side(votes("x", [W] * 5) + votes("x", [N] * 5, context="When alone"))
    assert (edge.groups[0].cell.n_people, edge.groups[0].wiser, edge.groups[0].not_wiser) == (5, 5, 5)


def test_order_of_votes_does_not_matter():
    rows = votes("x", [W, N, W, U, W, W]) + votes("y", [N, N, W, U, N, N]) + votes("x", [W] * 6, pair=("b", "c"))
    assert side_by_side(rows) == side_by_side(rows[::-1])


def test_chance_alone_is_called_a_difference_about_as_often_as_promised():
    rng = np.random.default_rng(3)
    codes = np.repeat([0, 1], 20)
    found = [
        spread_p(codes, person=np.arange(40), answer=rng.integers(0, 3, 40), rng=rng, n_shuffles=199)
        for _ in range(300)
    ]
    # 300 tests at 5 %: 15 expected, standard deviation 3.8.
    assert 3 <= sum(p <= 0.05 for p in found) <= 27


def test_items_of_ballots_are_pairs_in_a_context():
    ballots = ballots_of_votes(votes("x", [W, N]))
    assert ballots.items == (Pair("a", "b", "When asked"),)
    assert ballots.score().tolist() == [1.0, 0.0]
