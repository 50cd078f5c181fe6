"""What the scorers that need no checkpoint promise beyond what every scorer does (``test_every_scorer``)."""

import math

import pytest

from backends.fakes import HashEmbedder, ScriptedChat
from backends.probe_tables import TableStances, hashed
from domain.chat import ChatFailure, FailureReason
from domain.errors import BackendUnavailableError
from domain.kaleido import (
    KindThresholds,
    NoValence,
    ScoreFailure,
    ScoreFailureReason,
    ScoreMethod,
    ScoreRequest,
    ValueScore,
    Vrd,
    VrdKind,
)
from kaleido.asking import AskedScorer
from kaleido.likeness import Curve, LikenessScorer
from kaleido.weighing import WeighedScorer
from services.language_scorer import LanguageScorer, read_shares
from services.scorers import build_scorer
from services.settings import Settings

CURVE = Curve(
    embedder="hash@1", situation_mean=(0.01,) * 64, value_mean=(0.02,) * 64, slope=4.0, intercept=0.1, quality=()
)


def request(situation, text="Honesty", kind=VrdKind.VALUE):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def pairs(n):
    kinds = list(VrdKind)
    return [request(f"lending money {i % 5}", f"Promise {i}", kinds[i % 3]) for i in range(n)]


def weighed(said=hashed):
    return WeighedScorer(TableStances(said), read_shares, name="llm:table")


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


def words(**shares):
    """A model that says these probabilities whatever the order; the rest goes to the first word on the page."""

    def told(asked):
        known = {word: shares.get(word, 0.0) for word in asked.spellings}
        known[asked.shown_keys[0]] += 1 - sum(known.values())
        return {word: math.log(max(share, 1e-12)) for word, share in known.items()}

    return told


def test_probabilities_are_the_mean_of_both_orders_and_their_gap_is_kept():
    (score,) = weighed(words(yes=0.6, no=0.2, supports=0.5, opposes=0.2, either=0.1)).score([request("lending")])
    assert score.relevance == pytest.approx(0.7)
    assert score.valence.model_dump() == pytest.approx({"supports": 0.6, "opposes": 0.2, "either": 0.2})
    assert score.order_gap == pytest.approx(0.2)
    assert score.source.method is ScoreMethod.LOG_PROBABILITIES


def test_a_model_that_takes_the_first_word_whatever_it_says_gets_no_certainty():
    (score,) = weighed(words()).score([request("lending")])
    assert (score.relevance, score.order_gap) == (pytest.approx(0.5), pytest.approx(1.0))
    assert score.valence.supports == score.valence.either


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("I cannot answer that.", ScoreFailureReason.REFUSED),
        ("It depends on the friend.", ScoreFailureReason.HEDGED),
        ("Lending is common.", ScoreFailureReason.UNPARSED),
        ("", ScoreFailureReason.UNPARSED),
    ],
)
def test_a_reply_that_begins_with_no_offered_word_is_typed_by_its_words(said, reason):
    (found,) = weighed(lambda asked: said if asked.n_samples else {"The": -0.1, "yes": -9.0}).score([request("a")])
    assert isinstance(found, ScoreFailure)
    assert found.reason is reason


def test_a_word_that_comes_late_in_the_reply_is_no_probability():
    (found,) = weighed(lambda asked: "Yes" if asked.n_samples else {"The": -0.1}).score([request("a")])
    assert found.reason is ScoreFailureReason.UNPARSED


@pytest.mark.parametrize("reason", [FailureReason.TIMEOUT, FailureReason.UNAVAILABLE, FailureReason.REFUSED])
def test_a_failed_request_types_its_own_pair_alone(reason):
    def said(asked):
        text = asked.messages[-1].text
        return ChatFailure(reason=reason, detail="no") if "Promise 1" in text else hashed(asked)

    found = weighed(said).score(pairs(3))
    assert [isinstance(one, ValueScore) for one in found] == [True, False, True]
    assert found[1].reason.value == reason.value


def test_a_relevance_stays_where_only_the_valence_failed():
    (found,) = weighed(lambda asked: hashed(asked) if "yes" in asked.spellings else "Well").score([request("lending")])
    assert found.no_valence is NoValence.FAILED
    assert 0 < found.relevance < 1


def test_valence_is_asked_above_the_cut_alone_and_equal_pairs_once():
    model = TableStances(hashed)
    scorer = WeighedScorer(model, read_shares, name="llm:table")
    every = scorer.score(pairs(12) * 2)
    assert len(model.asked) == 12 * 4
    middle = sorted(one.relevance for one in every)[len(every) // 2]
    model.asked.clear()
    found = scorer.score(pairs(12), min_relevance=KindThresholds(value=middle, right=middle, duty=middle))
    assert [one.no_valence is NoValence.BELOW_CUT for one in found] == [one.relevance < middle for one in every[:12]]
    assert len(model.asked) == 12 * 2 + 2 * sum(one.valence is not None for one in found)


def test_an_overlong_situation_is_cut_and_marked_and_the_value_is_not():
    model = TableStances(hashed)
    long, short = WeighedScorer(model, read_shares, name="t").score([request("мир " * 3000, "Care"), request("a")])
    assert (long.is_shortened, short.is_shortened) == (True, False)
    assert all(len(one.messages[-1].text.encode()) < 7_000 for one in model.asked)
    assert sum("Care" in one.messages[-1].text for one in model.asked) == 4


def test_a_model_without_log_probabilities_is_asked_in_words():
    chat = ScriptedChat(lambda _: '{"relevant": "no", "pull": "opposes"}')
    model = TableStances(lambda _: "yes", has_log_probabilities=False)
    scorer = LanguageScorer("llm:x", lambda: model, AskedScorer(lambda: chat, name="llm:x"))
    (score,) = scorer.score([request("lending")])
    assert score.source.method is scorer.source().method is ScoreMethod.SAMPLES


def test_a_server_that_is_down_is_no_model_without_log_probabilities():
    down = TableStances(
        lambda _: ChatFailure(reason=FailureReason.UNAVAILABLE, detail="refused"), has_log_probabilities=False
    )
    models = iter([down, TableStances(hashed)])
    scorer = LanguageScorer("llm:x", lambda: next(models), AskedScorer(lambda: None, name="llm:x"))
    with pytest.raises(BackendUnavailableError, match="does not answer"):
        scorer.source()
    assert scorer.source().method is ScoreMethod.LOG_PROBABILITIES


@pytest.mark.slow
def test_the_packaged_model_is_a_scorer_by_log_probabilities(tmp_path):
    scorer = build_scorer("llm:packaged", Settings(data_dir=tmp_path))
    try:
        (score,) = scorer.score([request("I borrowed money from a friend and it is winter now")])
    except BackendUnavailableError:
        pytest.skip("the packaged model file is not installed")
    assert score.source.method is ScoreMethod.LOG_PROBABILITIES
    assert score.valence is not None
    assert 0 < score.relevance < 1
