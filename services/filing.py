"""Asks a language model under which value each card belongs, and stops where the model is away."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.errors import BackendError
from domain.gathered import CardFiling, CardRow, FilingOpinion, OfferedValue
from domain.protocols import ChatModel
from graph.filing import Offer
from graph.filing_question import Choice, card_filing, filing_requests

MOST_FILED = 400
"""Cards a model is asked about, each in two questions. Origin: benchmarks/results/judging.json, where a model of 1.5B
on two cores took six seconds a question; so many take it an hour and a half."""
MAX_FAILED_IN_A_ROW = 5
"""After so many the model is taken to be away or too slow."""


class Filer(NamedTuple):
    """The model that files cards, and how many it is asked about."""

    model: ChatModel
    most_cards: int = MOST_FILED


def file_cards(
    offered: Sequence[Offer], cards: Sequence[CardRow], texts: Sequence[str], *, model: ChatModel
) -> tuple[CardFiling, ...]:
    """Return what the model says of each card, in the order of the offers; ends early where too many in a row fail.

    Args:
        offered: the cards to be filed, with values; they name places in ``cards`` and ``texts``.
        cards: give the names.
        texts: what is shown of each card.
        model: is asked.
    """
    found: list[CardFiling] = []
    failed = 0
    for offer in offered:
        choice = _choice(offer, cards, texts)
        filing = card_filing(choice, _ask(model, choice))
        found.append(filing)
        failed = failed + 1 if filing.opinion is FilingOpinion.FAILED else 0
        if failed == MAX_FAILED_IN_A_ROW:
            break
    return tuple(found)


def _choice(offer: Offer, cards: Sequence[CardRow], texts: Sequence[str]) -> Choice:
    values = zip(offer.values, offer.likeness, strict=True)
    return Choice(
        card_id=cards[offer.card].id,
        card_text=texts[offer.card],
        values=tuple(OfferedValue(id=cards[place].id, likeness=round(like, 4)) for place, like in values),
        value_texts=tuple(texts[place] for place in offer.values),
    )


def _ask(model: ChatModel, choice: Choice) -> tuple[ChatReply, ChatReply]:
    """Return both replies; a backend that raises gives two failures with its reason."""
    try:
        one, other = model.complete(filing_requests(choice))
    except BackendError as error:
        failure = ChatFailure(reason=FailureReason.UNAVAILABLE, detail=str(error))
        one = other = ChatReply(failure=failure, backend=model.name)
    return one, other
