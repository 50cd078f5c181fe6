"""Bridging under honest, two-camp, lazy, brigading and random voters, and with one voter more."""

import numpy as np
import pytest

from graph import factor_model
from graph.ballots import Ballots
from graph.bridging import HELPFUL_INTERCEPT, UPHELD_LOW, bridge, fit_factors
from graph.group_minimum import group_minimum
from graph.simulated_voters import Electorate, simulate_voters


def voted(plan, *, seed=0):
    return simulate_voters(plan, rng=np.random.default_rng(seed))


def bridged(ballots, *, seed=1, n_resamples=60):
    found = bridge(ballots, rng=np.random.default_rng(seed), n_resamples=n_resamples)
    return {one.item: one for one in found}


def lowest(simulated, *, n_resamples=60):
    rng = np.random.default_rng(1)
    found = group_minimum(simulated.ballots, simulated.camp, ("i", "j"), rng=rng, n_resamples=n_resamples)
    return {one.item: one for one in found}


def of(found, kind):
    return [one for item, one in found.items() if item.startswith(kind)]


ELECTORATES = {
    "honest": Electorate(),
    "lazy": Electorate(lazy=25),
    "many lazy": Electorate(lazy=60),
    "brigade": Electorate(brigade=25),
    "larger brigade": Electorate(brigade=60),
    "random": Electorate(random=25),
    "lopsided camps": Electorate(first_camp=90, second_camp=30),
}


@pytest.mark.parametrize("plan", ELECTORATES.values(), ids=ELECTORATES)
def test_what_one_camp_or_no_camp_upholds_is_never_called_upheld(plan):
    simulated = voted(plan)
    found, least = bridged(simulated.ballots), lowest(simulated)
    assert not any(one.is_upheld for kind in ("split", "bad") for one in of(found, kind))
    assert not any(one.is_upheld for kind in ("split", "bad") for one in of(least, kind))


@pytest.mark.parametrize("name", ["honest", "lazy", "many lazy"])
def test_what_both_camps_uphold_is_called_upheld_by_both_measures(name):
    simulated = voted(ELECTORATES[name])
    assert all(one.is_upheld for one in of(bridged(simulated.ballots), "good"))
    assert all(one.is_upheld for one in of(lowest(simulated), "good"))


@pytest.mark.parametrize("plan", ELECTORATES.values(), ids=ELECTORATES)
def test_what_both_camps_uphold_stands_above_the_rest_whoever_else_votes(plan):
    found = bridged(voted(plan).ballots, n_resamples=2)
    others = max(one.intercept for kind in ("split", "bad") for one in of(found, kind))
    attacked = {"good00"} if plan.brigade else set()
    assert all(one.intercept > others for one in of(found, "good") if one.item not in attacked)


def test_the_published_threshold_tells_the_same_items_apart():
    found = bridged(voted(Electorate()).ballots, n_resamples=2)
    assert {one.item[:-2] for one in found.values() if one.intercept >= HELPFUL_INTERCEPT} == {"good"}


def test_a_majority_camp_wins_the_plain_share_and_not_the_bridge():
    found = bridged(voted(Electorate(first_camp=90, second_camp=30)).ballots, n_resamples=2)
    ahead = [one for one in of(found, "split") if one.share > 0.6]
    assert len(ahead) >= 4
    assert all(one.intercept < UPHELD_LOW for one in ahead)


def test_items_that_divide_lie_on_two_sides_and_the_others_between():
    found = bridged(voted(Electorate()).ballots, n_resamples=2)
    split, calm = of(found, "split"), [*of(found, "good"), *of(found, "bad")]
    assert {np.sign(one.side) for one in split} == {-1.0, 1.0}
    assert min(abs(one.side) for one in split) > max(abs(one.side) for one in calm)


def test_a_brigade_carries_the_plain_share_over_half_and_not_the_bridge():
    found = bridged(voted(Electorate(brigade=60)).ballots)["bad00"]
    assert found.share > 0.5
    assert found.interval.high < UPHELD_LOW


def test_voters_who_throw_coins_uphold_nothing():
    found = bridged(voted(Electorate(first_camp=0, second_camp=0, random=120)).ballots)
    assert not any(one.is_upheld for one in found.values())


@pytest.mark.parametrize("answer", [0, 1])
@pytest.mark.parametrize("kind", ["even items", "odd items", "all items"])
def test_one_more_voter_changes_little_and_flips_nothing(answer, kind):
    ballots = voted(Electorate()).ballots
    before = bridged(ballots)
    items = np.arange(len(ballots.items))
    mind = {"even items": items % 2 == 0, "odd items": items % 2 == 1, "all items": items >= 0}[kind]
    more = Ballots(
        people=(*ballots.people, "zz"),
        items=ballots.items,
        answers=ballots.answers,
        scores=ballots.scores,
        person=np.append(ballots.person, np.full(len(items), len(ballots.people))),
        item=np.append(ballots.item, items),
        answer=np.append(ballots.answer, np.where(mind, answer, 1 - answer)),
    )
    after = bridged(more)
    assert max(abs(after[item].intercept - one.intercept) for item, one in before.items()) < 0.03
    assert not [item for item, one in before.items() if one.is_upheld != after[item].is_upheld]


def test_the_range_of_one_more_voter_holds_what_one_more_voter_does():
    ballots = voted(Electorate(first_camp=12, second_camp=8)).ballots
    before = bridged(ballots, n_resamples=2)
    for item, answer in ((0, 1), (20, 0)):
        more = Ballots(
            people=(*ballots.people, "zz"),
            items=ballots.items,
            answers=ballots.answers,
            scores=ballots.scores,
            person=np.append(ballots.person, len(ballots.people)),
            item=np.append(ballots.item, item),
            answer=np.append(ballots.answer, answer),
        )
        one = before[ballots.items[item]]
        after = bridged(more, n_resamples=2)[one.item].intercept
        # A voter with one answer is explained in part by being strict or generous, so less is left for the item.
        assert one.with_one_more.low - 0.02 <= after <= one.with_one_more.high + 0.02
        assert one.with_one_more.low < one.intercept < one.with_one_more.high


def test_intervals_hold_the_estimate_and_shrink_with_more_voters():
    few = bridged(voted(Electorate(first_camp=12, second_camp=8)).ballots)
    many = bridged(voted(Electorate(first_camp=120, second_camp=80)).ballots)

    def width(found):
        return np.mean([one.interval.high - one.interval.low for one in found.values()])

    assert width(many) < 0.6 * width(few)
    assert all(one.interval.low <= one.intercept <= one.interval.high for one in many.values())


def test_fewer_than_five_voters_get_no_verdict():
    ballots = voted(Electorate(first_camp=3, second_camp=2, seen=1.0)).ballots
    four = ballots.where((ballots.person < 4) | (ballots.item > 0))
    assert bridged(four, n_resamples=5)["good00"].is_upheld is None


def test_no_votes_give_no_items():
    ballots = voted(Electorate()).ballots
    assert bridge(ballots.where(ballots.item < 0), rng=np.random.default_rng(0)) == ()


def test_the_same_seed_gives_the_same_numbers_and_the_model_is_the_best_of_its_starts():
    ballots = voted(Electorate()).ballots
    assert bridged(ballots, n_resamples=5) == bridged(ballots, n_resamples=5)
    losses = [fit_factors(ballots, rng=np.random.default_rng(seed))[0].loss for seed in range(5)]
    assert max(losses) - min(losses) < 1e-6
    assert max(one.unsettled for one in bridged(ballots, n_resamples=2).values()) < 1e-3


def test_people_who_answered_two_items_each_leave_the_sides_unsettled():
    ballots = voted(Electorate(seen=0.08)).ballots
    assert max(one.unsettled for one in bridged(ballots, n_resamples=2).values()) > 0.1


def test_a_stationary_model_cannot_be_improved_by_small_steps():
    ballots = voted(Electorate(first_camp=20, second_camp=20)).ballots
    model = fit_factors(ballots, rng=np.random.default_rng(0))[0]
    rng = np.random.default_rng(1)

    def loss(mean, generosity, person_side, intercept, item_side):
        expected = mean + generosity[ballots.person] + intercept[ballots.item]
        expected = expected + person_side[ballots.person] * item_side[ballots.item]
        error = ((ballots.score() - expected) ** 2).mean()
        error += 0.15 * ((generosity**2).mean() + (intercept**2).mean() + mean**2)
        return error + 0.03 * ((person_side**2).mean() + (item_side**2).mean())

    at = (model.mean, model.generosity, model.person_side, model.intercept, model.item_side)
    assert loss(*at) == pytest.approx(model.loss)
    for _ in range(20):
        near = [part + 1e-3 * rng.standard_normal(np.shape(part)) for part in at]
        assert loss(*near) > model.loss - 1e-9


def test_models_fitted_one_by_one_from_columns_are_those_fitted_together_from_the_table(monkeypatch):
    ballots = voted(Electorate(first_camp=20, second_camp=20)).ballots
    together = bridged(ballots, n_resamples=10)
    monkeypatch.setattr(factor_model, "MAX_CELLS", 0)
    one_by_one = bridged(ballots, n_resamples=10)
    for item, one in together.items():
        assert one_by_one[item].intercept == pytest.approx(one.intercept, abs=1e-3)
        # Models are settled together or one by one, so some take a few rounds more.
        assert one_by_one[item].interval == pytest.approx(one.interval, abs=0.01)


def test_a_resample_that_holds_everyone_once_is_the_model_itself():
    ballots = voted(Electorate(first_camp=20, second_camp=20)).ballots
    starts = np.random.default_rng(0).standard_normal((2, len(ballots.items)))
    plain = factor_model.fit_models(ballots, starts)
    weighted = factor_model.fit_models(ballots, starts, times=np.ones((2, 40)))
    assert [model.loss for model in plain] == [model.loss for model in weighted]


def test_a_person_who_counts_twice_is_two_people_of_one_mind():
    ballots = voted(Electorate(first_camp=12, second_camp=12)).ballots
    starts = np.random.default_rng(0).standard_normal((1, len(ballots.items)))
    (twice,) = factor_model.fit_models(ballots, starts, times=np.full((1, 24), 2.0))
    doubled = Ballots(
        people=(*ballots.people, *(f"{name}b" for name in ballots.people)),
        items=ballots.items,
        answers=ballots.answers,
        scores=ballots.scores,
        person=np.concatenate([ballots.person, ballots.person + 24]),
        item=np.tile(ballots.item, 2),
        answer=np.tile(ballots.answer, 2),
    )
    (copied,) = factor_model.fit_models(doubled, starts)
    assert copied.loss == pytest.approx(twice.loss, abs=1e-9)
    assert copied.intercept == pytest.approx(twice.intercept, abs=1e-6)


def test_group_minimum_names_the_group_that_upholds_an_item_least():
    simulated = voted(Electorate())
    one = lowest(simulated)["split00"]
    says_yes, on_it = simulated.ballots.answer == 0, simulated.ballots.item == 6
    camp = simulated.camp[simulated.ballots.person]
    shares = [says_yes[(camp == g) & on_it].mean() for g in (0, 1)]
    assert one.minimum == pytest.approx(min(shares))
    assert one.lowest_group == ("i", "j")[int(np.argmin(shares))]
    assert one.sure_low < one.minimum
    assert one.interval.low <= one.minimum <= one.interval.high


def test_group_minimum_says_nothing_where_a_second_group_is_too_small():
    simulated = voted(Electorate(first_camp=20, second_camp=4))
    assert {one.minimum for one in lowest(simulated, n_resamples=5).values()} == {None}


def test_five_of_one_mind_are_not_yet_sure():
    simulated = voted(Electorate(first_camp=5, second_camp=5, slips=0.0, seen=1.0))
    one = lowest(simulated)["good00"]
    assert (one.minimum, one.interval) == (1.0, (1.0, 1.0))
    assert one.sure_low < 0.5
    assert one.is_upheld is False
