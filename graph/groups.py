"""Groups of people side by side, edge by edge, and which cells may be shown. No cell is ever below five people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from domain.ids import PersonId, ValueId
from domain.measures.corrections import benjamini_hochberg
from domain.measures.intervals import Interval, wilson_interval
from domain.people import Participant
from graph.ballots import Ballots, IntArray, Pair

MIN_CELL = 5
"""No cell below five people is shown: small cells identify people."""
N_SHUFFLES = 999
"""Shuffles of a permutation test; the smallest p it can give is 1 / (1 + this)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which group each person belongs to; people who are in none are absent."""

    name: str
    """The attribute, such as ``party``."""
    group_of: Mapping[PersonId, str]

    def labels(self) -> tuple[str, ...]:
        """Return the groups of at least ``MIN_CELL`` people, sorted: smaller ones are not spoken of."""
        counts = Counter(self.group_of.values())
        return tuple(sorted(label for label, n in counts.items() if n >= MIN_CELL))

    def codes(self, people: Sequence[PersonId]) -> IntArray:
        """Return each person's place in ``labels()``, shape (n_people,); -1 for people in none of them."""
        place = {label: at for at, label in enumerate(self.labels())}
        return np.array([place.get(self.group_of.get(person_id, ""), -1) for person_id in people], dtype=np.int64)


class Cell(NamedTuple):
    """How far a group of people may be shown."""

    n_people: int | None
    """``None`` where it is hidden."""
    n_missing: int
    """People still needed for it to be shown; 0 where it is shown, or hidden only to protect another cell."""

    @property
    def is_shown(self) -> bool:
        """Whether its counts may leave this module."""
        return self.n_people is not None


class GroupCounts(NamedTuple):
    """One group's answers on one pair, all contexts together."""

    group: str
    cell: Cell
    wiser: int | None
    not_wiser: int | None
    unsure: int | None
    share: float | None
    """wiser / (wiser + not wiser + unsure), 0..1; ``None`` where hidden."""
    interval: Interval | None
    """Wilson 95 %."""


class EdgeByGroup(NamedTuple):
    """One ordered pair, group by group."""

    src_id: ValueId
    wiser_id: ValueId
    groups: tuple[GroupCounts, ...]
    """In the order of the grouping's labels, hidden ones too."""
    p: float | None
    """Permutation test over the groups shown: are their answers spread differently? ``None`` below two groups."""
    q: float | None
    """``p`` corrected over all pairs tested (Benjamini-Hochberg)."""


def grouping_by(people: Sequence[Participant], *, attribute: str) -> Grouping:
    """Return the groups of an attribute; only people who gave it are in one (they agreed to it by giving it)."""
    group_of = {p.id: p.attributes[attribute] for p in people if p.attributes.get(attribute, "").strip()}
    return Grouping(name=attribute, group_of=group_of)


def guard_cells(n_people: Mapping[str, int], *, n_others: int = 0) -> dict[str, Cell]:
    """Return which cells may be shown, so that nothing small follows by subtraction from a known total.

    A cell of one to four people is hidden. What a reader gets by taking the shown cells from the total is the sum of
    the hidden ones and of the people in no group. That sum must cover at least two parts and at least ``MIN_CELL``
    people, else the smallest shown cell is hidden as well (complementary suppression), and so on. Empty cells are
    shown: they hold no one.

    Args:
        n_people: people in each cell.
        n_others: people who count in the total and are in no cell (no answer, or a group too small to speak of).

    >>> guard_cells({"a": 3, "b": 9, "c": 30})
    {'a': Cell(n_people=None, n_missing=2), 'b': Cell(n_people=None, n_missing=0), 'c': Cell(n_people=30, n_missing=0)}
    """
    hidden = {label for label, n in n_people.items() if 0 < n < MIN_CELL}
    by_size = sorted((n, label) for label, n in n_people.items() if n >= MIN_CELL)
    while hidden and by_size and _is_solvable([*(n_people[label] for label in hidden), n_others]):
        hidden.add(by_size.pop(0)[1])
    return {
        label: Cell(n_people=None, n_missing=max(0, MIN_CELL - n)) if label in hidden else Cell(n, 0)
        for label, n in n_people.items()
    }


def _is_solvable(parts: list[int]) -> bool:
    return sum(parts) < MIN_CELL or sum(n > 0 for n in parts) <= 1


def edges_by_group(
    ballots: Ballots, grouping: Grouping, *, rng: np.random.Generator, n_shuffles: int = N_SHUFFLES
) -> tuple[EdgeByGroup, ...]:
    """Return every ordered pair voted on with each group's answers, sorted by ids.

    ``ballots`` are edge votes (items are ``Pair``). A person who voted on a pair in two contexts counts as one person
    and two answers. Totals over everyone are public (the graph shows them), so cells are guarded against them.
    """
    labels, codes = grouping.labels(), grouping.codes(ballots.people)
    rows_of: dict[tuple[ValueId, ValueId], list[int]] = {}
    pairs = [(item.src_id, item.wiser_id) for item in ballots.items if isinstance(item, Pair)]
    for row, place in enumerate(ballots.item):
        rows_of.setdefault(pairs[place], []).append(row)
    edges = [
        _edge(*pair, ballots=ballots, rows=np.array(rows), labels=labels, codes=codes, rng=rng, n_shuffles=n_shuffles)
        for pair, rows in sorted(rows_of.items())
    ]
    tested = [edge.p for edge in edges if edge.p is not None]
    corrected = iter(benjamini_hochberg(tested))
    return tuple(edge if edge.p is None else edge._replace(q=next(corrected)) for edge in edges)


def _edge(
    src_id: ValueId,
    wiser_id: ValueId,
    *,
    ballots: Ballots,
    rows: IntArray,
    labels: Sequence[str],
    codes: IntArray,
    rng: np.random.Generator,
    n_shuffles: int,
) -> EdgeByGroup:
    person, answer = ballots.person[rows], ballots.answer[rows]
    voters = np.unique(person)
    sizes = {label: int((codes[voters] == at).sum()) for at, label in enumerate(labels)}
    cells = guard_cells(sizes, n_others=int((codes[voters] < 0).sum()))
    counts = tuple(
        _counts(label, cells[label], np.bincount(answer[codes[person] == at], minlength=3).tolist())
        for at, label in enumerate(labels)
    )
    shown = [at for at, label in enumerate(labels) if cells[label].n_people]
    p = None
    if len(shown) > 1:
        seen = np.isin(codes[person], shown)
        p = spread_p(codes, person=person[seen], answer=answer[seen], rng=rng, n_shuffles=n_shuffles)
    return EdgeByGroup(src_id, wiser_id, counts, p=p, q=None)


def _counts(label: str, cell: Cell, counts: Sequence[int]) -> GroupCounts:
    if not cell.is_shown:
        return GroupCounts(label, cell, None, None, None, None, None)
    wiser, not_wiser, unsure = counts
    n = wiser + not_wiser + unsure
    share = wiser / n if n else None
    return GroupCounts(label, cell, wiser, not_wiser, unsure, share, wilson_interval(wiser, n))


def spread_p(
    codes: IntArray, *, person: IntArray, answer: IntArray, rng: np.random.Generator, n_shuffles: int = N_SHUFFLES
) -> float:
    """Return the p of a permutation test: are answers spread over the groups as if groups were drawn by lot? 0..1.

    The statistic is Pearson's chi-square of groups by answers; groups are shuffled among the people who answered, so
    a person's answers stay together. p = (1 + shuffles at least as large) / (1 + shuffles).
    Source: Phipson and Smyth, Permutation p-values should never be zero (2010).

    Args:
        codes: group of each person, shape (n_people,); those of ``person`` are 0 or more.
        person: row of the person of each answer, shape (n,).
        answer: each answer, shape (n,).
        rng: source of the shuffles.
        n_shuffles: how many.
    """
    voters, inside = np.unique(person, return_inverse=True)
    groups, own = np.unique(codes[voters], return_inverse=True)
    kinds, kind = np.unique(answer, return_inverse=True)
    shuffled = np.vstack([own, rng.permuted(np.tile(own, (n_shuffles, 1)), axis=1)])[:, inside]
    size = len(groups) * len(kinds)
    cell = shuffled * len(kinds) + kind + np.arange(n_shuffles + 1)[:, None] * size
    table = np.bincount(cell.ravel(), minlength=size * (n_shuffles + 1)).reshape(-1, len(groups), len(kinds))
    expected = table.sum(axis=2, keepdims=True) * table.sum(axis=1, keepdims=True) / len(answer)
    statistic = ((table - expected) ** 2 / np.maximum(expected, 1e-12)).sum(axis=(1, 2))
    return float((1 + (statistic[1:] >= statistic[0] - 1e-9).sum()) / (1 + n_shuffles))
