"""Which cards may be filed under which values, and what becomes of the clusters once some are filed.

Likeness alone makes the clusters. A cluster that stands for two people or more is a value to file under, shown by its
most frequent wording; a wording that one person alone holds and that is alone in its cluster is to be filed. Only such
a card ever moves, so that no filing makes one value of two, and none leads to another.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.gathered import CardFiling
from domain.neighbours import NeighbourPairs, PlaceArray
from domain.nouns import FloatArray
from graph.card_likeness import likeness

SURE_FROM = 9
"""Lowest sureness, 0..10, at which a card joins the value. Origin: benchmarks/results/judging.json. On the published
cards of values of even number, filed by one large model, it gave the highest F1 of those with precision of .90 or more
(.68; .65 without a model), by two joins. On the cards of odd number nothing joins from it on, and F1 stays at .67."""
MOST_OFFERED = 5
"""Values beside one card: as many as a person or a small model can weigh at once."""
MOST_COMPARED = 20
"""Values whose shown wording is nearest by cosine; the likeness of a card to a whole value is computed for these."""
ROWS_AT_ONCE = 256
PAIRS_AT_ONCE = 50_000


class Offer(NamedTuple):
    """A card to be filed beside the values most like it."""

    card: int
    """Place of its wording."""
    values: tuple[int, ...]
    """Places of the wordings that the values are shown by, the most like first, up to ``MOST_OFFERED``."""
    likeness: tuple[float, ...]
    """Of the card to each value, 0..1: the mean over all wordings of the value."""


class _Values(NamedTuple):
    """Values to file under, and their wordings one after another."""

    shown: PlaceArray
    """Place of the shown wording, shape (values,)."""
    start: PlaceArray
    """Where the wordings of each value begin in ``wordings``, shape (values,)."""
    size: PlaceArray
    """How many wordings each has, shape (values,)."""
    wordings: PlaceArray


def cards_to_file(clusters: PlaceArray, counts: PlaceArray) -> PlaceArray:
    """Return the places of the wordings that one person alone holds, alone in their cluster, ascending.

    Args:
        clusters: the cluster of each wording, named by the lowest place in it, shape (wordings,).
        counts: how many people's cards have each wording, shape (wordings,).
    """
    return np.flatnonzero(_weights(clusters, counts)[clusters] == 1)


def shown_wordings(clusters: PlaceArray, counts: PlaceArray) -> PlaceArray:
    """Return for each value to file under the place of its most frequent wording, of equals the lowest.

    The values ascend by the lowest place of any of their wordings. Shape (values,).

    >>> shown_wordings(np.array([0, 1, 0, 0]), np.array([1, 1, 2, 2]))
    array([2])
    """
    return _values(clusters, counts).shown


def offers(
    clusters: PlaceArray, counts: PlaceArray, *, vectors: FloatArray, words: Sequence[frozenset[str]]
) -> list[Offer]:
    """Return every card to be filed with the values most like it, the cards most like a value first.

    Args:
        clusters: see ``cards_to_file``.
        counts: see ``cards_to_file``.
        vectors: of the wordings, shape (wordings, dim), rows of L2 norm 1.
        words: of each wording, see ``graph.card_likeness.words_of``.
    """
    cards, values = cards_to_file(clusters, counts), _values(clusters, counts)
    if not len(values.shown):
        return []
    found: list[Offer] = []
    for start in range(0, len(cards), ROWS_AT_ONCE):
        found += _offers_of(cards[start : start + ROWS_AT_ONCE], values, vectors=vectors, words=words)
    return sorted(found, key=lambda offer: (-offer.likeness[0], offer.card))


def moves(offered: Sequence[Offer], filings: Sequence[CardFiling], *, sure_from: int = SURE_FROM) -> dict[int, int]:
    """Return for each card that is surely filed the place of the wording that its value is shown by.

    ``filings`` are of the first of the offers, in the same order; the others were not asked about.
    """
    found = {}
    for offer, filing in zip(offered, filings, strict=False):
        if (place := filing.joined_place(sure_from=sure_from)) is not None:
            found[offer.card] = offer.values[place]
    return found


def with_moves(clusters: PlaceArray, moved: Mapping[int, int]) -> PlaceArray:
    """Return for each wording the lowest place in its cluster, after each card of ``moved`` joined another's cluster.

    >>> with_moves(np.array([0, 1, 1, 3]), {0: 2})
    array([0, 0, 0, 3])
    """
    made = clusters.copy()
    cards, values = (np.fromiter(ends, np.int64, count=len(moved)) for ends in (moved.keys(), moved.values()))
    made[cards] = clusters[values]
    lowest = np.full(len(made), len(made), dtype=np.int64)
    np.minimum.at(lowest, made, np.arange(len(made)))
    return lowest[made]


def _weights(clusters: PlaceArray, counts: PlaceArray) -> PlaceArray:
    weights: PlaceArray = np.bincount(clusters, weights=counts, minlength=len(clusters)).astype(np.int64)
    return weights


def _values(clusters: PlaceArray, counts: PlaceArray) -> _Values:
    held = np.flatnonzero(_weights(clusters, counts)[clusters] > 1)
    wordings = held[np.lexsort((held, -counts[held], clusters[held]))]
    start = np.flatnonzero(np.diff(clusters[wordings], prepend=-1))
    return _Values(wordings[start], start, np.diff(np.append(start, len(wordings))), wordings)


def _offers_of(
    cards: PlaceArray, values: _Values, *, vectors: FloatArray, words: Sequence[frozenset[str]]
) -> list[Offer]:
    cosines = vectors[cards] @ vectors[values.shown].T
    n_near = min(MOST_COMPARED, len(values.shown))
    near = np.argpartition(-cosines, n_near - 1, axis=1)[:, :n_near]
    means = _mean_likeness(cards, near, values, vectors=vectors, words=words)
    order = np.lexsort((values.shown[near], -means), axis=1)[:, :MOST_OFFERED]
    rows = zip(cards, np.take_along_axis(near, order, 1), np.take_along_axis(means, order, 1), strict=True)
    return [Offer(int(card), tuple(values.shown[own].tolist()), tuple(like.tolist())) for card, own, like in rows]


def _mean_likeness(
    cards: PlaceArray, near: PlaceArray, values: _Values, *, vectors: FloatArray, words: Sequence[frozenset[str]]
) -> FloatArray:
    """Return the mean likeness of each card to all wordings of each value near it, shape of ``near``."""
    value = near.ravel()
    size = values.size[value]
    ends = np.cumsum(size)
    within = np.arange(ends[-1]) - np.repeat(ends - size, size)
    first = np.repeat(np.repeat(cards, near.shape[1]), size)
    second = values.wordings[np.repeat(values.start[value], size) + within]
    cosines = np.concatenate(
        [
            np.einsum("ij,ij->i", vectors[first[start:][:PAIRS_AT_ONCE]], vectors[second[start:][:PAIRS_AT_ONCE]])
            for start in range(0, len(first), PAIRS_AT_ONCE)
        ]
    )
    every = likeness(NeighbourPairs(first, second, cosines), words, at_least=0).similarity
    return (np.add.reduceat(every, ends - size) / size).reshape(near.shape).astype(np.float32)
