"""Why there is nothing, in words: never a code, and counted."""

import pytest

from domain.kaleido import ScoreFailure, ScoreFailureReason
from ui.widgets.score_words import counted_reasons, failure_sentence


@pytest.mark.parametrize("reason", list(ScoreFailureReason))
def test_every_reason_has_words_and_none_is_shown_by_its_code(reason):
    said = failure_sentence(ScoreFailure(reason=reason), what="No values were proposed")
    assert said.startswith("No values were proposed: ")
    assert "_" not in said


def test_reasons_are_counted_the_most_frequent_first():
    failed = [ScoreFailure(reason=r) for r in (ScoreFailureReason.TIMEOUT, *[ScoreFailureReason.REFUSED] * 2)]
    assert counted_reasons(failed) == "declined by the model: 2, no reply in time: 1"
