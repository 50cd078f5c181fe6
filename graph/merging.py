"""Votes seen through merges and withdrawals: which rows still count, and how many do not and why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId


class CountedRows(NamedTuple):
    """Rows that count, and how many were left out for which reason."""

    rows: tuple[VoteRow, ...]
    n_self_loops: int
    """A merge made both ends the same value."""
    n_superseded: int
    """After a merge the same person voted on the same pair and context again, later."""
    n_withdrawn: int
    """A value they name was withdrawn."""


def apply_merges(
    rows: Sequence[VoteRow], *, roots: Mapping[ValueId, ValueId], withdrawn: Collection[ValueId]
) -> CountedRows:
    """Return ``rows`` with both ends replaced by the values they count for.

    Args:
        rows: in order of time; of two on the same key the later one counts.
        roots: each merged value's standing target; values that are not merged may be absent.
        withdrawn: values whose author took their words away.
    """
    newest: dict[tuple[PersonId, ValueId, ValueId, str], VoteRow] = {}
    n_loops = n_superseded = n_withdrawn = 0
    for row in rows:
        src, wiser = roots.get(row.src_id, row.src_id), roots.get(row.wiser_id, row.wiser_id)
        if src in withdrawn or wiser in withdrawn:
            n_withdrawn += 1
            continue
        if src == wiser:
            n_loops += 1
            continue
        key = (row.person_id, src, wiser, row.context)
        n_superseded += key in newest
        newest[key] = row._replace(src_id=src, wiser_id=wiser)
    return CountedRows(
        rows=tuple(newest.values()), n_self_loops=n_loops, n_superseded=n_superseded, n_withdrawn=n_withdrawn
    )


def count_by_root(counts: Mapping[ValueId, int], roots: Mapping[ValueId, ValueId]) -> Counter[ValueId]:
    """Return ``counts`` with those of merged values added to the value they count for; values without any give 0.

    >>> count_by_root({ValueId("a"): 2, ValueId("b"): 1}, {ValueId("a"): ValueId("b")})["b"]
    3
    """
    total: Counter[ValueId] = Counter()
    for value_id, count in counts.items():
        total[roots.get(value_id, value_id)] += count
    return total
