"""A recorded run answers again: what was asked then comes back unchanged, what was not is a failure that says so."""

import math
from collections.abc import Generator, Iterable

from backends.probe_wire import failed
from domain.chat import FailureReason
from domain.probes import ProbeReply, ProbeRequest
from domain.stances import Answer


class RecordedStances:
    """Answers by key, from the lines of a run."""

    has_log_probabilities = True
    n_in_flight = 1

    def __init__(self, answers: Iterable[Answer], *, name: str) -> None:
        self.name = name
        self._answers = {answer.key: answer for answer in answers}

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield the recorded reply of each request."""
        for request in requests:
            answer = self._answers.get(request.key)
            if answer is None or not answer.probabilities:
                detail = "the recorded run has no choice for this question"
                yield failed(request, FailureReason.UNAVAILABLE, detail, backend=self.name, seconds=0.0)
                continue
            yield _told(request, answer, backend=self.name)

    def close(self) -> None:
        """Hold nothing."""


def _told(request: ProbeRequest, answer: Answer, *, backend: str) -> ProbeReply:
    covered = 1.0 if answer.covered is None else answer.covered
    told = {
        request.spellings[key][0]: math.log(probability * covered)
        for key, probability in answer.probabilities.items()
        if key in request.spellings and probability * covered > 0
    }
    texts = tuple(answer.raw.split("\n")) if answer.raw else ()
    if request.n_samples and not texts:
        texts = tuple(
            request.spellings[key][0]
            for key, probability in answer.probabilities.items()
            for _ in range(round(probability * request.n_samples))
        )
    return ProbeReply(
        key=request.key,
        log_probabilities=told if request.n_samples == 0 else None,
        texts=texts,
        backend=backend,
        revision=answer.provenance.revision,
        n_prompt_tokens=answer.n_prompt_tokens,
        n_reply_tokens=answer.n_reply_tokens,
    )
