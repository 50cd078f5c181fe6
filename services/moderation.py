"""Moderation and gathering: hide a card with a reason, merge values, take a merge back, move a card."""

from collections.abc import Callable
from typing import NamedTuple

from domain.cards import CanonicalValue, Card, CardStatus, Placement, ValueMerge
from domain.errors import StudyRuleError, UserInputError
from domain.ids import CardId, ClientId, MergeId, PlacementId, StudyId, ValueId
from domain.nouns import content_hash
from domain.people import Participant, Source
from services.acts import Desk
from services.belonging import founded_value
from services.hiding import bring_back, hide_words
from storage import Store


class CardInReview(NamedTuple):
    """A card as staff see it."""

    card: Card
    alias: str
    value: CanonicalValue | None


class StaffPlacement(NamedTuple):
    """A placement that staff made, with what it links as staff read it."""

    placement: Placement
    card: Card
    value: CanonicalValue


class Moderation:
    """Use cases of staff on cards and values. Nothing a person wrote is rewritten."""

    def __init__(self, desk: Desk, *, reworded: Callable[[StudyId, ValueId, Source], None] | None = None) -> None:
        """Take ``reworded``, called with every value that came to bear other words and needs stories of them."""
        self._desk = desk
        self._reworded = reworded

    def cards(self, study_id: StudyId, *, sources: frozenset[Source]) -> list[CardInReview]:
        """Return confirmed and hidden cards, newest first, with the value they lie under."""
        with self._desk.database.read() as store:
            statuses = frozenset({CardStatus.CONFIRMED, CardStatus.HIDDEN})
            cards = store.cards.list(study_id, statuses=statuses, sources=sources)
            people: dict[str, Participant] = {p.id: p for p in store.people.list(study_id, sources=frozenset(Source))}
            values = {v.id: v for v in store.values.list(study_id, include_withdrawn=True, with_hidden_words=True)}
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
        """Hide a card from other people; its author sees the reason.

        A value with its words takes those of the earliest confirmed card of somebody else under it, and keeps them
        from then on; where there is none, the value leaves graph, draws, comparisons and exports.
        """
        self._set_status(study_id, card_id, CardStatus.HIDDEN, reason=reason, staff=staff, client_id=client_id)

    def show_again(self, study_id: StudyId, card_id: CardId, *, reason: str, staff: str, client_id: ClientId) -> None:
        """Undo hiding a card; a value that was hidden with it comes back, in the words that the card bears now."""
        self._set_status(study_id, card_id, CardStatus.CONFIRMED, reason=reason, staff=staff, client_id=client_id)

    def merge(
        self, study_id: StudyId, value_id: ValueId, *, into: ValueId, reason: str, staff: str, client_id: ClientId
    ) -> MergeId:
        """Link ``value_id`` to ``into``: votes and cards of the first count for the second until undone.

        Raises:
            UserInputError: no reason was given.
            StudyRuleError: the link would make a loop, or a value is not one of this study.
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

        def body(store: Store) -> None:
            _value_of(store, study_id, value_id)
            _value_of(store, study_id, into)
            store.values.merge(merge)

        self._desk.act_of_staff(
            study_id,
            "value.merged",
            body,
            staff=staff,
            client_id=client_id,
            refs={"value": value_id, "into": into},
            content=reason,
        )
        return merge.id

    def undo_merge(self, study_id: StudyId, merge_id: MergeId, *, staff: str, client_id: ClientId) -> None:
        """Take a merge back; the votes count for their own values again."""

        def body(store: Store) -> None:
            if merge_id not in {merge.id for merge in store.values.merges(study_id)}:
                raise StudyRuleError("This merge does not stand in this study. Reload the page.")
            store.values.undo_merge(merge_id, at=self._desk.clock())

        self._desk.act_of_staff(
            study_id,
            "value.merge_undone",
            body,
            staff=staff,
            client_id=client_id,
            refs={"merge": merge_id},
        )

    def merges(self, study_id: StudyId) -> list[ValueMerge]:
        """Return all merges, standing and undone, newest first."""
        with self._desk.database.read() as store:
            return sorted(store.values.merges(study_id, include_undone=True), key=lambda m: m.created_at, reverse=True)

    def split(self, study_id: StudyId, card_id: CardId, *, reason: str, staff: str, client_id: ClientId) -> ValueId:
        """Take a card out of its value into a new value of its own words.

        Raises:
            UserInputError: no reason was given.
            StudyRuleError: the card is not a confirmed one of this study.
        """
        _require_reason(reason)
        value_id = ValueId(content_hash(["split", study_id, client_id])[:32])

        def body(store: Store) -> None:
            card = _card_of(store, study_id, card_id)
            if card.status is CardStatus.HIDDEN:
                raise StudyRuleError("This card is hidden, so no value can bear its words. Show it again first.")
            store.values.add(founded_value(card, value_id=value_id, number=store.values.next_number(study_id)))
            _place(store, card, value_id, reason=reason, staff=staff, client_id=client_id, desk=self._desk)

        self._desk.act_of_staff(
            study_id, "value.split", body, staff=staff, client_id=client_id, refs={"card": card_id}, content=reason
        )
        return value_id

    def move(
        self, study_id: StudyId, card_id: CardId, *, to: ValueId, reason: str, staff: str, client_id: ClientId
    ) -> None:
        """Place a card under another value.

        Raises:
            UserInputError: no reason was given.
            StudyRuleError: the card or the value is not one of this study, or the value is withdrawn or hidden.
        """
        _require_reason(reason)

        def body(store: Store) -> None:
            card = _card_of(store, study_id, card_id)
            _value_of(store, study_id, to)
            _place(store, card, to, reason=reason, staff=staff, client_id=client_id, desk=self._desk)

        self._desk.act_of_staff(
            study_id, "card.moved", body, staff=staff, client_id=client_id, refs={"card": card_id}, content=reason
        )

    def placements(self, study_id: StudyId) -> list[StaffPlacement]:
        """Return where staff put cards, standing and undone, newest first."""
        with self._desk.database.read() as store:
            every = store.values.placements(study_id, include_undone=True)
            cards = {card.id: card for card in store.cards.list(study_id)}
            values = store.values.list(study_id, include_withdrawn=True, with_hidden_words=True)
            by_id = {value.id: value for value in values}
        by_staff = [p for p in reversed(every) if p.author.startswith("staff:")]
        return [StaffPlacement(placement=p, card=cards[p.card_id], value=by_id[p.value_id]) for p in by_staff]

    def undo_placement(
        self, study_id: StudyId, placement_id: PlacementId, *, reason: str, staff: str, client_id: ClientId
    ) -> None:
        """Take back where staff put a card; the placement before it counts again.

        Raises:
            UserInputError: no reason was given.
            StudyRuleError: it is not a standing placement by the staff of this study.
        """
        _require_reason(reason)
        reworded: list[CanonicalValue] = []

        def body(store: Store) -> None:
            placement, now = store.values.placement(placement_id), self._desk.clock()
            if placement.study_id != study_id or placement.undone_at or not placement.author.startswith("staff:"):
                raise StudyRuleError("Only what staff of this study did, and nobody took back yet, can be taken back.")
            store.values.undo_placement(placement_id, at=now)
            card = store.cards.get(placement.card_id)
            if card.status is CardStatus.CONFIRMED:
                reworded[:] = bring_back(store, card, at=now)

        is_new = self._desk.act_of_staff(
            study_id,
            "card.placement_undone",
            body,
            staff=staff,
            client_id=client_id,
            refs={"placement": placement_id},
            content=reason,
        )
        self._tell(study_id, reworded if is_new else [])

    def _set_status(
        self, study_id: StudyId, card_id: CardId, status: CardStatus, *, reason: str, staff: str, client_id: ClientId
    ) -> None:
        _require_reason(reason)
        reworded: list[CanonicalValue] = []

        def body(store: Store) -> None:
            reworded.clear()
            card, now = _card_of(store, study_id, card_id), self._desk.clock()
            store.cards.set_status(card_id, status=status, moderation_reason=reason, at=now)
            if card.person_id is not None:
                store.people.set_note(card.person_id, note=reason if status is CardStatus.HIDDEN else "")
            if status is CardStatus.HIDDEN:
                reworded.extend(hide_words(store, card, by=f"staff:{staff}", at=now))
            else:
                reworded.extend(bring_back(store, card, at=now))

        is_new = self._desk.act_of_staff(
            study_id,
            f"card.{status.value}",
            body,
            staff=staff,
            client_id=client_id,
            refs={"card": card_id},
            content=reason,
        )
        self._tell(study_id, reworded if is_new else [])

    def _tell(self, study_id: StudyId, values: list[CanonicalValue]) -> None:
        for value in values:
            if self._reworded is not None:
                self._reworded(study_id, value.id, value.source)


def _card_of(store: Store, study_id: StudyId, card_id: CardId) -> Card:
    card = store.cards.get(card_id)
    if card.study_id != study_id or card.status is CardStatus.DRAFT:
        raise StudyRuleError("Only finished cards of this study can be moderated.")
    return card


def _value_of(store: Store, study_id: StudyId, value_id: ValueId) -> CanonicalValue:
    value = store.values.get(value_id)
    if value.study_id != study_id or value.is_withdrawn:
        raise StudyRuleError("This is not a value of this study, or it was withdrawn or hidden. Reload the page.")
    return value


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
