"""What servers write about log-probabilities is read in every shape, and never raises."""

import math

import pytest

from backends.probe_wire import chat_body, read_probe, text_body
from domain.chat import ChatMessage, Role
from domain.probes import ProbeRequest


def request(**more):
    return ProbeRequest(
        key="1|c", messages=(ChatMessage(role=Role.PERSON, text="Which?"),), opening="Action ",
        spellings={"to_do": ("1",), "not_to_do": ("2",)}, seed=3, **more,
    )  # fmt: skip


def place(token, **shares):
    told = [{"token": name.strip("_"), "logprob": math.log(share)} for name, share in shares.items()]
    return {"token": token, "top_logprobs": told}


def read(logprobs, **more):
    answer = {"choices": [{"message": {"content": "Action 1"}, "logprobs": logprobs}], "model": "m"}
    return read_probe(answer, request(**more), backend="x", seconds=0.0)


def test_the_place_of_the_label_is_read_and_not_the_word_before_it():
    reply = read({"content": [place("Action", Action=0.9, _1=0.1), place(" 1", _1=0.7, _2=0.3)]})
    assert reply.log_probabilities == {"1": pytest.approx(math.log(0.7)), "2": pytest.approx(math.log(0.3))}


def test_without_a_label_the_first_place_is_read():
    reply = read({"content": [place("Well", Well=0.6, _2=0.2), place(",", _1=0.9)]})
    assert set(reply.log_probabilities) == {"Well", "2"}


def test_text_completions_tell_a_table():
    assert read({"top_logprobs": [{" 1": -1.0, "2": -2.0}]}).log_probabilities == {" 1": -1.0, "2": -2.0}


@pytest.mark.parametrize("told", [None, [], {}, {"content": []}, {"content": [{}]}, {"top_logprobs": [None]}, "x"])
def test_other_shapes_tell_nothing(told):
    assert read(told).log_probabilities is None


def test_tokens_of_one_text_are_added_up_and_odd_numbers_left_out():
    told = [{"token": "1", "logprob": math.log(0.2)}] * 2 + [{"token": "2", "logprob": float("nan")}]
    reply = read({"content": [{"token": "1", "top_logprobs": told}]})
    assert reply.log_probabilities == {"1": pytest.approx(math.log(0.4))}


@pytest.mark.parametrize("answer", [{}, {"choices": []}, {"choices": "x"}, {"choices": [1]}, {"error": "no"}])
def test_no_choice_is_a_failure(answer):
    assert read_probe(answer, request(), backend="x", seconds=0.0).failure is not None


def test_a_reply_that_cannot_be_begun_gets_room_for_the_word_before_the_label():
    begun, free = (chat_body(request(max_tokens=1), has_opening=has_opening) for has_opening in (True, False))
    assert (begun["max_tokens"], free["max_tokens"]) == (1, 4)
    assert begun["messages"][-1] == {"role": "assistant", "content": "Action "}
    assert free["messages"][-1]["role"] == "user"
    assert chat_body(request(n_samples=3, max_tokens=8), has_opening=False)["n"] == 3
    assert "logprobs" not in text_body(request(n_samples=1))
