"""Fakes for tests: deterministic, without any library, and never improvising.

A setting can choose one only with ``MORALGRAPH_TESTING=1``, and then every page says so.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from domain.chat import ChatFailure, ChatReply, ChatRequest
from domain.errors import BackendError
from domain.nouns import FloatArray

HASH_DIM = 64
Script = Callable[[ChatRequest], str | ChatFailure | BackendError]


class HashEmbedder:
    """Maps a text to the direction of its words' hashes: texts that share words are near, nothing is learnt."""

    name = "hash@1"
    dim = HASH_DIM

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors, shape (len(texts), 64); a text without words gets a fixed direction."""
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
        script: replies in order, each a text, a ``ChatFailure`` or a ``BackendError``; or a function of the request.
        piece: characters per streamed piece.
    """

    def __init__(self, script: Sequence[str | ChatFailure | BackendError] | Script, *, piece: int = 12) -> None:
        self.name = "scripted"
        self.requests: list[ChatRequest] = []
        self._piece = piece
        self._lock = threading.Lock()
        self._script = script

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """Return the next lines of the script, one per request."""
        return [self._reply(request) for request in requests]

    def stream(self, request: ChatRequest) -> Iterator[str]:
        """Yield the next line in pieces; a failure's text comes first, then its error is raised."""
        said = self._next(request)
        if isinstance(said, BackendError):
            raise said
        text = said.text if isinstance(said, ChatFailure) else said
        for start in range(0, len(text), self._piece):
            yield text[start : start + self._piece]
        if isinstance(said, ChatFailure):
            raise BackendError(f"the script fails here: {said.reason.value}", backend=self.name)

    def _reply(self, request: ChatRequest) -> ChatReply:
        said = self._next(request)
        if isinstance(said, BackendError):
            raise said
        if isinstance(said, ChatFailure):
            return ChatReply(failure=said, text=said.text, backend=self.name)
        return ChatReply(text=said, backend=self.name)

    def _next(self, request: ChatRequest) -> str | ChatFailure | BackendError:
        with self._lock:
            self.requests.append(request)
            if callable(self._script):
                return self._script(request)
            place = len(self.requests) - 1
            if place >= len(self._script):
                raise ScriptEndedError(f"the script holds {len(self._script)} replies and one more was asked for")
            return self._script[place]
