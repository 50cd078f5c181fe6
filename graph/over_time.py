"""Over time: waves by date or round, and what rose, fell or flipped between two of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from domain.measures.contingency import fisher_exact
from domain.measures.corrections import benjamini_hochberg
from domain.measures.intervals import Interval, wilson_interval
from domain.nouns import utc_iso
from domain.votes import EdgeAnswer
from graph.cell_guard import Cell, CellGuard

FALSE_DISCOVERY = 0.05
HALF = 0.5


class TimedVote(NamedTuple):
    """One vote and when it was cast."""

    row: VoteRow
    at: datetime


class Wave(NamedTuple):
    """The votes of one stretch of time or one round."""

    name: str
    rows: tuple[VoteRow, ...]
    n_people: int


class Move(StrEnum):
    """What happened to a pair between two waves, by rule."""

    ROSE = "rose"
    """The share of "wiser" is higher, beyond chance."""
    FELL = "fell"
    FLIPPED = "flipped"
    """It moved beyond chance and crossed one half."""
    NOT_SHOWN = "no change shown at this size"
    TOO_FEW = "too few"
    """Fewer than five people in one of the waves, or hidden beside such a wave."""


class PairInWave(NamedTuple):
    """Answers on an ordered pair in one wave; all are ``None`` where too few people answered in either wave."""

    n_people: int | None
    wiser: int | None
    n_votes: int | None
    share: float | None
    interval: Interval | None


class Change(NamedTuple):
    """One ordered pair in two waves."""

    src_id: ValueId
    wiser_id: ValueId
    earlier: PairInWave
    later: PairInWave
    move: Move
    p: float | None
    """Fisher's exact test of "wiser" against all other answers."""
    q: float | None
    """``p`` corrected over all pairs of the comparison (Benjamini-Hochberg)."""


def waves_by_date(votes: Sequence[TimedVote], *, starts: Sequence[datetime]) -> tuple[Wave, ...]:
    """Return a wave for each start, up to the next one; votes before the first start are in none.

    A vote that falls on a start belongs to the wave that begins there. Names are the starts in ISO 8601, UTC.
    """
    ordered = sorted(starts)
    ends: list[datetime | None] = [*ordered[1:], None]
    return tuple(
        _wave(utc_iso(start), [v.row for v in votes if v.at >= start and (end is None or v.at < end)])
        for start, end in zip(ordered, ends, strict=True)
    )


def halves(votes: Sequence[TimedVote]) -> tuple[Wave, ...]:
    """Return an earlier and a later wave with about as many votes each; () where all votes are of one moment."""
    times = sorted(vote.at for vote in votes)
    middle = times[len(times) // 2] if times else None
    if middle is None or middle == times[0]:
        return ()
    return waves_by_date(votes, starts=[times[0], middle])


def waves_by_round(votes: Sequence[TimedVote], *, round_of: Mapping[PersonId, str]) -> tuple[Wave, ...]:
    """Return a wave for each round; people in no round are in none. Rounds are sorted by name, 2 before 10."""
    names = sorted(set(round_of.values()), key=_by_numbers)
    return tuple(_wave(name, [v.row for v in votes if round_of.get(v.row.person_id) == name]) for name in names)


def _by_numbers(name: str) -> tuple[list[tuple[bool, int, str]], str]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts], name


def compare_waves(
    waves: Sequence[Wave], *, rest: Sequence[VoteRow] = (), guard: CellGuard | None = None
) -> tuple[Change, ...]:
    """Return what changed from the first wave to the last, for every ordered pair voted on in either, sorted by ids.

    The test takes the two waves for different people; where many voted in both, it errs on the side of saying nothing.

    Args:
        waves: two or more, in their order.
        rest: all other votes of the study: what one to four people said there must not follow from the total either.
        guard: which waves of a pair may be shown; ``None`` lines them up in their order, the first to be hidden first.
    """
    guard = guard or CellGuard(order=tuple(range(len(waves))), others_protect=False)
    by_wave, others = [_by_pair(wave.rows) for wave in waves], _by_pair(rest)
    changes = []
    for pair in sorted({*by_wave[0], *by_wave[-1]}):
        rows = [of_pair.get(pair, []) for of_pair in by_wave]
        cells = guard.cells([_n_people(some) for some in rows], n_others=_n_people(others.get(pair, [])))
        changes.append(_change(*pair, (rows[0], cells[0]), (rows[-1], cells[-1])))
    q_values = iter(benjamini_hochberg([change.p for change in changes if change.p is not None]))
    corrected = [c if c.p is None else c._replace(q=next(q_values)) for c in changes]
    return tuple(change._replace(move=_move(change)) for change in corrected)


def _n_people(rows: Sequence[VoteRow]) -> int:
    return len({row.person_id for row in rows})


def _wave(name: str, rows: list[VoteRow]) -> Wave:
    return Wave(name=name, rows=tuple(rows), n_people=_n_people(rows))


def _by_pair(rows: Sequence[VoteRow]) -> dict[tuple[ValueId, ValueId], list[VoteRow]]:
    found: dict[tuple[ValueId, ValueId], list[VoteRow]] = {}
    for row in rows:
        found.setdefault((row.src_id, row.wiser_id), []).append(row)
    return found


def _change(
    src_id: ValueId, wiser_id: ValueId, before: tuple[list[VoteRow], Cell], after: tuple[list[VoteRow], Cell]
) -> Change:
    """Compare the votes of two waves on a pair; where one may not be shown, neither is."""
    (earlier, first), (later, last) = before, after
    p = None
    if first.n_people and last.n_people:
        p = fisher_exact(_table(earlier), _table(later))
    hidden = not (first.is_shown and last.is_shown)
    one, other = (_in_wave(rows, Cell(None) if hidden else cell) for rows, cell in (before, after))
    return Change(src_id, wiser_id, one, other, Move.TOO_FEW, p=p, q=None)


def _in_wave(rows: list[VoteRow], cell: Cell) -> PairInWave:
    if not cell.is_shown:
        return PairInWave(None, None, None, None, None)
    wiser, others = _table(rows)
    n = wiser + others
    return PairInWave(cell.n_people, wiser, n, wiser / n if n else None, wilson_interval(wiser, n))


def _table(rows: list[VoteRow]) -> tuple[int, int]:
    wiser = sum(row.answer is EdgeAnswer.WISER for row in rows)
    return wiser, len(rows) - wiser


def _move(change: Change) -> Move:
    before, after = change.earlier.share, change.later.share
    if change.q is None or before is None or after is None:
        return Move.TOO_FEW
    if change.q >= FALSE_DISCOVERY:
        return Move.NOT_SHOWN
    if (before - HALF) * (after - HALF) < 0:
        return Move.FLIPPED
    return Move.ROSE if after > before else Move.FELL
