"""A local language model file (GGUF) in this process, through xllamacpp; replies can be held to a JSON Schema."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from backends.chat_langchain import to_reply
from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason, Role
from domain.errors import BackendTimeoutError, BackendUnavailableError, MissingExtraError

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
        """Yield pieces as the model writes them; BackendTimeoutError when it falls silent."""
        pieces: SimpleQueue[str | None] = SimpleQueue()

        def receive(chunk: object) -> None:
            for event in chunk if isinstance(chunk, list) else [chunk]:
                text = piece_of(event)
                if text:
                    pieces.put(text)

        def work() -> None:
            try:
                with self._lock:
                    self._loaded().handle_chat_completions({**to_body(request), "stream": True}, receive)
            finally:
                pieces.put(END)

        threading.Thread(target=work, name="llamacpp-stream", daemon=True).start()
        while True:
            try:
                piece = pieces.get(timeout=self._timeout_s)
            except Empty as error:
                raise BackendTimeoutError("The local model fell silent.", backend=self.name, retryable=True) from error
            if piece is END:
                return
            yield piece

    def _complete_one(self, request: ChatRequest) -> ChatReply:
        started = time.monotonic()
        with self._lock:
            answer = self._loaded().handle_chat_completions(to_body(request))
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
    data = json.loads(answer) if isinstance(answer, str | bytes) else answer
    if not isinstance(data, dict) or "choices" not in data:
        failure = ChatFailure(reason=FailureReason.UNAVAILABLE, detail=str(data)[:300])
        return ChatReply(failure=failure, backend=backend)
    choice = data["choices"][0]
    usage = data.get("usage", {})
    return to_reply(
        text=str(choice["message"].get("content") or ""),
        metadata={"finish_reason": choice.get("finish_reason"), "model_name": data.get("model")},
        usage={"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")},
        backend=backend,
    )


def piece_of(event: object) -> str:
    """Return the text in one streamed event; empty for events without text."""
    data = json.loads(event) if isinstance(event, str | bytes) else event
    if not isinstance(data, dict) or not data.get("choices"):
        return ""
    return str(data["choices"][0].get("delta", {}).get("content") or "")
