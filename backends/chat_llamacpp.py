"""A local language model file (GGUF) in this process, through xllamacpp; replies can be held to a JSON Schema."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from backends.chat_langchain import check_finish, to_reply
from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason, Role
from domain.errors import BackendTimeoutError, BackendUnavailableError, MissingExtraError
from domain.nouns import clean_text

CONTEXT_TOKENS = 8192
OPENAI_ROLES = {Role.INSTRUCTION: "system", Role.PERSON: "user", Role.MODEL: "assistant"}
END = None


class LlamaCppChat:
    """One model, one request at a time; the file is loaded on first use."""

    def __init__(self, path: Path, *, timeout_s: float = 120.0) -> None:
        if find_spec("xllamacpp") is None:
            raise MissingExtraError("A local model file", "pip install xllamacpp")
        if not path.is_file():
            raise BackendUnavailableError(
                f"There is no model file {str(path)!r}.", backend="llamacpp", hint="`make llm` fetches one."
            )
        self.name = f"llamacpp:{path}"
        self._path = path
        self._timeout_s = timeout_s
        self._server: Any = None  # xllamacpp ships no types
        self._lock = threading.Lock()

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """Return one reply per request, one after the other."""
        return [self._complete_one(request) for request in requests]

    def stream(self, request: ChatRequest) -> Iterator[str]:
        """Yield pieces as the model writes them; BackendError when it fails, falls silent or stops early."""
        events: SimpleQueue[object] = SimpleQueue()

        def receive(chunk: object) -> None:
            for event in chunk if isinstance(chunk, list) else [chunk]:
                events.put(event)

        def work() -> None:
            try:
                with self._lock:
                    self._loaded().handle_chat_completions({**to_body(request), "stream": True}, receive)
            except Exception as error:  # noqa: BLE001 - the library raises what it likes; told where it is awaited
                events.put(error)
            finally:
                events.put(END)

        threading.Thread(target=work, name="llamacpp-stream", daemon=True).start()
        finish = ""
        while True:
            try:
                event = events.get(timeout=self._timeout_s)
            except Empty as error:
                raise BackendTimeoutError("The local model fell silent.", backend=self.name, retryable=True) from error
            if event is END:
                check_finish(finish, backend=self.name)
                return
            piece = read_event(event, backend=self.name)
            finish = piece.finish or finish
            if piece.text:
                yield piece.text

    def _complete_one(self, request: ChatRequest) -> ChatReply:
        started = time.monotonic()
        try:
            with self._lock:
                answer = self._loaded().handle_chat_completions(to_body(request))
        except Exception as error:  # noqa: BLE001 - a file that is no model, memory that is not there
            answer = {"error": f"{type(error).__name__}: {error}"}
        reply = read_answer(answer, backend=self.name)
        return reply.model_copy(update={"seconds": time.monotonic() - started})

    def _loaded(self) -> Any:  # the library's server, see _server
        if self._server is None:
            import xllamacpp

            params = xllamacpp.CommonParams()
            params.model.path = str(self._path)
            params.n_ctx, params.n_parallel = CONTEXT_TOKENS, 1
            params.cpuparams.n_threads = os.cpu_count() or 1
            self._server = xllamacpp.Server(params)
        return self._server


def to_body(request: ChatRequest) -> dict[str, Any]:
    """Return the request as the body of an OpenAI chat completion."""
    body: dict[str, Any] = {
        "messages": [{"role": OPENAI_ROLES[m.role], "content": m.text} for m in request.messages],
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.json_schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": request.json_schema}}
    return body


def read_answer(answer: object, *, backend: str) -> ChatReply:
    """Return the reply in an OpenAI-shaped answer, or the reason why there is none."""
    data = _decoded(answer)
    choice = _first_choice(data)
    message = choice.get("message") if choice is not None else None
    if choice is None or not isinstance(message, dict):
        failure = ChatFailure(reason=FailureReason.UNAVAILABLE, detail=clean_text(str(data)[:300]))
        return ChatReply(failure=failure, backend=backend)
    usage = data.get("usage") or {}
    return to_reply(
        text=str(message.get("content") or ""),
        metadata={"finish_reason": choice.get("finish_reason"), "model_name": data.get("model")},
        usage={"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")},
        backend=backend,
    )


class Piece(NamedTuple):
    """What one streamed event holds."""

    text: str = ""
    finish: str = ""
    """Why the reply ends here; empty while it goes on."""


def read_event(event: object, *, backend: str) -> Piece:
    """Return what a streamed event holds; BackendUnavailableError where it tells of a failure."""
    data = event if isinstance(event, Exception) else _decoded(event)
    if isinstance(data, Exception) or "error" in data or "code" in data:
        detail = clean_text(str(data)[:300])
        raise BackendUnavailableError(f"The local model failed ({detail}).", backend=backend, retryable=True)
    choice = _first_choice(data) or {}
    delta = choice.get("delta") or {}
    return Piece(text=clean_text(str(delta.get("content") or "")), finish=str(choice.get("finish_reason") or ""))


def _decoded(event: object) -> dict[str, Any]:
    """Return the JSON object in an answer; what is none comes back as an error."""
    try:
        data = json.loads(event) if isinstance(event, str | bytes) else event
    except ValueError:
        data = event
    return data if isinstance(data, dict) else {"error": data}


def _first_choice(data: dict[str, Any]) -> dict[str, Any] | None:
    choices = data.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
