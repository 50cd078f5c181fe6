"""Pairs that too few people of a group answered: their votes are left out before anything is counted.

Left out are pairs that one to four people of the group answered, and pairs that one to four others answered: what those
said would follow from the counts with the filter and the counts without it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.graphs import GraphQuery, VoteRow
from domain.ids import PersonId, ValueId
from storage import Store

MIN_GROUP = 5
"""No group below five people is ever shown (small cells identify people)."""

Pair = frozenset[ValueId]
People = Mapping[Pair, set[PersonId]]


class ShownRows(NamedTuple):
    """Votes that may be counted and shown."""

    rows: list[VoteRow]
    n_pairs_withheld: int
    """Pairs of values, in either direction, whose votes are left out."""


def without_small_pairs(
    store: Store, query: GraphQuery, rows: Iterable[VoteRow], *, roots: Mapping[ValueId, ValueId]
) -> ShownRows:
    """Return the votes of ``rows``, which ``query`` selects by group, on pairs that are large enough to be shown."""
    every = list(rows)
    own = _people(every, roots)
    wider = [_people(store.votes.vote_rows(one), roots) for one in _wider(query)]
    small = {pair for pair, people in own.items() if _is_small(pair, people, wider)}
    shown = [row for row in every if _pair(row, roots) not in small]
    return ShownRows(shown, len(small))


def _wider(query: GraphQuery) -> list[GraphQuery]:
    """Return ``query`` without each one of its attributes, and without any."""
    kept = {tuple(one for one in query.attributes if one != left_out) for left_out in query.attributes} | {()}
    return [query.model_copy(update={"attributes": attributes}) for attributes in sorted(kept)]


def _is_small(pair: Pair, people: set[PersonId], wider: Iterable[People]) -> bool:
    others = (len(every[pair]) - len(people) for every in wider)
    return len(people) < MIN_GROUP or any(0 < n < MIN_GROUP for n in others)


def _people(rows: Iterable[VoteRow], roots: Mapping[ValueId, ValueId]) -> People:
    people: dict[Pair, set[PersonId]] = defaultdict(set)
    for row in rows:
        people[_pair(row, roots)].add(row.person_id)
    return people


def _pair(row: VoteRow, roots: Mapping[ValueId, ValueId]) -> Pair:
    return frozenset((roots.get(row.src_id, row.src_id), roots.get(row.wiser_id, row.wiser_id)))
