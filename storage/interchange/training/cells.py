"""Votes counted by pair and context: what a training row is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from domain.graphs import Thresholds
from domain.ids import ValueId
from domain.measures.entropy import entropy_bits
from domain.measures.intervals import Interval, wilson_interval
from domain.vote_columns import ANSWERS, ROWS_AT_ONCE, IntArray, VoteColumns, VoteKeys

WISER, NOT_WISER, NOT_SURE = range(len(ANSWERS))
"""Places of the answers in ``ANSWERS``."""
MAX_COUNTS_KEPT = 10_000
"""Counts that were judged before; the same few come again and again, since few people answer one pair."""

Said = tuple[int, int]
"""Person and answer, each by its number."""


class Cell(NamedTuple):
    """Answers on an ordered pair in one context."""

    src_id: ValueId
    wiser_id: ValueId
    context: str
    wiser: int
    not_wiser: int
    unsure: int
    less_wise: int
    """Answers "wiser" on the reverse pair in this context."""
    impressions: int
    """All answers on the pair in this context, both ways."""
    n_people: int
    """People who voted on this ordered pair in this context."""

    def n_own(self) -> int:
        """Return the answers on the pair in its own direction."""
        return self.wiser + self.not_wiser + self.unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Every ordered pair in every context with a vote, by context, source and target; arrays have shape (n_cells,)."""

    keys: VoteKeys
    context: IntArray
    src: IntArray
    wiser: IntArray
    answers: IntArray
    """Counts of answers, columns as in ``ANSWERS``, shape (n_cells, 3)."""
    reverse: IntArray
    """Place of the same two values the other way round in the same context; -1 where nobody voted on that."""
    n_people: IntArray
    first: IntArray
    """Where the votes of each cell begin in the two arrays below, and at the end their number; (n_cells + 1,)."""
    person: IntArray
    """Shape (n_votes,)."""
    answer: IntArray
    """Shape (n_votes,)."""

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.src)

    def __iter__(self) -> Iterator[Cell]:
        """Yield the cells; not all of them are held at once."""
        values, contexts = self.keys.values, self.keys.contexts
        for start in range(0, len(self), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            own = self.answers[some]
            back = np.where(self.reverse[some, None] >= 0, self.answers[self.reverse[some]], 0)
            columns = (
                *(self.src[some], self.wiser[some], self.context[some], *own.T, back[:, WISER]),
                *(own.sum(axis=1) + back.sum(axis=1), self.n_people[some]),
            )
            for src, wiser, context, *counts in zip(*(column.tolist() for column in columns), strict=True):
                yield Cell(values[src], values[wiser], contexts[context], *counts)

    def said(self, at: int) -> list[Said]:
        """Return the answers in one cell."""
        some = slice(self.first[at], self.first[at + 1])
        return list(zip(self.person[some].tolist(), self.answer[some].tolist(), strict=True))


def count_cells(votes: VoteColumns) -> Cells:
    """Return the counts of every ordered pair in every context; the order of votes changes nothing."""
    order = np.lexsort((votes.person, votes.wiser, votes.src, votes.context))
    person, answer = votes.person[order], votes.answer[order]
    ends = np.stack((votes.context[order], votes.src[order], votes.wiser[order]))
    is_first = np.append(np.ones(len(order[:1]), dtype=np.bool_), (np.diff(ends) != 0).any(axis=0))
    is_new_person = is_first | np.append(np.ones(len(order[:1]), dtype=np.bool_), np.diff(person) != 0)
    starts = np.flatnonzero(is_first)
    cell = np.cumsum(is_first) - 1
    context, src, wiser = ends[:, starts]
    flat = np.bincount(cell * len(ANSWERS) + answer, minlength=len(starts) * len(ANSWERS))
    return Cells(
        keys=votes.keys,
        context=context,
        src=src,
        wiser=wiser,
        answers=flat.reshape(-1, len(ANSWERS)).astype(np.int64),
        reverse=_reverse(context, src, wiser, n_values=len(votes.keys.values)),
        n_people=np.bincount(cell, is_new_person, minlength=len(starts)).astype(np.int64),
        first=np.append(starts, len(order)).astype(np.int64),
        person=person,
        answer=answer,
    )


def is_decided(cell: Cell, thresholds: Thresholds) -> bool:
    """Tell whether people found the pair wiser in this context: the rule of the published graph, and a majority.

    With W, N, U, L, I the counts of ``Cell``: (W - L) / (W + N + U + L), the entropy of {W, N, L, U, I} in bits and W
    pass the thresholds (source: Moral Graph Elicitation, the published graph of 2023; here within one context). That
    rule alone keeps two against two, so W > N + L is wanted too: a label says more than an edge.
    """
    return (
        cell.wiser >= max(1, thresholds.min_wiser)
        and cell.wiser > cell.not_wiser + cell.less_wise
        and (cell.wiser - cell.less_wise) / (cell.n_own() + cell.less_wise) >= thresholds.min_wiser_likelihood
        and _entropy(cell.wiser, cell.not_wiser, cell.less_wise, cell.unsure, cell.impressions)
        <= thresholds.max_entropy
    )


def is_rejected(cell: Cell, thresholds: Thresholds) -> bool:
    """Tell whether people found the pair not wiser in this context: the same rule with "not wiser" in W's place."""
    turned = cell._replace(wiser=cell.not_wiser, not_wiser=cell.wiser, less_wise=0)
    return is_decided(turned, thresholds)


@lru_cache(maxsize=MAX_COUNTS_KEPT)
def share_interval(wiser: int, n: int) -> Interval | None:
    """Return the Wilson 95 % interval of a share; ``None`` without answers."""
    return wilson_interval(wiser, n)


@lru_cache(maxsize=MAX_COUNTS_KEPT)
def _entropy(*counts: int) -> float:
    return entropy_bits(counts)


def _reverse(context: IntArray, src: IntArray, wiser: IntArray, *, n_values: int) -> IntArray:
    codes, back = ((context * n_values + low) * n_values + high for low, high in ((src, wiser), (wiser, src)))
    if not len(codes):
        return codes
    place = np.minimum(np.searchsorted(codes, back), len(codes) - 1)
    return np.where(codes[place] == back, place, -1)
