"""Which cells are shown: every small table is gone through, with a reader who knows the totals and the rule itself."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.cell_guard import MIN_CELL, Cell, CellGuard

SIZES = [10, 20, 30, 40]
SMALL = range(1, MIN_CELL)


def every_table(n_parts, *, total):
    """Return all ways to split ``total`` people over the parts, shape (n_parts, n_tables)."""
    bars = itertools.combinations(range(total + n_parts - 1), n_parts - 1)
    splits = [np.diff([-1, *bar, total + n_parts - 1]) - 1 for bar in bars]
    return np.array(splits, dtype=np.int64).T


def printed(guard, table):
    """Return what a reader sees of each table: each cell's number, or ``None``."""
    shown = guard.shown(table[1:], table[0])
    return [
        tuple(int(n) if is_shown else None for n, is_shown in zip(cells, seen, strict=True))
        for cells, seen in zip(table[1:].T, shown.T, strict=True)
    ]


def possible(n_groups, *, total, n_others):
    """Return, for all that may be printed of so many people, the tables that it may stand for."""
    guard = CellGuard.of_sizes(SIZES[:n_groups], n_others=n_others)
    tables = every_table(n_groups + 1, total=total)
    if not guard.others_protect:
        tables = tables[:, tables[0] <= n_others]
    found = defaultdict(list)
    for table, seen in zip(tables.T.tolist(), printed(guard, tables), strict=True):
        # Where few people are in no group, the reader is taken to know how many of them answered.
        found[seen, None if guard.others_protect else table[0]].append(table)
    return guard, found


@pytest.mark.parametrize("n_groups", [2, 3, 4])
@pytest.mark.parametrize("n_others", [0, 2, MIN_CELL])
def test_no_hidden_cell_of_one_to_four_people_can_be_worked_out(n_groups, n_others):
    for total in range(1, 14):
        guard, found = possible(n_groups, total=total, n_others=n_others)
        for (seen, _), tables in found.items():
            hidden = [at + 1 for at, n in enumerate(seen) if n is None]
            # People in no group are never shown: where they protect, they are one more cell that must not follow.
            for at in [*([0] if guard.others_protect else []), *hidden]:
                values = {table[at] for table in tables}
                assert len(values) > 1 or not values & set(SMALL), (seen, total, at, values)


@pytest.mark.parametrize("n_groups", [2, 3, 4])
@pytest.mark.parametrize("n_others", [0, 2, MIN_CELL])
def test_what_is_left_of_the_total_is_nobody_or_five_people_where_any_cell_is_shown(n_groups, n_others):
    for total in range(1, 14):
        _, found = possible(n_groups, total=total, n_others=n_others)
        for seen, _ in found:
            left = total - sum(n or 0 for n in seen)
            if any(seen):
                assert left == 0 or left >= MIN_CELL


def test_the_published_pair_of_three_votes_shows_no_cell_not_even_the_empty_ones():
    guard = CellGuard.of_sizes([87, 130, 80], n_others=214)
    assert guard.cells([3, 0, 0], n_others=0) == (Cell(None),) * 3


def test_where_all_cells_are_empty_or_large_enough_all_are_shown_and_the_empty_ones_say_so():
    guard = CellGuard.of_sizes([10, 20, 30], n_others=9)
    assert [cell.n_people for cell in guard.cells([0, 5, 20], n_others=0)] == [0, 5, 20]


def test_the_group_with_the_fewest_people_in_the_study_hides_beside_a_small_cell():
    guard = CellGuard.of_sizes([60, 10, 20], n_others=0)
    cells = guard.cells([30, 9, 3], n_others=0)
    assert [(cell.n_people, cell.state) for cell in cells] == [(30, "shown"), (None, "hidden"), (None, "hidden")]


def test_many_people_in_no_group_protect_a_hidden_cell_and_few_do_not():
    assert [c.n_people for c in CellGuard.of_sizes([10, 20], n_others=9).cells([2, 8], n_others=4)] == [None, 8]
    assert [c.n_people for c in CellGuard.of_sizes([10, 20], n_others=4).cells([2, 8], n_others=4)] == [None, None]


def test_one_to_four_people_in_no_group_are_protected_as_well():
    assert [c.n_people for c in CellGuard.of_sizes([10, 20], n_others=9).cells([7, 8], n_others=2)] == [None, 8]


@given(
    table=st.integers(0, 5).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 30), min_size=n + 1, max_size=n + 1), min_size=1, max_size=4)
    ),
    n_others=st.integers(0, 9),
)
def test_no_cell_of_one_to_four_people_is_shown_and_items_do_not_touch_one_another(table, n_others):
    columns = np.array(table, dtype=np.int64).T
    guard = CellGuard.of_sizes(SIZES[:1] * (len(columns) - 1), n_others=n_others)
    shown = guard.shown(columns[1:], columns[0])
    assert not (shown & np.isin(columns[1:], SMALL)).any()
    for at, (others, *n_people) in enumerate(table):
        cells = guard.cells(n_people, n_others=others)
        assert [cell.is_shown for cell in cells] == shown[:, at].tolist()
