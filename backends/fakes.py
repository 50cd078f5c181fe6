"""Fakes for tests: deterministic, without any library, and never improvising.

A setting can choose one only with ``MORALGRAPH_TESTING=1``, and then every page says so.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason
from domain.errors import BackendError, BackendTimeoutError
from domain.nouns import FloatArray

HASH_DIM = 64


class Pause(NamedTuple):
    """The model keeps silent for a while, then says its line; on a stream, after the first piece."""

    seconds: float
    then: "str | ChatFailure | BackendError"


Line = str | ChatFailure | BackendError | Pause
"""A reply, a reply that cannot be used (its text is what there was of it), an error of the backend, or a pause."""
Script = Sequence[Line] | Callable[[ChatRequest], Line]


class HashEmbedder:
    """Maps a text to the direction of its words' hashes: texts that share words are near, nothing is learnt.

    Args:
        pause_s: spent in every call, as a slow model would.
    """

    name = "hash@1"
    dim = HASH_DIM

    def __init__(self, *, pause_s: float = 0.0) -> None:
        self._pause_s = pause_s

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors, shape (len(texts), 64); a text without words gets a fixed direction."""
        time.sleep(self._pause_s)
        vectors = np.zeros((len(texts), HASH_DIM), dtype=np.float32)
        for place, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()) or ["(no words)"]:
                digest = hashlib.sha256(word.encode()).digest()
                vectors[place, digest[0] % HASH_DIM] += 1 if digest[1] % 2 else -1
            if not vectors[place].any():
                vectors[place, 0] = 1
            vectors[place] /= np.linalg.norm(vectors[place])
        return vectors


class ScriptEndedError(AssertionError):
    """More replies were asked for than the script holds."""


class ScriptedChat:
    """A chat model that says what it is told to say, in order, and raises when the script ends.

    Args:
        script: lines in order, or a function of the request that returns one.
        piece: characters per streamed piece.
        sleep: how to spend a ``Pause``; tests pass a function that only takes note.
    """

    def __init__(self, script: Script, *, piece: int = 12, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = "scripted"
        self.requests: list[ChatRequest] = []
        self._script = script
        self._piece = piece
        self._sleep = sleep
        self._lock = threading.Lock()

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """Return the next lines of the script, one per request; an error becomes a reply with a failure."""
        return [self._reply(self._next(request)) for request in requests]

    def stream(self, request: ChatRequest) -> Iterator[str]:
        """Yield the next line in pieces; a failure's text comes first, then its error is raised."""
        line = self._next(request)
        said = line.then if isinstance(line, Pause) else line
        if isinstance(said, BackendError):
            self._wait(line)
            raise said
        text = said.text if isinstance(said, ChatFailure) else said
        for start in range(0, len(text), self._piece):
            yield text[start : start + self._piece]
            if start == 0:
                self._wait(line)
        if isinstance(said, ChatFailure):
            kind = BackendTimeoutError if said.reason is FailureReason.TIMEOUT else BackendError
            raise kind(f"the script fails here: {said.reason.value}", backend=self.name)

    def _reply(self, line: Line) -> ChatReply:
        self._wait(line)
        said = line.then if isinstance(line, Pause) else line
        if isinstance(said, str):
            return ChatReply(text=said, backend=self.name)
        if isinstance(said, BackendError):
            is_late = isinstance(said, BackendTimeoutError)
            reason = FailureReason.TIMEOUT if is_late else FailureReason.UNAVAILABLE
            return ChatReply(failure=ChatFailure(reason=reason, detail=str(said)), backend=self.name)
        return ChatReply(failure=said, text=said.text, backend=self.name)

    def _wait(self, line: Line) -> None:
        if isinstance(line, Pause):
            self._sleep(line.seconds)

    def _next(self, request: ChatRequest) -> Line:
        with self._lock:
            self.requests.append(request)
            if callable(self._script):
                return self._script(request)
            place = len(self.requests) - 1
            if place >= len(self._script):
                raise ScriptEndedError(f"the script holds {len(self._script)} replies and one more was asked for")
            return self._script[place]
