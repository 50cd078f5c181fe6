"""Moderation and gathering: hide a card with a reason, merge values, take a merge back, move a card."""

from typing import NamedTuple

from domain.cards import CanonicalValue, Card, CardStatus, Placement, ValueMerge
from domain.errors import StudyRuleError, UserInputError
from domain.ids import CardId, ClientId, MergeId, PlacementId, StudyId, ValueId
from domain.nouns import content_hash
from domain.people import Participant, Source
from services.acts import Desk
from services.belonging import founded_value
from storage import Store


class CardInReview(NamedTuple):
    """A card as staff see it."""

    card: Card
    alias: str
    value: CanonicalValue | None


class Moderation:
    """Use cases of staff on cards and values. Nothing a person wrote is rewritten."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def cards(self, study_id: StudyId, *, sources: frozenset[Source]) -> list[CardInReview]:
        """Return confirmed and hidden cards, newest first, with the value they lie under."""
        with self._desk.database.read() as store:
            statuses = frozenset({CardStatus.CONFIRMED, CardStatus.HIDDEN})
            cards = store.cards.list(study_id, statuses=statuses, sources=sources)
            people: dict[str, Participant] = {p.id: p for p in store.people.list(study_id, sources=frozenset(Source))}
            values = {v.id: v for v in store.values.list(study_id, include_withdrawn=True)}
            under = {p.card_id: p.value_id for p in store.values.placements(study_id)}
            return [
                CardInReview(
                    card=card,
                    alias=people[card.person_id].alias if card.person_id in people else "",
                    value=values.get(under[card.id]) if card.id in under else None,
                )
                for card in sorted(cards, key=lambda c: c.created_at, reverse=True)
            ]

    def hide(self, study_id: StudyId, card_id: CardId, *, reason: str, staff: str, client_id: ClientId) -> None:
        """Hide a card from other people; its author sees the reason."""
        self._set_status(study_id, card_id, CardStatus.HIDDEN, reason=reason, staff=staff, client_id=client_id)

    def show_again(self, study_id: StudyId, card_id: CardId, *, reason: str, staff: str, client_id: ClientId) -> None:
        """Undo hiding a card."""
        self._set_status(study_id, card_id, CardStatus.CONFIRMED, reason=reason, staff=staff, client_id=client_id)

    def merge(
        self, study_id: StudyId, value_id: ValueId, *, into: ValueId, reason: str, staff: str, client_id: ClientId
    ) -> MergeId:
        """Link ``value_id`` to ``into``: votes and cards of the first count for the second until undone.

        Raises:
            UserInputError: no reason was given.
            StudyRuleError: the link would make a loop.
        """
        _require_reason(reason)
        if value_id == into:
            raise UserInputError("Choose two different values.", field="into")
        merge = ValueMerge(
            id=MergeId(content_hash(["merge", study_id, client_id])[:32]),
            study_id=study_id,
            value_id=value_id,
            into_id=into,
            author=f"staff:{staff}",
            reason=reason,
            created_at=self._desk.clock(),
        )
        self._desk.act_of_staff(
            study_id,
            "value.merged",
            lambda store: store.values.merge(merge),
            staff=staff,
            client_id=client_id,
            refs={"value": value_id, "into": into},
            content=reason,
        )
        return merge.id

    def undo_merge(self, study_id: StudyId, merge_id: MergeId, *, staff: str, client_id: ClientId) -> None:
        """Take a merge back; the votes count for their own values again."""
        self._desk.act_of_staff(
            study_id,
            "value.merge_undone",
            lambda store: store.values.undo_merge(merge_id, at=self._desk.clock()),
            staff=staff,
            client_id=client_id,
            refs={"merge": merge_id},
        )

    def merges(self, study_id: StudyId) -> list[ValueMerge]:
        """Return all merges, standing and undone, newest first."""
        with self._desk.database.read() as store:
            return sorted(store.values.merges(study_id, include_undone=True), key=lambda m: m.created_at, reverse=True)

    def split(self, study_id: StudyId, card_id: CardId, *, reason: str, staff: str, client_id: ClientId) -> ValueId:
        """Take a card out of its value into a new value of its own words."""
        _require_reason(reason)
        value_id = ValueId(content_hash(["split", study_id, client_id])[:32])

        def body(store: Store) -> None:
            card = store.cards.get(card_id)
            store.values.add(founded_value(card, value_id=value_id, number=store.values.next_number(study_id)))
            _place(store, card, value_id, reason=reason, staff=staff, client_id=client_id, desk=self._desk)

        self._desk.act_of_staff(
            study_id, "value.split", body, staff=staff, client_id=client_id, refs={"card": card_id}, content=reason
        )
        return value_id

    def move(
        self, study_id: StudyId, card_id: CardId, *, to: ValueId, reason: str, staff: str, client_id: ClientId
    ) -> None:
        """Place a card under another value."""
        _require_reason(reason)

        def body(store: Store) -> None:
            card = store.cards.get(card_id)
            _place(store, card, to, reason=reason, staff=staff, client_id=client_id, desk=self._desk)

        self._desk.act_of_staff(
            study_id, "card.moved", body, staff=staff, client_id=client_id, refs={"card": card_id}, content=reason
        )

    def undo_placement(self, study_id: StudyId, placement_id: PlacementId, *, staff: str, client_id: ClientId) -> None:
        """Take a placement back; the one before it counts again."""
        self._desk.act_of_staff(
            study_id,
            "card.placement_undone",
            lambda store: store.values.undo_placement(placement_id, at=self._desk.clock()),
            staff=staff,
            client_id=client_id,
            refs={"placement": placement_id},
        )

    def _set_status(
        self, study_id: StudyId, card_id: CardId, status: CardStatus, *, reason: str, staff: str, client_id: ClientId
    ) -> None:
        _require_reason(reason)

        def body(store: Store) -> None:
            card = store.cards.get(card_id)
            if card.study_id != study_id or card.status is CardStatus.DRAFT:
                raise StudyRuleError("Only finished cards of this study can be moderated.")
            store.cards.set_status(card_id, status=status, moderation_reason=reason, at=self._desk.clock())
            if card.person_id is not None:
                store.people.set_note(card.person_id, note=reason if status is CardStatus.HIDDEN else "")

        self._desk.act_of_staff(
            study_id,
            f"card.{status.value}",
            body,
            staff=staff,
            client_id=client_id,
            refs={"card": card_id},
            content=reason,
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise UserInputError("Give a reason: it is logged, and the author of a card can read it.", field="reason")


def _place(
    store: Store, card: Card, value_id: ValueId, *, reason: str, staff: str, client_id: ClientId, desk: Desk
) -> None:
    store.values.place(
        Placement(
            id=PlacementId(content_hash(["place", card.id, client_id])[:32]),
            study_id=card.study_id,
            card_id=card.id,
            value_id=value_id,
            author=f"staff:{staff}",
            reason=reason,
            created_at=desk.clock(),
        )
    )
