"""Voters made up to find weak spots of a score: honest ones in camps, lazy, brigading and random ones."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from domain.ids import PersonId
from graph.ballots import EDGE_ANSWERS, EDGE_SCORES, Ballots, BoolArray, IntArray

FIRST, SECOND, LAZY, BRIGADE, RANDOM = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Electorate:
    """How many voters of each kind, and what there is to vote on."""

    first_camp: int = 60
    second_camp: int = 40
    lazy: int = 0
    """Say yes to everything."""
    brigade: int = 0
    """Belong to the first camp, and all say yes to item 0 of the bad ones and no to item 0 of the good ones."""
    random: int = 0
    """Throw a coin."""
    good: int = 6
    """Items that both camps uphold."""
    split: int = 12
    """Items that one camp upholds and the other rejects, half of them either way."""
    bad: int = 6
    """Items that neither camp upholds."""
    seen: float = 0.6
    """Share of the items that each voter answers; a brigade always answers its two."""
    slips: float = 0.1
    """Share of answers that an honest voter gives against their own mind."""


class Simulated(NamedTuple):
    """Answers with what is known of those who gave them; items are ``good0``, ``split0``, ``bad0`` and so on."""

    ballots: Ballots
    camp: IntArray
    """Camp of each voter, shape (n_people,): 0, 1, or -1 for voters without a mind of their own."""


def simulate_voters(plan: Electorate, *, rng: np.random.Generator) -> Simulated:
    """Return the answers of an electorate; the same plan and seed give the same answers."""
    sizes = [plan.first_camp, plan.second_camp, plan.lazy, plan.brigade, plan.random]
    kinds = np.repeat([FIRST, SECOND, LAZY, BRIGADE, RANDOM], sizes)
    n_items = plan.good + plan.split + plan.bad
    camp = np.array([0, 1, -1, 0, -1])[kinds]
    minds = np.zeros((2, n_items), dtype=np.bool_)
    minds[:, : plan.good] = True
    split = np.arange(plan.good, plan.good + plan.split)
    minds[split % 2, split] = True
    shape = (len(kinds), n_items)
    says_yes: BoolArray = minds[np.maximum(camp, 0)] ^ (rng.random(shape) < plan.slips)
    coins: BoolArray = rng.integers(0, 2, shape).astype(np.bool_)
    says_yes = np.where((kinds == RANDOM)[:, None], coins, says_yes | (kinds == LAZY)[:, None])
    seen: BoolArray = rng.random(shape) < plan.seen
    for item, answer in ((plan.good + plan.split, True), (0, False)):
        says_yes[kinds == BRIGADE, item] = answer
        seen[kinds == BRIGADE, item] = True
    item_of, person_of = np.nonzero(seen.T)
    names = [f"{kind}{n:02}" for kind in ("good", "split", "bad") for n in range(getattr(plan, kind))]
    ballots = Ballots(
        people=tuple(PersonId(f"voter{n:05}") for n in range(len(kinds))),
        items=tuple(names),
        answers=EDGE_ANSWERS,
        scores=EDGE_SCORES,
        person=person_of.astype(np.int64),
        item=item_of.astype(np.int64),
        answer=(~says_yes[person_of, item_of]).astype(np.int64),
    )
    return Simulated(ballots=ballots, camp=camp)
