"""What a system text changed: one model without and with it, held against each other dilemma by dilemma.

Both sides are the score of what was chosen (``PrincipleScore.chosen``), over the same dilemmas and orders, so that like
is compared with like. How far values move on their own is told by ``stances.pairing``.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.stances import NOT_TO_DO, TO_DO, ProbeItem
from stances.edge_test import UNDECIDED, find_conflict
from stances.mentions import RealArray
from stances.preference import N_RESAMPLES, draw_weights, interval
from stances.steering import Principle, weigh_action


class Measured(NamedTuple):
    """A number and its 95 % interval, dilemmas drawn again."""

    value: float
    low: float
    high: float


class PrincipleEffect(NamedTuple):
    """A principle in two runs, over the dilemmas in which it conflicts and that both answered.

    A choice changed where the leaning came to lie on another side of 0.5, or on 0.5 itself: with one wording, where the
    answer to at least one order did.
    """

    before: Measured
    """``PrincipleScore.chosen`` of the first run; a leaning between the actions counts each by its share."""
    after: Measured
    difference: Measured
    """After less before."""
    net: Measured
    """Share of the dilemmas that changed towards the principle less that of those that changed away, -1..1."""
    conflicts: tuple[int, ...]
    """Places of these dilemmas among the items."""
    toward: tuple[int, ...]
    away: tuple[int, ...]
    n_elsewhere: int
    """Other dilemmas that both answered."""
    n_elsewhere_changed: int
    """Of these, how many changed their choice: what the text did beside its purpose."""


def find_conflicts(principle: Principle, items: Sequence[ProbeItem]) -> tuple[int, ...]:
    """Return the places of the items in which ``principle`` conflicts.

    One action names supporting values and no opposing one, the other the other way round; this gives the published
    lists (Chiu, Jiang and Choi, DailyDilemmas, 2024). A principle with values on one side alone conflicts where exactly
    one of the two actions names any of them.
    """
    supporting, opposing = frozenset(principle.supporting), frozenset(principle.opposing)
    if supporting and opposing:
        return find_conflict(items, np.full(len(items), np.nan), less=opposing, wiser=supporting).places
    named = supporting | opposing
    return tuple(
        place for place, item in enumerate(items)
        if sum(not named.isdisjoint(option.values) for option in item.options) == 1
    )  # fmt: skip


def choice_changes(before: RealArray, after: RealArray) -> RealArray:
    """Return how each choice moved, shape (items,): -2..2 steps from not doing it towards doing it; NaN unanswered.

    >>> choice_changes(np.array([0.0, 0.5, 1.0]), np.array([1.0, 1.0, 0.9])).tolist()
    [2.0, 1.0, 0.0]
    """
    return np.asarray(np.sign(after - UNDECIDED) - np.sign(before - UNDECIDED), dtype=np.float64)


def principle_effect(
    principle: Principle, items: Sequence[ProbeItem], before: RealArray, after: RealArray, *, rng: np.random.Generator,
    n_resamples: int = N_RESAMPLES,
) -> PrincipleEffect | None:  # fmt: skip
    """Return how far ``principle`` moved; ``None`` where it conflicts in no dilemma that both answered.

    Args:
        principle: its values and weights.
        items: dilemmas, each with the two actions.
        before: leaning of the first run, (items,), 0..1, NaN without an answer.
        after: leaning of the second run, likewise.
        rng: draws dilemmas.
        n_resamples: draws of dilemmas.
    """
    is_shared = ~np.isnan(before) & ~np.isnan(after)
    places = [place for place in find_conflicts(principle, items) if is_shared[place]]
    if not places:
        return None
    doing, leaving = (np.array([_weight(principle, items[at], key) for at in places]) for key in (TO_DO, NOT_TO_DO))
    one, other = (lean[places] * doing + (1 - lean[places]) * leaving for lean in (before, after))
    moved = np.sign(choice_changes(before, after)[places] * np.sign(doing - leaving))
    weights = draw_weights(len(places), n_resamples=n_resamples, rng=rng)
    elsewhere = is_shared.copy()
    elsewhere[places] = False
    return PrincipleEffect(
        before=_summed(one, weights),
        after=_summed(other, weights),
        difference=_summed(other - one, weights),
        net=_summed(moved / len(places), weights),
        conflicts=tuple(places),
        toward=tuple(at for at, way in zip(places, moved.tolist(), strict=True) if way > 0),
        away=tuple(at for at, way in zip(places, moved.tolist(), strict=True) if way < 0),
        n_elsewhere=int(elsewhere.sum()),
        n_elsewhere_changed=int((choice_changes(before, after)[elsewhere] != 0).sum()),
    )


def _weight(principle: Principle, item: ProbeItem, key: str) -> float:
    return next(weigh_action(principle, option.values) for option in item.options if option.key == key)


def _summed(parts: RealArray, weights: RealArray) -> Measured:
    """Return the sum of ``parts``, one of each dilemma, with its interval over draws."""
    ends = interval((weights @ parts)[:, None])
    return Measured(float(parts.sum()), float(ends.low[0]), float(ends.high[0]))
