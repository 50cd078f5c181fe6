"""What every table shares: the base of rows, and how moments and small structured things are kept."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# Fixed names let a migration drop or change a constraint on either database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
MOMENT_LENGTH = 32


class Row(SQLModel):
    """A row of a table. Rows are not nouns: they skip validation, so ``mapping`` turns them into nouns."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class MomentType(TypeDecorator[datetime]):
    """A point in time in UTC with microseconds.

    SQLite has no such type: there it is ISO 8601 text of fixed width, which sorts as time does.
    """

    impl = DateTime(timezone=True).with_variant(String(MOMENT_LENGTH), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments without a zone; turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A moment needs a time zone: {value!r}.")
        moment = value.astimezone(UTC)
        # SQLAlchemy types both sides as datetime; the SQLite variant takes the text.
        return _as_text(moment) if dialect.name == "sqlite" else moment  # type: ignore[return-value]

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


JSON_TYPE = JSON(none_as_null=True)
"""Attributes, policies, provenance: small things that are read and written whole."""


def _as_text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
