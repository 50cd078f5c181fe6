"""The default scorer on texts that its embedder reads the beginning of, or all of."""

import pytest

from backends.fakes import HashEmbedder
from domain.kaleido import ScoreFailureReason, ScoreRequest, Vrd, VrdKind
from domain.protocols import CuttingEmbedder
from kaleido.likeness import AT_ONCE, Curve, LikenessScorer

CURVE = Curve(embedder="hash@1", situation_mean=(), value_mean=(), slope=4.0, intercept=0.1, quality=())
MOST_WORDS = 9
"""The sentence around a value has five of them."""


class BeginningEmbedder(HashEmbedder):
    """Reads the first words of a text alone."""

    def embed(self, texts):
        return super().embed([" ".join(text.split()[:MOST_WORDS]) for text in texts])

    def are_cut(self, texts):
        return [len(text.split()) > MOST_WORDS for text in texts]


def request(n_words, text="Honesty"):
    return ScoreRequest(situation=" ".join(["winter"] * n_words), vrd=Vrd(kind=VrdKind.VALUE, text=text))


@pytest.mark.parametrize(("n_words", "is_shortened"), [(1, False), (9, False), (10, True), (500, True)])
def test_a_situation_is_marked_exactly_where_the_embedder_leaves_out_its_end(n_words, is_shortened):
    (score,) = LikenessScorer(BeginningEmbedder(), CURVE).score([request(n_words)])
    assert score.is_shortened == is_shortened


def test_an_embedder_that_reads_all_of_a_text_marks_none():
    assert not isinstance(HashEmbedder(), CuttingEmbedder)
    (score,) = LikenessScorer(HashEmbedder(), CURVE).score([request(5000)])
    assert not score.is_shortened


def test_a_value_that_the_embedder_would_cut_has_no_score_and_a_reason_each_time_it_comes():
    long = "to keep a promise to a friend"
    found = LikenessScorer(BeginningEmbedder(), CURVE).score([request(1, text) for text in [long, "Care"] * AT_ONCE])
    assert {one.reason for one in found[::2]} == {ScoreFailureReason.TOO_LONG}
    assert len({one.relevance for one in found[1::2]}) == 1
