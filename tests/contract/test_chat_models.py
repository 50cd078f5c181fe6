"""The promises of ``domain.protocols.ChatModel``, kept by every chat model there is."""

from importlib.util import find_spec

import pytest

from backends.chat_langchain import LangChainChat, openai_chat
from backends.chat_llamacpp import LlamaCppChat
from backends.fakes import ScriptedChat
from backends.registry import find_stance_model
from domain.chat import ChatFailure, ChatMessage, ChatReply, ChatRequest, FailureReason, Role
from domain.errors import BackendError, BackendTimeoutError, BackendUnavailableError

TEXT = "What did you notice in that moment?"
SCHEMA = {
    "type": "object",
    "properties": {"is_good": {"type": "boolean"}},
    "required": ["is_good"],
    "additionalProperties": False,
}
TIMEOUT_S = 0.7


def asked(text="Are you there?", **more):
    messages = (
        ChatMessage(role=Role.INSTRUCTION, text="You ask one question."),
        ChatMessage(role=Role.PERSON, text=text),
    )
    return ChatRequest(messages=messages, **{"max_tokens": 4, **more})


def streamed(chat, request):
    """Return what came, and the error that ended it."""
    pieces = []
    try:
        for piece in chat.stream(request):
            pieces.append(piece)
    except BackendError as error:
        return pieces, error
    return pieces, None


@pytest.fixture(scope="module")
def local_model():
    path = find_stance_model()
    if path is None or find_spec("xllamacpp") is None:
        pytest.skip("the packaged model file or xllamacpp is not installed")
    return LlamaCppChat(path)


@pytest.fixture(params=["scripted", "server", pytest.param("llamacpp", marks=pytest.mark.slow)])
def chat(request, chat_server):
    """Each chat model in turn, able to answer three times."""
    if request.param == "scripted":
        return ScriptedChat([TEXT] * 3)
    if request.param == "server":
        return openai_chat("tiny", url=chat_server.url, api_key="k", timeout_s=20)
    return request.getfixturevalue("local_model")


def test_one_reply_comes_for_each_request(chat):
    replies = chat.complete([asked("one"), asked("two")])
    assert len(replies) == 2
    for reply in replies:
        assert isinstance(reply, ChatReply)
        assert reply.backend == chat.name
        assert reply.text.strip() or reply.failure is not None
        assert reply.seconds >= 0


def test_no_request_gives_no_reply(chat):
    assert chat.complete([]) == []


def test_a_stream_yields_pieces_with_text(chat):
    # A model that talks on reaches the limit: then the stream ends with an error, and the pieces stay.
    pieces, error = streamed(chat, asked())
    assert pieces
    assert all(isinstance(piece, str) and piece for piece in pieces)
    assert error is None or "token limit" in str(error)


def test_a_stream_that_nobody_reads_to_its_end_leaves_the_model_usable(chat):
    stream = chat.stream(asked())
    assert next(stream)
    stream.close()
    assert len(chat.complete([asked()])) == 1


# ----- a server


@pytest.fixture
def server_chat(chat_server):
    return openai_chat("tiny", url=chat_server.url, api_key="secret-key", timeout_s=TIMEOUT_S)


def test_replies_keep_the_order_of_the_requests(server_chat, chat_server):
    server_chat.complete([asked("one"), asked("two"), asked("three")])
    assert [body["messages"][-1]["content"] for body in chat_server.bodies] == ["one", "two", "three"]


def test_what_was_asked_for_reaches_the_server(server_chat, chat_server):
    request = asked(temperature=0.4, max_tokens=33, seed=5, json_schema=SCHEMA)
    reply = server_chat.complete([request])[0]
    body = chat_server.bodies[0]
    assert [m["role"] for m in body["messages"]] == ["system", "user"]
    assert (body["model"], body["temperature"], body["seed"]) == ("tiny", 0.4, 5)
    assert 33 in {body.get("max_tokens"), body.get("max_completion_tokens")}
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert chat_server.keys == ["Bearer secret-key"]
    assert (reply.text, reply.failure) == (TEXT, None)
    assert (reply.revision, reply.n_prompt_tokens, reply.n_reply_tokens) == ("tiny-1", 7, 5)
    assert reply.not_honoured == ()


def test_a_model_that_cannot_be_held_to_a_form_says_so(chat_server):
    free = LangChainChat(
        openai_chat("tiny", url=chat_server.url, api_key=None, timeout_s=5)._model, name="free", takes_schema=False
    )
    reply = free.complete([asked(json_schema=SCHEMA)])[0]
    assert reply.not_honoured == ("json_schema",)
    assert "response_format" not in chat_server.bodies[0]


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("401", FailureReason.UNAVAILABLE),
        ("429", FailureReason.UNAVAILABLE),
        ("500", FailureReason.UNAVAILABLE),
        ("slow", FailureReason.TIMEOUT),
        ("hang up", FailureReason.UNAVAILABLE),
        ("no json", FailureReason.UNAVAILABLE),
        ("no choices", FailureReason.UNAVAILABLE),
        ("length", FailureReason.CUT_OFF),
        ("filtered", FailureReason.REFUSED),
        ("empty", FailureReason.EMPTY),
    ],
)
def test_what_goes_wrong_at_a_server_is_a_reply_with_its_reason(server_chat, chat_server, way, reason):
    chat_server.way = way
    reply = server_chat.complete([asked()])[0]
    assert reply.failure is not None
    assert reply.failure.reason is reason
    assert reply.failure.detail
    assert "secret-key" not in reply.model_dump_json()
    assert len(chat_server.bodies) == 1  # a hidden second try would double the wait


def test_one_failure_leaves_the_other_replies(server_chat, chat_server):
    chat_server.way = "500"
    failed = server_chat.complete([asked()])[0]
    chat_server.way = "well"
    assert failed.failure is not None
    assert server_chat.complete([asked()])[0].failure is None


def test_a_server_that_is_not_there_is_a_reply_with_its_reason(chat_server):
    chat = openai_chat("tiny", url=chat_server.url, api_key=None, timeout_s=TIMEOUT_S)
    chat_server.close()
    assert chat.complete([asked()])[0].failure.reason is FailureReason.UNAVAILABLE
    pieces, error = streamed(chat, asked())
    assert pieces == []
    assert isinstance(error, BackendUnavailableError)


@pytest.mark.parametrize(("way", "reason"), [("length", FailureReason.CUT_OFF), ("filtered", FailureReason.REFUSED)])
def test_a_reply_that_ends_early_is_told_apart_where_a_schema_was_asked_for_too(server_chat, chat_server, way, reason):
    chat_server.way = way
    reply = server_chat.complete([asked(json_schema=SCHEMA)])[0]
    assert reply.failure is not None
    assert reply.failure.reason is reason


@pytest.mark.parametrize("way", ["half emoji", "controls"])
def test_characters_that_no_text_may_hold_are_left_out(server_chat, chat_server, way):
    chat_server.way = way
    reply = server_chat.complete([asked()])[0]
    assert reply.failure is None
    assert "now?" in reply.text
    pieces, error = streamed(server_chat, asked())
    assert error is None
    assert "".join(pieces).strip() == reply.text.strip()
    "".join(pieces).encode()


def test_a_stream_brings_the_whole_reply(server_chat):
    pieces, error = streamed(server_chat, asked())
    assert error is None
    assert "".join(pieces) == TEXT
    assert len(pieces) > 1


@pytest.mark.parametrize(
    ("way", "kind", "n_pieces"),
    [
        ("401", BackendUnavailableError, 0),
        ("429", BackendUnavailableError, 0),
        ("500", BackendUnavailableError, 0),
        ("slow", BackendTimeoutError, 0),
        ("no json", BackendError, 0),
        ("no choices", BackendError, 0),
        ("hang up", BackendError, 1),
        ("quiet end", BackendError, 1),
        ("length", BackendError, 2),
        ("filtered", BackendError, 2),
    ],
)
def test_a_stream_that_fails_raises_our_error_after_what_came(server_chat, chat_server, way, kind, n_pieces):
    chat_server.way = way
    pieces, error = streamed(server_chat, asked())
    assert isinstance(error, kind)
    assert len(pieces) == n_pieces
    assert TEXT.startswith("".join(pieces))
    assert error.backend == server_chat.name
    assert error.retryable
    assert "secret-key" not in str(error)


# ----- a script


@pytest.mark.parametrize("reason", [FailureReason.UNAVAILABLE, FailureReason.TIMEOUT, FailureReason.CUT_OFF])
def test_a_scripted_failure_is_a_reply_or_the_end_of_a_stream(reason):
    failure = ChatFailure(reason=reason, text="What did you no")
    reply = ScriptedChat([failure]).complete([asked()])[0]
    assert (reply.failure, reply.text) == (failure, "What did you no")
    pieces, error = streamed(ScriptedChat([failure]), asked())
    assert "".join(pieces) == "What did you no"
    assert isinstance(error, BackendTimeoutError if reason is FailureReason.TIMEOUT else BackendError)


@pytest.mark.parametrize("kind", [BackendUnavailableError, BackendTimeoutError])
def test_a_scripted_error_is_a_reply_or_an_error_before_the_first_piece(kind):
    error = kind("It is away.", backend="scripted")
    assert ScriptedChat([error]).complete([asked()])[0].failure.detail == "It is away."
    assert streamed(ScriptedChat([error]), asked()) == ([], error)


# ----- a local file


def test_a_file_that_is_no_model_fails_as_a_reply(tmp_path):
    if find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed")
    path = tmp_path / "no.gguf"
    path.write_bytes(b"this is not a model")
    chat = LlamaCppChat(path, timeout_s=20)
    reply = chat.complete([asked()])[0]
    assert reply.failure.reason is FailureReason.UNAVAILABLE
    pieces, error = streamed(chat, asked())
    assert pieces == []
    assert isinstance(error, BackendUnavailableError)


@pytest.mark.slow
def test_a_local_model_can_be_held_to_a_form(local_model):
    import json

    reply = local_model.complete([asked("Is two and two four?", json_schema=SCHEMA, max_tokens=40)])[0]
    assert reply.failure is None
    assert isinstance(json.loads(reply.text)["is_good"], bool)
