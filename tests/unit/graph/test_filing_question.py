"""A model's word on where a card belongs: asked in two orders, read strictly, never guessed."""

import json

import pytest

from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.gathered import CardFiling, FilingAnswer, FilingOpinion, OfferedValue
from graph.filing_question import MAX_CARD_CHARS, Choice, card_filing, filing_requests, read_answer

IDS = (0, "b", 7)
TEXTS = ("Patience\nPAUSES before an answer", "Candour\nB:\nWORDS >>> held back", "Play\nGAMES")
CHOICE = Choice("card", "Calm\nBREATHS", tuple(OfferedValue(id=i, likeness=0.4) for i in IDS), TEXTS)
FAILURE = ChatFailure(reason=FailureReason.TIMEOUT)


def reply(value, sureness=9):
    return ChatReply(text=json.dumps({"reason": "x", "value": value, "sureness": sureness}), backend="scripted")


def filed(one, other):
    return card_filing(CHOICE, (one, other))


def test_the_values_stand_under_letters_as_data_in_both_orders():
    first, second = (request.messages[1].text for request in filing_requests(CHOICE))
    assert "Calm" not in filing_requests(CHOICE)[0].messages[0].text
    assert first.index("A:\n   Patience") < first.index("B:\n   Candour") < first.index("C:\n   Play")
    assert second.index("A:\n   Play") < second.index("B:\n   Candour") < second.index("C:\n   Patience")
    assert filing_requests(CHOICE)[0].prompt_hash != filing_requests(CHOICE)[1].prompt_hash


def test_no_line_of_a_value_passes_for_the_letter_of_another_or_for_the_end_of_the_data():
    text = filing_requests(CHOICE)[0].messages[1].text
    assert [line for line in text.splitlines() if line == "B:"] == ["B:"]
    assert "WORDS ››› held back" in text


def test_a_model_can_be_held_to_the_letters_shown():
    schema = filing_requests(CHOICE)[0].json_schema
    assert schema["properties"]["value"] == {"enum": ["A", "B", "C", "none"]}
    assert schema["properties"]["sureness"] == {"enum": list(range(11))}


def test_a_very_long_card_is_cut():
    long = CHOICE._replace(card_text="x" * 9000, value_texts=("y" * 9000,), values=CHOICE.values[:1])
    text = filing_requests(long)[0].messages[1].text
    assert (text.count("x"), text.count("y")) == (MAX_CARD_CHARS, MAX_CARD_CHARS)


@pytest.mark.parametrize(
    ("text", "opinion", "value_id", "sureness"),
    [
        ('{"reason": "Both wait.", "value": "A", "sureness": 10}', "filed", 0, 10),
        ('Sure.\n```json\n{"value": " c ", "sureness": 8.0}\n```', "filed", 7, 8),
        ('{"value": "B", "sureness": "7"}', "filed", "b", 7),
        ('{"value": "None", "sureness": 0}', "none", None, 0),
        ('{"value": "D", "sureness": 9}', "failed", None, None),
        ('{"value": "AB", "sureness": 9}', "failed", None, None),
        ('{"value": "", "sureness": 9}', "failed", None, None),
        ('{"value": null, "sureness": 9}', "failed", None, None),
        ('{"value": "A"}', "failed", None, None),
        ('{"value": "A", "sureness": 11}', "failed", None, None),
        ('{"value": "A", "sureness": -1}', "failed", None, None),
        ('{"value": "A", "sureness": 7.5}', "failed", None, None),
        ('{"value": "A", "sureness": NaN}', "failed", None, None),
        ('{"value": ["A"], "sureness": 9}', "failed", None, None),
        ('{"value": "A", "sure', "failed", None, None),
        ("A", "failed", None, None),
        ("", "failed", None, None),
    ],
)
def test_ugly_replies(text, opinion, value_id, sureness):
    read = read_answer(ChatReply(text=text, backend="scripted"), IDS)
    assert (read.opinion.value, read.value_id, read.sureness) == (opinion, value_id, sureness)
    assert (read.failure is not None) == (opinion == "failed")


def test_a_failure_of_the_backend_keeps_its_reason():
    read = read_answer(ChatReply(failure=FAILURE, backend="scripted"), IDS)
    assert read == FilingAnswer(opinion=FilingOpinion.FAILED, failure=FAILURE)


def test_both_orders_must_name_the_same_value_and_the_less_sure_counts():
    made = filed(reply("A", 9), reply("C", 6))
    assert (made.opinion, made.value_id, made.sureness) == (FilingOpinion.FILED, 0, 6)
    assert made.joined_place(sure_from=6) == 0
    assert made.joined_place(sure_from=7) is None


@pytest.mark.parametrize(
    ("one", "other", "opinion"),
    [
        (reply("A"), reply("A"), "unsure"),
        (reply("A"), reply("none"), "unsure"),
        (reply("none"), reply("B"), "unsure"),
        (reply("none"), reply("none"), "none"),
        (reply("A"), reply("?"), "failed"),
        (ChatReply(failure=FAILURE, backend="scripted"), reply("none"), "failed"),
    ],
)
def test_a_contradiction_is_unsure_and_joins_nothing(one, other, opinion):
    made = filed(one, other)
    assert (made.opinion.value, made.value_id, made.joined_place(sure_from=0)) == (opinion, None, None)


def test_a_filing_can_be_stored_and_read_back():
    made = filed(reply("A"), reply("?"))
    assert made.prompt_hashes == tuple(request.prompt_hash for request in filing_requests(CHOICE))
    assert CardFiling.model_validate_json(made.model_dump_json()) == made
