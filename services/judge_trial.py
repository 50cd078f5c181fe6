"""A trial of a judge of pairs before its word counts: pairs of our own writing, of which the right answer is known.

The pairs are hard on purpose: those of one value share few words, and those of two values share many.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from domain.errors import BackendError
from domain.gathered import CardRow, JudgeTrial, PairJudgement, PairOpinion
from domain.measures.intervals import wilson_interval
from domain.neighbours import NeighbourPairs
from domain.nouns import content_hash
from domain.protocols import ChatModel
from graph.pair_judging import judging_prompt
from services.gathering import judge_pairs

TRIAL_FILE = Path(__file__).parents[1] / "assets" / "judging" / "trial_pairs.json"
CHANCE = 0.5
"""Half of the pairs say the same value; the lower end of Wilson's 95 % interval must lie above it."""
MOST_WRONG_SAME = 0
"""One wrong "same" joins whole groups. Origin: benchmarks/quality/judging.py, where a judge that is wrong about every
tenth pair brings precision under .90; of the twelve pairs of two values such a judge calls one the same, or more."""
LEAST_RIGHT_SAME = 6
"""Half of the pairs of one value: a judge that finds fewer joins next to nothing that likeness leaves apart."""
N_FIRST = 4
"""Where so many pairs all fail, the model is away, and every further pair would wait for nothing."""


class TrialPair(NamedTuple):
    """Two cards, and whether they say the same value."""

    first: CardRow
    second: CardRow
    is_same: bool


@cache
def trial_pairs() -> tuple[TrialPair, ...]:
    """Return the pairs of the trial."""
    rows = json.loads(TRIAL_FILE.read_text(encoding="utf-8"))
    return tuple(
        TrialPair(CardRow(id=f"{n}a", **row["first"]), CardRow(id=f"{n}b", **row["second"]), row["is_same"])
        for n, row in enumerate(rows, start=1)
    )


def try_judge(model: ChatModel) -> JudgeTrial:
    """Return how a model does on the trial pairs, each asked in both orders as every pair is.

    It passes when the lower end of Wilson's interval of right among settled answers is above ``CHANCE``, when at most
    ``MOST_WRONG_SAME`` of its "same" are wrong, and at least ``LEAST_RIGHT_SAME`` are right.
    """
    pairs = trial_pairs()
    judged = _judged(pairs[:N_FIRST], model)
    if any(one.opinion is not PairOpinion.FAILED for one in judged):
        judged += _judged(pairs[N_FIRST:], model)
    return counted(pairs, judged, model=model.name)


def counted(pairs: Sequence[TrialPair], judged: Sequence[PairJudgement], *, model: str) -> JudgeTrial:
    """Return the figures and the verdict; pairs that were not judged count as failed."""
    found = [(one.opinion, pair.is_same) for one, pair in zip(judged, pairs, strict=False)]
    right_same = found.count((PairOpinion.SAME, True))
    wrong_same = found.count((PairOpinion.SAME, False))
    n_right = right_same + found.count((PairOpinion.DIFFERENT, False))
    n_wrong = wrong_same + found.count((PairOpinion.DIFFERENT, True))
    n_unsure = sum(opinion is PairOpinion.UNSURE for opinion, _ in found)
    interval = wilson_interval(n_right, n_right + n_wrong)
    low = interval.low if interval is not None else 0.0
    return JudgeTrial(
        model=model,
        prompt_id=judging_prompt().key,
        pairs_hash=content_hash([[p.first.model_dump(), p.second.model_dump(), p.is_same] for p in pairs]),
        n_pairs=len(pairs),
        n_right=n_right,
        n_wrong=n_wrong,
        n_unsure=n_unsure,
        n_failed=len(pairs) - n_right - n_wrong - n_unsure,
        n_orders_differ=sum(len({answer.opinion for answer in one.answers}) > 1 for one in judged),
        n_same_right=right_same,
        n_same_wrong=wrong_same,
        right_at_least=round(low, 4),
        is_passed=low > CHANCE and wrong_same <= MOST_WRONG_SAME and right_same >= LEAST_RIGHT_SAME,
    )


def said_of(trial: JudgeTrial) -> str:
    """Return the trial in a sentence or two for people."""
    figures = (
        f"{trial.n_right} right, {trial.n_wrong} wrong, {trial.n_unsure} unsure, {trial.n_failed} failed, "
        f'orders differ in {trial.n_orders_differ}; "same" {trial.n_same_right} times right, {trial.n_same_wrong} wrong'
    )
    end = "Its judgements are used." if trial.is_passed else "Its judgements are not used: no model judged these cards."
    verdict = "passed" if trial.is_passed else "did not pass"
    return f"{trial.model} {verdict} the trial of {trial.n_pairs} pairs ({figures}). {end}"


def _judged(pairs: Sequence[TrialPair], model: ChatModel) -> tuple[PairJudgement, ...]:
    cards = [card for pair in pairs for card in (pair.first, pair.second)]
    firsts = np.arange(0, len(cards), 2)
    ends = NeighbourPairs(firsts, firsts + 1, np.zeros(len(pairs), dtype=np.float32))
    try:
        return judge_pairs(cards, ends, np.arange(len(pairs)), model=model)
    except BackendError:
        return ()
