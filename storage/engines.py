"""Makes the engine for a database address, with the settings each kind of database needs."""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from domain.errors import StorageError

BUSY_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_S = 15
CONNECT_TIMEOUT_S = 10
POOL_SIZE = 10
SQLITE_POOL_SIZE = 40
"""Connections to a file cost little to keep and a millisecond to open; Streamlit runs up to one thread a session."""
# busy_timeout first: switching a fresh file to WAL may already have to wait for another process.
SQLITE_PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
)
IMMEDIATE = "moralgraph_immediate"
OUTSIDE = "moralgraph_outside_transaction"


def open_engine(address: str) -> Engine:
    """Return the engine for ``address``: ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql://...``."""
    url = _parsed(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    if url.get_backend_name() == "postgresql":
        return _postgresql_engine(url)
    raise StorageError(
        f"Databases of the kind {url.get_backend_name()!r} are not supported. "
        "Use sqlite:///FILE or postgresql://USER@HOST/NAME."
    )


def is_in_memory(engine: Engine) -> bool:
    """Return whether the database is gone when the process ends."""
    return engine.url.get_backend_name() == "sqlite" and engine.url.database in (None, "", ":memory:")


def writing(engine: Engine) -> Engine:
    """Return the engine for transactions that write: on SQLite they take the write lock when they begin."""
    return engine.execution_options(**{IMMEDIATE: True})


def reading(engine: Engine) -> Engine:
    """Return the engine for transactions that read: all queries of one see the same state."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ")
    return engine


def upkeep(engine: Engine) -> Engine:
    """Return the engine for statements of SQLite that must not run inside a transaction."""
    return engine.execution_options(**{OUTSIDE: True})


def _parsed(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StorageError(
            "The database address cannot be read. Use sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL) -> Engine:
    # Parameters are what participants wrote; they do not belong in logs and tracebacks.
    if url.database in (None, "", ":memory:"):
        shared = {"check_same_thread": False}
        engine = create_engine(url, poolclass=StaticPool, connect_args=shared, hide_parameters=True)
    else:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=SQLITE_POOL_SIZE, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_engine(url: URL) -> Engine:
    options: dict[str, object] = {"connect_timeout": CONNECT_TIMEOUT_S}
    if "options" not in url.query:
        options["options"] = f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT_S}s"
    return create_engine(
        url, connect_args=options, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_pre_ping=True, hide_parameters=True
    )


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions on its own: _begin_sqlite decides which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # In memory all sessions share one connection, so a session may find the transaction of another one open.
    options = connection.get_execution_options()
    if options.get(OUTSIDE, False) or getattr(connection.connection.dbapi_connection, "in_transaction", False):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(IMMEDIATE, False) else "BEGIN")
