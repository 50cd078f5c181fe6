"""A trial of a model before its filings count: cards of our own writing, of which the right place is known.

The cards are hard on purpose. Twelve belong under one of the five values beside them, which says the same and shares
few words, while a near neighbour shares many and differs; twelve belong under none and have the same neighbour.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from domain.cards import embedding_text
from domain.gathered import CardFiling, CardRow, FilingOpinion, JudgeTrial
from domain.measures.intervals import wilson_interval
from domain.nouns import content_hash
from domain.protocols import ChatModel
from graph.card_likeness import word_overlap, words_of
from graph.filing import MOST_OFFERED, SURE_FROM, Offer
from graph.filing_question import filing_prompt
from services.filing import file_cards

TRIAL_FILE = Path(__file__).parents[1] / "assets" / "judging" / "trial_pairs.json"
CHANCE = 0.5
"""What a model reaches that reads nothing and joins nothing: right about the half that belongs nowhere. One that joins
at random is right about one card in six. The lower end of Wilson's 95 % interval must lie above it."""
MOST_WRONG = 0
"""A wrong join counts a person for a value that they do not hold. Origin: benchmarks/quality/judging.py, where a filer
that is wrong about every tenth card brings precision under .90; of the 24 trial cards it joins two wrongly, on average,
and none in 10 of 100 trials."""
LEAST_JOINED = 6
"""Half of the cards that belong somewhere: a model that finds fewer joins next to nothing that likeness leaves alone.
One that names a value at random finds so many in 2 of 100 trials, with others joined wrongly."""


class TrialCards(NamedTuple):
    """The cards of the trial, what is offered for each question, and the right place."""

    cards: tuple[CardRow, ...]
    texts: tuple[str, ...]
    offers: tuple[Offer, ...]
    """Names places in ``cards``; no likeness is computed, it is 0."""
    right: tuple[int | None, ...]
    """Of each question the place in ``cards`` of the value that says the same; ``None`` where none does."""


class _Pair(NamedTuple):
    first: int
    second: int
    is_same: bool


@cache
def trial_cards() -> TrialCards:
    """Return the questions: the first card of each pair beside its partner and the cards that share most words with it.

    They stand in the order of their text, which says nothing of which is right. Beside a card that belongs nowhere, the
    one that says the same is left out.
    """
    rows = json.loads(TRIAL_FILE.read_text(encoding="utf-8"))
    faces = [(row[end]["title"], tuple(row[end]["policies"])) for row in rows for end in ("first", "second")]
    texts = [embedding_text(*face) for face in faces]
    order = sorted(set(texts))
    at = {text: place for place, text in enumerate(order)}
    cards = {at[text]: face for text, face in zip(texts, faces, strict=True)}
    words = [words_of(*cards[place]) for place in range(len(order))]
    pairs = [
        _Pair(at[one], at[other], row["is_same"]) for one, other, row in zip(texts[::2], texts[1::2], rows, strict=True)
    ]
    same_as = {pair.first: pair.second for pair in pairs if pair.is_same}
    return TrialCards(
        cards=tuple(CardRow(id=place, title=cards[place][0], policies=cards[place][1]) for place in range(len(order))),
        texts=tuple(order),
        offers=tuple(_offer(pair, same_as, words) for pair in pairs),
        right=tuple(pair.second if pair.is_same else None for pair in pairs),
    )


def try_judge(model: ChatModel, *, sure_from: int = SURE_FROM) -> JudgeTrial:
    """Return how a model files the trial cards, each asked in both orders and joined from ``sure_from`` on.

    It passes when the lower end of Wilson's interval of right among settled answers is above ``CHANCE``, when at most
    ``MOST_WRONG`` of its joins are wrong, and at least ``LEAST_JOINED`` are right.
    """
    trial = trial_cards()
    filings = file_cards(trial.offers, trial.cards, trial.texts, model=model)
    return counted(trial, filings, model=model.name, sure_from=sure_from)


def counted(trial: TrialCards, filings: Sequence[CardFiling], *, model: str, sure_from: int) -> JudgeTrial:
    """Return the figures and the verdict; cards that were not asked about count as failed."""
    joined_right = n_none_right = n_wrong = n_missed = 0
    settled = (FilingOpinion.FILED, FilingOpinion.NONE)
    for filing, offer, right in zip(filings, trial.offers, trial.right, strict=False):
        place = filing.joined_place(sure_from=sure_from)
        joined = None if place is None else offer.values[place]
        is_settled = filing.opinion in settled
        joined_right += joined is not None and joined == right
        n_wrong += joined is not None and joined != right
        n_none_right += is_settled and joined is None and right is None
        n_missed += is_settled and joined is None and right is not None
    n_right, n_unsure = joined_right + n_none_right, sum(one.opinion is FilingOpinion.UNSURE for one in filings)
    interval = wilson_interval(n_right, n_right + n_wrong + n_missed)
    low = interval.low if interval is not None else 0.0
    return JudgeTrial(
        model=model,
        prompt_id=filing_prompt().key,
        questions_hash=content_hash([trial.texts, [offer.values for offer in trial.offers], trial.right]),
        sure_from=sure_from,
        n_cards=len(trial.offers),
        n_right=n_right,
        n_wrong=n_wrong,
        n_missed=n_missed,
        n_unsure=n_unsure,
        n_failed=len(trial.offers) - n_right - n_wrong - n_missed - n_unsure,
        n_joined_right=joined_right,
        right_at_least=round(low, 4),
        is_passed=low > CHANCE and n_wrong <= MOST_WRONG and joined_right >= LEAST_JOINED,
    )


def said_of(trial: JudgeTrial) -> str:
    """Return the trial in a sentence or two for people."""
    figures = (
        f"{trial.n_right} right, {trial.n_wrong} wrong, {trial.n_missed} missed, {trial.n_unsure} unsure, "
        f"{trial.n_failed} failed; joined {trial.n_joined_right} times rightly, {trial.n_wrong} wrongly"
    )
    end = "Its filings are used." if trial.is_passed else "Its filings are not used: no model filed these cards."
    verdict = "passed" if trial.is_passed else "did not pass"
    tried = f"the trial of {trial.n_cards} cards, joined from sureness {trial.sure_from} on"
    return f"{trial.model} {verdict} {tried} ({figures}). {end}"


def _offer(pair: _Pair, same_as: dict[int, int], words: Sequence[frozenset[str]]) -> Offer:
    kept_out = {pair.first, pair.second, same_as[pair.first]}
    others = sorted(
        (place for place in range(len(words)) if place not in kept_out),
        key=lambda place: (-word_overlap(words[pair.first], words[place]), place),
    )
    values = tuple(sorted([pair.second, *others[: MOST_OFFERED - 1]]))
    return Offer(pair.first, values, (0.0,) * len(values))
