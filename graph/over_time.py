"""Over time: waves by date or round, and what rose, fell or flipped between two of them."""

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
from graph.groups import MIN_CELL, guard_cells

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
    """Fewer than ``MIN_CELL`` people in one of the waves."""


class PairInWave(NamedTuple):
    """Answers on an ordered pair in one wave; all but ``n_missing`` are ``None`` where too few people answered."""

    n_people: int | None
    n_missing: int
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
    """Return a wave for each round by name; people in no round are in none."""
    names = sorted(set(round_of.values()))
    return tuple(_wave(name, [v.row for v in votes if round_of.get(v.row.person_id) == name]) for name in names)


def compare_waves(earlier: Wave, later: Wave) -> tuple[Change, ...]:
    """Return every ordered pair voted on in either wave, sorted by ids.

    The test takes the two waves for different people; where many voted in both, it errs on the side of saying nothing.
    """
    before, after = _by_pair(earlier.rows), _by_pair(later.rows)
    changes = [_change(*pair, before.get(pair, []), after.get(pair, [])) for pair in sorted({*before, *after})]
    q_values = iter(benjamini_hochberg([change.p for change in changes if change.p is not None]))
    corrected = [c if c.p is None else c._replace(q=next(q_values)) for c in changes]
    return tuple(change._replace(move=_move(change)) for change in corrected)


def _wave(name: str, rows: list[VoteRow]) -> Wave:
    return Wave(name=name, rows=tuple(rows), n_people=len({row.person_id for row in rows}))


def _by_pair(rows: Sequence[VoteRow]) -> dict[tuple[ValueId, ValueId], list[VoteRow]]:
    found: dict[tuple[ValueId, ValueId], list[VoteRow]] = {}
    for row in rows:
        found.setdefault((row.src_id, row.wiser_id), []).append(row)
    return found


def _change(src_id: ValueId, wiser_id: ValueId, before: list[VoteRow], after: list[VoteRow]) -> Change:
    sizes = [len({row.person_id for row in rows}) for rows in (before, after)]
    is_shown = all(cell.is_shown for cell in guard_cells({"earlier": sizes[0], "later": sizes[1]}).values())
    first, second = (_in_wave(rows, n, is_shown=is_shown) for rows, n in zip((before, after), sizes, strict=True))
    p = None
    if is_shown and min(sizes) >= MIN_CELL:
        p = fisher_exact(_table(before), _table(after))
    return Change(src_id, wiser_id, first, second, Move.TOO_FEW, p=p, q=None)


def _in_wave(rows: list[VoteRow], n_people: int, *, is_shown: bool) -> PairInWave:
    n_missing = max(0, MIN_CELL - n_people)
    if not is_shown:
        return PairInWave(None, n_missing, None, None, None, None)
    wiser, others = _table(rows)
    n = wiser + others
    return PairInWave(n_people, n_missing, wiser, n, wiser / n if n else None, wilson_interval(wiser, n))


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
