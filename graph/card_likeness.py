"""How alike two cards are: by meaning, and by the words they share. Depends on these two cards alone.

Origin: benchmarks/quality/merging.py. Vectors find what is said in other words, but call most cards of one study alike;
shared words are rarer and surer. The mean of both keeps more true pairs than either at the same precision.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.neighbours import NeighbourPairs
from domain.nouns import FloatArray

WORD = re.compile(r"[^\W\d_]+")
SMALL_WORDS = frozenset(
    (  # noqa: SIM905  # a word list reads better as running text
        "a about an and any are as at be by can for from has have how in is it its not of on or s should so than that "
        "the their them they this to user users was were what when where which who whose why will with you your chatgpt"
    ).split()
)
"""Words that say nothing of a value. The last ones are how cards of published studies name the one who acts."""


class LikenessBounds(NamedTuple):
    """When cards share a value. Likeness is 0..1."""

    cut: float = 0.47
    """Lowest mean likeness at which two groups of cards are joined."""
    apart: float = 0.33
    """Below it two cards never share a value."""
    band: float = 0.08
    """This far on either side of the cut a pair is borderline."""


DEFAULT_BOUNDS = LikenessBounds()
"""Origin: benchmarks/quality/merging.py, cut chosen on the published cards of values of even number, for the best F1
at a precision of .92 or more; ``apart`` is .7 of it."""
MEANING_WEIGHT = 2
"""Of the cosine, beside 1 for shared words. Origin: the same benchmark; of four ways to mix them, the steadiest."""


def words_of(title: str, policies: Sequence[str]) -> frozenset[str]:
    """Return the words of a card, folded, without small words.

    >>> sorted(words_of("Care for all", ["MOMENTS when the user rests"]))
    ['all', 'care', 'moments', 'rests']
    """
    found = WORD.findall(" ".join((title, *policies)).casefold())
    return frozenset(found) - SMALL_WORDS


def likeness(pairs: NeighbourPairs, words: Sequence[frozenset[str]], *, at_least: float) -> NeighbourPairs:
    """Return the pairs whose likeness is at least ``at_least``, with it in the place of the cosine.

    Likeness = (2 * max(0, cosine of title and policies) + shared words / words of either) / 3.
    Source of the second term: Jaccard, Etude comparative de la distribution florale (1901).

    Args:
        pairs: pairs of rows with their cosine similarity.
        words: the words of each row.
        at_least: 0..1.
    """
    cosine = np.maximum(pairs.similarity, 0)
    parts = MEANING_WEIGHT + 1
    worth = np.flatnonzero(MEANING_WEIGHT * cosine + 1 >= parts * at_least)
    ends = zip(pairs.first[worth].tolist(), pairs.second[worth].tolist(), strict=True)
    overlaps = np.fromiter(
        (word_overlap(words[one], words[other]) for one, other in ends), np.float32, count=len(worth)
    )
    both: FloatArray = (MEANING_WEIGHT * cosine[worth] + overlaps) / np.float32(parts)
    keep = both >= at_least
    return NeighbourPairs(pairs.first[worth[keep]], pairs.second[worth[keep]], both[keep])


def word_overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return shared words / words of either, 0..1; 0 where none is shared."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
