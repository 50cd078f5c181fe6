"""Texts that are nearly the same, found by exact comparison of their word sequences."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping

SHINGLE = 3
"""Words in a sequence."""
MIN_JACCARD = 0.7
"""From this share of common sequences on two texts are nearly the same."""


def like_groups(texts: Mapping[str, str]) -> dict[str, str]:
    """Return for each key the key that stands for its group; texts that are nearly the same are in one group.

    Texts are compared by the Jaccard index of their sequences of three words, small letters, punctuation left out. Only
    pairs that share a rare sequence are compared (prefix filter: Chaudhuri, Ganti and Kaushik, A primitive operator for
    similarity joins in data cleaning, ICDE 2006), which loses none. Groups are closed under likeness.
    """
    sets = {key: shingles(text) for key, text in sorted(texts.items())}
    frequency = Counter(shingle for found in sets.values() for shingle in found)
    parent = {key: key for key in sets}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    seen: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, found in sets.items():
        rarest = sorted(found, key=lambda shingle: (frequency[shingle], shingle))
        prefix = rarest[: len(rarest) - math.ceil(MIN_JACCARD * len(rarest)) + 1]
        for other in {other for shingle in prefix for other in seen[shingle]}:
            first, second = sorted((root(key), root(other)))
            if first != second and _jaccard(found, sets[other]) >= MIN_JACCARD:
                parent[second] = first
        for shingle in prefix:
            seen[shingle].append(key)
    return {key: root(key) for key in sets}


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the sequences of three words in ``text``; a shorter text is one sequence."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
