"""Erases a person: every row of theirs in every table, and every copy of their words.

The words of a value that their card founded go too: the value takes the words of another card that lies under
it, or is withdrawn. The event log stays as it is, since it holds no words; the salt that keyed its hashes goes.

Not handled: policies that another person borrowed and confirmed as part of their own card are that person's;
on PostgreSQL the server's own files keep dead rows until its vacuum, and its backups as long as they are kept.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from domain.cards import CanonicalValue, Card, CardText, embedding_text
from domain.ids import PersonId
from domain.nouns import content_hash
from storage.canonical_values import Values
from storage.cards import Cards
from storage.embeddings import Embeddings
from storage.hypotheses import Hypotheses
from storage.mapping import to_noun
from storage.people import People
from storage.rows import Rows, Where
from storage.tables import (
    CARD,
    CARD_VERSION,
    CHOICE,
    CONSENT,
    DRAW,
    EMBEDDING,
    IMPRESSION,
    INTERVIEW,
    MERGE,
    PARTICIPANT,
    PLACEMENT,
    PLACEMENT_ANSWER,
    STEP_ENTRY,
    SURVEY,
    TURN,
    VALUE,
    VOTE,
    VOTE_REVISION,
)


class Erasure:
    """Erases people. ``happened`` tells the database to clean its files after the transaction."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.happened = False

    def erase_person(self, person_id: PersonId, *, at: datetime) -> None:
        """Remove the person and all they wrote; NotFoundError where there is no such person."""
        People(self._rows).get(person_id)
        cards = Cards(self._rows).of_person(person_id)
        founded = self._founded_by(person_id)
        self._forget_vectors(person_id, cards, founded)
        for value in founded:
            self._take_words_away(value, cards, at)
        self._remove_rows(person_id)
        self.happened = True

    def _founded_by(self, person_id: PersonId) -> list[CanonicalValue]:
        query = select(VALUE).where(VALUE.c.founded_by_card_id.in_(_ids(CARD.c.id, CARD.c.person_id == person_id)))
        return [to_noun(row, CanonicalValue) for row in self._rows.mappings(query)]

    def _forget_vectors(self, person_id: PersonId, cards: list[Card], founded: list[CanonicalValue]) -> None:
        texts = {value.embedding_text() for value in founded}
        for card in cards:
            for version in Cards(self._rows).versions(card.id):
                texts.update(_texts_of(version))
        said = select(TURN.c.text).join(INTERVIEW, INTERVIEW.c.id == TURN.c.interview_id)
        texts.update(row["text"] for row in self._rows.mappings(said.where(INTERVIEW.c.person_id == person_id)))
        Embeddings(self._rows).forget([content_hash(text) for text in texts])
        self._rows.remove(EMBEDDING, EMBEDDING.c.person_id == person_id)

    def _take_words_away(self, value: CanonicalValue, cards: list[Card], at: datetime) -> None:
        values = Values(self._rows)
        heir = values.heir(value, without=[card.id for card in cards])
        if heir is not None:
            values.refound(value.id, card=Cards(self._rows).get(heir), at=at)
        else:
            values.withdraw(value.id, at=at)
            # What was merged into it counts for itself again, else other people's votes would be lost with it.
            self._rows.change(MERGE, MERGE.c.into_id == value.id, MERGE.c.undone_at.is_(None), undone_at=at)
        # Stories are told from the words of both values, so they may hold copies of them.
        Hypotheses(self._rows).forget_words(value.id)

    def _remove_rows(self, person_id: PersonId) -> None:
        cards = _ids(CARD.c.id, CARD.c.person_id == person_id)
        votes = _ids(VOTE.c.id, VOTE.c.person_id == person_id)
        draws = _ids(DRAW.c.id, DRAW.c.person_id == person_id)
        interviews = _ids(INTERVIEW.c.id, INTERVIEW.c.person_id == person_id)
        for table in (PLACEMENT_ANSWER, PLACEMENT, CARD_VERSION):
            self._rows.remove(table, table.c.card_id.in_(cards))
        for table in (IMPRESSION, CHOICE):
            self._rows.remove(table, table.c.draw_id.in_(draws))
        self._rows.remove(VOTE_REVISION, VOTE_REVISION.c.vote_id.in_(votes))
        self._rows.remove(TURN, TURN.c.interview_id.in_(interviews))
        for table in (CARD, VOTE, DRAW, INTERVIEW, SURVEY, CONSENT, STEP_ENTRY):
            self._rows.remove(table, table.c.person_id == person_id)
        self._rows.remove(PARTICIPANT, PARTICIPANT.c.id == person_id)


def _texts_of(card: CardText) -> Iterable[str]:
    policies = card.policy_texts()
    return (embedding_text(card.title, policies), card.title, card.gist, *policies)


def _ids(column: ColumnElement[str], where: Where) -> Select[str]:
    return select(column).where(where)
