"""A model that tosses coins, asked as any other: its intervals hold 0 as often as they say, over many seeds."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.stats import binom

from backends.probe_baselines import AlwaysPlace, RandomChoice
from domain.stances import NOT_TO_DO, TO_DO, ProbeItem, ProbeOption
from services.probe_plans import plan_run
from stances.answers import read_reply
from stances.choices import leanings
from stances.mentions import count_mentions
from stances.preference import (
    draw_weights,
    interval,
    preference,
    random_band,
    resampled,
    tally,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
N_SEEDS, N_RESAMPLES = 300, 300
STATED = 0.95
DOUBT = 1e-4
"""Chance that a right program fails one of the bounds."""


def dilemmas(n=80):
    rng = np.random.default_rng(11)
    return tuple(
        ProbeItem(
            id=str(at), dataset="made", text=f"Case {at}.",
            options=tuple(
                ProbeOption(key=key, text=key, values=("honesty",) * int(count))
                for key, count in zip((TO_DO, NOT_TO_DO), rng.permutation([0, rng.integers(1, 4)]), strict=True)
            ),
        )
        for at in range(n)
    )  # fmt: skip


def leaning_of(model, items, seed):
    """Ask everything in both orders and read the replies."""
    plan = plan_run(items, seed=seed)
    asked = {question.key: question for question in plan.questions()}
    requests = {key: plan.request(question) for key, question in asked.items()}
    answers = [
        read_reply(asked[reply.key].item, asked[reply.key].condition, requests[reply.key], reply, prior={}, now=NOW)
        for reply in model.ask(requests.values())
    ]
    return leanings([item.id for item in items], answers)


def test_a_random_model_lies_within_its_interval_and_band_at_the_stated_rate_over_seeds():
    items = dilemmas()
    mentions, rng = count_mentions(items, {}), np.random.default_rng(3)
    in_interval = in_band = 0
    for seed in range(N_SEEDS):
        leaning = leaning_of(RandomChoice(), items, seed)
        ends = interval(
            resampled(mentions, leaning, draw_weights(len(items), n_resamples=N_RESAMPLES, rng=rng))
        )  # fmt: skip
        in_interval += bool(ends.low[0] <= 0 <= ends.high[0])
        band = random_band(mentions, leaning)
        in_band += bool(band.low[0] <= preference(tally(mentions, leaning))[0] <= band.high[0])
    least, most = binom.ppf([DOUBT, 1 - DOUBT], N_SEEDS, STATED)
    assert least <= in_interval <= most
    # The band is that of one coin for each dilemma; two orders are two coins, whose mean lies nearer to 0.
    assert in_band >= least


@pytest.mark.parametrize("place", [0, -1])
def test_a_model_of_places_prefers_exactly_nothing_whatever_the_seed(place):
    items = dilemmas()
    mentions = count_mentions(items, {})
    for seed in range(20):
        leaning = leaning_of(AlwaysPlace(place, name="place"), items, seed)
        assert preference(tally(mentions, leaning)).tolist() == [0.0]
