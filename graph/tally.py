"""Counts of answers, pair by pair, from columns; and the same counts with one more vote, without counting again."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from domain.vote_columns import ANSWERS, IntArray, VoteColumns, VoteKeys
from graph.vote_columns import CONTEXT_BITS, PERSON_BITS, VALUE_BITS, cell_codes

N_ANSWERS = len(ANSWERS)
VALUE_MASK, CONTEXT_MASK = (1 << VALUE_BITS) - 1, (1 << CONTEXT_BITS) - 1


class NewVote(NamedTuple):
    """One vote in the numbers of a tally; ``replaces`` is the place of the answer it takes back, if any."""

    person: int
    src: int
    wiser: int
    context: int
    answer: int
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of answers in every cell (a pair in a context), and who was asked about which two values."""

    keys: VoteKeys
    cells: IntArray
    """Codes of the cells, ascending, shape (n_cells,)."""
    answers: IntArray
    """Counts in each cell, columns as in ``ANSWERS``, shape (n_cells, 3)."""
    asked: IntArray
    """Codes of two values and a person, in whichever direction, ascending, each once."""


class PairCounts(NamedTuple):
    """Every ordered pair voted on in its own direction, by source and target; arrays have shape (n_pairs,)."""

    src: IntArray
    wiser: IntArray
    own: IntArray
    """Counts of answers in the pair's own direction, columns as in ``ANSWERS``, shape (n_pairs, 3)."""
    less_wise: IntArray
    """Votes "wiser" on the reverse pair."""
    impressions: IntArray
    """All votes on the two in both directions."""
    n_people: IntArray
    """People who voted on the two in either direction."""
    first_cell: IntArray
    """Where the cells of each pair begin in the tally, and at the end their number; shape (n_pairs + 1,)."""


def tally(votes: VoteColumns) -> Tally:
    """Return the counts of ``votes``; their order changes nothing."""
    cells, cell = np.unique(cell_codes(votes), return_inverse=True)
    flat = np.bincount(cell * N_ANSWERS + votes.answer, minlength=len(cells) * N_ANSWERS)
    return Tally(
        keys=votes.keys,
        cells=cells,
        answers=flat.reshape(-1, N_ANSWERS).astype(np.int64),
        asked=np.unique(_asked_codes(votes.src, votes.wiser, votes.person)),
    )


def with_vote(counted: Tally, vote: NewVote) -> Tally:
    """Return the counts with one vote more, in time that does not grow with the number of votes but for one copy.

    The same as counting all votes again, as long as ``replaces`` is the answer that the person gave before.
    """
    code = np.int64((vote.src << VALUE_BITS | vote.wiser) << CONTEXT_BITS | vote.context)
    at = int(np.searchsorted(counted.cells, code))
    cells, answers = counted.cells, counted.answers.copy()
    if at == len(cells) or cells[at] != code:
        cells, answers = np.insert(cells, at, code), np.insert(answers, at, 0, axis=0)
    answers[at, vote.answer] += 1
    if vote.replaces is not None:
        answers[at, vote.replaces] -= 1
    asked_code = _asked_codes(*(np.array([one], dtype=np.int64) for one in (vote.src, vote.wiser, vote.person)))[0]
    place = int(np.searchsorted(counted.asked, asked_code))
    is_known = place < len(counted.asked) and counted.asked[place] == asked_code
    asked = counted.asked if is_known else np.insert(counted.asked, place, asked_code)
    return Tally(keys=counted.keys, cells=cells, answers=answers, asked=asked)


def only_pair(counted: Tally, src: int, wiser: int) -> Tally:
    """Return what was counted on two values, in both directions; nothing else is looked at but by bisection."""
    cells = [
        np.arange(*np.searchsorted(counted.cells, [code << CONTEXT_BITS, (code + 1) << CONTEXT_BITS]))
        for low, high in ((src, wiser), (wiser, src))
        for code in [low << VALUE_BITS | high]
    ]
    chosen = np.sort(np.concatenate(cells))
    pair = min(src, wiser) << VALUE_BITS | max(src, wiser)
    start, end = np.searchsorted(counted.asked, [pair << PERSON_BITS, (pair + 1) << PERSON_BITS])
    return replace(
        counted, cells=counted.cells[chosen], answers=counted.answers[chosen], asked=counted.asked[start:end]
    )


def pair_counts(counted: Tally) -> PairCounts:
    """Return the counts of every ordered pair."""
    codes, first = np.unique(counted.cells >> CONTEXT_BITS, return_index=True)
    own = np.add.reduceat(counted.answers, first, axis=0) if len(codes) else counted.answers
    src, wiser = codes >> VALUE_BITS, codes & VALUE_MASK
    reverse = _rows_of(wiser << VALUE_BITS | src, among=codes)
    padded = np.vstack([own, np.zeros((1, N_ANSWERS), dtype=np.int64)])
    pairs_asked, n_asked = np.unique(counted.asked >> PERSON_BITS, return_counts=True)
    return PairCounts(
        src=src,
        wiser=wiser,
        own=own,
        less_wise=padded[reverse, 0],
        impressions=own.sum(axis=1) + padded[reverse].sum(axis=1),
        n_people=n_asked[np.searchsorted(pairs_asked, _unordered(src, wiser))].astype(np.int64),
        first_cell=np.append(first, len(counted.cells)).astype(np.int64),
    )


def _rows_of(codes: IntArray, *, among: IntArray) -> IntArray:
    """Return the place of each code in the ascending ``among``, and -1 where it is not there."""
    if not len(among):
        return np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(among, codes), len(among) - 1)
    return np.where(among[place] == codes, place, -1)


def _unordered(src: IntArray, wiser: IntArray) -> IntArray:
    return np.minimum(src, wiser) << VALUE_BITS | np.maximum(src, wiser)


def _asked_codes(src: IntArray, wiser: IntArray, person: IntArray) -> IntArray:
    return _unordered(src, wiser) << PERSON_BITS | person
