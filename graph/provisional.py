"""Whether an edge is settled or still provisional, without flicker: it is easier to stay settled than to become it.

An edge settles when the 95 % interval of its likelihood lies wholly on one side of the line that the rule draws, and
at least five people answered. It becomes provisional again only when the narrower 80 % interval reaches over the line.
What was settled therefore needs more than one odd vote to come loose.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from domain.graphs import EdgeCounts, Thresholds, VoteRow
from domain.ids import PersonId, ValueId
from domain.measures.intervals import Z_95, Interval, wilson_interval
from domain.votes import EdgeAnswer

Z_80 = 1.2815515655446004
"""Two-sided 80 % quantile of the standard normal distribution."""
MIN_PEOPLE = 5


class EdgeState(StrEnum):
    """How far an ordered pair is settled."""

    PROVISIONAL = "provisional"
    ABOVE = "settled_above"
    """Its likelihood lies above the line of the rule."""
    BELOW = "settled_below"


class EdgeKey(NamedTuple):
    """An ordered pair of values."""

    src_id: ValueId
    wiser_id: ValueId


class EdgeEvidence(NamedTuple):
    """What was said of an ordered pair so far."""

    key: EdgeKey
    counts: EdgeCounts
    n_people: int


States = Mapping[EdgeKey, EdgeState]


def likelihood_interval(counts: EdgeCounts, *, z: float = Z_95) -> Interval | None:
    """Return the Wilson interval of the wiser-likelihood, taken as a share; ``None`` without votes.

    Net votes W - L (0 at least) out of W + N + U + L: exact Wilson where no reverse vote was cast.
    """
    n = counts.wiser + counts.not_wiser + counts.unsure + counts.less_wise
    return wilson_interval(max(0, counts.wiser - counts.less_wise), n, z=z)


def next_state(before: EdgeState, evidence: EdgeEvidence, *, thresholds: Thresholds) -> EdgeState:
    """Return the state of an edge after what is known now, given its state before."""
    line = thresholds.min_wiser_likelihood
    wide, narrow = (likelihood_interval(evidence.counts, z=z) for z in (Z_95, Z_80))
    if wide is None or narrow is None or evidence.n_people < MIN_PEOPLE:
        return EdgeState.PROVISIONAL
    if wide.low > line or (before is EdgeState.ABOVE and narrow.low > line):
        return EdgeState.ABOVE
    if wide.high < line or (before is EdgeState.BELOW and narrow.high < line):
        return EdgeState.BELOW
    return EdgeState.PROVISIONAL


def next_states(
    before: States, evidence: Iterable[EdgeEvidence], *, thresholds: Thresholds
) -> dict[EdgeKey, EdgeState]:
    """Return the states of all edges given; unknown ones begin as provisional, others than given keep theirs."""
    after = dict(before)
    for one in evidence:
        after[one.key] = next_state(before.get(one.key, EdgeState.PROVISIONAL), one, thresholds=thresholds)
    return after


def states_over_time(moments: Iterable[Sequence[VoteRow]], *, thresholds: Thresholds) -> dict[EdgeKey, EdgeState]:
    """Return the states of all pairs voted on after all votes have come in, moment by moment.

    Args:
        moments: votes that came at the same time belong together, so that their order changes nothing.
        thresholds: where the line is.
    """
    tallies: dict[EdgeKey, Counter[EdgeAnswer]] = defaultdict(Counter)
    people: dict[frozenset[ValueId], set[PersonId]] = defaultdict(set)
    states: dict[EdgeKey, EdgeState] = {}
    for rows in moments:
        touched = set()
        for row in rows:
            key = EdgeKey(row.src_id, row.wiser_id)
            tallies[key][row.answer] += 1
            people[frozenset(key)].add(row.person_id)
            touched |= {key, EdgeKey(row.wiser_id, row.src_id)}
        for key in touched & tallies.keys():
            evidence = _evidence(key, tallies, len(people[frozenset(key)]))
            states[key] = next_state(states.get(key, EdgeState.PROVISIONAL), evidence, thresholds=thresholds)
    return states


def _evidence(key: EdgeKey, tallies: Mapping[EdgeKey, Counter[EdgeAnswer]], n_people: int) -> EdgeEvidence:
    own, back = tallies[key], tallies.get(EdgeKey(key.wiser_id, key.src_id), Counter[EdgeAnswer]())
    yes, no, unsure = (own[answer] for answer in EdgeAnswer)
    counts = EdgeCounts(yes, no, unsure, back[EdgeAnswer.WISER], own.total() + back.total())
    return EdgeEvidence(key, counts, n_people)
