"""Votes and questions divided into training and test: by scenario and by person, with near-duplicates on one side."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from domain.exports import Side, SplitRule
from domain.ids import PersonId, ValueId
from domain.vote_columns import BoolArray, IntArray, VoteColumns
from storage.interchange.training.likeness import group_near, near_texts

MAX_OVERSHOOT = 1.5
"""A scenario goes to the test side only while that side stays below this many times its share."""


class Split(NamedTuple):
    """Votes by side, and what the split cost."""

    votes: Mapping[Side, VoteColumns]
    n_scenarios: Mapping[Side, int]
    n_people: Mapping[Side, int]
    """People with a vote on the side."""
    n_crossing: int
    """Votes that are used on neither side: people of one side in scenarios of the other."""
    n_near: int
    """Votes taken from training because the test side has nearly the same context or pair of cards."""


def split_votes(
    votes: VoteColumns,
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
        return _result(train=votes, test=votes.where(_no_places()), scenario_of=scenario_of, n_crossing=0, n_near=0)
    held_out = held_out_scenarios(_votes_by_scenario(votes, scenario_of), test_share=test_share, seed=seed)
    is_held_out = [scenario_of.get(context) in held_out for context in votes.keys.contexts]
    is_test = np.array(is_held_out, dtype=np.bool_)[votes.context]
    is_test_person = is_test
    if rule is SplitRule.BOTH and held_out:
        sides = [is_test_side(person_id, test_share=test_share, seed=seed) for person_id in votes.keys.people]
        is_test_person = np.array(sides, dtype=np.bool_)[votes.person]
    test, train = votes.where(is_test & is_test_person), votes.where(~is_test & ~is_test_person)
    clean = train.where(~_is_beside(train, test, near_contexts) & ~_is_asked(train, test, near_values))
    return _result(
        train=clean,
        test=test,
        scenario_of=scenario_of,
        n_crossing=len(votes) - len(train) - len(test),
        n_near=len(train) - len(clean),
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


def _votes_by_scenario(votes: VoteColumns, scenario_of: Mapping[str, str]) -> Counter[str]:
    n_votes: Counter[str] = Counter()
    in_contexts = np.bincount(votes.context, minlength=len(votes.keys.contexts)).tolist()
    for context, n in zip(votes.keys.contexts, in_contexts, strict=True):
        if n:
            n_votes[scenario_of[context]] += n
    return n_votes


def _is_beside(train: VoteColumns, test: VoteColumns, near: Mapping[str, Collection[str]]) -> BoolArray:
    """Tell of each vote whether the test side has nearly its context, shape (n_train,)."""
    beside = {other for context in test.voted_contexts() for other in near.get(context, ())}
    return np.array([context in beside for context in train.keys.contexts], dtype=np.bool_)[train.context]


def _is_asked(train: VoteColumns, test: VoteColumns, near: Mapping[ValueId, Collection[ValueId]]) -> BoolArray:
    """Tell of each vote whether the test side has its pair of cards, or one nearly like it, shape (n_train,)."""
    values = train.keys.values
    place_of = {value_id: at for at, value_id in enumerate(values)}
    alike = [
        (at, *(place_of[other] for other in near.get(value_id, ()) if other in place_of))
        for at, value_id in enumerate(values)
    ]
    pairs = [divmod(code, len(values)) for code in np.unique(_pair_codes(test)).tolist()]
    asked = {
        min(one, other) * len(values) + max(one, other)
        for low, high in pairs
        for one, other in product(alike[low], alike[high])
    }
    return np.isin(_pair_codes(train), np.array(sorted(asked), dtype=np.int64))


def _pair_codes(votes: VoteColumns) -> IntArray:
    """Return a number for the two values of each vote, whichever is the wiser, shape (n_votes,)."""
    low, high = np.minimum(votes.src, votes.wiser), np.maximum(votes.src, votes.wiser)
    codes: IntArray = low * len(votes.keys.values) + high
    return codes


def _no_places() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _result(
    *, train: VoteColumns, test: VoteColumns, scenario_of: Mapping[str, str], n_crossing: int, n_near: int
) -> Split:
    sides = {Side.TRAIN: train, Side.TEST: test}
    return Split(
        votes=sides,
        n_scenarios={
            side: len({scenario_of[context] for context in votes.voted_contexts()}) for side, votes in sides.items()
        },
        n_people={side: votes.n_people() for side, votes in sides.items()},
        n_crossing=n_crossing,
        n_near=n_near,
    )
