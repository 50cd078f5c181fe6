"""The review queue in words: why a pair is there, and what a model said of it in each order."""

from datetime import UTC, datetime

from domain.cards import CanonicalValue
from domain.chat import ChatFailure, FailureReason
from domain.gathered import PairAnswer, PairOpinion
from domain.judging import ValueJudgement
from domain.people import Source
from graph.card_likeness import DEFAULT_BOUNDS
from services.pair_review import PairInReview, ReviewQueue
from ui.widgets.pair_review import WHY_FAILED, counts, judgement_html, why

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def value(number, title):
    return CanonicalValue(
        id=f"v{number}", study_id="s", number=number, title=title, policies=("MOMENTS of rest",), source=Source.SEED,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def pair(likeness, *, is_borderline=True):
    return PairInReview(value(1, "<b>Rest</b>"), value(2, "Calm"), likeness, is_borderline)


def judged(one, other, opinion):
    return ValueJudgement(
        study_id="s", first_id="v1", second_id="v2", wording="w", likeness=0.5, opinion=opinion, answers=(one, other),
        backend="a model", prompt_id="judge_pair@1", prompt_hashes=("a", "b"), at=NOW,
    )  # fmt: skip


def test_a_pair_says_on_which_side_of_the_cut_it_lies_and_how_far():
    queue = ReviewQueue((), (), DEFAULT_BOUNDS)
    assert "0.49 of 1. That is just above 0.47" in why(pair(0.49), queue)
    assert "just below 0.47" in why(pair(0.45), queue)
    assert "well above 0.47" in why(pair(0.9, is_borderline=False), queue)


def test_both_orders_are_shown_under_the_card_that_came_first_with_every_text_escaped():
    answers = (
        PairAnswer(opinion=PairOpinion.SAME, reason="<img src=x>"),
        PairAnswer(opinion=PairOpinion.DIFFERENT, reason="Not so."),
    )
    html = judgement_html(pair(0.5), judged(*answers, PairOpinion.UNSURE))
    assert "With <em>&lt;b&gt;Rest&lt;/b&gt;</em> first: <strong>the same</strong>. &lt;img src=x&gt;" in html
    assert "With <em>Calm</em> first: <strong>different</strong>. Not so." in html
    assert "depends on which card comes first" in html


def test_every_failure_has_a_sentence_and_is_counted_apart_from_answers():
    assert set(WHY_FAILED) == set(FailureReason)
    failed = PairAnswer(opinion=PairOpinion.FAILED, failure=ChatFailure(reason=FailureReason.TIMEOUT, detail="<x>"))
    one = judged(failed, failed, PairOpinion.FAILED)
    assert '<span title="&lt;x&gt;">It took too long.</span>' in judgement_html(pair(0.5), one)
    assert "0 unsure; 1 failed." in counts(ReviewQueue((pair(0.5)._replace(judgement=one),), (), DEFAULT_BOUNDS))
