"""Why there is no score, no proposal, no explanation: in words, and counted."""

from collections import Counter
from collections.abc import Sequence

from domain.kaleido import ScoreFailure, ScoreFailureReason

REASON_WORDS = {
    ScoreFailureReason.UNKNOWN_KIND: "neither value, right nor duty",
    ScoreFailureReason.EMPTY: "without text",
    ScoreFailureReason.TOO_LONG: "too long",
    ScoreFailureReason.MALFORMED: "not readable",
    ScoreFailureReason.NOT_A_NUMBER: "no finite number",
    ScoreFailureReason.REFUSED: "declined by the model",
    ScoreFailureReason.UNPARSED: "a reply that could not be read",
    ScoreFailureReason.TIMEOUT: "no reply in time",
    ScoreFailureReason.UNAVAILABLE: "the model could not be reached",
    ScoreFailureReason.CANCELLED: "stopped",
}


def counted_reasons(failed: Sequence[ScoreFailure]) -> str:
    """Return the reasons with how often each occurs, the most frequent first.

    >>> counted_reasons([ScoreFailure(reason=ScoreFailureReason.TIMEOUT)] * 2)
    'no reply in time: 2'
    """
    found = Counter(REASON_WORDS[one.reason] for one in failed)
    return ", ".join(f"{words}: {n}" for words, n in found.most_common())


def failure_sentence(failure: ScoreFailure, *, what: str) -> str:
    """Return one sentence that says what there is not, and why.

    >>> failure_sentence(ScoreFailure(reason=ScoreFailureReason.REFUSED), what="There is no explanation")
    'There is no explanation: declined by the model.'
    """
    detail = f" {failure.detail}" if failure.detail else ""
    return f"{what}: {REASON_WORDS[failure.reason]}.{detail}"
