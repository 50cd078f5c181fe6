"""Any OpenAI-compatible server answers probes: many requests in flight, bounded, and a failure is a reply."""

import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from queue import SimpleQueue
from typing import NamedTuple

import httpx

from backends.probe_wire import chat_body, failed, read_probe, text_body
from domain.chat import ChatMessage, FailureReason, Role
from domain.probes import ProbeReply, ProbeRequest

IN_FLIGHT = 64
TRIES = 3
FIRST_PAUSE_S = 0.5
BUSY = {408, 409, 425, 429, 500, 502, 503, 504}
VLLM = "vllm"


class Features(NamedTuple):
    """What a server can do; asked once."""

    has_log_probabilities: bool
    has_opening: bool
    """Whether it continues a reply that we began."""


class OpenAIStances:
    """A model on a server, asked through ``/chat/completions``, or ``/completions`` for plain texts."""

    def __init__(
        self,
        model: str,
        *,
        url: str,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        n_in_flight: int = IN_FLIGHT,
        pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self.name = f"openai:{model}@{url}"
        self.n_in_flight = n_in_flight
        self._model = model
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        limits = httpx.Limits(max_connections=n_in_flight, max_keepalive_connections=n_in_flight)
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=timeout_s, limits=limits, trust_env=False
        )

    @cached_property
    def features(self) -> Features:
        """What the server can do, found out by its list of models and one short question."""
        trial = ProbeRequest(
            key="trial",
            messages=(ChatMessage(role=Role.PERSON, text="Say 1 or 2."),),
            spellings={"1": ("1",), "2": ("2",)},
            seed=0,
        )
        reply = self._ask_one(trial, Features(has_log_probabilities=True, has_opening=False))
        return Features(reply.log_probabilities is not None, self._is_vllm())

    @property
    def has_log_probabilities(self) -> bool:
        """Whether the server told log-probabilities when asked once."""
        return self.features.has_log_probabilities

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield replies as they come; at most ``n_in_flight`` requests wait at a time, in memory too."""
        features = self.features
        replies: SimpleQueue[ProbeReply] = SimpleQueue()

        def send(request: ProbeRequest) -> None:
            try:
                replies.put(self._ask_one(request, features))
            except Exception as error:  # noqa: BLE001 - whoever waits for this reply would wait for ever
                detail = f"{type(error).__name__}: {error}"
                replies.put(failed(request, FailureReason.UNAVAILABLE, detail, backend=self.name, seconds=0.0))

        pool = ThreadPoolExecutor(self.n_in_flight, thread_name_prefix="probe")
        n_flying = 0
        try:
            for request in requests:
                pool.submit(send, request)
                n_flying += 1
                if n_flying >= self.n_in_flight:
                    yield replies.get()
                    n_flying -= 1
            while n_flying:
                yield replies.get()
                n_flying -= 1
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask_one(self, request: ProbeRequest, features: Features) -> ProbeReply:
        started = time.monotonic()
        problem, reason = "", FailureReason.UNAVAILABLE
        for turn in range(TRIES):
            if turn:
                time.sleep(self._pause_s * 2 ** (turn - 1))
            try:
                response = self._post(request, features, timeout_s=self._timeout_s * 2**turn)
            except httpx.TimeoutException as error:
                problem, reason = f"{type(error).__name__}", FailureReason.TIMEOUT
                continue
            except httpx.HTTPError as error:
                problem, reason = f"{type(error).__name__}: {error}", FailureReason.UNAVAILABLE
                continue
            if response.status_code in BUSY:
                problem, reason = f"status {response.status_code}: {response.text[:120]}", FailureReason.UNAVAILABLE
                continue
            return self._read(response, request, features, seconds=time.monotonic() - started)
        return failed(request, reason, problem, backend=self.name, seconds=time.monotonic() - started)

    def _post(self, request: ProbeRequest, features: Features, *, timeout_s: float) -> httpx.Response:
        """Send a request; a later try waits longer, as a slow server may just have many others before it."""
        if request.is_plain:
            body = {"model": self._model, **text_body(request)}
            return self._client.post("/completions", json=body, timeout=timeout_s)
        body = chat_body(request, has_opening=features.has_opening)
        if features.has_opening and request.opening:
            body |= {"continue_final_message": True, "add_generation_prompt": False}
        return self._client.post("/chat/completions", json={"model": self._model, **body}, timeout=timeout_s)

    def _read(
        self, response: httpx.Response, request: ProbeRequest, features: Features, *, seconds: float
    ) -> ProbeReply:
        try:
            data = response.json()
        except ValueError:
            data = None
        if response.is_error or not isinstance(data, dict):
            detail = f"status {response.status_code}: {response.text[:120]}"
            return failed(request, FailureReason.UNAVAILABLE, detail, backend=self.name, seconds=seconds)
        is_dropped = bool(request.opening) and not request.is_plain and not features.has_opening
        not_honoured = ("opening",) if is_dropped else ()
        return read_probe(data, request, backend=self.name, seconds=seconds, not_honoured=not_honoured)

    def _is_vllm(self) -> bool:
        try:
            data = self._client.get("/models").json()
        except (httpx.HTTPError, ValueError):
            return False
        entries = data.get("data") if isinstance(data, dict) else None
        return any(isinstance(one, dict) and one.get("owned_by") == VLLM for one in entries or [])
