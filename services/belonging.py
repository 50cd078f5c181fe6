"""Where does my card belong? The nearest values beside the person's card; the person decides."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from domain.cards import (
    CanonicalValue,
    Card,
    CardStatus,
    MachineOpinion,
    Placement,
    PlacementAnswer,
    PlacementOpinion,
)
from domain.errors import NotFoundError, StudyRuleError
from domain.ids import CardId, ClientId, PersonId, PlacementId, ValueId
from domain.nouns import content_hash
from domain.people import JourneyStep, Participant
from services.acts import Desk
from services.meaning import MeaningSpace, Neighbour, card_meaning
from services.participants import move_on
from storage import Store

N_SHOWN = 2
"""Values shown beside the card: enough to see a difference, few enough for a phone."""


class BelongingView(NamedTuple):
    """A confirmed card and the values nearest to it."""

    card: Card
    nearest: tuple[Neighbour, ...]


class Belonging:
    """Use cases of placing one's own card."""

    def __init__(self, desk: Desk, meaning: MeaningSpace, *, founded: Callable[[Participant, ValueId], None]) -> None:
        self._desk = desk
        self._meaning = meaning
        self._founded = founded

    def view(self, person: Participant) -> BelongingView:
        """Return the person's card beside its nearest values, nearest first."""
        with self._desk.database.read() as store:
            card = own_card(store, person.id)
        nearest = self._meaning.nearest(person.study_id, [card_meaning(card.text)], k=N_SHOWN, seen_by=person.source)
        return BelongingView(card=card, nearest=tuple(nearest))

    def decide(
        self,
        person: Participant,
        *,
        opinions: dict[ValueId, tuple[PlacementOpinion, float]],
        client_id: ClientId,
        seen: Mapping[ValueId, MachineOpinion] | None = None,
    ) -> ValueId:
        """Store what the person said of each value shown, and place the card.

        It goes under the value that is the same, or under a new value with the card's own words.

        Args:
            person: whose card it is.
            opinions: for each value shown, the opinion and the cosine similarity at the time.
            client_id: names this click; the same id twice places once.
            seen: what a language model said of a value, where the person could see it.

        Returns:
            The value under which the card lies now.

        Raises:
            StudyRuleError: two values were called the same as the card.
        """
        same = [v for v, (opinion, _) in opinions.items() if opinion is PlacementOpinion.SAME]
        if len(same) > 1:
            raise StudyRuleError("You called two values the same as yours. Choose the one that is closest.")
        target = same[0] if same else ValueId(content_hash(["founded", person.id, client_id])[:32])

        def body(store: Store) -> None:
            card = own_card(store, person.id)
            now = self._desk.clock()
            for value_id, (opinion, similarity) in opinions.items():
                machine = (seen or {}).get(value_id)
                store.values.add_answer(
                    PlacementAnswer(
                        card_id=card.id,
                        value_id=value_id,
                        opinion=opinion,
                        similarity=similarity,
                        machine_verdict=machine.verdict if machine else None,
                        machine_name=machine.model if machine else "",
                        at=now,
                    )
                )
            if not same:
                store.values.add(founded_value(card, value_id=target, number=store.values.next_number(card.study_id)))
            store.values.place(
                Placement(
                    id=PlacementId(content_hash([card.id, client_id])[:32]),
                    study_id=card.study_id,
                    card_id=card.id,
                    value_id=target,
                    author="person",
                    reason="The person said that it is the same."
                    if same
                    else "The person found no value that is the same.",
                    created_at=now,
                )
            )
            move_on(store, person.id, to=JourneyStep.CHOOSE, at_least_from=JourneyStep.BELONG, desk=self._desk)

        kind = "card.placed" if same else "value.founded"
        is_new = self._desk.act_of_person(person, kind, body, client_id=client_id, refs={"value": target})
        if is_new and not same:
            self._founded(person, target)
        with self._desk.database.read() as store:
            placement = store.values.placement_of(own_card(store, person.id).id)
        return placement.value_id if placement else target


def own_card(store: Store, person_id: PersonId) -> Card:
    """Return the person's newest confirmed card (a hidden one is still theirs)."""
    cards = [c for c in store.cards.of_person(person_id) if c.status is not CardStatus.DRAFT]
    if not cards:
        raise NotFoundError("There is no finished card yet. Finish your card first.")
    return max(cards, key=lambda c: c.created_at)


def founded_value(card: Card, *, value_id: ValueId, number: int) -> CanonicalValue:
    """Return a new value in the words of ``card``."""
    return CanonicalValue(
        id=value_id,
        study_id=card.study_id,
        number=number,
        title=card.text.title,
        gist=card.text.gist,
        policies=card.text.policy_texts(),
        source=card.source,
        founded_by_card_id=CardId(card.id),
        created_at=card.updated_at,
        updated_at=card.updated_at,
    )
