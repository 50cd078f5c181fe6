"""How far two ways of grouping the same things agree, counted in pairs of things."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int64]
"""Shape (items,): equal labels, one group."""


class PairCounts(NamedTuple):
    """Pairs of things, by whether each grouping puts them together."""

    in_both: int
    in_found: int
    in_truth: int
    all: int


class PartitionScores(NamedTuple):
    """A grouping against another taken as true. ``None`` where there is nothing to divide by."""

    precision: float | None
    """Of the pairs put together, the share that belong together, 0..1."""
    recall: float | None
    """Of the pairs that belong together, the share put together, 0..1."""
    f1: float | None
    """Harmonic mean of the two: 2 * both / (found + true), 0..1."""
    adjusted_rand: float | None
    """1 for equal groupings, 0 expected of groupings drawn at random, can be below 0."""
    counts: PairCounts


def pair_counts(found: Labels, truth: Labels) -> PairCounts:
    """Return the pairs of things that are together in one, the other, and both; ValueError for unequal lengths."""
    if len(found) != len(truth):
        raise ValueError(f"{len(found)} labels cannot be compared with {len(truth)}")
    own, theirs = (np.unique(labels, return_inverse=True)[1].astype(np.int64) for labels in (found, truth))
    cells = np.unique(own * (int(theirs.max(initial=0)) + 1) + theirs, return_counts=True)[1]
    return PairCounts(
        _pairs(cells), _pairs(np.bincount(own)), _pairs(np.bincount(theirs)), _pairs(np.array([len(own)]))
    )


def partition_scores(found: Labels, truth: Labels) -> PartitionScores:
    """Return pairwise precision, recall and F1, and the adjusted Rand index.

    Source of the last: Hubert and Arabie, Comparing partitions, Journal of Classification 2 (1985), 193-218.

    >>> scores = partition_scores(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 7]))
    >>> round(scores.precision, 3), scores.recall, scores.f1
    (0.333, 1.0, 0.5)
    """
    counts = pair_counts(found, truth)
    both, expected, highest = counts.in_both, 0.0, (counts.in_found + counts.in_truth) / 2
    if counts.all:
        expected = counts.in_found * counts.in_truth / counts.all
    return PartitionScores(
        precision=both / counts.in_found if counts.in_found else None,
        recall=both / counts.in_truth if counts.in_truth else None,
        f1=both / highest if highest else None,
        adjusted_rand=(both - expected) / (highest - expected) if highest != expected else None,
        counts=counts,
    )


def pair_agreement(one: Labels, other: Labels) -> float:
    """Return the pairs together in both groupings as a share of those together in either, 0..1; 1 where there are none.

    Source: Jaccard, Etude comparative de la distribution florale (1901), applied to pairs.

    >>> pair_agreement(np.array([0, 0, 0]), np.array([1, 1, 2]))
    0.3333333333333333
    """
    counts = pair_counts(one, other)
    either = counts.in_found + counts.in_truth - counts.in_both
    return counts.in_both / either if either else 1.0


def _pairs(sizes: Labels) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
