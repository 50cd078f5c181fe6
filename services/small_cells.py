"""Pairs that too few people of a group answered: their votes are left out before anything is counted.

Left out are pairs that one to four people of the group answered, and pairs that one to four others answered: what those
said would follow from the counts with the filter and the counts without it. Left out too is what would let a smaller
group be worked out by filtering for each of the others in turn (``graph.cell_guard``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery, VoteRow
from domain.ids import PersonId, ValueId
from graph.cell_guard import MIN_CELL, CellGuard
from storage import Store

MIN_GROUP = MIN_CELL
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
    small |= {
        pair for name, value in query.attributes for pair in _hidden(store, query, roots, name, value)
    } & own.keys()
    shown = [row for row in every if _pair(row, roots) not in small]
    return ShownRows(shown, len(small))


def _wider(query: GraphQuery) -> list[GraphQuery]:
    """Return ``query`` without each one of its attributes, and without any."""
    kept = {tuple(one for one in query.attributes if one != left_out) for left_out in query.attributes} | {()}
    return [query.model_copy(update={"attributes": attributes}) for attributes in sorted(kept)]


def _hidden(store: Store, query: GraphQuery, roots: Mapping[ValueId, ValueId], name: str, value: str) -> set[Pair]:
    """Return the pairs of which the guard over all groups of one attribute hides the group ``value``."""
    others = tuple(one for one in query.attributes if one != (name, value))
    everyone = _people(store.votes.vote_rows(query.model_copy(update={"attributes": others})), roots)
    persons = store.people.list(query.study_id, sources=query.sources)
    group_of = {person.id: person.attributes[name] for person in persons if name in person.attributes}
    sizes = Counter(group_of.values())
    if value not in sizes:
        return set()
    groups, pairs = sorted(sizes), list(everyone)
    counted = [Counter(group_of.get(person, "") for person in everyone[pair]) for pair in pairs]
    cells = np.array([[counts[group] for counts in counted] for group in groups], dtype=np.int64)
    in_none = np.array([counts[""] for counts in counted], dtype=np.int64)
    guard = CellGuard.of_sizes([sizes[group] for group in groups], n_others=len(persons) - len(group_of))
    shown = guard.shown(cells, in_none)[groups.index(value)]
    return {pair for pair, is_shown in zip(pairs, shown.tolist(), strict=True) if not is_shown}


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
