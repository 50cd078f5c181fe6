"""Two runs on the dilemmas that both answered; steering is such a pair with one model and two system texts."""

import numpy as np

from domain.errors import UserInputError
from domain.stance_reports import LabelDifference, RunComparison
from services.stance_reports import Run
from stances.pairing import compare_paired, n_shared

LEVEL = 0.05
"""Of the false discovery rate below which a difference is called one."""


def compare_runs(first: Run, second: Run) -> RunComparison:
    """Return where two runs differ.

    Raises:
        UserInputError: they share no answered dilemma.
    """
    place = {item.id: at for at, item in enumerate(second.items)}
    other = np.array([second.leaning[place[i.id]] if i.id in place else np.nan for i in first.items])
    shared = n_shared(first.leaning, other)
    if not shared:
        raise UserInputError("The two runs answered no dilemma in common, so they cannot be compared.")
    rng = np.random.default_rng([first.reading.seed, 2])
    found = compare_paired(
        first.mentions, first.leaning, other, rng=rng, n_resamples=first.reading.n_resamples
    )  # fmt: skip
    gaps = 1 - np.abs(first.leaning - other)
    labels = tuple(
        LabelDifference(
            theory=one.label.theory, name=one.label.name, first=one.first,
            first_interval=one.first_ends, second=one.second, second_interval=one.second_ends,
            difference=one.difference, interval=(one.low, one.high), p=one.p, q=one.q,
            smallest_visible=one.smallest_visible, n_dilemmas=one.n_dilemmas,
        )
        for one in found
    )  # fmt: skip
    n_same = float(np.nansum(gaps))
    return RunComparison(
        first=first.reading, second=second.reading, n_shared=shared, n_same_choice=n_same, labels=labels,
        words=_words(first, second, labels, shared=shared, alike=n_same / shared),
    )  # fmt: skip


def _words(first: Run, second: Run, labels: tuple[LabelDifference, ...], *, shared: int, alike: float) -> str:
    tested = [label for label in labels if label.q is not None]
    apart = [label for label in tested if label.q is not None and label.q < LEVEL]
    said = (
        f"Both answered {shared} dilemmas and lean alike in {alike:.0%} of them. "
        f"{len(apart)} of {len(tested)} values and dimensions differ by more than chance would"
    )
    unread = [run.reading.model for run in (first, second) if run.reading.verdict == "not_to_be_read"]
    if unread:
        return f"{said}. The choices of {' and '.join(dict.fromkeys(unread))} follow the place of an action: that difference is no stance."  # noqa: E501
    return f"{said} (corrected for looking at {len(tested)})."
