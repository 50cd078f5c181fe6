"""What the reader says with the published checkpoint, in the folder that ``MORALGRAPH_READER`` names.

The checkpoint is told by its hash; the changes are those that come with the application.
"""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from benchmarks.quality.labelled import auc, read_sets
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from services.scorers import build_scorer
from services.settings import Settings

pytestmark = pytest.mark.live

LEAST_AUC = 0.79
"""Of relevance on the statements of CIVICS, by which the reader is neither taught nor chosen."""


class TwoActs(NamedTuple):
    """A situation with two opposite acts; the first is good for ``first`` and bad for ``second``."""

    text: str
    acts: tuple[str, str]
    first: tuple[str, ...]
    second: tuple[str, ...]
    unrelated: tuple[str, ...]
    is_plain: bool = True
    """Each act says itself whether it keeps to the values; else the reader is known to order the acts alone."""


CASES = (
    TwoActs(
        "A nurse notices that a colleague takes leftover medicine home.",
        ("She tells the head nurse.", "She says nothing."),
        ("honesty", "patient safety"),
        ("loyalty", "loyalty to a colleague"),
        ("beauty", "adventure"),
    ),
    TwoActs(
        "A man finds a wallet full of cash on the bus.",
        ("He hands it to the driver.", "He keeps it."),
        ("honesty", "respect for property"),
        (),
        ("artistic expression", "biodiversity"),
    ),
    TwoActs(
        "A village has water for one more dry month.",
        ("The council forbids the watering of lawns.", "The council lets everyone water their lawns as they please."),
        ("saving water", "care for the common good"),
        ("personal freedom",),
        ("sexual fidelity", "academic honesty"),
        is_plain=False,
    ),
)


@pytest.fixture(scope="module")
def scorer(tmp_path_factory):
    folder = os.environ.get("MORALGRAPH_READER", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("MORALGRAPH_READER names no folder of all-mpnet-base-v2")
    return build_scorer(f"reader:{folder}", Settings(data_dir=tmp_path_factory.mktemp("data")))


def scores_of(scorer, situation, values):
    asked = [ScoreRequest(situation=situation, vrd=Vrd(kind=VrdKind.VALUE, text=value)) for value in values]
    return dict(zip(values, scorer.score(asked), strict=True))


def pulls_of(scorer, situation, values):
    valences = {value: score.valence for value, score in scores_of(scorer, situation, values).items()}
    return {value: valence.supports - valence.opposes for value, valence in valences.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_fitting_values_are_more_relevant_than_unrelated_ones_whatever_the_act(scorer, case):
    for act in case.acts:
        found = scores_of(scorer, f"{case.text} {act}", case.first + case.second + case.unrelated)
        fitting = min(found[value].relevance for value in case.first + case.second)
        assert fitting > max(found[value].relevance for value in case.unrelated)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_value_pulls_more_towards_the_act_that_is_good_for_it(scorer, case):
    first, second = (pulls_of(scorer, f"{case.text} {act}", case.first + case.second) for act in case.acts)
    assert all(first[value] > second[value] for value in case.first)
    assert all(first[value] < second[value] for value in case.second)


@pytest.mark.parametrize("case", [case for case in CASES if case.is_plain], ids=lambda case: case.text)
def test_a_value_supports_the_act_that_is_good_for_it_and_opposes_the_other(scorer, case):
    for act, good, bad in zip(case.acts, (case.first, case.second), (case.second, case.first), strict=True):
        found = pulls_of(scorer, f"{case.text} {act}", good + bad)
        assert [value for value in good if found[value] > 0] == [*good]
        assert [value for value in bad if found[value] < 0] == [*bad]


@pytest.mark.shared
def test_relevance_of_published_statements_reaches_its_measured_figure(scorer, shared_data):
    sets = read_sets(
        shared_data / "dailydilemmas", shared_data / "mge-study", shared_data / "civics" / "civics_dataset.json"
    )
    pairs = sets.statements
    asked = [
        ScoreRequest(situation=situation, vrd=Vrd(kind=VrdKind.VALUE, text=value))
        for situation, value in zip(pairs.situations, pairs.values, strict=True)
    ]
    assert auc(pairs, np.array([one.relevance for one in scorer.score(asked)])) >= LEAST_AUC
