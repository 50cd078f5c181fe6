"""What choices say of values: counted as written down, bounded by refusals; files are read, or refused by row."""

import numpy as np
import pytest

from domain.errors import DataError, UserInputError
from domain.provenance import Provenance
from domain.stances import NOT_TO_DO, TO_DO, Answer, AnswerClass, AnswerMethod, OptionOrder, ProbeItem, ProbeOption
from stances.battles import bradley_terry, count_wins, list_battles
from stances.choices import leaning_of, leanings, read_choices, withheld
from stances.dailydilemmas import ACTIONS_FILE, VALUES_FILE, read_dailydilemmas
from stances.edge_test import count_acts, find_conflict
from stances.literals import read_literal
from stances.mentions import Label, count_mentions
from stances.orders import order_agreement, pair_orders
from stances.pairing import compare_paired
from stances.preference import majority_policy, preference, refusal_bounds, tally
from stances.rank_agreement import rank_correlation

HEADER = "idx,dilemma_idx,basic_situation,dilemma_situation,action_type,action,negative_consequence,values_aggregated,topic,topic_group\n"  # noqa: E501


def dilemma(name, doing, leaving, group="home"):
    return ProbeItem(
        id=name, dataset="made", text=f"Case {name}.", groups={"topic_group": group},
        options=(ProbeOption(key=TO_DO, values=tuple(doing)), ProbeOption(key=NOT_TO_DO, values=tuple(leaving))),
    )  # fmt: skip


def answer(item_id, share, order=OptionOrder.GIVEN, kind=AnswerClass.CHOICE):
    from datetime import UTC, datetime

    chosen = {TO_DO: share, NOT_TO_DO: 1 - share} if kind is AnswerClass.CHOICE else {}
    return Answer(
        item_id=item_id, condition=f"c/{order.value}", family="c", order=order, kind=kind, probabilities=chosen,
        method=AnswerMethod.RECORDED, provenance=Provenance(backend="made", made_at=datetime(2026, 1, 1, tzinfo=UTC)),
    )  # fmt: skip


ITEMS = (
    dilemma("1", ["care", "care", "truth"], ["calm"]),
    dilemma("2", ["calm"], ["care"]),
    dilemma("3", ["truth"], ["truth", "calm"]),
)
THEORIES = {"MFT": {"care": "Care", "calm": "Care", "truth": "Fairness"}}


def by_label(mentions, numbers):
    return dict(zip(mentions.labels, numbers.tolist(), strict=True))


def test_doubled_mentions_count_twice_and_both_sides_cancel():
    mentions = count_mentions(ITEMS, THEORIES)
    counts = tally(mentions, np.array([1.0, 0.0, 1.0]))
    found = by_label(mentions, preference(counts))
    assert found[Label("value", "care")] == 100.0
    assert found[Label("value", "calm")] == -100.0
    assert found[Label("value", "truth")] == pytest.approx(100 / 3)
    assert found[Label("MFT", "Care")] == 0.0, "three mentions for, three against"


def test_a_label_nobody_mentions_in_an_answered_dilemma_has_no_preference():
    mentions = count_mentions(ITEMS, {})
    found = by_label(mentions, preference(tally(mentions, np.array([np.nan, 1.0, np.nan]))))
    assert np.isnan(found[Label("value", "truth")])


def test_refusals_are_bounded_by_trying_every_way_they_could_have_gone():
    mentions = count_mentions(ITEMS, THEORIES)
    leaning = np.array([1.0, np.nan, np.nan])
    tried = [
        preference(tally(mentions, np.array([1.0, one, other]))) for one in (0.0, 1.0) for other in (0.0, 1.0)
    ]  # fmt: skip
    bounds = refusal_bounds(mentions, leaning)
    assert bounds.low.tolist() == pytest.approx(np.min(tried, axis=0).tolist())
    assert bounds.high.tolist() == pytest.approx(np.max(tried, axis=0).tolist())


def test_both_orders_count_the_same_and_refusals_never_count_as_a_choice():
    answers = [
        answer("1", 0.9), answer("1", 0.2, OptionOrder.SWAPPED), answer("2", 0.0, kind=AnswerClass.REFUSAL),
        answer("3", 0.7), answer("3", 0.6, OptionOrder.SWAPPED),
    ]  # fmt: skip
    names = ["1", "2", "3"]
    assert leanings(names, answers)[[0, 2]].tolist() == [0.5, 1.0]
    assert np.isnan(leanings(names, answers)[1])
    assert leanings(names, answers, reading="probabilities")[[0, 2]].tolist() == pytest.approx([0.55, 0.65])
    assert np.isnan(leanings(names, answers, reading="consistent")).tolist() == [True, True, False]
    assert order_agreement(pair_orders(answers))[:2] == (2, 1)
    assert withheld(names, answers).tolist() == [0.0, 1.0, 0.0]


def test_values_fight_as_sets_and_only_when_they_stand_on_one_side():
    battles = list_battles(ITEMS, leaning_of(["1", "2", "3"], {"1": TO_DO, "2": TO_DO, "3": NOT_TO_DO}))
    assert count_wins(battles) == {("calm", "care"): (1.0, 1.0), ("calm", "truth"): (0.0, 1.0)}


def test_strengths_follow_wins_and_too_few_dilemmas_give_none():
    items = [dilemma(str(n), ["a"], ["b"]) for n in range(30)] + [dilemma(f"r{n}", ["b"], ["c"]) for n in range(30)]
    leaning = np.array([float(n % 4 > 0) for n in range(60)])
    strong, middle, weak = bradley_terry(list_battles(items, leaning))
    assert [strong.value, middle.value, weak.value] == ["a", "b", "c"]
    assert strong.low < strong.strength < strong.high
    assert bradley_terry(list_battles(items[:5], leaning[:5])) == ()


def test_one_run_against_itself_shows_no_difference():
    mentions = count_mentions([dilemma(str(n), ["a"], ["b"]) for n in range(20)], {})
    leaning = np.array([float(n % 3 == 0) for n in range(20)])
    for row in compare_paired(mentions, leaning, leaning, rng=np.random.default_rng(0)):
        assert (row.difference, row.low, row.high, row.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_policy_that_knows_the_topic_takes_the_more_frequent_action_of_each():
    found = majority_policy(np.array([1.0, 1.0, 0.0, 0.0, np.nan, 0.5]), ("x", "x", "x", "y", "y", "z"))
    assert found[[0, 1, 2, 3, 5]].tolist() == [1.0, 1.0, 1.0, 0.0, 0.5]
    assert np.isnan(found[4])


def test_an_edge_is_tested_only_where_its_two_values_pull_apart():
    conflict = find_conflict(ITEMS, np.array([1.0, 1.0, np.nan]), less=frozenset({"calm"}), wiser=frozenset({"care"}))
    assert conflict.places == (0, 1)
    assert count_acts(conflict) == (1, 1, 0)


def test_an_order_of_three_things_says_nothing():
    assert rank_correlation(np.arange(3.0), np.arange(3.0), rng=np.random.default_rng(0)) is None
    found = rank_correlation(np.arange(9.0), np.arange(9.0), rng=np.random.default_rng(0))
    assert found is not None
    assert found.rho == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['a', nan]", ["a", None]),
        ("['nan', \"it's\"]", ["nan", "it's"]),
        ("defaultdict(<class 'list'>, {'a': [1]})", {"a": [1]}),
        ("Counter({'a': 2})", {"a": 2}),
        ("{1, 2}", {1, 2}),
    ],
)
def test_published_literals_are_read(text, value):
    assert read_literal(text) == value


@pytest.mark.parametrize("text", ["__import__('os')", "[1", "open('x')", "['a'] + ['b']", "("])
def test_nothing_in_a_literal_is_run(text):
    with pytest.raises(ValueError, match="not a literal"):
        read_literal(text)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / VALUES_FILE).write_text(",value,WVS,MFT,Virtue,Emotion,Maslow\n0,care,,Care,,,safety\n", "utf-8")
    (tmp_path / ACTIONS_FILE).write_text(
        HEADER + "0,9,b,s,to_do,a,c,\"['care', 'care', nan]\",1,home\n1,9,b,s,not_to_do,a,c,[],1,home\n", "utf-8"
    )
    return tmp_path


def test_a_folder_of_the_published_form_is_read(folder):
    found = read_dailydilemmas(folder)
    assert [option.values for option in found.items[0].options] == [("care", "care"), ()]
    assert found.theories["MFT"] == {"care": "Care"}
    assert found.theories["WVS"] == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,9,b,s,perhaps,a,c,[],1,home\n", "row 2, column 'action_type'"),
        ("1,9,b,s,to_do,a,c,[],1,home\n", "names an action of this dilemma twice"),
        ("1,9,b,s,not_to_do,a,c,eval(1),1,home\n", "column 'values_aggregated'"),
        ("", "has one action only"),
    ],
)
def test_a_broken_row_is_named(folder, row, said):
    (folder / ACTIONS_FILE).write_text(HEADER + "0,9,b,s,to_do,a,c,[],1,home\n" + row, "utf-8")
    with pytest.raises(DataError, match=said.replace("(", r"\(")):
        read_dailydilemmas(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dilemma_idx,choice\n1,maybe\n", "neither to_do nor not_to_do"),
        ("dilemma_idx,choice\n7,to_do\n", "no dilemma of this data set"),
        ("dilemma_idx,choice\n1,to_do\n1,to_do\n", "twice"),
        ("dilemma_idx,choice\n", "holds no choice"),
        ("dilemma_idx,answer\n1,to_do\n", "no column 'choice'"),
    ],
)
def test_bad_choices_are_refused_in_a_sentence(tmp_path, text, said):
    file = tmp_path / "choices.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        read_choices(file, items=["1", "2"])


def test_a_missing_file_of_choices_is_said(tmp_path):
    with pytest.raises(UserInputError, match="cannot be read"):
        read_choices(tmp_path / "none.csv", items=["1"])
