"""Why there is no score, no proposal, no explanation: in words, and counted."""

from collections import Counter
from collections.abc import Sequence

from domain.kaleido import NoValence, ScoreFailure, ScoreFailureReason, ValueScore

REASON_WORDS = {
    "unknown_kind": "neither value, right nor duty",
    "empty": "without text",
    "too_long": "too long",
    "malformed": "not readable",
    "not_a_number": "no finite number",
    "refused": "declined by the model",
    "hedged": "left open by the model",
    "unparsed": "a reply that could not be read",
    "timeout": "no reply in time",
    "unavailable": "the model could not be reached",
    "cancelled": "stopped",
}
NO_VALENCE_WORDS = {
    NoValence.BELOW_CUT: "not asked, for a low relevance",
    NoValence.FAILED: "a reply that could not be read",
    NoValence.UNAVAILABLE: "the scorer tells none",
}


def reason_words(reason: ScoreFailureReason) -> str:
    """Return a reason in words; one that has none yet is shown by its name."""
    return REASON_WORDS.get(reason.value, reason.value.replace("_", " "))


def counted_reasons(failed: Sequence[ScoreFailure]) -> str:
    """Return the reasons with how often each occurs, the most frequent first.

    >>> counted_reasons([ScoreFailure(reason=ScoreFailureReason.TIMEOUT)] * 2)
    'no reply in time: 2'
    """
    found = Counter(reason_words(one.reason) for one in failed)
    return ", ".join(f"{words}: {n}" for words, n in found.most_common())


def untold_pulls(scores: Sequence[ValueScore]) -> str:
    """Return one sentence that says why the pull of some values is not told; empty where all are.

    >>> untold_pulls([])
    ''
    """
    found = Counter(NO_VALENCE_WORDS[one.no_valence] for one in scores if one.no_valence is not None)
    words = ", ".join(f"{words}: {n}" for words, n in found.most_common())
    return f"Hollow: which way the value pulls is not told ({words})." if words else ""


def failure_sentence(failure: ScoreFailure, *, what: str) -> str:
    """Return one sentence that says what there is not, and why.

    >>> failure_sentence(ScoreFailure(reason=ScoreFailureReason.REFUSED), what="There is no explanation")
    'There is no explanation: declined by the model.'
    """
    detail = f" {failure.detail}" if failure.detail else ""
    return f"{what}: {reason_words(failure.reason)}.{detail}"
