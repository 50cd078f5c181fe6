"""Waves: where a vote belongs, and what is called a rise, a fall, a flip, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.graphs import VoteRow
from domain.votes import EdgeAnswer
from graph.over_time import Move, TimedVote, compare_waves, halves, waves_by_date, waves_by_round

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
    (found,) = compare_waves(*waves)
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


def test_a_wave_of_four_people_shows_no_number_nor_does_the_other_one_and_says_what_is_missing():
    found = change(votes(0, wiser=4), votes(8, wiser=10))
    assert (found.earlier.n_people, found.earlier.n_missing, found.earlier.share) == (None, 1, None)
    assert (found.later.n_people, found.later.n_missing, found.later.share) == (None, 0, None)
    assert (found.p, found.q) == (None, None)


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


def test_many_pairs_are_corrected_together():
    first, second = votes(0, wiser=14, other=6), votes(8, wiser=20)
    assert change(first, second).move is Move.ROSE
    calm = [v for k in range(30) for day in (0, 8) for v in votes(day, wiser=10, other=10, pair=("c", f"d{k}"))]
    waves = waves_by_date([*first, *second, *calm], starts=[START, START + timedelta(days=7)])
    moves = {(c.src_id, c.wiser_id): c.move for c in compare_waves(*waves)}
    assert moves["a", "b"] is Move.NOT_SHOWN
