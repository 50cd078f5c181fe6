"""Asking a chat model in both orders: a habit of the model never looks like an answer."""

import json
import re

import pytest

from backends.fakes import ScriptedChat
from domain.kaleido import ScoreRequest, Vrd, VrdKind
from kaleido.asking import MOST_BYTES, ORDERS, AskedScorer, question, shortened


def request(situation="lending money", text="Honesty", kind=VrdKind.DUTY):
    return ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=text))


def instruction(asked):
    return asked.messages[0].text


def copies_the_example(asked):
    return re.search(r"\{.*\}", instruction(asked))[0]


def takes(place):
    """A model that takes the option at this place of every list on the page."""

    def says(asked):
        relevant = re.search(r"Answer (\w+) or (\w+)\.", instruction(asked)).groups()
        pull = re.search(r"Choose one of: ([^.]+)\.", instruction(asked))[1].split(", ")
        return json.dumps({"relevant": relevant[place], "pull": pull[place]})

    return says


def takes_from_the_form(place):
    """A model that takes the option at this place of the form that a server shows it."""
    return lambda asked: json.dumps({name: one["enum"][place] for name, one in asked.json_schema["properties"].items()})


@pytest.mark.parametrize(
    "habit",
    [copies_the_example, takes(0), takes(-1), takes_from_the_form(0), takes_from_the_form(-1)],
    ids=["copies the example", "first option", "last option", "first of the form", "last of the form"],
)
def test_a_model_that_follows_the_page_and_not_the_situation_comes_out_undecided(habit):
    (score,) = AskedScorer(lambda: ScriptedChat(habit), name="llm").score([request()])
    assert score.relevance == 0.5
    assert score.valence.supports == score.valence.either == 0.5
    assert score.order_gap == 1


@pytest.mark.parametrize(("relevant", "relevance"), [("yes", 1.0), ("no", 0.0)])
@pytest.mark.parametrize("pull", ["supports", "opposes", "either"])
def test_a_model_that_says_the_same_in_both_orders_is_taken_at_its_word(relevant, relevance, pull):
    chat = ScriptedChat(lambda _: json.dumps({"relevant": relevant, "pull": pull}))
    (score,) = AskedScorer(lambda: chat, name="llm").score([request()])
    assert (score.relevance, score.valence.label, getattr(score.valence, pull)) == (relevance, pull, 1.0)
    assert score.order_gap == 0
    assert len(chat.requests) == len(ORDERS)


def test_both_orders_offer_the_same_options_and_differ_in_what_stands_first():
    one, other = (question(request(), order) for order in ORDERS)
    assert "Answer yes or no." in instruction(one)
    assert "Answer no or yes." in instruction(other)
    assert copies_the_example(one) == '{"relevant": "yes", "pull": "supports"}'
    assert copies_the_example(other) == '{"relevant": "no", "pull": "either"}'
    assert one.messages[1:] == other.messages[1:]
    for first, second in zip(*ORDERS, strict=True):
        assert set(first) == set(second)


def test_a_situation_that_is_too_long_is_cut_and_marked_and_nothing_else_is():
    chat = ScriptedChat(lambda _: '{"relevant": "yes", "pull": "either"}')
    long, short = AskedScorer(lambda: chat, name="llm").score([request("мир " * 3000), request()])
    assert (long.is_shortened, short.is_shortened) == (True, False)
    assert all("Honesty" in one.messages[1].text for one in chat.requests)
    assert all(len(one.messages[1].text.encode()) < MOST_BYTES + 200 for one in chat.requests)


@pytest.mark.parametrize("character", ["x", "ж", "手", "🙂"])
def test_a_situation_is_never_cut_within_a_character(character):
    cut = shortened(character * MOST_BYTES)
    assert set(cut) == {character}
    assert MOST_BYTES - 4 < len(cut.encode()) <= MOST_BYTES
    assert shortened(cut) == cut
