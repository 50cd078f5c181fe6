"""Numbers of a checkpoint are called so where they were read, and no quality is told that was not published for it."""

import pytest

from kaleido.published import ACCURACIES, published_quality
from kaleido.thresholds import OWN_RULES, read_rules
from ui.widgets.kaleidoscope_proposals import starts_sentence

KINDS = ("value", "right", "duty")
WHOLE = {
    "relevance_threshold": {"Value": 0.6, "Right": 0.7, "Duty": 0.8},
    "ngram_threshold": 0.4,
    "embed_threshold": {"Value": 0.5, "Right": 0.5, "Duty": 0.5},
    "dedup_across_vrd": True,
}


@pytest.mark.parametrize(
    "params",
    [
        None,
        {},
        "none",
        {"relevance_threshold": "high", "ngram_threshold": {}, "embed_threshold": {"Value": 1.5, "Right": True}},
        {"ngram_threshold": {"f1": "x", "rouge": 0.5}},
    ],
)
def test_where_no_number_was_read_the_rules_are_this_apps_own(params):
    assert read_rules({"system_params": params}) == OWN_RULES
    assert starts_sentence(OWN_RULES) == "The sliders start from numbers of this app, chosen by eye."


def test_a_whole_set_of_numbers_is_the_checkpoints():
    rules = read_rules({"system_params": WHOLE})
    assert rules.from_checkpoint
    assert rules.own == ()
    assert rules.across_kinds
    assert [rules.min_relevance.value, rules.min_relevance.duty, rules.ngram.recall] == [0.6, 0.8, 0.4]
    assert starts_sentence(rules) == "The sliders start from the numbers of the checkpoint's configuration."


def test_of_a_mixed_set_the_own_numbers_are_named():
    rules = read_rules({"system_params": WHOLE | {"embed_threshold": None, "relevance_threshold": {"Value": 0.6}}})
    assert rules.from_checkpoint
    assert rules.own == ("min_relevance.right", "min_relevance.duty", *(f"embedding.{kind}" for kind in KINDS))
    assert rules.embedding == OWN_RULES.embedding
    assert "it tells none for least relevance (rights), least relevance (duties), likeness" in starts_sentence(rules)


def test_of_bounds_told_apart_a_missing_one_bounds_nothing_and_a_malformed_one_is_our_own():
    rules = read_rules({"system_params": {"ngram_threshold": {"fmeasure": 0.3, "recall": "x"}}})
    assert (rules.ngram.f1, rules.ngram.precision, rules.ngram.recall) == (0.3, 1.0, OWN_RULES.ngram.recall)
    assert "ngram.recall" in rules.own
    assert "ngram.precision" not in rules.own


@pytest.mark.parametrize("name", sorted(ACCURACIES))
def test_published_figures_say_what_they_hold_for_and_are_told_for_no_other_position(name):
    found = published_quality(f"/srv/models/{name}/")
    assert [one.figure for one in found] == list(ACCURACIES[name])
    assert all("a checkpoint of this name in its own arithmetic and at decoder position 1" in one.data for one in found)
    assert published_quality(name, position=0) == ()
    assert published_quality(f"{name}-mine") == ()
