"""Both orders of one question: mapped back, averaged, and how often they agree."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.stances import Answer, AnswerClass, OptionOrder
from stances.option_mass import mean_shares


class BothOrders(NamedTuple):
    """An item asked in both orders under otherwise one condition."""

    item_id: str
    family: str
    given: Answer
    swapped: Answer

    @property
    def has_choices(self) -> bool:
        """Whether both orders gave a choice."""
        return self.given.kind is AnswerClass.CHOICE and self.swapped.kind is AnswerClass.CHOICE

    @property
    def agrees(self) -> bool:
        """Whether both orders chose the same option; a tie agrees with nothing."""
        return self.given.choice is not None and self.given.choice == self.swapped.choice

    def probabilities(self, *, is_calibrated: bool = False) -> dict[str, float]:
        """Return the mean over the orders, by option key; empty unless both gave a choice."""
        if not self.has_choices:
            return {}
        both = (self.given, self.swapped)
        shares = [answer.calibrated if is_calibrated else answer.probabilities for answer in both]
        return mean_shares(shares) if all(shares) else {}


class OrderAgreement(NamedTuple):
    """How often an item's choice survives the swapping of its options."""

    n: int
    """Items with a choice in both orders."""
    n_agree: int
    chance: float | None
    """Agreement to expect if both orders chose independently, each with its own shares; None for no items."""

    @property
    def share(self) -> float | None:
        """Share that agree, 0..1; None for no items."""
        return self.n_agree / self.n if self.n else None


def pair_orders(answers: Iterable[Answer]) -> list[BothOrders]:
    """Return the items that have an answer in both orders, in the order in which they first came."""
    found: dict[tuple[str, str], dict[OptionOrder, Answer]] = defaultdict(dict)
    for answer in answers:
        found[answer.item_id, answer.family][answer.order] = answer
    return [
        BothOrders(item_id, family, by_order[OptionOrder.GIVEN], by_order[OptionOrder.SWAPPED])
        for (item_id, family), by_order in found.items()
        if len(by_order) == len(OptionOrder)
    ]


def order_agreement(pairs: Sequence[BothOrders]) -> OrderAgreement:
    """Return how often both orders of an item chose the same option; items without two choices are left out."""
    kept = [pair for pair in pairs if pair.has_choices]
    if not kept:
        return OrderAgreement(0, 0, None)
    given = [pair.given.choice for pair in kept]
    swapped = [pair.swapped.choice for pair in kept]
    options = {choice for choice in (*given, *swapped) if choice is not None}
    chance = sum(given.count(key) * swapped.count(key) for key in options) / len(kept) ** 2
    return OrderAgreement(len(kept), sum(pair.agrees for pair in kept), chance)
