"""How alike two values read, word by word: ROUGE-L over word stems, its three figures.

Source: Lin, ROUGE: A package for automatic evaluation of summaries (2004), the longest common subsequence. As in the
published Kaleido procedure words are stemmed and a leading "Right to" or "Duty to" is left out. Precision is taken over
the words of the value that was kept, recall over those of the one that may go. Words are letters and digits of any
script, not of English alone.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from domain.kaleido import NgramBounds
from kaleido.stems import stem

LEADING = re.compile(r"^(?:right|duty) to ", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")


class WordLikeness(NamedTuple):
    """All 0..1; 1 is the same words in the same order."""

    f1: float
    precision: float
    """Common words over those of the kept value, which stands above."""
    recall: float
    """Common words over those of the value below it."""

    def exceeds(self, bounds: NgramBounds) -> bool:
        """Tell whether any of the three lies above its bound."""
        return self.f1 > bounds.f1 or self.precision > bounds.precision or self.recall > bounds.recall


def words_of(text: str) -> tuple[str, ...]:
    """Return the stems of a value's words.

    >>> words_of("Right to make choices")
    ('make', 'choic')
    """
    return tuple(stem(word) for word in WORD.findall(LEADING.sub("", text.strip()).casefold()))


def word_likeness(upper: Sequence[str], lower: Sequence[str]) -> WordLikeness:
    """Return ROUGE-L of the words of a kept value and of one below it; all 0 where either has none.

    >>> word_likeness(("a", "b", "c"), ("a", "c"))
    WordLikeness(f1=0.8, precision=0.6666666666666666, recall=1.0)
    """
    common = _longest_common(upper, lower)
    if not common:
        return WordLikeness(0.0, 0.0, 0.0)
    precision, recall = common / len(upper), common / len(lower)
    return WordLikeness(2 * common / (len(upper) + len(lower)), precision, recall)


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    above = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for place, its in enumerate(other):
            row.append(above[place] + 1 if word == its else max(above[place + 1], row[place]))
        above = row
    return above[-1]
