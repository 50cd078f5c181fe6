"""Opens the database and hands out sessions: short ones to read, and one transaction per act to write.

Every write appends an event to the study's log in the same transaction, named by the id that the client made:
the same act twice writes once.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Self, TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import StorageError
from domain.ids import StudyId
from storage.acts import Act
from storage.engines import is_in_memory, open_engine, reading, writing
from storage.failures import storage_error
from storage.rows import Rows
from storage.schema import HEAD_REVISION, revision_of, upgrade
from storage.scrub import is_marked, mark_scrub_due, scrub
from storage.store import Store

R = TypeVar("R")
MAX_TRIES = 3
RETRY_WAIT_S = 0.05


class Database:
    """One database. Safe to share between threads; sessions are not."""

    def __init__(self, engine: Engine, *, retry_wait_s: float = RETRY_WAIT_S) -> None:
        self._engine = engine
        self._reading = reading(engine)
        self._writing = writing(engine)
        self._retry_wait_s = retry_wait_s
        self._inside = threading.local()
        self._has_file = self.kind == "sqlite" and not is_in_memory(engine)
        self._is_scrub_due = False
        # In memory there is one connection for all threads, so they take turns.
        self._turn: AbstractContextManager[object] = threading.RLock() if is_in_memory(engine) else nullcontext()

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, retry_wait_s: float = RETRY_WAIT_S) -> Self:
        """Open the database at ``url`` and bring it to the newest schema.

        Args:
            url: ``sqlite:///FILE`` (made where missing), ``sqlite://`` (in memory) or ``postgresql://...``.
            migrate: ``False`` leaves the schema alone, to look at a database as it is.
            retry_wait_s: pause before a write that another one blocked is tried again; doubles each time.

        Raises:
            StorageError: the address is wrong, the database cannot be reached, or it is of a newer version.
        """
        try:
            database = cls(open_engine(url), retry_wait_s=retry_wait_s)
        except OSError as error:
            raise StorageError(f"The folder of the database cannot be made: {error.strerror}.") from error
        try:
            database._patiently(database._prepare if migrate else database.ping)
        except StorageError:
            database.close()
            raise
        return database

    @property
    def kind(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Store]:
        """Open a short session that reads one consistent state; writing in it raises StorageError."""
        self._refuse_inside_write()
        with self._turn:
            try:
                with self._reading.begin() as connection:
                    yield Store(Rows(connection, is_writable=False))
            except SQLAlchemyError as error:
                raise storage_error(error) from error

    def write(self, act: Act, body: Callable[[Store], object]) -> bool:
        """Run ``body`` in one transaction together with the event of ``act``.

        ``body`` may run more than once where another write was in the way, so it must do nothing but write.

        Returns:
            ``False`` where an act of this name was written before; then nothing is written.

        Raises:
            StorageError: the database refused; nothing was written.
        """
        self._refuse_inside_write()
        with self._turn:
            self._inside.write = True
            try:
                is_new = self._patiently(lambda: self._write_once(act, body))
            finally:
                self._inside.write = False
            if self._is_scrub_due:
                self._scrub()
        return is_new

    def version(self, study_id: StudyId) -> int:
        """Return the version of the study's data: the number of its newest event, 0 where there is none."""
        with self.read() as store:
            return store.events.head(study_id).seq

    def ping(self) -> None:
        """Return if the database answers; StorageError if not."""
        with self._turn, self._mapped(), self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def schema_revision(self) -> str | None:
        """Return which schema the database has; ``None`` where it is blank. ``HEAD_REVISION`` is the newest."""
        with self._turn, self._mapped(), self._engine.connect() as connection:
            return revision_of(connection)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _prepare(self) -> None:
        if self.schema_revision() != HEAD_REVISION:
            with self._mapped():
                upgrade(self._engine)
        if self._has_file:
            with self._mapped(), self._engine.connect() as connection:
                self._is_scrub_due = is_marked(connection)  # a process was killed right after an erasure
        if self._is_scrub_due:
            self._scrub()

    def _write_once(self, act: Act, body: Callable[[Store], object]) -> bool:
        with self._mapped(), self._writing.begin() as connection:
            store = Store(Rows(connection, is_writable=True))
            head = store.events.lock(act.study_id)
            if store.events.has(act.study_id, act.client_id):
                return False
            body(store)
            # After the body: a participant who joins with this act has a salt now, one who was erased has none.
            store.events.append(act, head=head, salt=store.events.salt(act))
            is_scrub_due = self._has_file and store.erasure.happened
            if is_scrub_due:
                mark_scrub_due(connection)
        self._is_scrub_due |= is_scrub_due
        return True

    def _scrub(self) -> None:
        """Clean the files of SQLite after an erasure; where somebody is in the way, after the next write."""
        try:
            with self._mapped():
                self._is_scrub_due = not scrub(self._engine)
        except StorageError as error:
            if not error.retryable:
                raise

    def _patiently(self, action: Callable[[], R]) -> R:
        for attempt in range(MAX_TRIES - 1):
            try:
                return action()
            except StorageError as error:
                if not error.retryable:
                    raise
            time.sleep(self._retry_wait_s * 2**attempt)
        return action()

    def _refuse_inside_write(self) -> None:
        if getattr(self._inside, "write", False):
            raise StorageError("A write is open already. Use the store that it was given.")

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise storage_error(error) from error
