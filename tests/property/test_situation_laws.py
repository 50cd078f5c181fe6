"""The situations of our own writing are well formed, and readers of labelled pairs say what the sources say."""

import csv
import json

import numpy as np
import pytest

from benchmarks.quality.graded import measured
from benchmarks.quality.judging import in_file, with_earlier
from benchmarks.quality.labelled import (
    RULES,
    SITUATIONS,
    Labelled,
    Situation,
    read_situations,
    read_taught,
    rules,
    shuffled,
    situation_pulls,
)

FEWEST_VALUES = 4


@pytest.mark.parametrize("path", sorted(SITUATIONS.rglob("*.tsv")), ids=lambda path: path.stem)
def test_every_line_is_a_text_with_three_lists_and_lines_come_in_pairs(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) % 2 == 0
    assert {line.count("\t") for line in lines} == {3}


def test_every_situation_is_told_once_and_no_value_pulls_two_ways_in_it():
    situations = [one for part in read_taught() for one in part]
    assert {one.text for one in read_situations()} < {one.text for one in situations}
    texts = [one.text for one in situations]
    assert len(set(texts)) == len(texts)
    for one in situations:
        assert len(set(one.values)) == len(one.values) >= FEWEST_VALUES
        assert all(value == value.strip().lower() for value in one.values)


def test_situations_pull_both_ways_about_as_often():
    pulls = situation_pulls(read_situations())
    assert 0.4 < float(np.mean(pulls.is_positive)) < 0.6


def test_what_supports_is_positive_what_opposes_is_not_and_either_is_left_out():
    tell = Situation("Tell her.", ("honesty",), ("tact", "peace"), ("love",))
    hide = Situation("Keep it from her.", ("peace",), ("honesty",), ())
    found = situation_pulls([tell, hide])
    assert list(zip(found.situations, found.values, found.is_positive, strict=True)) == [
        ("Tell her.", "honesty", True),
        ("Tell her.", "tact", False),
        ("Tell her.", "peace", False),
        ("Keep it from her.", "peace", True),
        ("Keep it from her.", "honesty", False),
    ]
    assert set(found.groups) == {0}


def test_an_action_that_breaks_a_rule_opposes_what_it_protects(tmp_path):
    names = ["context", "action1", "action2", *(f"a{n}_{rule}" for n in (1, 2) for rule in RULES)]
    row = {"context": "You sell a bicycle.", "action1": "I name the crack.", "action2": "I hide the crack."}
    same = dict.fromkeys(names[3:], "No")
    for part, changes in (("low", {"a2_deceive": "Yes"}), ("high", {"a1_pain": "Yes", "a2_pain": "Yes"})):
        with (tmp_path / f"moralchoice_{part}_ambiguity.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerow({**row, **same, **changes})
    found = rules(tmp_path)
    assert found.situations == ["You sell a bicycle. I name the crack.", "You sell a bicycle. I hide the crack."]
    assert found.values == ["honesty", "honesty"]
    assert found.is_positive == [True, False]
    assert len(set(found.groups)) == 1


def test_grades_of_another_sample_are_refused_and_those_in_order_give_the_area():
    pairs = shuffled([("a", ["x", "y"]), ("b", ["z"]), ("c", ["w"])], rng=np.random.default_rng(0))
    assert measured(pairs, [10 * label for label in pairs.is_positive], "relevance")["auc"] == 1.0
    with pytest.raises(ValueError, match="the sample is another one"):
        measured(Labelled(["a"], ["x"], [True], [0]), [1, 2], "relevance")


def test_models_that_were_measured_before_stay_beside_a_new_one():
    earlier = {"by_model": [{"model": "a", "asked": 1}, {"model": "b", "asked": 2}]}
    assert with_earlier({"by_model": [{"model": "a"}]}, {}) == {"by_model": [{"model": "a"}]}
    assert with_earlier({"by_model": [{"model": "a", "asked": 3}]}, earlier)["by_model"] == [
        {"model": "b", "asked": 2}, {"model": "a", "asked": 3}
    ]  # fmt: skip
    assert [one["model"] for one in with_earlier({}, earlier)["by_model"]] == ["a", "b"]


def test_a_model_that_was_measured_beside_another_baseline_is_left_out():
    earlier = {"without_model": {"f1": 0.6}, "by_model": [{"model": "a"}]}
    assert with_earlier({"without_model": {"f1": 0.7}}, earlier)["by_model"] == []
    assert with_earlier({"without_model": {"f1": 0.6}}, earlier)["by_model"] == [{"model": "a"}]


def test_what_was_measured_on_the_other_half_and_of_pairs_stays_in_the_file(tmp_path):
    out = tmp_path / "judging.json"
    assert in_file(out, "odd", {})["filing"] == {"odd": {"by_model": []}}
    out.write_text(json.dumps({"filing": {"odd": {"by_model": [{"model": "a"}]}}, "pairwise": {"pairs": 3}}))
    assert in_file(out, "even", {"texts": 2}) == {
        "filing": {"even": {"texts": 2, "by_model": []}, "odd": {"by_model": [{"model": "a"}]}},
        "pairwise": {"pairs": 3},
    }
