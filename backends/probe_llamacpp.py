"""A model file (GGUF) in this process answers probes; what two questions have in common is read once."""

import json
import os
import threading
import time
from collections.abc import Generator, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backends.probe_wire import TOP_TOKENS_HERE, chat_body, failed, read_probe, text_body
from domain.chat import FailureReason
from domain.errors import BackendUnavailableError, MissingExtraError
from domain.probes import ProbeReply, ProbeRequest

CONTEXT_TOKENS = 4096


class LlamaCppStances:
    """One model, one question at a time, in the order given: neighbours that begin alike are cheap."""

    has_log_probabilities = True
    n_in_flight = 1

    def __init__(
        self, path: Path, *, name: str = "", shares_beginnings: bool = True, n_threads: int | None = None
    ) -> None:
        if find_spec("xllamacpp") is None:
            raise MissingExtraError("A local model file", "pip install xllamacpp")
        if not path.is_file():
            raise BackendUnavailableError(
                f"There is no model file {str(path)!r}.", backend="llamacpp", hint="`make setup` installs a small one."
            )
        self.name = name or f"llamacpp:{path}"
        self._path = path
        self._shares_beginnings = shares_beginnings
        self._n_threads = n_threads
        self._server: Any = None  # xllamacpp ships no types
        self._lock = threading.Lock()

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield the replies in the order of the requests."""
        for request in requests:
            yield self._ask_one(request)

    def close(self) -> None:
        """Let go of the model; it is loaded anew when asked again."""
        with self._lock:
            self._server = None

    def _ask_one(self, request: ProbeRequest) -> ProbeReply:
        started = time.monotonic()
        try:
            with self._lock:
                answers = [self._send(one) for one in _singles(request)]
        except Exception as error:  # noqa: BLE001 - the library raises what it likes
            detail = f"{type(error).__name__}: {error}"
            seconds = time.monotonic() - started
            return failed(request, FailureReason.UNAVAILABLE, detail, backend=self.name, seconds=seconds)
        choices = [choice for answer in answers for choice in answer.get("choices", [])]
        whole = answers[0] | ({"choices": choices} if choices else {})
        reply = read_probe(
            whole, request, backend=self.name, seconds=time.monotonic() - started, revision=self._path.name
        )
        if request.n_samples == 0 and reply.failure is None and reply.log_probabilities is None:
            # A first token that is no whole character comes without its neighbours: told, and nothing readable.
            return reply.model_copy(update={"log_probabilities": {}})
        return reply

    def _send(self, request: ProbeRequest) -> dict[str, Any]:
        server = self._loaded()
        body = text_body(request) if request.is_plain else chat_body(request, has_opening=True)
        body |= {"cache_prompt": self._shares_beginnings}
        if request.n_samples == 0:
            body |= {"logprobs": TOP_TOKENS_HERE} if request.is_plain else {"top_logprobs": TOP_TOKENS_HERE}
        answer = server.handle_completions(body) if request.is_plain else server.handle_chat_completions(body)
        data = json.loads(answer) if isinstance(answer, str | bytes) else answer
        return {"error": data} if not isinstance(data, dict) else data | {"model": self._path.name}

    def _loaded(self) -> Any:  # the library's server, see _server
        if self._server is None:
            import xllamacpp

            params = xllamacpp.CommonParams()
            params.model.path = str(self._path)
            params.n_ctx, params.n_parallel, params.verbosity = CONTEXT_TOKENS, 1, 0
            params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._n_threads or free_cores()
            self._server = xllamacpp.Server(params)
        return self._server


def free_cores() -> int:
    """Return how many cores nobody uses just now, at least 1.

    The threads of a model wait for one another after every step: one that shares its core holds all of them up, and
    two threads on a busy machine were measured ten times slower than one.
    """
    return max(1, len(os.sched_getaffinity(0)) - round(os.getloadavg()[0]))


def _singles(request: ProbeRequest) -> list[ProbeRequest]:
    """Return one request per sample, with seeds of their own: this library draws one reply at a time."""
    if request.n_samples <= 1:
        return [request]
    return [
        request.model_copy(update={"n_samples": 1, "seed": (request.seed + number) % 2**32})
        for number in range(request.n_samples)
    ]
