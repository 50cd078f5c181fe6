"""Chat models through LangChain: any OpenAI-compatible server (vLLM, Ollama, a vendor), any provider it knows.

The translation is pure and tested without a network; the calls are thin. Retries are the caller's business: a hidden
one would double the wait of a person at the screen.
"""

import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason, Role
from domain.errors import (
    BackendProtocolError,
    BackendTimeoutError,
    BackendUnavailableError,
    MissingExtraError,
    SettingsError,
)
from domain.nouns import clean_text

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LANGCHAIN_ROLES = {Role.INSTRUCTION: "system", Role.PERSON: "human", Role.MODEL: "ai"}
ENDINGS = {
    "timeout": FailureReason.TIMEOUT,
    "contentfilter": FailureReason.REFUSED,
    "lengthfinish": FailureReason.CUT_OFF,
}
"""Parts of the names of exceptions, in small letters; all others mean that the model could not be reached."""


class LangChainChat:
    """A LangChain chat model behind our protocol."""

    def __init__(self, model: "BaseChatModel", *, name: str, takes_schema: bool) -> None:
        self.name = name
        self._model = model
        self._takes_schema = takes_schema

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """Return one reply per request; what went wrong is in the reply."""
        return [self._complete_one(request) for request in requests]

    def stream(self, request: ChatRequest) -> Iterator[str]:
        """Yield pieces of the reply; BackendError when it fails or stops early, what came before stays valid."""
        finish = ""
        try:
            for chunk in self._model.stream(to_messages(request), **call_options(request, schema=self._takes_schema)):
                finish = str(chunk.response_metadata.get("finish_reason") or finish)
                if piece := clean_text(str(chunk.text)):
                    yield piece
        except Exception as error:
            raise to_backend_error(error, backend=self.name) from error
        # Other providers name the end of a reply in ways of their own.
        if self._takes_schema:
            check_finish(finish, backend=self.name)

    def _complete_one(self, request: ChatRequest) -> ChatReply:
        started = time.monotonic()
        try:
            message = self._model.invoke(to_messages(request), **call_options(request, schema=self._takes_schema))
        except Exception as error:  # noqa: BLE001 - every vendor library raises its own classes
            return ChatReply(
                failure=ChatFailure(reason=failure_reason(error), detail=_short(error)),
                backend=self.name,
                seconds=time.monotonic() - started,
            )
        reply = to_reply(
            text=str(message.text),
            metadata=message.response_metadata,
            usage=dict(getattr(message, "usage_metadata", None) or {}),
            backend=self.name,
        )
        unmet = () if self._takes_schema or request.json_schema is None else ("json_schema",)
        return reply.model_copy(update={"seconds": time.monotonic() - started, "not_honoured": unmet})


def openai_chat(model: str, *, url: str, api_key: str | None, timeout_s: float) -> LangChainChat:
    """Return a chat model on an OpenAI-compatible server."""
    if find_spec("langchain_openai") is None:
        raise MissingExtraError("The interviewer on a server", "pip install langchain-openai")
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    client = ChatOpenAI(
        model=model, base_url=url, api_key=SecretStr(api_key or "none"), timeout=timeout_s, max_retries=0
    )
    return LangChainChat(client, name=f"openai:{model}@{url}", takes_schema=True)


def provider_chat(provider: str, model: str, *, api_key: str | None, timeout_s: float) -> LangChainChat:
    """Return a chat model of any provider that LangChain knows, its package permitting."""
    if find_spec("langchain") is None:
        raise MissingExtraError("Interviewers of other providers", "pip install langchain")
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": timeout_s, "max_retries": 0}
    if api_key:
        options["api_key"] = api_key
    try:
        client = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise MissingExtraError(f"The provider {provider!r}", f"pip install langchain-{provider}") from error
    except Exception as error:
        # Every package raises its own classes. Their messages stay out of ours: some repeat the key.
        raise SettingsError(
            f"The interviewer langchain:{provider}:{model} cannot be made ({type(error).__name__}). "
            "Check the provider's name and its key."
        ) from error
    return LangChainChat(client, name=f"langchain:{provider}:{model}", takes_schema=False)


def to_messages(request: ChatRequest) -> list[tuple[str, str]]:
    """Return the request's messages in LangChain's roles, order kept."""
    return [(LANGCHAIN_ROLES[message.role], message.text) for message in request.messages]


def call_options(request: ChatRequest, *, schema: bool) -> dict[str, Any]:
    """Return the options of one call."""
    options: dict[str, Any] = {"temperature": request.temperature, "max_tokens": request.max_tokens}
    if request.seed is not None:
        options["seed"] = request.seed
    if schema and request.json_schema is not None:
        named = {"name": "reply", "schema": request.json_schema, "strict": True}
        options["response_format"] = {"type": "json_schema", "json_schema": named}
    return options


def to_reply(*, text: str, metadata: dict[str, Any], usage: dict[str, Any], backend: str) -> ChatReply:
    """Return the reply, or why it cannot be used: empty, refused, or cut off by the token limit."""
    text = clean_text(text)
    finish = str(metadata.get("finish_reason") or "")
    failure = None
    if finish == "content_filter":
        failure = ChatFailure(reason=FailureReason.REFUSED, detail="the server filtered the reply", text=text)
    elif finish == "length":
        failure = ChatFailure(reason=FailureReason.CUT_OFF, detail="the token limit was reached", text=text)
    elif not text.strip():
        failure = ChatFailure(reason=FailureReason.EMPTY, detail=f"finish reason {finish!r}")
    return ChatReply(
        text=text,
        failure=failure,
        backend=backend,
        revision=str(metadata.get("model_name") or ""),
        n_prompt_tokens=usage.get("input_tokens"),
        n_reply_tokens=usage.get("output_tokens"),
    )


def check_finish(finish: str, *, backend: str) -> None:
    """Raise BackendProtocolError where a streamed reply did not end by itself; ``finish`` is the reason it gave."""
    why = {
        "": "The connection ended in the middle of the reply.",
        "length": "The reply reached the token limit.",
        "content_filter": "The server filtered the reply.",
    }.get(finish)
    if why is not None:
        raise BackendProtocolError(why, backend=backend, retryable=True)


def failure_reason(error: Exception) -> FailureReason:
    """Return what kind of failure an exception of a vendor library is.

    Where a schema was asked for, the library raises the end of a reply instead of returning it.
    """
    name = type(error).__name__.lower()
    for word, reason in ENDINGS.items():
        if word in name:
            return reason
    return FailureReason.UNAVAILABLE


def to_backend_error(error: Exception, *, backend: str) -> BackendUnavailableError | BackendTimeoutError:
    """Return our error for an exception of a vendor library."""
    if failure_reason(error) is FailureReason.TIMEOUT:
        return BackendTimeoutError("The language model did not answer in time.", backend=backend, retryable=True)
    return BackendUnavailableError(
        f"The language model cannot be reached ({_short(error)}).", backend=backend, retryable=True
    )


def _short(error: Exception) -> str:
    return clean_text(f"{type(error).__name__}: {error}"[:300])
