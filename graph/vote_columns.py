"""Rows of votes to columns, and columns seen through merges and withdrawals.

Names are numbered by their places in sorted lists, so that neither the order of votes nor the order in which names were
met changes anything that is counted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from domain.vote_columns import ANSWERS, ROWS_AT_ONCE, IntArray, VoteColumns, VoteKeys

PLACE_OF = {answer: at for at, answer in enumerate(ANSWERS)}
VALUE_BITS, CONTEXT_BITS, PERSON_BITS = 20, 20, 23
"""Room in one 64-bit key: a million values and contexts, eight million people."""


class CountedVotes(NamedTuple):
    """Votes that count, and how many were left out for which reason."""

    votes: VoteColumns
    n_self_loops: int
    """A merge made both ends the same value."""
    n_superseded: int
    """After a merge the same person voted on the same pair and context again, later."""
    n_withdrawn: int
    """A value they name was withdrawn."""


class SiftedVotes(NamedTuple):
    """Votes that count, and where each of them stood."""

    counted: CountedVotes
    places: IntArray
    """Place of each counted vote among those given, ascending, shape (n_counted,)."""


def vote_columns(rows: Iterable[VoteRow]) -> VoteColumns:
    """Return ``rows`` as columns; they are read a batch at a time, so that none but the columns stays in memory.

    Raises:
        ValueError: more values, contexts or people than keys have room for.
    """
    people, values, contexts = _Places(), _Places(), _Places()
    batches = []
    for batch in _batches(rows):
        person, src, wiser, context, answer = zip(*batch, strict=True)
        numbers = (
            map(people.__getitem__, person),
            map(values.__getitem__, src),
            map(values.__getitem__, wiser),
            map(contexts.__getitem__, context),
            map(PLACE_OF.__getitem__, answer),
        )
        batches.append(np.array([list(one) for one in numbers], dtype=np.int32))
    every = np.hstack(batches) if batches else np.zeros((5, 0), dtype=np.int32)
    ranks = [_ranks(people, PERSON_BITS), _ranks(values, VALUE_BITS), _ranks(contexts, CONTEXT_BITS)]
    return VoteColumns(
        keys=VoteKeys(
            tuple(ValueId(name) for name in sorted(values)),
            tuple(sorted(contexts)),
            tuple(PersonId(name) for name in sorted(people)),
        ),
        person=ranks[0][every[0]],
        src=ranks[1][every[1]],
        wiser=ranks[1][every[2]],
        context=ranks[2][every[3]],
        answer=every[4].astype(np.int64),
    )


def count_votes(votes: VoteColumns, *, roots: Mapping[ValueId, ValueId], withdrawn: Iterable[ValueId]) -> CountedVotes:
    """Return ``votes`` with both ends replaced by the values they count for; of two on one key the later counts.

    Args:
        votes: in order of time.
        roots: each merged value's standing target; values that are not merged may be absent.
        withdrawn: values whose author took their words away.
    """
    return sift_votes(votes, roots=roots, withdrawn=withdrawn).counted


def sift_votes(votes: VoteColumns, *, roots: Mapping[ValueId, ValueId], withdrawn: Iterable[ValueId]) -> SiftedVotes:
    """Return what ``count_votes`` does, and which of the votes given were counted."""
    keys, root = _rooted(votes.keys, roots)
    moved = VoteColumns(
        keys=keys,
        person=votes.person,
        src=root[votes.src],
        wiser=root[votes.wiser],
        context=votes.context,
        answer=votes.answer,
    )
    gone = set(withdrawn)
    is_gone = np.array([value_id in gone for value_id in keys.values], dtype=np.bool_)
    is_withdrawn = is_gone[moved.src] | is_gone[moved.wiser]
    is_loop = ~is_withdrawn & (moved.src == moved.wiser)
    left = np.flatnonzero(~is_withdrawn & ~is_loop)
    places = left[_newest(moved.where(left))]
    counted = CountedVotes(moved.where(places), int(is_loop.sum()), len(left) - len(places), int(is_withdrawn.sum()))
    return SiftedVotes(counted, places)


def people_by_content(votes: VoteColumns) -> VoteColumns:
    """Return ``votes`` with people numbered in the order of what they said.

    Ids are drawn at random, so without this the same study read in twice would be resampled differently. People who
    said the same are alike in all that is counted.
    """
    code = cell_codes(votes)
    order = np.lexsort((votes.answer, code, votes.person))
    starts = np.flatnonzero(np.diff(votes.person[order], prepend=-1))
    said = np.split((code << np.int64(2) | votes.answer)[order], starts[1:])
    whose = votes.person[order][starts].tolist()
    sayings = [tuple(one.tolist()) for one in said]
    ranked = [whose[at] for at in sorted(range(len(whose)), key=sayings.__getitem__)]
    place = np.zeros(len(votes.keys.people), dtype=np.int64)
    place[ranked] = np.arange(len(ranked))
    people = tuple(votes.keys.people[at] for at in ranked)
    return replace(votes, keys=votes.keys._replace(people=people), person=place[votes.person])


def cell_codes(votes: VoteColumns) -> IntArray:
    """Return a number for pair and context of each vote, shape (n_votes,), that sorts by source, target, context."""
    return ((votes.src << VALUE_BITS) | votes.wiser) << CONTEXT_BITS | votes.context


def _newest(votes: VoteColumns) -> IntArray:
    """Return the places of votes that no later one of the same person on the same cell replaces, in order of time."""
    _, cell = np.unique(cell_codes(votes), return_inverse=True)
    key = cell.astype(np.int64) << PERSON_BITS | votes.person
    _, last = np.unique(key[::-1], return_index=True)
    places: IntArray = np.sort(len(votes) - 1 - last)
    return places


def _rooted(keys: VoteKeys, roots: Mapping[ValueId, ValueId]) -> tuple[VoteKeys, IntArray]:
    """Return keys that name the targets of merges too, and the new number of each old one."""
    target = [roots.get(value_id, value_id) for value_id in keys.values]
    values = tuple(sorted({*target}))
    place = {value_id: at for at, value_id in enumerate(values)}
    return keys._replace(values=values), np.array([place[value_id] for value_id in target], dtype=np.int64)


class _Places(dict[str, int]):
    """Numbers names in the order in which they are met."""

    def __missing__(self, name: str) -> int:
        place = self[name] = len(self)
        return place


def _batches(rows: Iterable[VoteRow]) -> Iterator[list[VoteRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, ROWS_AT_ONCE)):
        yield batch


def _ranks(places: _Places, bits: int) -> IntArray:
    """Return for each number its name's place among the sorted names, shape (n_names,)."""
    if len(places) >= 1 << bits:
        raise ValueError(f"There is room for {1 << bits:,} names, not for {len(places):,}.")
    ranks = np.empty(len(places), dtype=np.int64)
    ranks[[places[name] for name in sorted(places)]] = np.arange(len(places))
    return ranks
