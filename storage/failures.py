"""Turns errors of the database libraries into StorageError, without the words of participants in them."""

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from domain.errors import StorageError

# Serialization failure, deadlock, lock not available, too many connections, server starting or stopping.
RETRYABLE_SQLSTATES = ("40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03", "08")


def storage_error(error: SQLAlchemyError) -> StorageError:
    """Return what happened as one sentence, and whether the same write may succeed later."""
    if isinstance(error, IntegrityError):
        return StorageError(f"The database refused the write, nothing was written: {_cause(error)}.")
    if isinstance(error, DBAPIError):
        retryable = error.connection_invalidated or _is_passing(error.orig)
        advice = " Another write was in the way; try again." if retryable else ""
        return StorageError(f"The database failed: {_cause(error)}.{advice}", retryable=retryable)
    return StorageError(f"The database failed: {type(error).__name__}.")


def _is_passing(cause: BaseException | None) -> bool:
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(RETRYABLE_SQLSTATES)
    return "locked" in str(cause) or "busy" in str(cause)


def _cause(error: DBAPIError) -> str:
    # Further lines of PostgreSQL quote the row, which may hold what a participant wrote.
    lines = str(error.orig).splitlines()
    return lines[0].rstrip(".") if lines else type(error.orig).__name__
