"""Reads and writes rows inside one open transaction. All repositories go through it; it knows no subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.base import Executable

from domain.errors import NotFoundError, StorageError
from domain.nouns import Noun
from storage.mapping import to_noun

N = TypeVar("N", bound=Noun)
T = TypeVar("T")
Where = ColumnElement[bool]
ROWS_AT_ONCE = 5_000
"""Rows fetched together: one at a time takes half as long again."""
MAX_LIST = 500
"""Longest list in one IN clause; databases bound the number of parameters."""


class Rows:
    """The open transaction. Writing through a reading session raises instead of being lost."""

    def __init__(self, connection: Connection, *, is_writable: bool) -> None:
        self._connection = connection
        self._is_writable = is_writable

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    def add(self, table: Table, values: Sequence[Mapping[str, object]]) -> None:
        """Insert rows, many in one statement."""
        if values:
            self.run(insert(table), list(values))

    def change(self, table: Table, *where: Where, **values: object) -> int:
        """Set columns of the rows that match; return how many matched."""
        return self.run(update(table).where(*where).values(**values))

    def remove(self, table: Table, *where: Where) -> int:
        """Delete the rows that match; return how many there were. Without a condition nothing is deleted."""
        if not where:
            raise ValueError(f"Deleting from {table.name!r} needs a condition.")
        return self.run(delete(table).where(*where))

    def run(self, statement: Executable, values: Sequence[Mapping[str, object]] | None = None) -> int:
        """Execute a writing statement; return how many rows it touched."""
        if not self._is_writable:
            raise StorageError("This session only reads. Write inside Database.write(act, body).")
        try:
            return self._connection.execute(statement, values).rowcount
        except UnicodeEncodeError as error:
            message = "The database cannot store this text: it holds characters that are not Unicode."
            raise StorageError(message) from error

    def mappings(self, statement: Executable) -> Sequence[RowMapping]:
        """Return the rows of a query, by column name."""
        return self._connection.execute(statement).mappings().all()

    def tuples(self, statement: Executable) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a query as plain tuples, for the few places where speed counts."""
        # Only the query knows the types of its columns, so the caller has to say what they are.
        for some in self._connection.execute(statement).partitions(ROWS_AT_ONCE):
            yield from some

    def first(self, table: Table, *where: Where, order: Sequence[ColumnElement[object]] = ()) -> RowMapping | None:
        """Return the first row that matches, if any."""
        return self._connection.execute(select(table).where(*where).order_by(*order).limit(1)).mappings().first()

    def noun(
        self, noun_type: type[N], table: Table, *where: Where, order: Sequence[ColumnElement[object]] = ()
    ) -> N | None:
        """Return the first row that matches as a noun, if any."""
        row = self.first(table, *where, order=order)
        return None if row is None else to_noun(row, noun_type)

    def nouns(
        self,
        noun_type: type[N],
        table: Table,
        *where: Where,
        order: Sequence[ColumnElement[object]],
        limit: int | None = None,
    ) -> list[N]:
        """Return the rows that match as nouns, in order, at most ``limit`` of them."""
        names = [name for name in noun_type.model_fields if name in table.c]
        query = select(*(table.c[name] for name in names)).where(*where).order_by(*order).limit(limit)
        return [noun_type.model_validate(dict(zip(names, row, strict=True))) for row in self.tuples(query)]

    def scalar(self, statement: Select[int]) -> int:
        """Return the one number that a query yields."""
        return self._connection.execute(statement).scalar_one()

    def count(self, table: Table, *where: Where) -> int:
        """Return how many rows match."""
        return self.scalar(select(func.count()).select_from(table).where(*where))


def found(thing: T | None, *, what: str, key: str) -> T:
    """Return ``thing``, or raise NotFoundError that names what was looked for."""
    if thing is None:
        raise NotFoundError(f"There is no {what} {key!r}; it may have been erased.")
    return thing


def changed(count: int, *, what: str, key: str) -> None:
    """Raise NotFoundError where an update matched no row."""
    if not count:
        raise NotFoundError(f"There is no {what} {key!r}; it may have been erased.")


def one_of(column: ColumnElement[T], wanted: Iterable[T]) -> Where:
    """Return the condition that ``column`` is one of ``wanted``; of an empty ``wanted`` nothing matches."""
    return column.in_([str(one) if isinstance(one, str) else one for one in wanted])


def chunks(items: Iterable[T], size: int = MAX_LIST) -> Iterator[list[T]]:
    """Cut ``items`` into lists of at most ``size``."""
    everything = list(items)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


def after_row(table: Table, row: RowMapping | None) -> Where | None:
    """Return the condition "later than ``row``" in the order of creation, then id."""
    if row is None:
        return None
    moment, key = row["created_at"], row["id"]
    return or_(table.c.created_at > moment, and_(table.c.created_at == moment, table.c.id > key))
