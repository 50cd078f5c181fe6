"""Votes as columns of small numbers: the form in which the votes of a large study lie in memory.

Names (values, contexts, people) are replaced by their places in sorted lists. ``graph`` makes columns and counts them,
``storage`` writes them to files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from domain.votes import EdgeAnswer

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ANSWERS = tuple(EdgeAnswer)
"""Wiser, not wiser, not sure: the order of columns of every count of answers."""
ROWS_AT_ONCE = 5_000
"""Rows made of columns that are held together."""


class VoteKeys(NamedTuple):
    """What a study's votes can name, each sorted; the place in its tuple is the number in the columns."""

    values: tuple[ValueId, ...]
    contexts: tuple[str, ...]
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteColumns:
    """One vote a place, in order of time; every array has shape (n_votes,)."""

    keys: VoteKeys
    person: IntArray
    src: IntArray
    wiser: IntArray
    context: IntArray
    answer: IntArray
    """Place in ``ANSWERS``."""

    def __len__(self) -> int:
        """Return the number of votes."""
        return len(self.person)

    def where(self, kept: BoolArray | IntArray) -> "VoteColumns":
        """Return the votes that a mask or a list of places selects; names keep their numbers."""
        return VoteColumns(
            keys=self.keys,
            person=self.person[kept],
            src=self.src[kept],
            wiser=self.wiser[kept],
            context=self.context[kept],
            answer=self.answer[kept],
        )

    def rows(self) -> Iterator[VoteRow]:
        """Yield the votes one at a time; not all of them are held as rows."""
        values, contexts, people = self.keys
        columns = (self.person, self.src, self.wiser, self.context, self.answer)
        for start in range(0, len(self), ROWS_AT_ONCE):
            some = (column[start : start + ROWS_AT_ONCE].tolist() for column in columns)
            for person, src, wiser, context, answer in zip(*some, strict=True):
                yield VoteRow(people[person], values[src], values[wiser], contexts[context], ANSWERS[answer])

    def voted_values(self) -> frozenset[ValueId]:
        """Return the values that a vote names on either side."""
        return frozenset(self.keys.values[at] for at in np.union1d(self.src, self.wiser).tolist())

    def voted_contexts(self) -> frozenset[str]:
        """Return the contexts in which there is a vote."""
        return frozenset(self.keys.contexts[at] for at in np.unique(self.context).tolist())

    def n_people(self) -> int:
        """Return how many people gave a vote."""
        return len(np.unique(self.person))
