"""Waves: where a vote belongs, and what is called a rise, a fall, a flip, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.graphs import VoteRow
from domain.votes import EdgeAnswer
from graph.cell_guard import CellGuard
from graph.over_time import Move, TimedVote, Wave, compare_waves, halves, waves_by_date, waves_by_round

START = datetime(2026, 3, 1, tzinfo=UTC)
W, N, U = EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE


def votes(day, *, wiser=0, other=0, pair=("a", "b"), name="p"):
    answers = [W] * wiser + [N] * other
    return [
        TimedVote(VoteRow(f"{name}{day}-{k}", *pair, "When asked", answer), START + timedelta(days=day))
        for k, answer in enumerate(answers)
    ]


def change(first, second):
    waves = waves_by_date([*first, *second], starts=[START, START + timedelta(days=7)])
    (found,) = compare_waves(waves)
    return found


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        ((60, 40), (90, 10), Move.ROSE),
        ((90, 10), (60, 40), Move.FELL),
        ((80, 20), (20, 80), Move.FLIPPED),
        ((20, 80), (80, 20), Move.FLIPPED),
        ((6, 4), (9, 1), Move.NOT_SHOWN),
        ((4, 0), (0, 40), Move.TOO_FEW),
        ((0, 0), (0, 40), Move.TOO_FEW),
    ],
)
def test_moves_are_named_by_rule(before, after, move):
    found = change(votes(0, wiser=before[0], other=before[1]), votes(8, wiser=after[0], other=after[1]))
    assert found.move is move


@pytest.mark.parametrize(("n_first", "n_second"), [(4, 10), (3, 0), (0, 3), (10, 4)])
def test_a_wave_of_few_people_shows_no_number_nor_does_the_other_one(n_first, n_second):
    found = change(votes(0, wiser=n_first), votes(8, wiser=n_second))
    assert set(found.earlier) == set(found.later) == {None}
    assert (found.p, found.q) == (None, None)


def test_few_people_between_two_waves_are_protected_from_being_what_is_left_of_the_total():
    first, second, third = votes(0, wiser=9), votes(3, wiser=3), votes(8, wiser=9)
    waves = waves_by_date([*first, *second, *third], starts=[START + timedelta(days=day) for day in (0, 2, 7)])
    (found,) = compare_waves(waves)
    assert (found.earlier.n_people, found.later.n_people) == (None, None)
    few, many = ([row for row, _ in votes(4, wiser=n)] for n in (3, 6))
    (found,) = compare_waves([waves[0], waves[-1]], rest=few)
    assert (found.earlier.n_people, found.later.n_people) == (None, None)
    (found,) = compare_waves([waves[0], waves[-1]], rest=many)
    assert (found.earlier.n_people, found.later.n_people) == (9, 9)


def test_rounds_are_hidden_by_the_guard_of_the_groups_that_they_are():
    """Two people of no round would follow from what groups and rounds show together, were each hidden its own way."""
    rounds = [[row for row, _ in votes(0, wiser=n, name=name)] for name, n in (("x", 9), ("y", 12), ("z", 8))]
    waves = [Wave(name="xyz"[at], rows=tuple(rows), n_people=len(rows)) for at, rows in enumerate(rounds)]
    guard = CellGuard.of_sizes([30, 40, 20], n_others=0)
    (found,) = compare_waves(waves, guard=guard)
    assert (found.earlier.n_people, found.later.n_people) == (9, 8)
    (found,) = compare_waves(waves, rest=[row for row, _ in votes(0, wiser=2, name="-")], guard=guard)
    assert (found.earlier.n_people, found.later.n_people) == (None, None)


def test_shown_waves_carry_counts_and_intervals():
    found = change(votes(0, wiser=8, other=2), votes(8, wiser=10))
    assert (found.earlier.wiser, found.earlier.n_votes, found.earlier.share) == (8, 10, 0.8)
    assert found.earlier.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_vote_on_a_start_belongs_to_the_wave_that_begins_there_and_earlier_ones_to_none():
    waves = waves_by_date(
        [*votes(-1, wiser=1), *votes(0, wiser=2), *votes(6, wiser=3), *votes(7, wiser=4)],
        starts=[START + timedelta(days=7), START],
    )
    assert [(wave.name, len(wave.rows), wave.n_people) for wave in waves] == [
        ("2026-03-01T00:00:00.000Z", 5, 5),
        ("2026-03-08T00:00:00.000Z", 4, 4),
    ]


def test_halves_have_about_as_many_votes_and_one_moment_has_none():
    waves = halves([*votes(0, wiser=5), *votes(1, wiser=5), *votes(2, wiser=5), *votes(3, wiser=5)])
    assert [len(wave.rows) for wave in waves] == [10, 10]
    assert halves(votes(0, wiser=5)) == ()
    assert halves([]) == ()


def test_rounds_gather_people_by_name():
    given = [*votes(0, wiser=2, name="a"), *votes(0, wiser=3, name="b"), *votes(0, wiser=1, name="c")]
    round_of = {v.row.person_id: {"a": "first", "b": "second"}.get(v.row.person_id[0]) for v in given}
    waves = waves_by_round(given, round_of={p: r for p, r in round_of.items() if r})
    assert [(wave.name, wave.n_people) for wave in waves] == [("first", 2), ("second", 3)]


def test_rounds_that_end_in_a_number_are_in_the_order_of_the_numbers():
    round_of = {f"p{n}": name for n, name in enumerate(["round 10", "round 2", "10", "9", "autumn"])}
    assert [wave.name for wave in waves_by_round([], round_of=round_of)] == ["9", "10", "autumn", "round 2", "round 10"]


def test_many_pairs_are_corrected_together():
    first, second = votes(0, wiser=14, other=6), votes(8, wiser=20)
    assert change(first, second).move is Move.ROSE
    calm = [v for k in range(30) for day in (0, 8) for v in votes(day, wiser=10, other=10, pair=("c", f"d{k}"))]
    waves = waves_by_date([*first, *second, *calm], starts=[START, START + timedelta(days=7)])
    moves = {(c.src_id, c.wiser_id): c.move for c in compare_waves(waves)}
    assert moves["a", "b"] is Move.NOT_SHOWN
