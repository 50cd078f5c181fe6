"""Two runs on the dilemmas that both answered: where their values differ by more than the choice of dilemmas explains.

The same comparison measures steering: one run without and one with a system text, both as selected and neglected
mentions of the same dilemmas, so that like is held against like.
"""

from typing import NamedTuple

import numpy as np

from domain.measures.corrections import benjamini_hochberg
from stances.mentions import Label, Mentions, RealArray
from stances.preference import N_RESAMPLES, Ends, draw_weights, interval, preference, resampled, tally

N_SWAPS = 2000
MIN_DILEMMAS = 10
"""Labels mentioned in fewer shared dilemmas are shown and not tested."""
POWER_FACTOR = 2.8
"""z(0.975) + z(0.80): the smallest true difference, in standard errors, that 80 % of such comparisons would show."""


class Paired(NamedTuple):
    """One label in two runs over the same dilemmas."""

    label: Label
    first: float
    """Preference of the first run, -100..100."""
    first_ends: tuple[float, float]
    """95 % interval of ``first``, low end first, from the same draws of dilemmas."""
    second: float
    second_ends: tuple[float, float]
    difference: float
    """Second less first."""
    low: float
    high: float
    """95 % interval of the difference, dilemmas drawn once for both runs."""
    p: float | None
    """Two-sided; ``None`` where too few dilemmas mention the label."""
    q: float | None
    """The same, corrected for the labels tested (Benjamini and Hochberg)."""
    smallest_visible: float
    """Difference that a comparison of this size would show four times out of five."""
    n_dilemmas: int
    """Shared dilemmas that mention it."""


def compare_paired(
    mentions: Mentions, first: RealArray, second: RealArray, *, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> tuple[Paired, ...]:
    """Return every label mentioned in the shared dilemmas, in the order of ``mentions``.

    The p-value swaps the two answers of each dilemma at random: if the runs do not differ, it does not matter whose
    answer is whose. Source: Fisher, The Design of Experiments (1935); one is added to both counts (Phipson and Smyth,
    Permutation p-values should never be zero, 2010).

    Args:
        mentions: counts, (labels, items).
        first: leaning of the first run, (items,), NaN without an answer.
        second: leaning of the second run, likewise.
        rng: draws dilemmas and swaps.
        n_resamples: draws of dilemmas.
    """
    is_shared = ~np.isnan(first) & ~np.isnan(second)
    shared, one, other = mentions.columns(is_shared), first[is_shared], second[is_shared]
    weights = draw_weights(len(shared.items), n_resamples=n_resamples, rng=rng)
    one_draws, other_draws = resampled(shared, one, weights), resampled(shared, other, weights)
    draws = other_draws - one_draws
    one_ends, other_ends, (low, high) = interval(one_draws), interval(other_draws), interval(draws)
    spread = np.nan_to_num(np.nanstd(np.where(np.isnan(draws), 0.0, draws), axis=0))
    before, after = preference(tally(shared, one)), preference(tally(shared, other))
    n_dilemmas = (shared.total > 0).sum(axis=1)
    p_values = _swapping(shared, other - one, rng=rng)
    tested = [at for at, n in enumerate(n_dilemmas.tolist()) if n >= MIN_DILEMMAS]
    q_of = dict(zip(tested, benjamini_hochberg([float(p_values[at]) for at in tested]), strict=True))
    return tuple(
        Paired(
            label, float(before[at]), _range(one_ends, at), float(after[at]), _range(other_ends, at),
            float(after[at] - before[at]), float(low[at]), float(high[at]),
            float(p_values[at]) if at in q_of else None, q_of.get(at), float(POWER_FACTOR * spread[at]),
            int(n_dilemmas[at]),
        )
        for at, label in enumerate(shared.labels) if n_dilemmas[at]
    )  # fmt: skip


def _range(ends: Ends, at: int) -> tuple[float, float]:
    return float(ends.low[at]), float(ends.high[at])


def n_shared(first: RealArray, second: RealArray) -> int:
    """Return how many dilemmas both runs answered."""
    return int((~np.isnan(first) & ~np.isnan(second)).sum())


def _swapping(mentions: Mentions, gap: RealArray, *, rng: np.random.Generator) -> RealArray:
    parts = mentions.difference * gap
    signs = rng.integers(0, 2, size=(N_SWAPS, parts.shape[1])).astype(np.float64) * 2 - 1
    seen = np.abs(parts.sum(axis=1))
    as_far = (np.abs(signs @ parts.T) >= seen - 1e-9).sum(axis=0)
    found: RealArray = (as_far + 1) / (N_SWAPS + 1)
    return found
