"""Groups side by side: what is shown, what is hidden, and that nothing hidden follows from what is shown."""

import numpy as np
import pytest

from domain.graphs import VoteRow
from domain.votes import EdgeAnswer
from graph.ballots import Pair, ballots_of_votes
from graph.groups import Grouping, edges_by_group, spread_p, voters_by_group

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


def test_four_people_are_hidden_with_every_count_of_theirs_and_so_is_a_second_cell():
    many = votes("x", [W] * 9) + votes("y", [W] * 8) + votes("y", [N] * 12, pair=("a", "c"))
    edge = side_by_side(many + votes("z", [N] * 4) + votes("z", [N] * 9, pair=("a", "c")))[0]
    x, _, z = edge.groups
    assert (z.cell.n_people, z.cell.state) == (None, "hidden")
    assert (z.wiser, z.not_wiser, z.unsure, z.share, z.interval) == (None,) * 5
    assert x.cell.n_people is None, "the total is public"


def test_of_six_people_of_whom_one_voted_nothing_is_told():
    rows = votes("x", [W] * 9) + votes("y", [W])
    group_of = {row.person_id: row.person_id[0] for row in rows} | {f"y{n}": "y" for n in range(6)}
    small = Grouping(name="team", group_of=group_of)
    assert small.labels() == ("x", "y")
    assert [(v.cell.n_people, v.n_votes) for v in voters_by_group(ballots_of_votes(rows), small)] == [(None, None)] * 2


def test_votes_of_a_group_are_not_told_where_those_on_the_one_pair_that_is_hidden_would_follow():
    rows = votes("x", [W] * 9) + votes("y", [W] * 8)
    hidden = votes("x", [W] * 6, pair=("a", "c")) + votes("y", [N] * 2, pair=("a", "c"))
    more = votes("x", [W] * 6, pair=("a", "d")) + votes("y", [N] * 3, pair=("a", "d"))

    def told(*some):
        every = [row for part in some for row in part]
        return [v.n_votes for v in voters_by_group(ballots_of_votes(every), grouping(*every))]

    assert told(rows) == [9, 8]
    assert told(rows, hidden) == [None, None]
    assert told(rows, hidden, more) == [21, 13]


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
