"""The factor model along the answers: the same model as from the whole table, for fewer rounds and no table."""

from itertools import pairwise

import numpy as np
import pytest

from graph import factor_model
from graph.ballots import Ballots
from graph.factors import FACTOR_PENALTY, INTERCEPT_PENALTY
from graph.simulated_voters import Electorate, simulate_voters
from graph.sparse_factors import Limits, fit_along_answers

SETTLED = Limits(n_rounds=2_000, tolerance=1e-13)
CAMPS = simulate_voters(Electorate(first_camp=30, second_camp=20), rng=np.random.default_rng(0)).ballots


def thin(n_people=900, n_items=400, each=3):
    """Many people who answered few of many items."""
    rng = np.random.default_rng(0)
    item = np.concatenate([rng.choice(n_items, size=each, replace=False) for _ in range(n_people)])
    person = np.repeat(np.arange(n_people), each)
    by_item = np.lexsort((person, item))
    return Ballots(
        people=tuple(f"p{n:04}" for n in range(n_people)),
        items=tuple(f"i{n:04}" for n in range(n_items)),
        answers=("yes", "no", "not sure"),
        scores=(1.0, 0.0, 0.5),
        person=person[by_item],
        item=item[by_item],
        answer=rng.choice(3, size=len(item)),
    )


def loss_of(ballots, model, times):
    """The loss as it is written down, over every answer."""
    weight, n = times[ballots.person], times.sum()
    expected = model.mean + model.generosity[ballots.person] + model.intercept[ballots.item]
    expected = expected + model.person_side[ballots.person] * model.item_side[ballots.item]
    error = weight @ (ballots.score() - expected) ** 2 / weight.sum()
    spread = times @ model.generosity**2 / n + (model.intercept**2).mean() + model.mean**2
    return (
        error
        + INTERCEPT_PENALTY * spread
        + FACTOR_PENALTY * (times @ model.person_side**2 / n + (model.item_side**2).mean())
    )


def start_of(ballots, seed=1):
    return np.random.default_rng(seed).standard_normal(len(ballots.items))


def drawn(ballots, seed=2):
    n = len(ballots.people)
    return np.bincount(np.random.default_rng(seed).integers(n, size=n), minlength=n).astype(float)


@pytest.mark.parametrize("is_resample", [False, True])
@pytest.mark.parametrize("ballots", [CAMPS, thin()], ids=["two camps", "thin"])
def test_the_loss_told_is_that_of_the_model(ballots, is_resample):
    times = drawn(ballots) if is_resample else np.ones(len(ballots.people))
    for n_rounds in (1, 7, 60):
        limits = Limits(n_rounds=n_rounds, tolerance=0.0)
        model = fit_along_answers(ballots, start_of(ballots), times=times, limits=limits)
        assert model.loss == pytest.approx(loss_of(ballots, model, times), abs=1e-12)


@pytest.mark.parametrize("ballots", [CAMPS, thin()], ids=["two camps", "thin"])
def test_more_rounds_never_raise_the_loss_leaps_or_not(ballots):
    losses = [
        fit_along_answers(
            ballots, start_of(ballots), times=drawn(ballots), limits=Limits(n_rounds=n, tolerance=-1.0)
        ).loss
        for n in range(2, 90, 3)
    ]
    assert all(after <= before + 1e-12 for before, after in pairwise(losses))
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("times", [np.ones(50), drawn(CAMPS)], ids=["once each", "drawn"])
def test_a_settled_model_is_the_one_from_the_whole_table(times, monkeypatch):
    monkeypatch.setattr(factor_model, "N_ROUNDS", 5_000)
    monkeypatch.setattr(factor_model, "TOLERANCE", 1e-15)
    (table,) = factor_model.fit_models(CAMPS, start_of(CAMPS)[None], times=times[None])
    along = fit_along_answers(CAMPS, start_of(CAMPS), times=times, limits=SETTLED)
    assert along.loss == pytest.approx(table.loss, abs=1e-10)
    assert along.mean == pytest.approx(table.mean, abs=1e-4)
    assert along.intercept == pytest.approx(table.intercept, abs=1e-4)
    assert along.item_side == pytest.approx(table.item_side, abs=1e-4)
    assert along.person_side[times > 0] == pytest.approx(table.person_side[times > 0], abs=1e-4)


def test_leaps_bring_a_model_as_far_in_fewer_rounds():
    ballots, times = thin(), np.ones(900)
    limits = Limits(n_rounds=60, tolerance=0.0)
    table = factor_model._descend(
        factor_model._WholeTable(ballots), times[:, None], start_of(ballots)[:, None], limits
    )[0]
    assert fit_along_answers(ballots, start_of(ballots), times=times, limits=limits).loss < table.loss


def test_who_does_not_count_and_what_nobody_answered_are_nought():
    ballots, times = thin(), drawn(thin())
    model = fit_along_answers(ballots, start_of(ballots), times=times, limits=Limits(n_rounds=20, tolerance=0.0))
    unanswered = np.bincount(ballots.item[times[ballots.person] > 0], minlength=400) == 0
    assert not model.generosity[times == 0].any()
    assert not model.person_side[times == 0].any()
    assert not model.intercept[unanswered].any()
    assert model.generosity[times > 0].all()
    assert model.intercept[~unanswered].any()


def test_one_person_with_one_answer_gives_a_model():
    ballots = CAMPS.where((CAMPS.person == 3) & (CAMPS.item == CAMPS.item[CAMPS.person == 3][0]))
    model = fit_along_answers(ballots, start_of(ballots), times=np.ones(50), limits=SETTLED)
    assert np.isfinite(model.loss)
    assert (model.intercept != 0).sum() <= 1


def test_a_thin_table_is_never_laid_out_and_a_full_one_is(monkeypatch):
    def forbidden(*_):
        raise AssertionError("laid out")

    ballots = thin()
    plain = factor_model.fit_models(CAMPS, start_of(CAMPS)[None])
    monkeypatch.setattr(factor_model, "_WholeTable", forbidden)
    assert len(factor_model.fit_models(ballots, start_of(ballots)[None])) == len(plain) == 1
    with pytest.raises(AssertionError, match="laid out"):
        factor_model.fit_models(CAMPS, start_of(CAMPS)[None])


def test_the_same_answers_and_start_give_the_same_model():
    ballots = thin()
    one, other = (fit_along_answers(ballots, start_of(ballots), times=drawn(ballots), limits=SETTLED) for _ in range(2))
    assert one.loss == other.loss
    assert (one.intercept == other.intercept).all()
