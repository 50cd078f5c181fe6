"""Texts that are nearly the same, found by exact comparison of their words; no model, so the same texts give the same.

Not found: the same thought in other words. Endings and words that say little are known for English alone; in other
languages texts count as nearly the same a little sooner, which keeps them on one side.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

SHORT_WORDS = 24
"""Texts up to this many words are compared by their words, too: one changed word breaks three sequences."""
MIN_COMMON_WORDS = 0.6
"""From this share of common words on two short texts are nearly the same: between the pairs of
``tests/unit/export/test_likeness.py`` that are (0.6 and more) and those that are not (0.5 and less)."""
SHINGLE = 3
"""Words in a sequence."""
MIN_COMMON_SEQUENCES = 0.7
"""From this share of common sequences on two texts of any length are nearly the same."""
STEM = 6
"""Letters of a word that count."""
MIN_STEM = 3
"""Letters that an ending must leave."""
ENDINGS = ("ing", "ies", "ed", "es", "en", "s", "e", "y")
LITTLE = (
    "a about also am an and any anyone are as at be been being but by can could did do does for from get gets had has "
    "have he her him his how i if in is it its may me might must my no not of on one or our own people person shall "
    "she should so some somebody someone something than that the their them then there these they this those to us "
    "very was we were what when where which while who whom why will with would you your"
)
"""Words that tell no situation from another, with blanks between them."""
LITTLE_WORDS = frozenset(LITTLE.split())
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no space between words; there, two neighbouring letters stand for a word."""


def near_texts(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return for each key the keys of the texts that are nearly the same as its own, itself left out.

    Texts are compared in small letters without punctuation: by the Jaccard index of their sequences of three words, and
    up to ``SHORT_WORDS`` words also by that of their stems (``stems``).
    """
    words = {key: re.findall(r"\w+", text.casefold()) for key, text in sorted(texts.items())}
    short = {key: stems(found) for key, found in words.items() if len(found) <= SHORT_WORDS}
    sequences = {key: shingles(found) for key, found in words.items()}
    near: dict[str, set[str]] = {key: set() for key in words}
    pairs = chain(_near_pairs(short, at_least=MIN_COMMON_WORDS), _near_pairs(sequences, at_least=MIN_COMMON_SEQUENCES))
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    return {key: frozenset(found) for key, found in near.items()}


def group_near(near: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Return for each key the key that stands for its group; each is near to that key itself.

    The key with the most near ones comes first and takes those of them that are free, and so on. So likenesses do not
    chain into one giant group: two texts of a group have one in common that both are near to. Two that are near may be
    in different groups; who divides by groups has to look at ``near`` where the groups meet.
    """
    group: dict[str, str] = {}
    for key in sorted(near, key=lambda key: (-len(near[key]), key)):
        if key not in group:
            group[key] = key
            for other in near[key]:
                group.setdefault(other, key)
    return {key: group[key] for key in near}


def stems(words: Sequence[str]) -> frozenset[str]:
    """Return the first letters of the words that tell a situation, English endings cut; of all where none does.

    >>> sorted(stems(["when", "facing", "hard", "decisions"]))
    ['decisi', 'fac', 'hard']
    """
    telling = [word for word in words if word not in LITTLE_WORDS] or words or [""]
    return frozenset(part for word in telling for part in _parts(word))


def shingles(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Return the sequences of three words; fewer words are one sequence."""
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def _parts(word: str) -> list[str]:
    if UNSPACED.search(word):
        return [word[i : i + 2] for i in range(max(1, len(word) - 1))]
    ending = next((e for e in ENDINGS if word.endswith(e) and len(word) >= len(e) + MIN_STEM), "")
    return [word.removesuffix(ending)[:STEM]]


def _near_pairs(sets: Mapping[str, frozenset[T]], *, at_least: float) -> Iterator[tuple[str, str]]:
    """Yield the pairs of keys whose sets have a Jaccard index of ``at_least`` or more.

    Only pairs that share a rare element are compared (prefix filter: Chaudhuri, Ganti and Kaushik, A primitive operator
    for similarity joins in data cleaning, ICDE 2006), which loses none.
    """
    frequency = Counter(element for found in sets.values() for element in found)
    seen: dict[T, list[str]] = defaultdict(list)
    for key, found in sets.items():
        rarest = sorted(found, key=lambda element: (frequency[element], element))
        prefix = rarest[: len(rarest) - math.ceil(at_least * len(rarest)) + 1]
        for other in sorted({other for element in prefix for other in seen[element]}):
            if _jaccard(found, sets[other]) >= at_least:
                yield key, other
        for element in prefix:
            seen[element].append(key)


def _jaccard(one: frozenset[T], other: frozenset[T]) -> float:
    return len(one & other) / len(one | other)
