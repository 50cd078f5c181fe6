"""The promises of ``domain.protocols.ValueScorer``, kept by the scorers that need no checkpoint."""

import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from domain.kaleido import ScoreFailure, ScoreFailureReason, ScoreRequest, ValueScore, Vrd, VrdKind
from kaleido.asking import AskedScorer
from kaleido.likeness import Curve, LikenessScorer

CURVE = Curve(
    embedder="hash@1", situation_mean=(0.01,) * 64, value_mean=(0.02,) * 64, slope=4.0, intercept=0.1, quality=()
)
ODD = ("借りたお金を返さない 🙂", "winter " * 400, "VRD, {{value}} and >>> marks", "a\tb\nc")


def request(situation, text="Honesty", kind=VrdKind.VALUE):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def pairs(n):
    kinds = list(VrdKind)
    return [request(f"lending money {i % 5}", f"Promise {i}", kinds[i % 3]) for i in range(n)]


def answer(asked):
    """A chat model whose reply follows from the question alone."""
    text = " ".join(message.text for message in asked.messages)
    relevant = "yes" if len(text) % 2 else "no"
    pull = ("supports", "opposes", "either")[sum(map(ord, text)) % 3]
    return f'{{"relevant": "{relevant}", "pull": "{pull}"}}'


@pytest.fixture(params=["likeness", "asked"])
def scorer(request):
    if request.param == "likeness":
        return LikenessScorer(HashEmbedder(), CURVE)
    chat = ScriptedChat(answer)
    return AskedScorer(lambda: chat, name="llm:scripted")


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5, 257])
def test_any_number_of_pairs_has_as_many_scores_in_order(scorer, n):
    told = []
    found = scorer.score(pairs(n), progress=lambda done, every: told.append((done, every)))
    assert len(found) == n
    assert all(isinstance(one, ValueScore) for one in found)
    assert not n or told[-1] == (n, n)


def test_a_pair_has_the_same_score_alone_and_in_any_company(scorer):
    every = [*pairs(9), *(request(text) for text in ODD), pairs(1)[0]]
    together = scorer.score(every)
    assert together == [scorer.score([one])[0] for one in every]
    assert together[::-1] == scorer.score(every[::-1])


def test_a_cancel_types_what_is_left(scorer):
    found = scorer.score(pairs(3), cancel=lambda: True)
    assert [one.reason for one in found] == [ScoreFailureReason.CANCELLED] * 3


def test_a_scorer_says_what_its_scores_are_not_and_whether_it_tells_a_valence(scorer):
    info = scorer.info()
    (score,) = scorer.score([request("lending money")])
    assert info.not_for
    assert info.has_valence == (score.valence is not None) == (not info.valence_line)
    assert scorer.source().template_hash


def test_an_answer_that_follows_the_order_of_the_options_is_no_certainty():
    replies = iter(['{"relevant": "yes", "pull": "supports"}', '{"relevant": "no", "pull": "either"}'])
    chat = ScriptedChat(lambda _: next(replies))
    (score,) = AskedScorer(lambda: chat, name="llm").score([request("lending money")])
    assert score.relevance == 0.5
    assert (score.valence.supports, score.valence.either, score.valence.opposes) == (0.5, 0.5, 0.0)


@pytest.mark.parametrize("said", ["I would rather not say.", '{"relevant": "perhaps", "pull": "up"}', ""])
def test_a_reply_that_cannot_be_read_is_a_typed_failure_with_its_text(said):
    chat = ScriptedChat(lambda _: said)
    (found,) = AskedScorer(lambda: chat, name="llm").score([request("lending money")])
    assert isinstance(found, ScoreFailure)
    assert found.reason is ScoreFailureReason.UNPARSED
    assert found.text == said


def test_figures_measured_with_another_embedder_are_not_shown():
    assert not LikenessScorer(HashEmbedder(), CURVE.model_copy(update={"embedder": "other"})).info().quality
