"""Keeps values cards with all their versions."""

import builtins
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from domain.cards import Card, CardStatus, CardText
from domain.errors import StudyRuleError
from domain.ids import CardId, PersonId, QuestionId, StudyId
from domain.people import Source
from storage.mapping import card_of_row, card_to_row
from storage.rows import Rows, Where, after_row, changed, chunks, found, one_of
from storage.tables import CARD, CARD_VERSION


class Cards:
    """Cards of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, card: Card) -> None:
        """Store a new card."""
        self._rows.add(CARD, [card_to_row(card)])

    def revise(self, card: Card) -> None:
        """Replace a card by its next version; the version before stays readable.

        Raises:
            StudyRuleError: ``card.version`` is not one above the stored version (a second tab was faster).
        """
        stored = self.get(card.id)
        if card.version != stored.version + 1:
            raise StudyRuleError(
                f"This card was changed elsewhere: version {stored.version} is stored, so {stored.version + 1} "
                f"would be next, not {card.version}. Reload the page to see the card as it is now."
            )
        old = {"card_id": stored.id, "version": stored.version, "text": stored.text.model_dump(mode="json")}
        self._rows.add(CARD_VERSION, [{**old, "replaced_at": card.updated_at}])
        self._rows.change(CARD, CARD.c.id == card.id, **card_to_row(card))

    def get(self, card_id: CardId) -> Card:
        """Return a card; NotFoundError where there is none."""
        row = found(self._rows.first(CARD, CARD.c.id == card_id), what="card", key=card_id)
        return card_of_row(row)

    def versions(self, card_id: CardId) -> builtins.list[CardText]:
        """Return all texts that stood on the card, oldest first, the newest last."""
        newest = self.get(card_id).text
        query = select(CARD_VERSION).where(CARD_VERSION.c.card_id == card_id).order_by(CARD_VERSION.c.version)
        return [*(CardText.model_validate(row["text"]) for row in self._rows.mappings(query)), newest]

    def of_person(self, person_id: PersonId) -> builtins.list[Card]:
        """Return the cards of one person, oldest first."""
        return self._select(CARD.c.person_id == person_id)

    def list(
        self,
        study_id: StudyId,
        *,
        statuses: Collection[CardStatus] | None = None,
        sources: Collection[Source] | None = None,
        after: CardId | None = None,
        limit: int | None = None,
    ) -> builtins.list[Card]:
        """Return cards, oldest first, starting behind ``after``; ``None`` restricts nothing."""
        where = [CARD.c.study_id == study_id]
        if statuses is not None:
            where.append(one_of(CARD.c.status, statuses))
        if sources is not None:
            where.append(one_of(CARD.c.source, sources))
        later = after_row(CARD, self._rows.first(CARD, CARD.c.id == after) if after else None)
        if later is not None:
            where.append(later)
        return self._select(*where, limit=limit)

    def some(
        self, card_ids: Collection[CardId], *, statuses: Collection[CardStatus], sources: Collection[Source]
    ) -> builtins.list[Card]:
        """Return those of the cards named that are of these statuses and sources, oldest first."""
        wanted = (one_of(CARD.c.status, statuses), one_of(CARD.c.source, sources))
        cards = [card for some in chunks(card_ids) for card in self._select(one_of(CARD.c.id, some), *wanted)]
        return sorted(cards, key=lambda card: (card.created_at, card.id))

    def ids(
        self, study_id: StudyId, *, statuses: Collection[CardStatus], sources: Collection[Source]
    ) -> frozenset[CardId]:
        """Return the ids of cards without reading their words."""
        query = select(CARD.c.id).where(
            CARD.c.study_id == study_id, one_of(CARD.c.status, statuses), one_of(CARD.c.source, sources)
        )
        return frozenset(CardId(row["id"]) for row in self._rows.mappings(query))

    def questions(
        self, study_id: StudyId, *, statuses: Collection[CardStatus], sources: Collection[Source]
    ) -> dict[CardId, QuestionId]:
        """Return the question that each card answers, without reading its words; cards that name none are absent."""
        query = select(CARD.c.id, CARD.c.question_id).where(
            CARD.c.study_id == study_id, one_of(CARD.c.status, statuses), one_of(CARD.c.source, sources)
        )
        return {card_id: question for card_id, question in self._rows.tuples(query) if question is not None}

    def set_status(self, card_id: CardId, *, status: CardStatus, moderation_reason: str, at: datetime) -> None:
        """Confirm, hide or show a card again. The words stay as they are."""
        values = {"status": status.value, "moderation_reason": moderation_reason, "updated_at": at}
        changed(self._rows.change(CARD, CARD.c.id == card_id, **values), what="card", key=card_id)

    def _select(self, *where: Where, limit: int | None = None) -> builtins.list[Card]:
        query = select(CARD).where(*where).order_by(CARD.c.created_at, CARD.c.id).limit(limit)
        names = CARD.c.keys()
        return [card_of_row(dict(zip(names, row, strict=True))) for row in self._rows.tuples(query)]
