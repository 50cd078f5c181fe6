"""Requests and answers in the OpenAI shape, well made and ugly: an ugly answer is a reply with its reason."""

import json

import pytest

from backends.chat_langchain import call_options, check_finish, to_backend_error, to_messages, to_reply
from backends.chat_llamacpp import read_answer, read_event, to_body
from domain.chat import ChatMessage, ChatRequest, FailureReason, Role
from domain.errors import BackendError, BackendProtocolError, BackendTimeoutError, BackendUnavailableError

REQUEST = ChatRequest(
    messages=(
        ChatMessage(role=Role.INSTRUCTION, text="rules"),
        ChatMessage(role=Role.PERSON, text="said"),
        ChatMessage(role=Role.MODEL, text="asked"),
    ),
    temperature=0.3,
    max_tokens=9,
    seed=0,
    json_schema={"type": "object"},
)


def answer(content="Hello?", finish="stop", **more):
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": finish}
    return {"choices": [choice], "model": "m", "usage": {"prompt_tokens": 3, "completion_tokens": 2}, **more}


def test_roles_and_order_stay():
    assert to_messages(REQUEST) == [("system", "rules"), ("human", "said"), ("ai", "asked")]
    roles = [message["role"] for message in to_body(REQUEST)["messages"]]
    assert roles == ["system", "user", "assistant"]


def test_what_was_asked_for_is_in_the_call():
    options = call_options(REQUEST, schema=True)
    assert (options["temperature"], options["max_tokens"], options["seed"]) == (0.3, 9, 0)
    assert options["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert to_body(REQUEST)["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_what_was_not_asked_for_is_not_in_the_call():
    plain = ChatRequest(messages=REQUEST.messages)
    assert {"seed", "response_format"}.isdisjoint(call_options(plain, schema=True))
    assert {"seed", "response_format"}.isdisjoint(to_body(plain))
    assert "response_format" not in call_options(REQUEST, schema=False)


@pytest.mark.parametrize("encode", [json.dumps, lambda data: json.dumps(data).encode(), lambda data: data])
def test_an_answer_is_read_as_text_bytes_or_object(encode):
    reply = read_answer(encode(answer()), backend="b")
    assert (reply.text, reply.failure, reply.backend, reply.revision) == ("Hello?", None, "b", "m")
    assert (reply.n_prompt_tokens, reply.n_reply_tokens) == (3, 2)


@pytest.mark.parametrize(
    ("ugly", "reason"),
    [
        ("", FailureReason.UNAVAILABLE),
        ("not json", FailureReason.UNAVAILABLE),
        (b"\xff\xfe", FailureReason.UNAVAILABLE),
        ("[]", FailureReason.UNAVAILABLE),
        (None, FailureReason.UNAVAILABLE),
        ({"error": {"message": "no memory"}}, FailureReason.UNAVAILABLE),
        ({"choices": []}, FailureReason.UNAVAILABLE),
        ({"choices": None}, FailureReason.UNAVAILABLE),
        ({"choices": ["text"]}, FailureReason.UNAVAILABLE),
        ({"choices": [{}]}, FailureReason.UNAVAILABLE),
        ({"choices": [{"message": None}]}, FailureReason.UNAVAILABLE),
        (answer(content=None), FailureReason.EMPTY),
        (answer(content=" \n"), FailureReason.EMPTY),
        (answer(finish="length"), FailureReason.CUT_OFF),
        (answer(finish="content_filter"), FailureReason.REFUSED),
    ],
)
def test_an_ugly_answer_is_a_reply_with_a_reason(ugly, reason):
    reply = read_answer(ugly, backend="b")
    assert reply.failure is not None
    assert reply.failure.reason is reason


def test_an_answer_without_counts_is_still_an_answer():
    assert read_answer(answer(usage=None), backend="b").failure is None


def test_a_cut_off_reply_keeps_what_there_was():
    reply = read_answer(answer(content="What did you", finish="length"), backend="b")
    assert reply.text == reply.failure.text == "What did you"


def test_halves_of_characters_and_controls_go():
    reply = to_reply(text="a\ud800b\x00c\u202e", metadata={}, usage={}, backend="b")
    assert (reply.text, reply.failure) == ("abc", None)


def event(content, finish=None):
    return {"choices": [{"delta": {"content": content}, "finish_reason": finish}]}


@pytest.mark.parametrize(
    ("streamed", "text", "finish"),
    [
        (event("Hel"), "Hel", ""),
        (json.dumps(event("lo")), "lo", ""),
        (event(None, "stop"), "", "stop"),
        (event("", "length"), "", "length"),
        ({"choices": [{"delta": None}]}, "", ""),
        ({"choices": []}, "", ""),
        ({"usage": {}}, "", ""),
        (event("a\udc00b"), "ab", ""),
    ],
)
def test_an_event_of_a_stream_is_read(streamed, text, finish):
    assert read_event(streamed, backend="b") == (text, finish)


@pytest.mark.parametrize(
    "failed", [RuntimeError("no memory"), {"error": "no memory"}, {"code": 500, "message": "no memory"}, "no memory"]
)
def test_an_event_that_tells_of_a_failure_ends_the_stream(failed):
    with pytest.raises(BackendUnavailableError, match="no memory"):
        read_event(failed, backend="b")


@pytest.mark.parametrize("finish", ["", "length", "content_filter"])
def test_a_reply_that_did_not_end_by_itself_is_an_error(finish):
    with pytest.raises(BackendProtocolError):
        check_finish(finish, backend="b")


def test_a_reply_that_ended_by_itself_is_none():
    check_finish("stop", backend="b")


class ReadTimeoutError(Exception):
    """As a vendor's library may name it."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [(TimeoutError(), BackendTimeoutError), (ReadTimeoutError(), BackendTimeoutError), (OSError("x"), BackendError)],
)
def test_an_error_of_a_vendor_becomes_ours(error, kind):
    ours = to_backend_error(error, backend="b")
    assert isinstance(ours, kind)
    assert (ours.backend, ours.retryable) == ("b", True)
