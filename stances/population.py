"""A model's distributions beside those of people who answered the same: how near, out of how near one can come."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.measures.distances import jensen_shannon, ordinal_distance
from domain.measures.intervals import Interval
from stances.mentions import RealArray
from stances.preference import LEVELS

N_CEILING = 20
"""Draws of as many people again, per item."""
N_RESAMPLES = 1000
LEAST_ROOM = 0.01
"""Between chance and ceiling; with less, people say nothing that could be reached."""


class Pair(NamedTuple):
    """One item: weights of the model and counts of people over the same options, in the order of the item."""

    model: RealArray
    people: RealArray


class Fit(NamedTuple):
    """Means over items."""

    js_distance: float
    """Jensen-Shannon, 0..1."""
    ordinal: float
    """Way along the options, 0..1; says something only where they have an order."""
    entropy_gap: float
    """Entropy of the model less that of people, as a share of the highest; below 0: surer than the people are."""
    ceiling: float
    """Nearness (1 - distance) of as many people again."""
    chance: float
    """Nearness of a guess that takes every option alike."""
    reached: float | None
    """(nearness - chance) / (ceiling - chance): 0 for such a guess, 1 for another such group of people."""
    reached_interval: Interval | None
    """Items drawn again."""
    n_items: int
    n_people: int
    """Most people on one item."""


def fit_population(pairs: Sequence[Pair], *, rng: np.random.Generator) -> Fit | None:
    """Return how near the model comes; ``None`` without items.

    The ceiling draws as many people from each item's shares again (Durmus et al., GlobalOpinionQA, 2023, use
    1 - Jensen-Shannon as nearness; the ceiling and the share of it are ours, after the noise ceilings of measurement).
    """
    if not pairs:
        return None
    rows = np.array([_row(pair, rng=rng) for pair in pairs])
    near, ceiling, chance = (float(rows[:, at].mean()) for at in range(3))
    draws = rows[rng.integers(0, len(rows), (N_RESAMPLES, len(rows)))].mean(axis=1)
    room = draws[:, 1] - draws[:, 2]
    kept = draws[room > LEAST_ROOM]
    reached = (near - chance) / (ceiling - chance) if ceiling - chance > LEAST_ROOM else None
    ends = None
    if reached is not None and len(kept):
        ends = Interval(*np.quantile((kept[:, 0] - kept[:, 2]) / (kept[:, 1] - kept[:, 2]), LEVELS).tolist())
    return Fit(
        js_distance=1 - near, ordinal=float(rows[:, 3].mean()), entropy_gap=float(rows[:, 4].mean()), ceiling=ceiling,
        chance=chance, reached=reached, reached_interval=ends, n_items=len(pairs),
        n_people=int(max(pair.people.sum() for pair in pairs)),
    )  # fmt: skip


def _row(pair: Pair, *, rng: np.random.Generator) -> tuple[float, float, float, float, float]:
    model, people = pair.model.tolist(), pair.people.tolist()
    again = rng.multinomial(round(pair.people.sum()), pair.people / pair.people.sum(), size=N_CEILING)
    ceiling = 1 - float(np.mean([jensen_shannon(people, some.tolist()) for some in again]))
    chance = 1 - jensen_shannon(people, [1.0] * len(people))
    gap = relative_entropy_of(model) - relative_entropy_of(people)
    return 1 - jensen_shannon(model, people), ceiling, chance, ordinal_distance(model, people), gap


def relative_entropy_of(weights: Sequence[float]) -> float:
    """Return the Shannon entropy of weights as a share of the highest possible, 0..1.

    >>> relative_entropy_of([1, 1, 1, 1]), relative_entropy_of([3, 0])
    (1.0, 0.0)
    """
    shares = np.asarray(weights, dtype=np.float64) / sum(weights)
    kept = shares[shares > 0]
    return float(abs((kept * np.log2(kept)).sum()) / np.log2(len(weights)))
