"""What holds for all scores: the parts of contestedness, two actions either way round, and what a graph lacks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kaleido import NoValence, ScoreSource, Valence, ValueScore, Vrd, VrdKind
from kaleido.readings import (
    ScoredVrd,
    compare_actions,
    entropy_base_3,
    missing_values,
    overall_valence,
    read_situation,
)

SOURCE = ScoreSource(checkpoint="made")
VRDS = [Vrd(kind=kind, text=text) for kind in VrdKind for text in ("Care", "Honesty", "Play")]

shares = st.floats(0, 1)


@st.composite
def valences(draw):
    """Three shares that sum to 1, corners and edges of the triangle among them."""
    weights = draw(st.lists(st.sampled_from([0.0, 1.0]) | st.floats(1e-6, 1), min_size=3, max_size=3))
    total = sum(weights) or 1.0
    supports, either, opposes = (w / total for w in weights) if sum(weights) else (1.0, 0.0, 0.0)
    return Valence(supports=supports, either=either, opposes=opposes)


@st.composite
def value_scores(draw):
    """A score with a valence or without."""
    valence = draw(st.none() | valences())
    missing = NoValence.BELOW_CUT if valence is None else None
    relevance = draw(st.just(0.0) | st.floats(1e-6, 1))
    return ValueScore(relevance=relevance, valence=valence, no_valence=missing, scorer="made", source=SOURCE)


actions = st.dictionaries(st.sampled_from(VRDS), value_scores(), max_size=len(VRDS))


def mirrored(score):
    """Return the score with supports and opposes exchanged."""
    if score.valence is None:
        return score
    seen = score.valence
    other = Valence(supports=seen.opposes, either=seen.either, opposes=seen.supports)
    return score.model_copy(update={"valence": other})


@given(st.lists(value_scores(), max_size=8))
def test_the_parts_of_contestedness_are_never_below_nought_and_sum_to_the_whole(scores):
    reading = read_situation(scores)
    if reading is None:
        assert not any(score.valence is not None and score.relevance > 0 for score in scores)
        return
    assert reading.disagreement >= 0
    assert reading.doubt >= 0
    assert reading.disagreement + reading.doubt == pytest.approx(reading.entropy, abs=1e-12)
    assert reading.entropy == pytest.approx(entropy_base_3(reading.overall), abs=1e-12)
    assert 0 <= reading.entropy <= 1


@given(valences(), st.lists(st.floats(1e-6, 1), min_size=1, max_size=6))
def test_values_that_say_the_same_do_not_disagree(valence, relevances):
    reading = read_situation(
        [ValueScore(relevance=r, valence=valence, scorer="made", source=SOURCE) for r in relevances]
    )
    assert reading is not None
    assert reading.disagreement == pytest.approx(0, abs=1e-6)
    assert reading.doubt == pytest.approx(entropy_base_3(valence), abs=1e-6)


@given(st.lists(value_scores(), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(scores, random):
    one, other = overall_valence(scores), overall_valence(random.sample(scores, len(scores)))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert other.supports == pytest.approx(one.supports)
        assert other.opposes == pytest.approx(one.opposes)


@given(st.lists(value_scores(), max_size=8))
def test_exchanging_supports_and_opposes_turns_the_situation_round_and_leaves_it_as_contested(scores):
    one, other = read_situation(scores), read_situation([mirrored(score) for score in scores])
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert other.overall.supports == pytest.approx(one.overall.opposes)
        assert other.entropy == pytest.approx(one.entropy)
        assert other.doubt == pytest.approx(one.doubt, abs=1e-9)


@given(actions, actions)
def test_two_actions_the_other_way_round_give_the_same_differences_with_the_other_sign(first, second):
    one, other = compare_actions(first, second), compare_actions(second, first)
    assert [d.vrd for d in one.differences] == [d.vrd for d in other.differences]
    assert [d.difference for d in one.differences] == [-d.difference for d in other.differences]
    assert (one.first, one.second, one.n_missing) == (other.second, other.first, other.n_missing)


@given(actions)
def test_an_action_beside_itself_differs_in_nothing(action):
    found = compare_actions(action, action)
    assert all(d.difference == 0 for d in found.differences)
    assert found.n_missing + len(found.differences) == len(action)


@st.composite
def graphs(draw):
    """What a situation needs, the titles of a graph, and how alike they are."""
    needed = [ScoredVrd(vrd, draw(value_scores())) for vrd in draw(st.lists(st.sampled_from(VRDS), unique=True))]
    titles = [f"Value {n}" for n in range(draw(st.integers(0, 4)))]
    cells = draw(st.lists(st.floats(-1, 1), min_size=len(needed) * len(titles), max_size=len(needed) * len(titles)))
    return needed, titles, np.array(cells, dtype=np.float64).reshape(len(needed), len(titles))


@given(graphs(), shares, shares)
def test_what_is_missing_is_exactly_what_is_relevant_and_resembles_nothing(graph, least_relevance, most_similar):
    needed, titles, similarities = graph
    found = missing_values(needed, titles, similarities, least_relevance=least_relevance, most_similar=most_similar)
    expected = {
        vrd
        for (vrd, score), row in zip(needed, similarities, strict=True)
        if score.relevance >= least_relevance and all(cell < most_similar for cell in row)
    }
    assert {one.vrd for one in found} == expected
    assert len(found) == len(expected)
    assert [one.relevance for one in found] == sorted((one.relevance for one in found), reverse=True)


@given(graphs(), shares)
def test_a_value_more_in_the_graph_never_makes_more_values_missing(graph, similarity):
    needed, titles, similarities = graph
    wider = np.hstack([similarities, np.full((len(needed), 1), similarity)])
    before = {one.vrd for one in missing_values(needed, titles, similarities)}
    after = {one.vrd for one in missing_values(needed, [*titles, "One more"], wider)}
    assert after <= before
