"""Moderation and gathering: hide a card with a reason, merge values, take a merge back, move a card.

With a card its words leave every place where others read them, so a value that it founded takes the words of another
card that lies under it, or is hidden too until the card is shown again.
"""

from collections.abc import Callable
from datetime import datetime
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
        reworded: list[CanonicalValue] = []

        def body(store: Store) -> None:
            reworded.clear()
            card, now = _card_of(store, study_id, card_id), self._desk.clock()
            store.cards.set_status(card_id, status=status, moderation_reason=reason, at=now)
            if card.person_id is not None:
                store.people.set_note(card.person_id, note=reason if status is CardStatus.HIDDEN else "")
            if status is CardStatus.HIDDEN:
                reworded.extend(_hide_words(store, card, by=f"staff:{staff}", at=now))
            else:
                reworded.extend(_bring_back(store, card, at=now))

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


def _hide_words(store: Store, card: Card, *, by: str, at: datetime) -> list[CanonicalValue]:
    """Take the words of a card out of the values that it founded; return those that bear other words now."""
    founded = [value for value in store.values.founded_by(card.id) if not value.is_withdrawn]
    heirs = {value.id: _heir(store, value, card) for value in founded}
    for value in founded:
        if heirs[value.id] is None:
            store.values.hide(value.id, by=by, at=at)
    return [_reword(store, value, heir, at=at) for value in founded if (heir := heirs[value.id]) is not None]


def _bring_back(store: Store, card: Card, *, at: datetime) -> list[CanonicalValue]:
    """Bring back the hidden values that a confirmed card founded or lies under; return those with other words."""
    placement = store.values.placement_of(card.id)
    under = [store.values.get(placement.value_id)] if placement is not None else []
    founded = store.values.founded_by(card.id)
    hidden = {value.id for value in (*founded, *under) if value.hidden_at is not None}
    # With their words, since stories told in words that come back unchanged stay.
    every = store.values.list(card.study_id, include_withdrawn=True, with_hidden_words=True)
    before = [value for value in every if value.id in hidden]
    after = [_reword(store, value, card, at=at) for value in before]
    return [value for value, old in zip(after, before, strict=True) if _differs(value, old)]


def _reword(store: Store, value: CanonicalValue, card: Card, *, at: datetime) -> CanonicalValue:
    """Give a value the words of ``card``; stories told in other words are put aside. Return the value as it is now."""
    store.values.refound(value.id, card=card, at=at)
    after = store.values.get(value.id)
    if _differs(after, value):
        for story in store.hypotheses.list(value.study_id):
            if value.id in (story.src_id, story.wiser_id):
                store.hypotheses.archive(story.id)
    return after


def _differs(one: CanonicalValue, other: CanonicalValue) -> bool:
    return (one.gist, one.embedding_text()) != (other.gist, other.embedding_text())


def _heir(store: Store, value: CanonicalValue, hidden: Card) -> Card | None:
    """Return the earliest confirmed card of somebody else under the value; of a simulated person only to another."""
    under = {p.card_id for p in store.values.placements(value.study_id) if p.value_id == value.id}
    sources = frozenset(Source) if hidden.source is Source.SIMULATED else frozenset(Source) - {Source.SIMULATED}
    confirmed = store.cards.list(value.study_id, statuses=[CardStatus.CONFIRMED], sources=sources)
    others = (c for c in confirmed if c.id != hidden.id and (c.person_id is None or c.person_id != hidden.person_id))
    return next((c for c in others if c.id in under), None)


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
