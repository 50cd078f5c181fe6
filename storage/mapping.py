"""Turns nouns into rows and rows into nouns. A pair of inverses: ``to_noun(to_row(noun))`` equals ``noun``.

Rows are plain mappings from column to value. A column that has the name of a field holds that field;
small structured fields are JSON. Fields kept in tables of their own are passed to ``to_noun`` by name.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import RowMapping, Table

from domain.cards import Card, CardText
from domain.nouns import Noun
from storage.tables import CARD

N = TypeVar("N", bound=Noun)
RowValues = dict[str, object]
CARD_TEXT_FIELDS = tuple(CardText.model_fields)


def to_row(noun: Noun, table: Table, **more: object) -> RowValues:
    """Return the columns of ``table`` that ``noun`` has a field for, and ``more`` columns as given."""
    plain = noun.model_dump(mode="json")
    row: RowValues = {name: _stored(noun, name, plain[name]) for name in plain if name in table.c}
    return row | more


def to_noun(row: RowMapping | Mapping[str, object], noun_type: type[N], **more: object) -> N:
    """Return the validated noun that ``row`` stands for."""
    # Keys of a RowMapping are columns by name; ``in`` on it is by value, so its keys are asked.
    names = row.keys()
    fields = {name: row[name] for name in noun_type.model_fields if name in names}
    return noun_type.model_validate(fields | more)


def card_to_row(card: Card) -> RowValues:
    """Return the row of ``card``; its text is spread over columns of its own."""
    return to_row(card, CARD) | card.text.model_dump(mode="json")


def card_of_row(row: RowMapping | Mapping[str, object]) -> Card:
    """Return the card that ``row`` stands for."""
    return to_noun(row, Card, text={name: row[name] for name in CARD_TEXT_FIELDS})


def _stored(noun: Noun, name: str, plain: object) -> object:
    value = getattr(noun, name)
    return value if isinstance(value, datetime) else plain
