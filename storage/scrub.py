"""Cleans the files of a SQLite database after an erasure, so that no byte of what was erased stays in them.

``secure_delete`` overwrites rows that are deleted, but not the copies that stay behind when rows move from page to
page as the tables grow. ``VACUUM`` writes the file anew without them, and the checkpoint empties the write-ahead log.
"""

from sqlalchemy import Connection, Engine

from storage.engines import BUSY_TIMEOUT_MS, upkeep

# Kept in the header of the file, in the same transaction as the erasure: a crash in between is found on opening.
CLEAN, SCRUB_DUE = 0, 1
PATIENCE_MS = 500
"""How long a write that erased somebody waits for readers; after that the next write tries again."""


def mark_scrub_due(connection: Connection) -> None:
    """Note in the file that it has to be cleaned."""
    connection.exec_driver_sql(f"PRAGMA user_version = {SCRUB_DUE}")


def is_marked(connection: Connection) -> bool:
    """Return whether the file still has to be cleaned."""
    return connection.exec_driver_sql("PRAGMA user_version").scalar() == SCRUB_DUE


def scrub(engine: Engine) -> bool:
    """Clean the files; return ``False`` where a reader was in the way. A writer in the way raises."""
    with upkeep(engine).connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            connection.exec_driver_sql("VACUUM")
            is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            if not is_busy:
                connection.exec_driver_sql(f"PRAGMA user_version = {CLEAN}")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return not is_busy
