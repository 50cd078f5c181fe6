"""Which cells of groups by items may be shown, so that no cell of one to four people follows from what is shown.

A cell is the people of one group on one item. Totals over everyone are public (the graph shows them), so a reader can
take the shown cells from the total; what is left is the sum of the hidden cells and of the people in no group. A reader
may also know this rule and turn it round. Therefore:

- Cells are lined up in an order that the answers do not change: people in no group first (they are never shown), then
  groups from the one with the fewest people in the study to the largest.
- Where no cell of the line holds one to four people, all are shown, empty ones as 0.
- Else the line is hidden from its start: past the last cell of one to four people, and until the hidden cells hold at
  least ``MIN_CELL`` people together, so they are two or more. Empty cells in that stretch are hidden as well.
- A hidden cell never says why it is hidden, nor how many people it lacks.
- Where fewer than ``MIN_CELL`` people of the whole study are in no group, a reader may know who they are: then they do
  not count among the five people.

One person moved from a small hidden cell to another hidden one leaves the line hidden up to the same place. So every
hidden cell of one to four people could as well hold another number (tests go through all small tables).
Source: complementary suppression as in Willenborg and de Waal, Elements of statistical disclosure control (2001), with
the order fixed beforehand.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from domain.plurality import CellState
from graph.ballots import BoolArray, IntArray

MIN_CELL = 5
"""No cell below five people is shown: small cells identify people."""


class Cell(NamedTuple):
    """How far a group of people may be shown."""

    n_people: int | None
    """``None`` where it is hidden: fewer than five people, or hidden beside such a cell."""

    @property
    def is_shown(self) -> bool:
        """Whether its counts may leave this module."""
        return self.n_people is not None

    @property
    def state(self) -> CellState:
        """The same in a word."""
        return "shown" if self.is_shown else "hidden"


class CellGuard(NamedTuple):
    """Decides which cells may be shown."""

    order: tuple[int, ...]
    """Places of the groups, from the one with the fewest people in the study to the largest."""
    others_protect: bool
    """Whether at least ``MIN_CELL`` people of the study are in no group, so that they hide one another."""

    @classmethod
    def of_sizes(cls, n_people: Sequence[int], *, n_others: int) -> "CellGuard":
        """Return the guard of groups of so many people in the study, ``n_others`` in none; ties keep their order."""
        order = sorted(range(len(n_people)), key=lambda at: n_people[at])
        return cls(order=tuple(order), others_protect=n_others >= MIN_CELL)

    @classmethod
    def of_codes(cls, codes: IntArray, *, n_groups: int) -> "CellGuard":
        """Return the guard of the groups of ``codes``, shape (n_people,), -1 for none."""
        n_people = [int((codes == at).sum()) for at in range(n_groups)]
        return cls.of_sizes(n_people, n_others=int((codes < 0).sum()))

    def shown(self, n_people: IntArray, n_others: IntArray) -> BoolArray:
        """Return which cells may be shown, shape (n_groups, n_items).

        Args:
            n_people: people in each cell, shape (n_groups, n_items).
            n_others: people in no group on each item, shape (n_items,).
        """
        line = np.vstack([n_others, n_people[list(self.order)]])
        place = np.arange(len(line))[:, None]
        is_small = (line > 0) & (line < MIN_CELL)
        past_small = np.where(is_small, place + 1, 0).max(axis=0)
        counted = line if self.others_protect else np.where(place == 0, 0, line)
        past_enough = (counted.cumsum(axis=0) < MIN_CELL).sum(axis=0) + 1
        n_hidden = np.where(past_small > 0, np.maximum(past_small, past_enough), 0)
        shown = np.empty(n_people.shape, dtype=np.bool_)
        shown[list(self.order)] = place[1:] >= n_hidden
        return shown

    def cells(self, n_people: Sequence[int], *, n_others: int) -> tuple[Cell, ...]:
        """Return the cells of one item, in the order of ``n_people``.

        >>> guard = CellGuard.of_sizes([10, 20, 60], n_others=0)
        >>> [cell.n_people for cell in guard.cells([3, 9, 30], n_others=0)]
        [None, None, 30]
        """
        column = np.array(n_people, dtype=np.int64).reshape(-1, 1)
        shown = self.shown(column, np.array([n_others], dtype=np.int64))[:, 0].tolist()
        return tuple(Cell(n if is_shown else None) for n, is_shown in zip(n_people, shown, strict=True))
