"""Groups of people side by side, edge by edge. Which cells may be shown is asked of ``graph.cell_guard``."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from domain.ids import PersonId, ValueId
from domain.measures.corrections import benjamini_hochberg
from domain.measures.intervals import Interval, wilson_interval
from domain.people import Participant
from graph.ballots import Ballots, IntArray, Pair
from graph.cell_guard import MIN_CELL, Cell, CellGuard

N_SHUFFLES = 999
"""Shuffles of a permutation test; the smallest p it can give is 1 / (1 + this)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which group each person belongs to; people who are in none are absent."""

    name: str
    """The attribute, such as ``party``."""
    group_of: Mapping[PersonId, str]
    n_absent: int = 0
    """People of the study who are in no group."""

    def labels(self) -> tuple[str, ...]:
        """Return the groups of at least ``MIN_CELL`` people, sorted: smaller ones are not spoken of."""
        return tuple(shown_sizes(self.group_of.values()))

    def codes(self, people: Sequence[PersonId]) -> IntArray:
        """Return each person's place in ``labels()``, shape (n_people,); -1 for people in none of them."""
        place = {label: at for at, label in enumerate(self.labels())}
        return np.array([place.get(self.group_of.get(person_id, ""), -1) for person_id in people], dtype=np.int64)

    def guard(self) -> CellGuard:
        """Return which cells of these groups may be shown. It is the same wherever these groups are counted."""
        counts, labels = Counter(self.group_of.values()), self.labels()
        n_others = self.n_absent + sum(counts.values()) - sum(counts[label] for label in labels)
        return CellGuard.of_sizes([counts[label] for label in labels], n_others=n_others)


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


def shown_sizes(answers: Iterable[str]) -> dict[str, int]:
    """Return the people of each group of at least ``MIN_CELL``, by name in order; a blank answer is no group.

    >>> shown_sizes(["South"] * 5 + ["North"] * 6 + ["West"] * 4 + [" "] * 9)
    {'North': 6, 'South': 5}
    """
    counts = Counter(answers)
    return {name: counts[name] for name in sorted(counts) if name.strip() and counts[name] >= MIN_CELL}


def grouping_by(people: Sequence[Participant], *, attribute: str) -> Grouping:
    """Return the groups of an attribute; only people who gave it are in one (they agreed to it by giving it)."""
    group_of = {p.id: p.attributes[attribute] for p in people if p.attributes.get(attribute, "").strip()}
    return Grouping(name=attribute, group_of=group_of, n_absent=len(people) - len(group_of))


class Voters(NamedTuple):
    """How many people of one group voted, and how often."""

    group: str
    cell: Cell
    n_votes: int | None
    """``None`` where the cell is hidden, or where the votes on the one pair hidden for this group would follow."""


def voters_by_group(ballots: Ballots, grouping: Grouping) -> tuple[Voters, ...]:
    """Return the voters of each group in the order of its labels; ``ballots`` are edge votes."""
    labels, codes, guard = grouping.labels(), grouping.codes(ballots.people), grouping.guard()
    cells = _cells(np.arange(len(codes)), codes, guard)
    by_pair = _cells_by_pair(ballots, list(_rows_by_pair(ballots).values()), codes, guard)
    n_hidden = [sum(not cells[at].is_shown for cells in by_pair) for at in range(len(labels))]
    n_votes = [int((codes[ballots.person] == at).sum()) for at in range(len(labels))]
    return tuple(
        Voters(label, cells[at], n_votes[at] if cells[at].is_shown and n_hidden[at] != 1 else None)
        for at, label in enumerate(labels)
    )


def edges_by_group(
    ballots: Ballots, grouping: Grouping, *, rng: np.random.Generator, n_shuffles: int = N_SHUFFLES
) -> tuple[EdgeByGroup, ...]:
    """Return every ordered pair voted on with each group's answers, sorted by ids.

    ``ballots`` are edge votes (items are ``Pair``). A person who voted on a pair in two contexts counts as one person
    and two answers. Totals over everyone are public (the graph shows them), so cells are guarded against them.
    """
    labels, codes, guard = grouping.labels(), grouping.codes(ballots.people), grouping.guard()
    rows_of = _rows_by_pair(ballots)
    cells_of = _cells_by_pair(ballots, list(rows_of.values()), codes, guard)
    edges = [
        _edge(
            *pair, ballots=ballots, rows=rows, labels=labels, codes=codes, cells=cells, rng=rng, n_shuffles=n_shuffles
        )
        for (pair, rows), cells in zip(rows_of.items(), cells_of, strict=True)
    ]
    tested = [edge.p for edge in edges if edge.p is not None]
    corrected = iter(benjamini_hochberg(tested))
    return tuple(edge if edge.p is None else edge._replace(q=next(corrected)) for edge in edges)


def _rows_by_pair(ballots: Ballots) -> dict[tuple[ValueId, ValueId], IntArray]:
    """Return the rows of the votes on each ordered pair, all contexts together; pairs sorted by ids."""
    rows_of: dict[tuple[ValueId, ValueId], list[int]] = {}
    pairs = [(item.src_id, item.wiser_id) for item in ballots.items if isinstance(item, Pair)]
    for row, place in enumerate(ballots.item):
        rows_of.setdefault(pairs[place], []).append(row)
    return {pair: np.array(rows) for pair, rows in sorted(rows_of.items())}


def _cells(people: IntArray, codes: IntArray, guard: CellGuard) -> tuple[Cell, ...]:
    """Return the cells of the people in these rows, by code."""
    n_people = [int((codes[people] == at).sum()) for at in range(len(guard.order))]
    return guard.cells(n_people, n_others=int((codes[people] < 0).sum()))


def _cells_by_pair(
    ballots: Ballots, rows: Sequence[IntArray], codes: IntArray, guard: CellGuard
) -> list[tuple[Cell, ...]]:
    """Return the cells of the people in each of ``rows``, one for each pair."""
    if not rows:
        return []
    place = np.repeat(np.arange(len(rows)), [len(some) for some in rows])
    pair, person = np.divmod(np.unique(place * len(codes) + ballots.person[np.concatenate(rows)]), len(codes))
    group = codes[person]
    n_people = np.array([np.bincount(pair[group == at], minlength=len(rows)) for at in range(len(guard.order))])
    shown = guard.shown(n_people.reshape(-1, len(rows)), np.bincount(pair[group < 0], minlength=len(rows)))
    return [
        tuple(Cell(n if is_shown else None) for n, is_shown in zip(ns, are_shown, strict=True))
        for ns, are_shown in zip(n_people.reshape(-1, len(rows)).T.tolist(), shown.T.tolist(), strict=True)
    ]


def _edge(
    src_id: ValueId,
    wiser_id: ValueId,
    *,
    ballots: Ballots,
    rows: IntArray,
    labels: Sequence[str],
    codes: IntArray,
    cells: Sequence[Cell],
    rng: np.random.Generator,
    n_shuffles: int,
) -> EdgeByGroup:
    person, answer = ballots.person[rows], ballots.answer[rows]
    counts = tuple(
        _counts(label, cell, np.bincount(answer[codes[person] == at], minlength=3).tolist())
        for at, (label, cell) in enumerate(zip(labels, cells, strict=True))
    )
    shown = [at for at, cell in enumerate(cells) if cell.n_people]
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
