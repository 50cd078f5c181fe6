"""Reading answers, quoting them, and making a card of them: the words stay the person's."""

import pytest

from domain.cards import CardText, Origin
from elicitation import vocabulary
from elicitation.articulate import MAX_LINES, MAX_TITLE_WORDS, articulate, policy_lines, title_of, to_line
from elicitation.phrases import (
    MAX_QUOTE_CHARS,
    clauses,
    content_words,
    count_words,
    is_own_wording,
    quotable,
    read_answer,
    sentences,
    word_overlap,
    words_of,
)

STORY = (
    "Last spring my neighbour asked me to sign a paper against the new family on our floor. "
    "I noticed that he did not look at me while he spoke, and I heard the children through the wall."
)
LIST = "- how long he waits before he answers\n- the colour of her face\n2) who sits alone"
LONG_WORDED = "I noticed " + "very " * 40 + "red shoes"
GERMAN = "Ich habe zuerst auf seine Hände geschaut, dann auf den Boden, und gewartet."
CHINESE = "当我的朋友沉默的时候，我注意她的眼睛。"
ANSWERS = (
    (STORY,),
    (STORY, LIST),
    (STORY, LIST, GERMAN),
    (GERMAN,),
    (CHINESE, CHINESE),
    ("idk", "no"),
    ("",),
    (),
    ("fuck off", "you idiot"),
    (LONG_WORDED, "x" * 5000),
    ("SHOUTING ALL THE TIME. I NOTICED HIS FISTS.",),
    ("https://example.org/a?b=c me@example.org",),
    ("🙂🙂🙂", "...", "?!"),
    ("مرحبا، لاحظت أن يديها ترتجفان",),
)


@pytest.mark.parametrize("answers", ANSWERS)
def test_there_is_always_a_card_and_it_is_the_persons(answers):
    card = articulate(answers)
    assert isinstance(card, CardText)
    assert 1 <= len(card.policies) <= MAX_LINES
    assert {card.title_origin, card.gist_origin, *(p.origin for p in card.policies)} == {Origin.OWN}
    assert not any(vocabulary.RUDE.search(p.text) for p in card.policies) or answers == ("fuck off", "you idiot")


@pytest.mark.parametrize("answers", ANSWERS)
def test_every_word_of_a_named_line_was_said_by_the_person(answers):
    for line in policy_lines(answers):
        assert is_own_wording(line, answers)


@pytest.mark.parametrize("answers", ANSWERS)
def test_the_gist_is_a_sentence_of_the_person(answers):
    gist = articulate(answers).gist
    assert not gist or any(gist in answer for answer in answers)


@pytest.mark.parametrize("answers", ANSWERS)
def test_a_quote_is_verbatim_short_and_not_rude(answers):
    for answer in answers:
        quote = quotable(answer)
        assert quote in answer
        assert len(quote) <= MAX_QUOTE_CHARS
        assert not vocabulary.RUDE.search(quote)


def test_what_was_noticed_and_what_was_listed_become_lines():
    lines = policy_lines((STORY, LIST))
    assert "SIGNS that he did not look at me while he spoke" in lines
    assert "CHILDREN THROUGH THE wall" in lines or any("children" in line.casefold() for line in lines)
    assert "SIGNS of how long he waits before he answers" in lines
    assert "COLOUR of her face" in lines


def test_a_thing_said_twice_is_named_once():
    assert len(policy_lines(("I noticed her shaking hands.", "I watch for her shaking hands."))) == 1


def test_lines_that_were_tested_are_the_card():
    card = articulate((STORY,), lines=["SIGNS of rest", "HANDS in pockets"])
    assert card.policy_texts() == ("SIGNS of rest", "HANDS in pockets")


def test_an_own_phrase_used_before_is_not_quoted_again():
    first = quotable(STORY)
    second = quotable(STORY, used=[first])
    assert first
    assert second
    assert first != second


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("when she goes quiet", "MOMENTS when she goes quiet"),
        ("where people stand", "PLACES where people stand"),
        ("who speaks last", "PEOPLE who speaks last"),
        ("whether he smiles", "SIGNS of whether he smiles"),
        ("she looks away", "MOMENTS when she looks away"),
        ("I feel cold", "MOMENTS when I feel cold"),
        ("the smell of rain", "SMELL of rain"),
        ("a pause", "PAUSE"),
        ("the", "THE"),
        ("", ""),
        ("他的手", "他的手"),
        ("die Hände", "DIE HÄNDE"),
    ],
)
def test_a_phrase_becomes_a_line_that_starts_with_its_thing(phrase, line):
    assert to_line(phrase) == line


@pytest.mark.parametrize(
    "lines",
    [["MOMENTS when she goes quiet at dinner"], ["A"], ["SIGNS of"], ["X" * 400], ["手" * 300], ["when when when"]],
)
def test_a_title_is_short_and_never_empty(lines):
    title = title_of(lines)
    assert 0 < len(title) <= 120
    assert len(title.split()) <= MAX_TITLE_WORDS


@pytest.mark.parametrize("text", ["idk", "no", "I don't know", "asdf asdf", "...", "", "aaaa", "fuck you", "not sure"])
def test_a_shrug_is_no_answer(text):
    assert not read_answer(text).is_answer
    assert quotable(text) == ""


@pytest.mark.parametrize(
    "text",
    [STORY, "her hands", "No, I waited until he spoke", GERMAN, CHINESE, "stupid of me, but I ran to help my brother"],
)
def test_a_short_or_foreign_answer_is_an_answer(text):
    assert read_answer(text).is_answer


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (STORY, {"has_moment": True, "has_notice": True, "is_vague": False}),
        ("I just want to be a good brother to him", {"is_goal_only": True, "has_moment": False}),
        ("You should never lie to a child", {"is_norm_only": True, "has_notice": False}),
        ("I want to help, so I look at her face", {"is_goal_only": False, "has_notice": True}),
        ("honesty", {"is_vague": True}),
        ("kindness and respect", {"is_vague": True}),
        ("I was scared that he would leave", {"feeling": "fear"}),
        (CHINESE, {"has_moment": True, "is_vague": False, "is_goal_only": False}),
        ("诚实", {"is_vague": True}),
    ],
)
def test_an_answer_is_read_for_what_it_holds_and_lacks(text, reading):
    read = read_answer(text)._asdict()
    assert {name: read[name] for name in reading} == reading


def test_clauses_are_verbatim_and_in_order():
    found = clauses(STORY + "\n" + LIST)
    places = [(STORY + "\n" + LIST).index(clause) for clause in found]
    assert places == sorted(places)
    assert "the colour of her face" in found


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c", "www.example.org", "me@example.org", "(me@example.org)"]
)
def test_addresses_are_never_quoted(address):
    said = f"I noticed the green door {address} and waited for her there"
    assert all("example" not in sentence for sentence in sentences(said))


@pytest.mark.parametrize("text", ["a@" * 6000, "a@b" * 4000, "(" * 12_000, "a" + " " * 12_000 + "b", "look " * 3000])
def test_a_text_made_to_be_slow_is_read_all_the_same(text):
    # With a pattern that goes back and forth the first of these takes longer than anyone waits for a test.
    assert isinstance(policy_lines([text, text]), tuple)
    assert len(quotable(text)) <= MAX_QUOTE_CHARS


def test_words_are_counted_in_scripts_without_spaces_too():
    assert count_words("the tone of her voice") == 5
    assert count_words("她的声音 and mine") == 4
    assert count_words("") == 0


def test_typographic_and_plain_apostrophes_are_the_same_word():
    assert words_of("Don’t") == words_of("don't")
    assert word_overlap("Don’t go", "don't GO") == 1
    assert word_overlap("", "") == 1
    assert word_overlap("red", "blue") == 0


def test_words_count_as_own_only_when_all_were_said():
    assert is_own_wording("MOMENTS when the children laugh", ["the children laugh a lot"])
    assert not is_own_wording("MOMENTS when the children dance", ["the children laugh a lot"])
    assert not is_own_wording("MOMENTS when", ["the children laugh"])
    assert content_words("MOMENTS when the children laugh") == ["children", "laugh"]
