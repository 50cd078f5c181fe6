"""The published dilemmas: the corpus counted, the constant policy, and one model's answers rebuilt from the files.

Expected numbers were counted from the published files by others, with formulas written down beside them; the percentile
positions and Python's own random draws belong to that recipe.
"""

import random
from collections import Counter

import numpy as np
import pytest

from domain.stances import NOT_TO_DO, TO_DO
from stances.choices import leaning_of
from stances.dailydilemmas import csv_rows, read_dailydilemmas
from stances.literals import read_literal
from stances.mentions import Label, count_mentions
from stances.preference import constant_policy, preference, resampled, tally
from stances.steering import Principle, score_principle

pytestmark = pytest.mark.shared

EVALUATION = "principle_openai_gpt4_eval_with_system_prompt_system_prompt_{}_value.csv"
CONSTANT = {
    ("WVS", "Secular-rational"): (15.5090, 607, 444), ("WVS", "Traditional"): (9.2295, 645, 536),
    ("WVS", "Self-expression"): (4.9828, 1222, 1106), ("WVS", "Survival"): (0.1414, 1062, 1059),
    ("MFT", "Fairness"): (22.4991, 1794, 1135), ("MFT", "Authority"): (11.8268, 1059, 835),
    ("MFT", "Loyalty"): (10.0671, 656, 536), ("MFT", "Purity"): (6.6667, 80, 70),
    ("MFT", "Care"): (-1.4412, 1060, 1091),
    ("Virtue", "Truthfulness"): (46.2940, 602, 221), ("Virtue", "Courage"): (25.5556, 226, 134),
    ("Virtue", "Patience"): (-72.2488, 29, 180), ("Maslow", "self-esteem"): (12.4714, 2701, 2102),
    ("Maslow", "safety"): (-5.5860, 862, 964), ("Emotion", "trust"): (14.0205, 3009, 2269),
    ("value", "honesty"): (52.7273, 420, 130), ("value", "trust"): (22.2910, 395, 251),
    ("value", "self"): (-31.7280, 241, 465),
}  # fmt: skip
REBUILT = {
    ("Virtue", "Truthfulness"): (10.00, 429, 351, 3.1, 17.0), ("MFT", "Fairness"): (7.89, 1498, 1279, 4.2, 11.4),
    ("WVS", "Self-expression"): (7.25, 1183, 1023, 3.5, 11.0), ("MFT", "Authority"): (0.28, 910, 905, -3.6, 4.3),
    ("WVS", "Secular-rational"): (3.52, 514, 479, -1.9, 8.3), ("MFT", "Loyalty"): (-2.12, 553, 577, -7.1, 2.7),
    ("WVS", "Traditional"): (-0.36, 558, 562, -6.4, 4.5), ("MFT", "Purity"): (-6.47, 65, 74, -22, 8.7),
    ("WVS", "Survival"): (-8.84, 902, 1077, -12.6, -5.1), ("Virtue", "Courage"): (19.76, 197, 132, 11, 30),
    ("MFT", "Care"): (7.95, 1093, 932, 4.5, 11.7), ("Virtue", "Patience"): (-15.53, 87, 119, -30, -0.5),
    ("Maslow", "self-actualization"): (14.23, 578, 434, 8.7, 20.5),
    ("Maslow", "safety"): (-8.49, 776, 920, -12.2, -4.6), ("Maslow", "self-esteem"): (5.18, 2365, 2132, 2.7, 7.6),
    ("Emotion", "trust"): (6.96, 2674, 2326, 4.4, 9.3),
}  # fmt: skip
DOING_BY_GROUP = {
    "comitted_relationship": (45, 73), "issue_crime_addiction": (45, 75), "close_relationship": (44, 75),
    "workplace": (46, 80), "family": (37, 66), "religion_custom": (39, 70), "event_special": (39, 73),
    "issue_self_image_social": (35, 68), "business_organization": (38, 74), "friend": (36, 71),
    "issue_pregnancy": (35, 72), "role_duty_responsibility": (33, 71), "issue_young_people": (29, 69),
    "school": (29, 73), "event_daily_life": (27, 70), "issue_wildlife_human_environment": (27, 71),
    "issue_personal_career": (25, 67),
}  # fmt: skip
WINS = [(7, 12), (3, 3), (1, 7), (15, 16), (1, 6), (10, 16), (9, 12), (12, 14), (13, 14), (2, 3), (3, 3), (1, 1),
        (2, 2), (7, 15), (18, 28), (9, 12)]  # fmt: skip


@pytest.fixture(scope="module")
def folder(shared_data):
    return shared_data / "dailydilemmas"


@pytest.fixture(scope="module")
def dilemmas(folder):
    return read_dailydilemmas(folder)


@pytest.fixture(scope="module")
def mentions(dilemmas):
    return count_mentions(dilemmas.items, dilemmas.theories)


@pytest.fixture(scope="module")
def evaluation(folder):
    return [row for _, row in csv_rows(folder / EVALUATION.format("sup"), needed=())]


@pytest.fixture(scope="module")
def evidence(dilemmas, evaluation):
    """Return per dilemma what each published index says of the action chosen, in the way the recipe tells."""
    items = {item.id: item for item in dilemmas.items}
    found = {}
    for row in evaluation:
        for column in ("sup_values_data_dict_idx", "opp_values_data_dict_idx"):
            for value, sides in read_literal(row[column]).items():
                for side, names in sides.items():
                    for name in map(str, names):
                        holding = [o.key for o in items[name].options if value in repr(list(o.values))]
                        if len(holding) == 1:
                            other = NOT_TO_DO if holding == [TO_DO] else TO_DO
                            found.setdefault(name, []).append(holding[0] if side == "selected" else other)
    return found


@pytest.fixture(scope="module")
def choices(evidence):
    return {name: said[0] for name, said in evidence.items()}


def ids(items):
    return [item.id for item in items]


def test_the_corpus_has_the_published_counts(dilemmas):
    actions = [option for item in dilemmas.items for option in item.options]
    mentioned = Counter(value for option in actions for value in option.values)
    assert (len(actions), len(dilemmas.items), len(mentioned), mentioned.total()) == (2720, 1360, 301, 10946)
    assert Counter(Counter(item.groups["topic_group"] for item in dilemmas.items).values()) == {80: 17}
    assert len({item.groups["topic"] for item in dilemmas.items}) == 59
    lengths = [len(option.values) for option in actions]
    assert (min(lengths), max(lengths)) == (1, 15)
    assert sum(len(set(option.values)) < len(option.values) for option in actions) == 357
    assert sum(bool(set(i.options[0].values) & set(i.options[1].values)) for i in dilemmas.items) == 690
    situations = [len(item.text) for item in dilemmas.items]
    assert (round(sum(situations) / 1360, 1), max(situations)) == (323.8, 508)
    assert mentioned.most_common(10) == [
        ("self", 706), ("trust", 646), ("honesty", 550), ("responsibility", 483), ("respect", 389), ("empathy", 372),
        ("understanding", 339), ("integrity", 248), ("fairness", 247), ("accountability", 243),
    ]  # fmt: skip


def test_the_theories_cover_the_published_number_of_mentions(mentions):
    totals = Counter()
    for label, count in zip(mentions.labels, mentions.total.sum(axis=1).astype(int).tolist(), strict=True):
        totals[label.theory] += count
    assert dict(totals) == {"value": 10946, "WVS": 6681, "MFT": 8316, "Virtue": 1647, "Emotion": 6678, "Maslow": 10068}


@pytest.mark.parametrize("is_doing", [True, False])
def test_always_doing_it_has_the_published_preferences_and_never_doing_it_their_negation(mentions, is_doing):
    answered = np.ones(1360)
    found = dict(zip(mentions.labels, constant_policy(mentions, answered, is_doing=is_doing).tolist(), strict=True))
    counts = tally(mentions, answered)
    for label, (expected, selected, neglected) in CONSTANT.items():
        at = mentions.labels.index(label)
        assert round(found[label], 4) == (expected if is_doing else -expected)
        assert (counts.selected[at], counts.neglected[at]) == (selected, neglected)


def test_one_models_answers_are_rebuilt_without_a_contradiction(evidence, choices):
    assert len(choices) == 1218
    assert not [name for name, said in evidence.items() if len(set(said)) > 1]
    assert sum(len(said) > 1 for said in evidence.values()) == 1129
    assert Counter(choices.values()) == {TO_DO: 609, NOT_TO_DO: 609}
    assert [choices[name] for name in ("55", "176", "257")] == [TO_DO] * 3


def test_the_rebuilt_answers_have_the_published_preferences_and_intervals(dilemmas, mentions, choices):
    leaning = leaning_of(ids(dilemmas.items), choices)
    counts, chosen = tally(mentions, leaning), preference(tally(mentions, leaning))
    draws = np.sort(resampled(mentions, leaning, python_draws(mentions, choices)), axis=0)
    for label, (expected, selected, neglected, low, high) in REBUILT.items():
        at = mentions.labels.index(Label(*label))
        assert (counts.selected[at], counts.neglected[at]) == (selected, neglected)
        assert round(chosen[at], 2) == expected
        ends = [draws[int(share * len(draws)), at] for share in (0.025, 0.975)]
        for end, published in zip(ends, (low, high), strict=True):
            assert end == pytest.approx(published, abs=0.51 if float(published).is_integer() else 0.06)


def python_draws(mentions, choices):
    """Return how often each answered dilemma is drawn, by the recipe of the published intervals."""
    generator, names = random.Random(0), sorted(choices)
    column = {name: at for at, name in enumerate(name for name in mentions.items if name in choices)}
    weights = np.zeros((500, len(names)))
    for draw in range(500):
        for _ in names:
            weights[draw, column[generator.choice(names)]] += 1
    return weights


def test_the_share_of_doing_it_in_each_topic_group_is_as_published(dilemmas, choices):
    found = {name: [0, 0] for name in DOING_BY_GROUP}
    for item in dilemmas.items:
        if item.id in choices:
            found[item.groups["topic_group"]][0] += choices[item.id] == TO_DO
            found[item.groups["topic_group"]][1] += 1
    assert {name: tuple(counts) for name, counts in found.items()} == DOING_BY_GROUP


def conflicts(dilemmas, row):
    items = {item.id: item for item in dilemmas.items}
    principle = Principle(*(read_literal(row[f"{side}_value_prob_dict_clean"]) for side in ("sup", "opp")))
    return principle, [items[str(name)] for name in read_literal(row["real_conflict_dilemma_idx"])]


def test_principles_win_as_often_as_published_and_the_dilemmas_expose_them_as_much(dilemmas, evaluation, choices):
    for row, wins in zip(evaluation, WINS, strict=True):
        principle, items = conflicts(dilemmas, row)
        scored = score_principle(principle, items, choices, matching="published")
        assert (scored.n_wins, scored.n) == wins
        assert scored.n_wins / scored.n == pytest.approx(float(row["overall_win_rate_sup_values"]))
        published = float(row["dilemma_combined_score_by_sup_opp_values_calculate_with_prob"])
        assert scored.exposed == pytest.approx(published, abs=1e-9)


@pytest.mark.parametrize("side", ["sup", "opp"])
def test_steered_principles_score_as_published_from_selected_mentions_alone(dilemmas, folder, side):
    prefix = f"system_prompt_{side}_value_"
    for _, row in csv_rows(folder / EVALUATION.format(side), needed=()):
        principle, items = conflicts(dilemmas, row)
        steered = read_literal(row[f"{prefix}dilemma_model_resp_action_clean"])
        answers = {str(name): choice for name, choice in steered.items()}
        scored = score_principle(principle, items, answers, matching="published")
        published = float(row[f"{prefix}system_prompt_dilemma_combined_score_by_sup_opp_values_calculate_with_prob"])
        assert scored.chosen == pytest.approx(published, abs=1e-9)
