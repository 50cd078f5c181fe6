"""Pairs that too few people of a group answered: their votes are left out before anything is counted.

Left out are pairs that one to four people of the group answered, and pairs that one to four others answered: what those
said would follow from the counts with the filter and the counts without it. Left out too is what would let a smaller
group be worked out by filtering for each of the others in turn (``graph.cell_guard``). Where contexts or questions are
chosen as well, the same holds for the votes outside of them, which follow from the counts with and without that choice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
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
Attributes = tuple[tuple[str, str], ...]
PeopleWith = Callable[[Attributes], People]
"""Who bears these attributes and answered a pair, in one choice of contexts and questions."""


class ShownRows(NamedTuple):
    """Votes that may be counted and shown."""

    rows: Iterable[VoteRow]
    """To be walked once."""
    n_pairs_withheld: int
    """Pairs of values, in either direction, whose votes are left out."""


def without_small_pairs(
    store: Store, query: GraphQuery, rows: Iterable[VoteRow], *, roots: Mapping[ValueId, ValueId]
) -> ShownRows:
    """Return the votes of ``rows``, which ``query`` selects by group, on pairs that are large enough to be shown."""
    every = list(rows)
    small = _small_pairs(store, query, _inside(store, query, roots))
    for less in _less_restricted(query):
        small |= _small_pairs(store, query, _outside(store, query, less, roots))
    withheld = {pair for row in every if (pair := _pair(row, roots)) in small}
    return ShownRows([row for row in every if _pair(row, roots) not in withheld], len(withheld))


def _inside(store: Store, query: GraphQuery, roots: Mapping[ValueId, ValueId]) -> PeopleWith:
    return cache(lambda attributes: _people(store.votes.vote_rows(_of(query, attributes)), roots))


def _outside(store: Store, query: GraphQuery, less: GraphQuery, roots: Mapping[ValueId, ValueId]) -> PeopleWith:
    """Return who gave the votes that ``less`` counts and ``query`` does not."""

    def people_with(attributes: Attributes) -> People:
        votes = Counter(store.votes.vote_rows(_of(less, attributes)))
        votes.subtract(store.votes.vote_rows(_of(query, attributes)))
        return _people((row for row, n in votes.items() if n > 0), roots)

    return cache(people_with)


def _less_restricted(query: GraphQuery) -> list[GraphQuery]:
    """Return ``query`` without its contexts, without its questions, and without both, where it restricts them."""
    fewer = [{"context_ids": ()}, {"question_ids": ()}, {"context_ids": (), "question_ids": ()}]
    return [less for one in fewer if (less := query.model_copy(update=one)) != query]


def _small_pairs(store: Store, query: GraphQuery, people_with: PeopleWith) -> set[Pair]:
    """Return the pairs of which the group's answers in this choice of votes must not be shown, nor follow."""
    own = people_with(query.attributes)
    wider = [people_with(attributes) for attributes in _wider(query)]
    small = {pair for pair, people in own.items() if _is_small(pair, people, wider)}
    hidden = {pair for name, value in query.attributes for pair in _hidden(store, query, people_with, name, value)}
    return small | (hidden & own.keys())


def _wider(query: GraphQuery) -> list[Attributes]:
    """Return the attributes of ``query`` without each one of them, and none."""
    kept = {tuple(one for one in query.attributes if one != left_out) for left_out in query.attributes} | {()}
    return sorted(kept)


def _hidden(store: Store, query: GraphQuery, people_with: PeopleWith, name: str, value: str) -> set[Pair]:
    """Return the pairs of which the guard over all groups of one attribute hides the group ``value``.

    As in ``graph.groups`` a blank answer makes no group: who gave one is among the people in none.
    """
    everyone = people_with(tuple(one for one in query.attributes if one != (name, value)))
    persons = store.people.list(query.study_id, sources=query.sources)
    group_of = {one.id: one.attributes[name] for one in persons if one.attributes.get(name, "").strip()}
    sizes = Counter(group_of.values())
    if value not in sizes:
        return set(everyone)
    groups, pairs = sorted(sizes), list(everyone)
    counted = [Counter(group_of.get(person, "") for person in everyone[pair]) for pair in pairs]
    cells = np.array([[counts[group] for counts in counted] for group in groups], dtype=np.int64)
    in_none = np.array([counts[""] for counts in counted], dtype=np.int64)
    guard = CellGuard.of_sizes([sizes[group] for group in groups], n_others=len(persons) - len(group_of))
    shown = guard.shown(cells, in_none)[groups.index(value)]
    return {pair for pair, is_shown in zip(pairs, shown.tolist(), strict=True) if not is_shown}


def _is_small(pair: Pair, people: set[PersonId], wider: Iterable[People]) -> bool:
    others = (len(every.get(pair, ())) - len(people) for every in wider)
    return len(people) < MIN_GROUP or any(0 < n < MIN_GROUP for n in others)


def _of(query: GraphQuery, attributes: Attributes) -> GraphQuery:
    return query.model_copy(update={"attributes": attributes})


def _people(rows: Iterable[VoteRow], roots: Mapping[ValueId, ValueId]) -> People:
    people: dict[Pair, set[PersonId]] = defaultdict(set)
    for row in rows:
        people[_pair(row, roots)].add(row.person_id)
    return people


def _pair(row: VoteRow, roots: Mapping[ValueId, ValueId]) -> Pair:
    return frozenset((roots.get(row.src_id, row.src_id), roots.get(row.wiser_id, row.wiser_id)))
