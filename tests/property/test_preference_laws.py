"""Laws of preferences: swapping negates, always the first option comes to nothing, chance stays in its range."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from domain.stances import NOT_TO_DO, TO_DO, OptionOrder, ProbeItem, ProbeOption
from stances.battles import count_wins, list_battles
from stances.mentions import count_mentions
from stances.pairing import compare_paired
from stances.preference import (
    draw_weights,
    interval,
    preference,
    random_band,
    refusal_bounds,
    resampled,
    tally,
)

VALUES = ("care", "truth", "calm", "duty")
sides = st.lists(st.sampled_from(VALUES), max_size=5)


@st.composite
def dilemmas(draw):
    pairs = draw(st.lists(st.tuples(sides, sides), min_size=1, max_size=12))
    return tuple(
        ProbeItem(
            id=str(at), dataset="made", text="Case.",
            options=(ProbeOption(key=TO_DO, values=tuple(a)), ProbeOption(key=NOT_TO_DO, values=tuple(b))),
        )
        for at, (a, b) in enumerate(pairs)
    )  # fmt: skip


def leaning_for(n):
    return hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 0.5, 1.0, np.nan]))


@given(st.data(), dilemmas())
def test_choosing_the_other_action_everywhere_negates_every_preference(data, items):
    leaning = data.draw(leaning_for(len(items)))
    mentions = count_mentions(items, {})
    one, other = (preference(tally(mentions, some)) for some in (leaning, 1 - leaning))
    assert np.allclose(one, -other, equal_nan=True)


@given(dilemmas())
def test_always_the_first_option_comes_to_nothing_once_the_orders_are_swapped(items):
    mentions = count_mentions(items, {})
    first = {OptionOrder.GIVEN: 1.0, OptionOrder.SWAPPED: 0.0}
    leaning = np.full(len(items), sum(first.values()) / len(first))
    assert np.nan_to_num(preference(tally(mentions, leaning))).tolist() == [0.0] * len(mentions.labels)


@given(st.data(), dilemmas())
def test_whatever_refused_dilemmas_would_have_been_lies_within_the_bounds(data, items):
    leaning = data.draw(leaning_for(len(items)))
    filled = np.where(
        np.isnan(leaning), data.draw(hnp.arrays(np.float64, len(items), elements=st.floats(0, 1))), leaning
    )
    mentions = count_mentions(items, {})
    bounds, found = refusal_bounds(mentions, leaning), preference(tally(mentions, filled))
    seen = ~np.isnan(found)
    assert (bounds.low[seen] - 1e-9 <= found[seen]).all()
    assert (found[seen] <= bounds.high[seen] + 1e-9).all()


@given(st.data(), dilemmas())
def test_every_battle_has_one_win_to_share_and_both_runs_negate_each_other(data, items):
    leaning = data.draw(leaning_for(len(items)))
    wins = count_wins(list_battles(items, leaning))
    turned = count_wins(list_battles(items, 1 - leaning))
    assert {pair: (won.second, won.first) for pair, won in wins.items()} == turned


@settings(max_examples=20)
@given(st.data(), dilemmas())
def test_swapping_two_runs_negates_their_difference(data, items):
    first, second = data.draw(leaning_for(len(items))), data.draw(leaning_for(len(items)))
    mentions = count_mentions(items, {})
    there, back = (
        compare_paired(mentions, *runs, rng=np.random.default_rng(0), n_resamples=20)
        for runs in ((first, second), (second, first))
    )
    assert [one.difference for one in there] == pytest.approx([-one.difference for one in back])
    assert [one.p for one in there] == [one.p for one in back]


def test_a_coin_tosser_lies_in_its_interval_and_band_at_the_stated_rate():
    rng = np.random.default_rng(5)
    items = tuple(
        ProbeItem(
            id=str(n), dataset="made", text="Case.",
            options=tuple(
                ProbeOption(key=key, values=tuple(rng.choice(VALUES, rng.integers(1, 5)))) for key in (TO_DO, NOT_TO_DO)
            ),
        )
        for n in range(150)
    )  # fmt: skip
    mentions = count_mentions(items, {})
    in_interval, in_band = [], []
    for _ in range(100):
        leaning = rng.integers(0, 2, len(items)).astype(float)
        found = preference(tally(mentions, leaning))
        ends = interval(resampled(mentions, leaning, draw_weights(len(items), n_resamples=200, rng=rng)))
        band = random_band(mentions, leaning)
        in_interval += ((ends.low <= 0) & (ends.high >= 0)).tolist()
        in_band += ((band.low <= found) & (found <= band.high)).tolist()
    # 400 trials at 95 %: a standard error of one point, more since the four values of a draw hang together.
    assert np.mean(in_interval) == pytest.approx(0.95, abs=0.045)
    assert np.mean(in_band) == pytest.approx(0.95, abs=0.045)
