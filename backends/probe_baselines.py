"""Answers that need no model: always the first option, always the last, chance. Drawn beside every model."""

import math
from collections.abc import Generator, Iterable

import numpy as np

from domain.probes import ProbeReply, ProbeRequest

SURE = math.log(0.999)
UNSURE = math.log(0.001)


class AlwaysPlace:
    """Chooses what stands at one place of the page, whatever it says: 0 is the first option, -1 the last."""

    has_log_probabilities = True
    n_in_flight = 1

    def __init__(self, place: int, *, name: str) -> None:
        self.name = name
        self._place = place

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield the label at the place for each request."""
        for request in requests:
            chosen = (request.shown_keys or tuple(request.spellings))[self._place]
            yield _told(request, chosen, backend=self.name)

    def close(self) -> None:
        """Hold nothing."""


class RandomChoice:
    """Chooses evenly at random, by the request's seed: the same question gets the same answer in every run."""

    has_log_probabilities = True
    n_in_flight = 1
    name = "baseline:random"

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield a random label for each request."""
        for request in requests:
            keys = tuple(request.spellings)
            chosen = keys[int(np.random.default_rng(request.seed).integers(len(keys)))]
            yield _told(request, chosen, backend=self.name)

    def close(self) -> None:
        """Hold nothing."""


def _told(request: ProbeRequest, chosen: str, *, backend: str) -> ProbeReply:
    labels = {key: forms[0] for key, forms in request.spellings.items()}
    told = {label: SURE if key == chosen else UNSURE for key, label in labels.items()}
    return ProbeReply(
        key=request.key,
        log_probabilities=told if request.n_samples == 0 else None,
        texts=(labels[chosen],) * max(request.n_samples, 1),
        backend=backend,
    )
