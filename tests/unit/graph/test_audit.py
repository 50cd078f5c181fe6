"""Audit by group: the published survey, small groups, tests that hold their level, and words chosen by rule."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.audit import Amount, Kind, Measured, audit, median_interval
from graph.audit_words import DIFFERENCE, NO_DIFFERENCE, NOT_RECORDED, TOO_FEW, chosen_words
from graph.groups import Grouping

PUBLISHED = {"Democrat": (37, 44), "Independent": (68, 78), "Republican": (50, 55)}
"""Follow-up of the 2023 study: found the position of their value fair, of those asked, by party."""


def people_of(counts):
    """Make people who said yes or no, group by group."""
    group_of, said = {}, {}
    for group, (yes, n) in counts.items():
        for k in range(n):
            person = f"{group}{k:03}"
            group_of[person], said[person] = group, Amount(float(k < yes))
    return Grouping(name="group", group_of=group_of), said


def shares(counts, name="position found fair"):
    grouping, said = people_of(counts)
    (line,) = audit([Measured(name=name, kind=Kind.SHARE, by_person=said)], grouping, rng=np.random.default_rng(0))
    return line


def test_published_survey_shows_no_difference_at_this_size():
    line = shares(PUBLISHED)
    assert [(g.group, g.n_yes, g.cell.n_people) for g in line.groups] == [
        ("Democrat", 37, 44),
        ("Independent", 68, 78),
        ("Republican", 50, 55),
    ]
    assert round(line.p, 2) == 0.59
    fisher = {(pair.first, pair.second): round(pair.p, 2) for pair in line.pairs}
    assert fisher["Democrat", "Republican"] == 0.36
    assert line.words.startswith(NO_DIFFERENCE)
    assert "fair" not in line.words


def test_published_survey_says_how_large_a_difference_would_have_gone_unseen():
    line = shares(PUBLISHED)
    assert line.unseen == pytest.approx(0.156, abs=0.001)
    assert "16 points" in line.words


@given(
    n_people=st.integers(0, 50),
    q=st.none() | st.floats(0, 1),
    unseen=st.none() | st.floats(0, 1),
)
def test_whatever_the_numbers_the_words_never_judge(n_people, q, unseen):
    words = chosen_words(n_people=n_people, q=q, lowest="a", highest="b", unseen=unseen)
    assert words.startswith((NOT_RECORDED, TOO_FEW, NO_DIFFERENCE, DIFFERENCE))
    assert not {"fair", "unfair", "biased", "equal", "just"} & set(words.lower().split())


def test_a_clear_difference_is_named_with_its_groups():
    line = shares({"a": (5, 60), "b": (50, 60)})
    assert line.words == "a difference is shown: lowest a, highest b"
    assert line.q < 1e-9


def test_groups_of_four_are_not_compared_and_nothing_says_how_many_they_are():
    grouping, said = people_of({"a": (30, 40), "b": (6, 9)})
    asked = {person: amount for person, amount in said.items() if person < "b004"}
    (line,) = audit([Measured(name="m", kind=Kind.SHARE, by_person=asked)], grouping, rng=np.random.default_rng(0))
    a, b = line.groups
    assert (b.cell.n_people, b.cell.state, b.n_yes, b.value) == (None, "hidden", None, None)
    assert (a.n_yes, a.value) == (None, None), "the other group would give it away"
    assert (line.p, line.pairs) == (None, ())
    assert line.words == TOO_FEW


def test_what_was_never_recorded_is_said_to_be_so():
    grouping, _ = people_of(PUBLISHED)
    (line,) = audit([Measured(name="m", kind=Kind.MEDIAN, by_person={})], grouping, rng=np.random.default_rng(0))
    assert (line.words, line.n_people, line.p) == (NOT_RECORDED, 0, None)


def test_small_expected_counts_are_tested_by_shuffling_not_by_chi_square():
    line = shares({"a": (0, 6), "b": (6, 6)})
    assert 1 / 1000 <= line.p <= 0.01
    line = shares({"a": (1, 6), "b": (1, 6)})
    assert line.p == 1.0


def test_everyone_saying_the_same_is_no_difference():
    line = shares({"a": (9, 9), "b": (12, 12)})
    assert (line.p, line.words[: len(NO_DIFFERENCE)]) == (1.0, NO_DIFFERENCE)


def amounts(draw, *, kind, n=40, seed=0):
    rng = np.random.default_rng(seed)
    grouping = Grouping(name="g", group_of={f"{g}{k:03}": g for g in "ab" for k in range(n)})
    by_person = {person: draw(rng, person[0]) for person in grouping.group_of}
    (line,) = audit([Measured(name="m", kind=kind, by_person=by_person)], grouping, rng=np.random.default_rng(1))
    return line


def test_medians_of_minutes_are_compared_by_rank_so_one_night_away_changes_nothing():
    def minutes(rng, group):
        return Amount(float(rng.normal(20 if group == "a" else 26, 4)))

    line = amounts(minutes, kind=Kind.MEDIAN)
    assert line.words.startswith(DIFFERENCE)
    assert line.groups[0].interval.low <= line.groups[0].value <= line.groups[0].interval.high
    calm = amounts(lambda rng, _: Amount(float(rng.normal(20, 4))), kind=Kind.MEDIAN)
    assert calm.words == NO_DIFFERENCE


def test_ratios_weigh_people_by_what_they_are_out_of():
    line = amounts(lambda _, group: Amount(2.0 if group == "a" else 3.0, 6.0), kind=Kind.RATIO)
    assert [round(g.value, 3) for g in line.groups] == [0.333, 0.5]
    assert line.words.startswith(DIFFERENCE)
    empty = amounts(lambda *_: Amount(0.0, 0.0), kind=Kind.RATIO)
    assert [g.value for g in empty.groups] == [None, None]
    assert empty.words == NO_DIFFERENCE


def test_many_measures_are_corrected_together():
    grouping, said = people_of({"a": (20, 40), "b": (30, 40)})
    one = Measured(name="m", kind=Kind.SHARE, by_person=said)
    calm = Measured(name="n", kind=Kind.SHARE, by_person={p: Amount(float(int(p[1:]) % 2)) for p in said})
    alone = audit([one], grouping, rng=np.random.default_rng(0))[0]
    among = audit([one, *[calm] * 9], grouping, rng=np.random.default_rng(0))[0]
    assert alone.q == alone.p < 0.05
    assert among.q == pytest.approx(10 * alone.p)
    assert among.words.startswith(NO_DIFFERENCE)


def test_interval_of_a_median_is_that_of_the_textbook():
    # 100 numbers 1..100: ranks 50 -/+ 1.96 * 5, counted from 0.
    assert median_interval(np.arange(1.0, 101.0)) == (41.0, 61.0)
    assert median_interval(np.array([3.0])) == (3.0, 3.0)


def test_chance_alone_is_called_a_difference_about_as_often_as_promised():
    rng = np.random.default_rng(8)
    found = [
        shares({"a": (int(rng.binomial(30, 0.6)), 30), "b": (int(rng.binomial(50, 0.6)), 50)}).p for _ in range(300)
    ]
    assert sum(p < 0.05 for p in found) <= 27


def test_order_of_people_does_not_matter():
    grouping, said = people_of(PUBLISHED)
    backwards = dict(itertools.islice(reversed(said.items()), None))
    lines = [
        audit([Measured(name="m", kind=Kind.RATIO, by_person=one)], grouping, rng=np.random.default_rng(0))
        for one in (said, backwards)
    ]
    assert lines[0] == lines[1]
