"""Laws of asking and reading: orders undo themselves, distributions sum to one, seeds depend on names alone."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backends.probe_baselines import AlwaysPlace
from domain.stances import NOT_TO_DO, TO_DO, OptionOrder, ProbeItem, ProbeOption
from stances.dilemma_asking import build_request, dilemma_conditions
from stances.labels import labels_of, shown_order
from stances.option_mass import sum_spellings, take_out_prior
from stances.seeds import item_seed, sample_items

KEYS = st.lists(st.text("abcdef_", min_size=1, max_size=5), min_size=2, max_size=6, unique=True)
SHARE = st.floats(0.001, 0.999)
SPELT = {"yes": ("Yes", "yes"), "no": ("No", "no")}
TOLD = st.dictionaries(st.sampled_from(["Yes", " Yes", "yes", "N", " no", "No", "Maybe", ""]), st.floats(-30, 0))


def dilemma(text="A case.", name="1"):
    options = tuple(ProbeOption(key=key, text=key) for key in (TO_DO, NOT_TO_DO))
    return ProbeItem(id=name, dataset="x", text=text, options=options)


@given(KEYS, st.sampled_from(OptionOrder))
def test_an_order_undoes_itself_and_loses_no_option(keys, order):
    assert shown_order(shown_order(keys, order), order) == keys
    labels = labels_of(keys, order, label_set="123456")
    assert sorted(labels) == sorted(keys)
    assert [key for key, _ in sorted(labels.items(), key=lambda pair: pair[1])] == shown_order(keys, order)


@given(TOLD)
def test_shares_of_options_sum_to_one_or_there_are_none(told):
    mass = sum_spellings(told, SPELT)
    assert 0 <= mass.covered <= 1
    if mass.shares:
        assert math.isclose(sum(mass.shares.values()), 1.0)
        assert set(mass.shares) == set(SPELT)


@given(SHARE, SHARE)
def test_a_flat_prior_changes_nothing_and_a_prior_taken_out_of_itself_leaves_a_flat_one(share, prior):
    shares = {"yes": share, "no": 1 - share}
    kept = take_out_prior(shares, {"yes": 0.5, "no": 0.5})
    assert math.isclose(kept["yes"], share, rel_tol=1e-9)
    own = take_out_prior({"yes": prior, "no": 1 - prior}, {"yes": prior, "no": 1 - prior})
    assert math.isclose(own["yes"], 0.5)
    assert take_out_prior(shares, {}) == {}


@given(st.integers(0, 2**31), st.text(max_size=8), st.text(max_size=8))
def test_a_seed_depends_on_the_names_and_their_borders(run_seed, one, other):
    assert item_seed(run_seed, one, other) == item_seed(run_seed, one, other)
    assert 0 <= item_seed(run_seed, one, other) < 2**32
    if one and other:
        assert item_seed(run_seed, one + other) != item_seed(run_seed, one, other)


@given(
    st.lists(st.text("abc", min_size=1), min_size=1, max_size=20, unique=True), st.integers(0, 25), st.integers(0, 9)
)
def test_a_sample_keeps_the_order_of_the_items(names, limit, seed):
    items = [dilemma(name=name) for name in names]
    kept = sample_items(items, limit, run_seed=seed)
    assert len(kept) == min(limit, len(items))
    places = [items.index(item) for item in kept]
    assert places == sorted(set(places))


@given(st.text(min_size=1).filter(lambda text: text.strip()), st.sampled_from(["12", "AB", "XY"]))
def test_both_orders_share_their_beginning_up_to_the_options(text, label_set):
    requests = [
        build_request(dilemma(text), condition, run_seed=1) for condition in dilemma_conditions(label_set=label_set)
    ]
    given_text, swapped = (request.messages[-1].text for request in requests)
    shared = given_text[: given_text.rindex(f"Action {label_set[0]}:")]
    assert swapped.startswith(shared)
    assert given_text != swapped


@given(st.integers(0, 1))
def test_a_model_that_looks_at_the_place_alone_prefers_nothing(place):
    requests = [build_request(dilemma(), condition, run_seed=1) for condition in dilemma_conditions()]
    replies = list(AlwaysPlace(place, name="p").ask(requests))
    shares = [
        sum_spellings(reply.log_probabilities, request.spellings).shares[TO_DO]
        for request, reply in zip(requests, replies, strict=True)
    ]
    assert np.isclose(np.mean(shares), 0.5)
