"""Votes and questions divided into training and test: by scenario and by person, with near-duplicates on one side."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from domain.exports import Side, SplitRule
from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from storage.interchange.training.likeness import group_near, near_texts

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
    """Votes taken from training because the test side has nearly the same context or pair of cards."""


def split_votes(
    votes: Sequence[VoteRow],
    *,
    rule: SplitRule,
    test_share: float,
    seed: int,
    scenario_of: Mapping[str, str],
    near_contexts: Mapping[str, Collection[str]],
    near_values: Mapping[ValueId, Collection[ValueId]],
) -> Split:
    """Return ``votes`` by side; the same votes, rule and seed give the same sides.

    Args:
        votes: as counted.
        rule: what must not be on both sides.
        test_share: share of votes whose scenarios, and share of people who, go to the test side, about.
        seed: another one gives other sides.
        scenario_of: context to the scenario it belongs to (near-duplicate contexts belong to one).
        near_contexts: context to those nearly the same, in other scenarios too: where two meet, training gives way.
        near_values: value to those nearly the same.
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
    beside = {other for context in {vote.context for vote in test} for other in near_contexts.get(context, ())}
    asked = {frozenset(pair) for pair in _pairs_like({_pair(vote) for vote in test}, near_values)}
    clean = [vote for vote in train if vote.context not in beside and frozenset(_pair(vote)) not in asked]
    return _result(
        train=clean, test=test, scenario_of=scenario_of, n_crossing=n_crossing, n_near=len(train) - len(clean)
    )


class QuestionSides(NamedTuple):
    """On which side each question is asked."""

    side_of: Mapping[str, Side]
    """Text of a question to its side; those asked on neither are missing."""
    n_near: int
    """Questions asked on neither side, because the test side has nearly the same one."""


def divide_questions(
    questions: Iterable[Sequence[str]], *, rule: SplitRule, test_share: float, seed: int
) -> QuestionSides:
    """Return the side of each question; those nearly the same are on one side.

    Args:
        questions: for each context the texts of its questions.
        rule: as for votes.
        test_share: share of the questions, by the contexts they belong to, that goes to the test side, about.
        seed: another one gives other sides.
    """
    n_contexts = Counter(text for texts in questions for text in texts)
    if rule is SplitRule.NONE:
        return QuestionSides(side_of=dict.fromkeys(n_contexts, Side.TRAIN), n_near=0)
    near = near_texts({text: text for text in n_contexts})
    group = group_near(near)
    weights: Counter[str] = Counter()
    for text, n in n_contexts.items():
        weights[group[text]] += n
    held_out = held_out_scenarios(weights, test_share=test_share, seed=seed)
    test = {text for text in n_contexts if group[text] in held_out}
    train = {text for text in n_contexts if text not in test and not near[text] & test}
    sides = {**dict.fromkeys(sorted(test), Side.TEST), **dict.fromkeys(sorted(train), Side.TRAIN)}
    return QuestionSides(side_of=sides, n_near=len(n_contexts) - len(sides))


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


def _pair(vote: VoteRow) -> tuple[ValueId, ValueId]:
    return vote.src_id, vote.wiser_id


def _pairs_like(
    pairs: Iterable[tuple[ValueId, ValueId]], near: Mapping[ValueId, Collection[ValueId]]
) -> Iterator[tuple[ValueId, ValueId]]:
    """Yield the pairs, and those whose cards are both nearly the same as theirs."""
    for src, wiser in pairs:
        yield from product((src, *near.get(src, ())), (wiser, *near.get(wiser, ())))


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
