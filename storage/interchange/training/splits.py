"""Votes divided into training and test: by scenario and by person, with near-duplicates on one side."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.exports import Side, SplitRule
from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId

MAX_OVERSHOOT = 1.5
"""A scenario goes to the test side only while that side stays below this many times its share."""


class Split(NamedTuple):
    """Votes by side, and what the split cost."""

    votes: Mapping[Side, Sequence[VoteRow]]
    n_scenarios: Mapping[Side, int]
    n_people: Mapping[Side, int]
    """People with a vote on the side."""
    n_crossing: int
    """Votes that are used on neither side: people of one side in scenarios of the other."""
    n_near: int
    """Votes taken from training because the test side has nearly the same pair of cards."""


def split_votes(
    votes: Sequence[VoteRow],
    *,
    rule: SplitRule,
    test_share: float,
    seed: int,
    scenario_of: Mapping[str, str],
    like: Mapping[ValueId, ValueId],
) -> Split:
    """Return ``votes`` by side; the same votes, rule and seed give the same sides.

    Args:
        votes: as counted.
        rule: what must not be on both sides.
        test_share: share of votes whose scenarios, and share of people who, go to the test side, about.
        seed: another one gives other sides.
        scenario_of: context to the scenario it belongs to (near-duplicate contexts belong to one).
        like: value to the value that stands for its near-duplicates.
    """
    if rule is SplitRule.NONE:
        return _result(train=votes, test=(), scenario_of=scenario_of, n_crossing=0, n_near=0)
    held_out = held_out_scenarios(Counter(scenario_of[v.context] for v in votes), test_share=test_share, seed=seed)
    test, train, n_crossing = [], [], 0
    for vote in votes:
        is_test = scenario_of[vote.context] in held_out
        is_test_person = is_test
        if rule is SplitRule.BOTH and held_out:
            is_test_person = is_test_side(vote.person_id, test_share=test_share, seed=seed)
        if is_test is not is_test_person:
            n_crossing += 1
        elif is_test:
            test.append(vote)
        else:
            train.append(vote)
    tested = {_pair(vote, like) for vote in test}
    clean = [vote for vote in train if _pair(vote, like) not in tested]
    return _result(
        train=clean, test=test, scenario_of=scenario_of, n_crossing=n_crossing, n_near=len(train) - len(clean)
    )


def held_out_scenarios(n_votes: Mapping[str, int], *, test_share: float, seed: int) -> frozenset[str]:
    """Return the scenarios of the test side: taken in an order fixed by the seed until their votes reach the share.

    Never all of them; none where there is only one.
    """
    wanted = test_share * sum(n_votes.values())
    order = sorted(n_votes, key=lambda scenario: (_fraction(f"scenario/{seed}/{scenario}"), scenario))
    taken: set[str] = set()
    held = 0
    for scenario in order:
        if held < wanted and held + n_votes[scenario] <= MAX_OVERSHOOT * wanted:
            taken.add(scenario)
            held += n_votes[scenario]
    if not taken and len(order) > 1:
        taken.add(min(order, key=lambda scenario: (n_votes[scenario], scenario)))
    return frozenset(taken)


def is_test_side(person_id: PersonId, *, test_share: float, seed: int) -> bool:
    """Tell whether a person is on the test side; ids are random, so nobody can foresee it."""
    return _fraction(f"person/{seed}/{person_id}") < test_share


def _fraction(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48


def _pair(vote: VoteRow, like: Mapping[ValueId, ValueId]) -> frozenset[ValueId]:
    return frozenset((like.get(vote.src_id, vote.src_id), like.get(vote.wiser_id, vote.wiser_id)))


def _result(
    *, train: Sequence[VoteRow], test: Sequence[VoteRow], scenario_of: Mapping[str, str], n_crossing: int, n_near: int
) -> Split:
    sides = {Side.TRAIN: train, Side.TEST: test}
    return Split(
        votes=sides,
        n_scenarios={side: len({scenario_of[v.context] for v in votes}) for side, votes in sides.items()},
        n_people={side: _n_people(votes) for side, votes in sides.items()},
        n_crossing=n_crossing,
        n_near=n_near,
    )


def _n_people(votes: Iterable[VoteRow]) -> int:
    return len({vote.person_id for vote in votes})
