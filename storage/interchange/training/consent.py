"""Whose words may train a model: a card's words are covered when everybody whose words they are agreed to that."""

from collections.abc import Collection, Iterable, Mapping

from domain.cards import CanonicalValue, Card, CardStatus
from domain.ids import CardId, PersonId, ValueId
from domain.people import Source


def covered_values(
    values: Iterable[CanonicalValue], *, cards: Mapping[CardId, Card], agreed: Collection[PersonId]
) -> frozenset[ValueId]:
    """Return the values whose words may go into training files.

    The study's own starter values may. A value that a person's card founded may when that person agreed to training and
    every line borrowed from another value comes from one that may. Words from a file that names no author may not, nor
    those of a card that was hidden.

    Args:
        values: those of the study.
        cards: every card that founded one of them.
        agreed: people whose newest answer about training is yes.
    """
    by_id = {value.id: value for value in values}
    known: dict[ValueId, bool] = {}

    def is_covered(value_id: ValueId) -> bool:
        if value_id not in known:
            known[value_id] = False  # also the answer for lines that are borrowed in a circle
            known[value_id] = value_id in by_id and _may(by_id[value_id])
        return known[value_id]

    def _may(value: CanonicalValue) -> bool:
        if value.is_withdrawn:
            return False
        card = cards.get(value.founded_by_card_id) if value.founded_by_card_id else None
        if card is None:
            return value.source is Source.SEED
        if card.status is not CardStatus.CONFIRMED:
            return False
        borrowed = [policy.borrowed_from for policy in card.text.policies if policy.borrowed_from]
        return card.person_id in agreed and all(is_covered(value_id) for value_id in borrowed)

    return frozenset(value_id for value_id in by_id if is_covered(value_id))
