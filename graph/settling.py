"""The states of all pairs from columns, without going through the votes one by one: for pages that need no more.

The state of a pair follows from its history, yet only two moments of it matter: it is settled above the line now where
the last moment at which the wide interval lay above it is later than the last at which the narrow one did not.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.graphs import Thresholds
from domain.measures.intervals import Z_95
from domain.vote_columns import ANSWERS, IntArray, VoteColumns
from graph.provisional import MIN_PEOPLE, Z_80, EdgeKey, EdgeState
from graph.vote_columns import PERSON_BITS, VALUE_BITS

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
NEVER = -1


class _History(NamedTuple):
    """Two values at the end of each moment at which somebody answered on them; shape (n_moments, ...)."""

    first: IntArray
    """The lower number of the two, shape (n_moments,)."""
    second: IntArray
    counts: IntArray
    """Answers so far by direction (first to second, and back) and answer, shape (n_moments, 2, 3)."""
    n_people: IntArray
    starts: IntArray
    """Where the moments of each two values begin, shape (n_pairs,)."""


def settled_states(votes: VoteColumns, moments: IntArray, *, thresholds: Thresholds) -> dict[EdgeKey, EdgeState]:
    """Return the state of every ordered pair voted on, the same as ``states_over_time`` of the same votes.

    Args:
        votes: as counted, merges followed, in any order.
        moments: a number that grows with time for each vote, shape (n_votes,); equal for votes of one moment.
        thresholds: where the line is.
    """
    if not len(votes):
        return {}
    history, names = _history(votes, moments), votes.keys.values
    first, second = history.first[history.starts].tolist(), history.second[history.starts].tolist()
    states: dict[EdgeKey, EdgeState] = {}
    for direction, (lower, upper) in enumerate(((first, second), (second, first))):
        own, back = history.counts[:, direction], history.counts[:, 1 - direction]
        found = _states(own, back, history, line=thresholds.min_wiser_likelihood)
        was_asked = np.maximum.reduceat(own.sum(axis=1), history.starts) > 0
        for low, high, state, is_there in zip(lower, upper, found, was_asked.tolist(), strict=True):
            if is_there:
                states[EdgeKey(names[low], names[high])] = state
    return states


def _history(votes: VoteColumns, moments: IntArray) -> _History:
    order = np.lexsort((moments, np.maximum(votes.src, votes.wiser), np.minimum(votes.src, votes.wiser)))
    src, wiser, answer, moment = votes.src[order], votes.wiser[order], votes.answer[order], moments[order]
    pair = np.minimum(src, wiser) << VALUE_BITS | np.maximum(src, wiser)
    is_new_pair = np.diff(pair, prepend=-1) != 0
    cells = (src > wiser) * len(ANSWERS) + answer
    counts = _within((cells[:, None] == np.arange(2 * len(ANSWERS))).astype(np.int64), is_new_pair)
    _, met = np.unique(pair << PERSON_BITS | votes.person[order], return_index=True)
    is_met = np.zeros((len(votes), 1), dtype=np.int64)
    is_met[met] = 1
    n_people = _within(is_met, is_new_pair)[:, 0]
    is_last = np.append((np.diff(pair) != 0) | (np.diff(moment) != 0), True)
    ends = pair[is_last]
    return _History(
        first=ends >> VALUE_BITS,
        second=ends & ((1 << VALUE_BITS) - 1),
        counts=counts[is_last].reshape(-1, 2, len(ANSWERS)),
        n_people=n_people[is_last],
        starts=np.flatnonzero(np.diff(ends, prepend=-1)),
    )


def _within(counts: IntArray, is_new: BoolArray) -> IntArray:
    """Return running totals that begin anew where ``is_new``, shape (n_votes, n_columns)."""
    totals = np.cumsum(counts, axis=0)
    starts = np.flatnonzero(is_new)
    before = np.vstack([np.zeros((1, counts.shape[1]), dtype=np.int64), totals])[starts]
    running: IntArray = totals - np.repeat(before, np.diff(np.append(starts, len(counts))), axis=0)
    return running


def _states(own: IntArray, back: IntArray, history: _History, *, line: float) -> list[EdgeState]:
    n = own.sum(axis=1) + back[:, 0]
    net = np.maximum(0, own[:, 0] - back[:, 0])
    is_counted = (own.sum(axis=1) > 0) & (history.n_people >= MIN_PEOPLE)
    wide_low, wide_high = _wilson(net, n, z=Z_95)
    narrow_low, narrow_high = _wilson(net, n, z=Z_80)
    is_above = _holds(is_counted & (wide_low > line), is_counted & (narrow_low > line), history.starts)
    is_below = _holds(is_counted & (wide_high < line), is_counted & (narrow_high < line), history.starts)
    return [
        EdgeState.ABOVE if above else EdgeState.BELOW if below else EdgeState.PROVISIONAL
        for above, below in zip(is_above.tolist(), is_below.tolist(), strict=True)
    ]


def _wilson(successes: IntArray, n: IntArray, *, z: float) -> tuple[FloatArray, FloatArray]:
    """Return both ends of ``domain.measures.intervals.wilson_interval`` for arrays; no trial counts as one."""
    trials = np.maximum(n, 1)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)


def _holds(becomes: BoolArray, stays: BoolArray, starts: IntArray) -> BoolArray:
    """Return for each two values whether what ``becomes`` began was never broken off since."""
    places = np.arange(len(becomes))
    began = np.maximum.reduceat(np.where(becomes, places, NEVER), starts)
    broken = np.maximum.reduceat(np.where(becomes | stays, NEVER, places), starts)
    return began > broken
