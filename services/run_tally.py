"""What a run adds up to while it goes on, held in a few words per answer: memory hardly grows with its length."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Self

from domain.stances import Answer, AnswerClass, OptionOrder

NO_CHOICE = object()


class Agreement(NamedTuple):
    """Items with a choice in both orders, and those of them whose choices are the same."""

    n: int
    n_agree: int

    @property
    def share(self) -> float | None:
        """Share that agree, 0..1; None for no items."""
        return self.n_agree / self.n if self.n else None


class RunTally:
    """Counts answers by key: one that is answered again takes the place of the one before."""

    def __init__(self) -> None:
        self.n_failed = 0
        self.revision = ""
        self._kinds: dict[str, AnswerClass] = {}
        self._choices: dict[tuple[str, str], dict[OptionOrder, object]] = {}

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Self:
        """Return the tally of answers, the later of two with one key."""
        tally = cls()
        for answer in answers:
            tally.add(answer)
        return tally

    def __len__(self) -> int:
        return len(self._kinds)

    def add(self, answer: Answer) -> None:
        """Count one answer."""
        before = self._kinds.get(answer.key)
        self.n_failed += (answer.kind is AnswerClass.ERROR) - (before is AnswerClass.ERROR)
        self._kinds[answer.key] = answer.kind
        self.revision = self.revision or answer.provenance.revision
        orders = self._choices.setdefault((answer.item_id, answer.family), {})
        orders[answer.order] = answer.choice if answer.kind is AnswerClass.CHOICE else NO_CHOICE

    def is_answered(self, key: str) -> bool:
        """Tell whether a question has an answer that is no failure."""
        return self._kinds.get(key, AnswerClass.ERROR) is not AnswerClass.ERROR

    def classes(self) -> dict[AnswerClass, int]:
        """Return the answers by class."""
        return dict(Counter(self._kinds.values()))

    def agreement(self) -> Agreement:
        """Return how often both orders chose alike (``stances.orders``); a tie agrees with nothing."""
        both = [
            orders for orders in self._choices.values()
            if len(orders) == len(OptionOrder) and NO_CHOICE not in orders.values()
        ]  # fmt: skip
        alike = sum(None not in orders.values() and len(set(orders.values())) == 1 for orders in both)
        return Agreement(len(both), alike)
