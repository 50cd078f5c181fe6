"""What scores say together, at the edge of what numbers can hold."""

import pytest

from domain.kaleido import ScoreSource, Valence, ValueScore
from kaleido.readings import overall_valence, read_situation

TINIEST = 5e-324
SPLIT = Valence(supports=0.3, either=0.4, opposes=0.3)
SURE = Valence(supports=1, either=0, opposes=0)


def score(relevance, valence=SPLIT):
    return ValueScore(relevance=relevance, valence=valence, scorer="made", source=ScoreSource(checkpoint="made"))


@pytest.mark.parametrize("scores", [[], [score(0.0)], [score(TINIEST)], [score(TINIEST), score(0.0, SURE)]])
def test_relevances_that_leave_nothing_to_weigh_give_no_reading(scores):
    assert overall_valence(scores) is None
    assert read_situation(scores) is None


@pytest.mark.parametrize("relevance", [TINIEST, 1e-300, 1.0])
def test_a_single_sure_value_is_read_however_small_its_relevance(relevance):
    reading = read_situation([score(relevance, SURE)])
    assert reading.overall == SURE
    assert (reading.entropy, reading.n_values) == (0, 1)


def test_a_value_of_next_to_no_relevance_changes_nothing_beside_a_relevant_one():
    assert overall_valence([score(TINIEST), score(0.9, SURE)]) == SURE
