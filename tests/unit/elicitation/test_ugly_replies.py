"""Ugly replies of a language model: each is a question, a card or a typed failure, never an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import CardText, Origin
from domain.chat import ChatFailure, ChatReply, FailureReason
from elicitation.prompting import prompts
from elicitation.replies import (
    MAX_LINES,
    MAX_QUESTION_CHARS,
    as_line,
    leaks,
    read_critique,
    read_draft,
    read_json,
    read_question,
)
from elicitation.states import Exchange, InterviewState, Topic

GOOD = "You wrote “she grew quiet”. What did you notice then?"
EARLIER = "When you choose well in such things, what do you look out for?"
ANSWERS = (
    "My sister grew quiet at dinner and I noticed that her hands were shaking.",
    "I look for the pause before she answers.",
)
LEAK = " ".join(prompts()["word_question"].instruction.split()[:14])
STATE = InterviewState(
    subject="How to help?",
    exchanges=(
        Exchange(topic=Topic.STORY_OPEN, question=EARLIER, answer=ANSWERS[0]),
        Exchange(topic=Topic.NOTICED),
    ),
)


def asked(text, *, similarity=lambda one, other: 0.0):
    return read_question(text, state=STATE, similarity=similarity)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"  {GOOD}\n\n",
        f"```\n{GOOD}\n```",
        f"```text\n{GOOD}```",
        f'"{GOOD}"',
        f"Question: {GOOD}",
        f"Next question - {GOOD}",
        f"Q2: {GOOD}",
        f"Wonderful! {GOOD}",
        f"Great. {GOOD}",
        f"That’s wonderful. {GOOD}",
        GOOD.replace(" ", "\n"),
        GOOD.replace("quiet", "quiet\x00\u202e"),
        GOOD.replace("then", "then\ud800"),
    ],
)
def test_a_good_question_is_found_under_what_stands_around_it(text):
    assert asked(text) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "当她沉默的时候，你注意到了什么？",
        "ماذا لاحظت في تلك اللحظة؟",
        "Worauf hast du in diesem Moment geachtet?",
        "When you try to decide, what do you look at?",
        "What did the other person's face tell you?",
        "Why?",
    ],
)
def test_a_question_in_any_script_or_wording_is_taken(text):
    assert asked(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", FailureReason.EMPTY),
        (" \n\t ", FailureReason.EMPTY),
        ("```\n```", FailureReason.EMPTY),
        ("?", FailureReason.EMPTY),
        ("\x00\x07?", FailureReason.EMPTY),
        ("...?", FailureReason.EMPTY),
        ("🙂?", FailureReason.EMPTY),
        ("\ud800", FailureReason.EMPTY),
        ("I see. Tell me more.", FailureReason.OFF_PROTOCOL),
        ("What did you see? And what did you hear?", FailureReason.OFF_PROTOCOL),
        ("What did you see?? ", FailureReason.OFF_PROTOCOL),
        ("你看到了什么？你听到了什么？", FailureReason.OFF_PROTOCOL),
        ("What did you notice about " + "her hands and " * 30 + "her face?", FailureReason.OFF_PROTOCOL),
        ("你" * 200 + "？", FailureReason.OFF_PROTOCOL),
        ("a" * MAX_QUESTION_CHARS + "?", FailureReason.OFF_PROTOCOL),
        ("You should speak to her first. What did you notice?", FailureReason.OFF_PROTOCOL),
        ("Try to stay calm. What did you notice?", FailureReason.OFF_PROTOCOL),
        ("Please try to remember: what did you notice?", FailureReason.OFF_PROTOCOL),
        ("I’d suggest to wait; what did you notice?", FailureReason.OFF_PROTOCOL),
        ("As an AI I have no sister, but what did you notice?", FailureReason.OFF_PROTOCOL),
        ("What did the participant notice then?", FailureReason.OFF_PROTOCOL),
        ("What did the person notice then?", FailureReason.OFF_PROTOCOL),
        (LEAK + "?", FailureReason.OFF_PROTOCOL),
        (EARLIER, FailureReason.REPEATED),
        (EARLIER.upper(), FailureReason.REPEATED),
        ("When you choose well in such things, what do you look for?", FailureReason.REPEATED),
    ],
)
def test_an_ugly_question_is_a_failure_with_its_reason(text, reason):
    found = asked(text)
    assert isinstance(found, ChatFailure)
    assert found.reason is reason
    assert found.detail


def test_only_the_first_flattering_sentence_goes():
    kept = "You wrote “her hands”. What did you see there?"
    assert asked(f"What a story! {kept}") == kept


def test_a_question_that_means_the_same_as_an_earlier_one_is_refused():
    found = asked(GOOD, similarity=lambda one, other: 0.95)
    assert found.reason is FailureReason.REPEATED


def test_the_open_question_is_no_earlier_one():
    state = STATE.model_copy(update={"exchanges": (Exchange(topic=Topic.NOTICED, question=GOOD),)})
    assert read_question(GOOD, state=state, similarity=lambda one, other: 1.0) == GOOD


@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_gives_a_question_or_a_failure(text):
    found = asked(text)
    assert isinstance(found, str | ChatFailure)
    assert isinstance(asked(f"{text}?"), str | ChatFailure)


# ----- drafts

CARD = {
    "title": "Quiet hands",
    "gist": "I look for the pause before she answers.",
    "policies": ["MOMENTS when her hands were shaking", "THE PAUSE before she answers"],
}


def drafted(text, answers=ANSWERS):
    return read_draft(ChatReply(text=text, backend="b"), answers=answers)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CARD),
        f"```json\n{json.dumps(CARD, indent=2)}\n```",
        f"Here is the card:\n{json.dumps(CARD)}\nI hope it helps.",
        json.dumps(CARD)[:-2] + ",]}",
        json.dumps({**CARD, "confidence": 0.9, "policies": [*CARD["policies"], "", "  ", CARD["policies"][0]]}),
        json.dumps({**CARD, "policies": [f"- {line}." for line in CARD["policies"]]}),
        json.dumps({**CARD, "policies": [f"1. {line}" for line in CARD["policies"]]}),
    ],
)
def test_a_good_draft_is_found_under_what_stands_around_it(text):
    card = drafted(text)
    assert isinstance(card, CardText)
    assert card.policy_texts() == tuple(CARD["policies"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", FailureReason.UNPARSED),
        ("I cannot help with that.", FailureReason.UNPARSED),
        (json.dumps(CARD)[:-20], FailureReason.UNPARSED),
        ("```json\n{\n```", FailureReason.UNPARSED),
        ("}{", FailureReason.UNPARSED),
        ("[]", FailureReason.UNPARSED),
        ("{}", FailureReason.UNPARSED),
        ("{" * 100_000 + "}" * 100_000, FailureReason.UNPARSED),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, FailureReason.UNPARSED),
        ('{"title": ' + "1" * 5000 + "}", FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": 7}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": None}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": "  "}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": "\x07"}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": "\ud800"}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "title": "x" * 500}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "gist": "x" * 700}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": "one line"}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": []}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": ["", " "]}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": [{"text": "LINE"}]}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": ["x" * 500]}), FailureReason.UNPARSED),
        (json.dumps({**CARD, "policies": [LEAK]}), FailureReason.OFF_PROTOCOL),
        (json.dumps({**CARD, "gist": LEAK}), FailureReason.OFF_PROTOCOL),
        (json.dumps({**CARD, "title": LEAK}), FailureReason.OFF_PROTOCOL),
    ],
)
def test_an_ugly_draft_is_a_failure_with_its_reason(text, reason):
    found = drafted(text)
    assert isinstance(found, ChatFailure)
    assert found.reason is reason
    assert found.text == text


def test_a_failure_of_the_model_stays_what_it_was():
    failure = ChatFailure(reason=FailureReason.CUT_OFF, text="{")
    reply = ChatReply(text="{", failure=failure, backend="b")
    assert read_draft(reply, answers=ANSWERS) is failure
    assert read_critique(reply) is failure


def test_words_of_the_person_and_words_of_the_machine_are_told_apart():
    card = drafted(json.dumps({**CARD, "title": "Family harmony", "policies": ["HER HANDS shaking", "DOGS that bark"]}))
    assert [policy.origin for policy in card.policies] == [Origin.OWN, Origin.MACHINE]
    assert card.title_origin is Origin.MACHINE
    assert card.gist_origin is Origin.OWN


def test_far_too_many_lines_are_cut_to_a_card():
    many = [f"SIGNS of thing number {n}" for n in range(40)]
    assert len(drafted(json.dumps({**CARD, "policies": many})).policies) == MAX_LINES


def test_rules_and_goals_of_the_model_are_left_out_where_other_lines_remain():
    kept = drafted(json.dumps({**CARD, "policies": ["PEOPLE should be honest", *CARD["policies"]]}))
    assert kept.policy_texts() == tuple(CARD["policies"])
    alone = drafted(json.dumps({**CARD, "policies": ["PEOPLE should be honest"]}))
    assert alone.policy_texts() == ("PEOPLE should be honest",)
    own = drafted(json.dumps({**CARD, "policies": ["SHE should laugh"]}), answers=("she should laugh",))
    assert own.policies[0].origin is Origin.OWN


@pytest.mark.parametrize(
    ("line", "tidy"),
    [
        ("The person notices how her hands shake, which can indicate honesty.", "SIGNS of how her hands shake"),
        ("They look for the pause before an answer", "PAUSE before an answer"),
        ("- 1. CHANGES in her voice", "CHANGES in her voice"),
        ('"THE TONE of voice"', "THE TONE of voice"),
        ("HER HANDS, showing that she is afraid", "HER HANDS"),
        ("", ""),
        ("•", ""),
    ],
)
def test_a_line_of_a_model_gets_the_form_of_a_card(line, tidy):
    assert as_line(line) == tidy


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_any_text_gives_a_card_or_a_failure(text):
    assert isinstance(drafted(text), CardText | ChatFailure)
    inside = json.dumps({"title": text, "gist": text, "policies": [text, text[::-1]]})
    card = drafted(inside)
    if isinstance(card, CardText):
        assert card.title.strip()
        assert all(line.strip() for line in card.policy_texts())
    else:
        assert isinstance(card, ChatFailure)
    assert isinstance(read_critique(ChatReply(text=text, backend="b")), str | ChatFailure)


# ----- critiques


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"is_good": true, "fault": ""}', ""),
        ('{"is_good": true, "fault": "none"}', ""),
        ('{"is_good": false, "fault": "The second line is a rule."}', "The second line is a rule."),
        ('```json\n{"is_good": false, "fault": "Twice the same.",}\n```', "Twice the same."),
    ],
)
def test_a_critique_names_the_fault_or_none(text, fault):
    assert read_critique(ChatReply(text=text, backend="b")) == fault


@pytest.mark.parametrize(
    "text", ["", "good", '{"fault": "x"}', '{"is_good": "perhaps"}', '{"is_good": null}', '{"is_good": NaN}', "{"]
)
def test_a_critique_that_cannot_be_read_is_a_failure(text):
    assert read_critique(ChatReply(text=text, backend="b")).reason is FailureReason.UNPARSED


def test_a_fault_told_at_length_is_cut():
    long = json.dumps({"is_good": False, "fault": "x" * 5000})
    assert len(read_critique(ChatReply(text=long, backend="b"))) == 400


def test_json_of_another_form_is_a_failure_that_keeps_the_text():
    from elicitation.replies import _Critique

    found = read_json('chatter {"is_good": []} more', _Critique)
    assert (found.reason, found.text) == (FailureReason.UNPARSED, 'chatter {"is_good": []} more')


def test_a_stretch_of_our_instructions_is_a_leak_however_it_is_broken_or_cased():
    assert leaks(LEAK)
    assert leaks(LEAK.upper().replace(" ", "\n "))
    assert leaks(f"Of course. {LEAK}")
    assert not leaks(GOOD)
    assert not leaks("")
