"""What holds for every diverse set, whatever was generated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kaleido import CandidateRules, KindThresholds, NgramBounds, NoValence, ScoreSource, ValueScore, Vrd, VrdKind
from kaleido.candidates import CutReason, thin
from kaleido.likeness_of_words import word_likeness, words_of
from kaleido.readings import ScoredVrd

shares = st.floats(0, 1)
by_kind = st.builds(KindThresholds, value=shares, right=shares, duty=shares)
rules = st.builds(
    CandidateRules,
    min_relevance=by_kind,
    ngram=st.builds(NgramBounds, f1=shares, precision=shares, recall=shares),
    embedding=by_kind,
    across_kinds=st.booleans(),
)
texts = st.lists(st.sampled_from(["honest", "care", "right to", "rest", "a", "friend", "ü", "!"]), min_size=1).map(
    " ".join
)
vrds = st.builds(Vrd, kind=st.sampled_from(VrdKind), text=texts)


@st.composite
def weighed(draw):
    found = draw(st.lists(vrds, unique=True, max_size=9))
    relevances = sorted(draw(st.lists(shares, min_size=len(found), max_size=len(found))), reverse=True)
    source = ScoreSource(checkpoint="made")
    scored = [
        ScoredVrd(v, ValueScore(relevance=r, no_valence=NoValence.UNAVAILABLE, scorer="made", source=source))
        for v, r in zip(found, relevances, strict=True)
    ]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = rng.normal(size=(len(found), 3))
    return scored, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32).reshape(len(found), 3)


@given(weighed(), rules)
def test_every_value_is_kept_or_cut_once_and_the_order_stays(given_values, chosen):
    scored, vectors = given_values
    found = thin(scored, vectors, chosen)
    kept = [one.vrd for one in found.kept]
    gone = [cut.vrd for cut in found.cut]
    assert sorted([*kept, *gone], key=str) == sorted((one.vrd for one in scored), key=str)
    assert kept == [one.vrd for one in scored if one.vrd in set(kept)]


@given(weighed(), rules)
def test_no_two_that_stay_are_alike_and_each_that_went_has_its_reason(given_values, chosen):
    scored, vectors = given_values
    found = thin(scored, vectors, chosen)
    place = {one.vrd: row for row, one in enumerate(scored)}
    kept = [place[one.vrd] for one in found.kept]
    for nth, lower in enumerate(kept):
        assert scored[lower].score.relevance >= chosen.min_relevance.of(scored[lower].vrd.kind)
        for upper in kept[:nth]:
            if chosen.across_kinds or scored[upper].vrd.kind is scored[lower].vrd.kind:
                alike = word_likeness(words_of(scored[upper].vrd.text), words_of(scored[lower].vrd.text))
                assert not alike.exceeds(chosen.ngram)
                bound = chosen.embedding.of(scored[lower].vrd.kind)
                assert float(vectors[lower] @ vectors[upper]) <= bound + 1e-6
    for cut in found.cut:
        assert (cut.kept is None) == (cut.reason is CutReason.RELEVANCE)
        if cut.kept is not None:
            assert place[cut.kept] < place[cut.vrd]


@given(weighed(), rules)
def test_what_is_thinned_out_once_stays_as_it_is(given_values, chosen):
    scored, vectors = given_values
    first = thin(scored, vectors, chosen)
    rows = [row for row, one in enumerate(scored) if one in first.kept]
    again = thin(first.kept, vectors[rows].reshape(len(rows), 3), chosen)
    assert again.kept == first.kept
    assert not again.cut


@given(texts, texts)
def test_likeness_lies_between_nothing_and_one_and_turns_with_its_sides(one, other):
    there = word_likeness(words_of(one), words_of(other))
    back = word_likeness(words_of(other), words_of(one))
    assert (there.f1, there.precision, there.recall) == pytest.approx((back.f1, back.recall, back.precision))
    assert all(0 <= figure <= 1 for figure in there)
