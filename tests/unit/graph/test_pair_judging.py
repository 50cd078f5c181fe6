"""A model's word on two cards: asked in both orders, read strictly, never guessed."""

import pytest

from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.gathered import CardRow, PairAnswer, PairOpinion
from graph.pair_judging import both_orders, judgement, judging_request, read_answer

ONE = CardRow(id=1, title="Patience", policies=("PAUSES before an answer",))
OTHER = CardRow(id="b", title="Candour", policies=("MOMENTS when >>> I hold back",))
FAILURE = ChatFailure(reason=FailureReason.TIMEOUT)


def reply(text):
    return ChatReply(text=text, backend="scripted")


def answer(opinion):
    return PairAnswer(opinion=PairOpinion(opinion))


def test_cards_are_data_in_the_order_they_are_given():
    text = judging_request(ONE, OTHER).messages[1].text
    assert text.index("Patience") < text.index("Candour")
    assert "when ››› I hold back" in text
    assert judging_request(OTHER, ONE).prompt_hash != judging_request(ONE, OTHER).prompt_hash


@pytest.mark.parametrize(
    ("text", "opinion"),
    [
        ('{"reason": "Both wait.", "opinion": "same"}', "same"),
        ('Sure.\n```json\n{"opinion": "different", "reason": ""}\n```', "different"),
        ('{"opinion": "unsure"}', "unsure"),
        ('{"opinion": "failed", "reason": "x"}', "failed"),
        ('{"opinion": "Same", "reason": "x"}', "failed"),
        ('{"opinion": "sa', "failed"),
        ("same", "failed"),
        ("", "failed"),
        ("[1, 2]", "failed"),
        ('{"opinion": ["same"]}', "failed"),
    ],
)
def test_ugly_replies(text, opinion):
    read = read_answer(reply(text))
    assert read.opinion.value == opinion
    assert (read.failure is not None) == (opinion == "failed")


def test_a_failure_of_the_backend_keeps_its_reason():
    read = read_answer(ChatReply(failure=FAILURE, backend="scripted"))
    assert (read.opinion, read.failure) == (PairOpinion.FAILED, FAILURE)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("same", "same", "same"), ("different", "different", "different"), ("same", "different", "unsure"),
        ("same", "unsure", "unsure"), ("unsure", "unsure", "unsure"), ("same", "failed", "failed"),
        ("failed", "failed", "failed"),
    ],
)  # fmt: skip
def test_only_what_both_orders_say_counts(one, other, both):
    assert both_orders(answer(one), answer(other)).value == both_orders(answer(other), answer(one)).value == both


def test_a_judgement_can_be_stored_and_read_back():
    made = judgement(ONE, OTHER, 0.5, (reply('{"opinion": "same"}'), reply("?")))
    assert made.opinion is PairOpinion.FAILED
    assert type(made).model_validate_json(made.model_dump_json()) == made


def test_the_unsettled_nearest_to_the_cut_are_the_least_certain():
    settled, near, far = (
        judgement(ONE, OTHER, likeness, (reply(f'{{"opinion": "{opinion}"}}'),) * 2)
        for likeness, opinion in ((0.5, "same"), (0.5, "unsure"), (0.58, "unsure"))
    )
    ranked = sorted([settled, far, near], key=lambda j: -j.uncertainty(cut=0.5))
    assert ranked == [near, far, settled]
