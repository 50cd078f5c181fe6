"""A fake that answers probes from a table: for tests of what asks a language model and reads its replies."""

import hashlib
import math
from collections.abc import Callable, Generator, Iterable, Mapping

from domain.chat import ChatFailure
from domain.probes import ProbeReply, ProbeRequest

Told = str | ChatFailure | Mapping[str, float]
"""A written reply, a failure, or log-probabilities."""
COVERED = 0.9
"""Probability that the hashed table puts on the offered words, all of them together."""


class TableStances:
    """A model whose answers follow from the request alone; replies come back to front.

    Args:
        table: what it says to a request.
        has_log_probabilities: as the seam tells it.
    """

    name = "table"
    n_in_flight = 8

    def __init__(self, table: Callable[[ProbeRequest], Told], *, has_log_probabilities: bool = True) -> None:
        self.has_log_probabilities = has_log_probabilities
        self.asked: list[ProbeRequest] = []
        self._table = table

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield one reply per request, the last one first; see ``domain.probes.StanceModel``."""
        wanted = list(requests)
        self.asked += wanted
        yield from (self._reply(one) for one in reversed(wanted))

    def close(self) -> None:
        """Hold nothing."""

    def _reply(self, request: ProbeRequest) -> ProbeReply:
        match self._table(request):
            case ChatFailure() as failure:
                return ProbeReply(key=request.key, backend=self.name, failure=failure)
            case str() as text:
                return ProbeReply(key=request.key, backend=self.name, texts=(text,))
            case told:
                likeliest = max(told, key=lambda word: told[word])
                return ProbeReply(key=request.key, backend=self.name, log_probabilities=dict(told), texts=(likeliest,))


def hashed(request: ProbeRequest) -> dict[str, float]:
    """Return log-probabilities of the offered words that follow from the hash of the messages."""
    text = "".join(message.text for message in request.messages)
    words = sorted(request.spellings)
    weights = [1 + hashlib.sha256(f"{text}{word}".encode()).digest()[0] for word in words]
    shares = zip(words, weights, strict=True)
    return {word.capitalize(): math.log(COVERED * weight / sum(weights)) for word, weight in shares}
