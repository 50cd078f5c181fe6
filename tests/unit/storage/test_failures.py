import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from domain.errors import StorageError
from storage.failures import storage_error


def dbapi(cause, error_type=OperationalError):
    return error_type("INSERT INTO turn VALUES (?)", {"text": "a secret"}, cause, hide_parameters=True)


@pytest.mark.parametrize(
    ("cause", "retryable"),
    [
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.OperationalError("no such table: turn"), False),
        (psycopg.errors.SerializationFailure("could not serialize"), True),
        (psycopg.errors.DeadlockDetected("deadlock"), True),
        (psycopg.errors.LockNotAvailable("lock timeout"), True),
        (psycopg.errors.UndefinedTable("no table"), False),
    ],
)
def test_only_failures_that_pass_are_worth_another_try(cause, retryable):
    failure = storage_error(dbapi(cause))
    assert failure.retryable is retryable
    assert ("try again" in str(failure)) is retryable


def test_words_of_participants_are_in_no_message():
    cause = psycopg.errors.UniqueViolation("duplicate key\nDETAIL:  Key (alias)=(a secret) already exists.")
    failure = storage_error(dbapi(cause, IntegrityError))
    assert "secret" not in str(failure)
    assert "nothing was written" in str(failure)
    assert "secret" not in str(storage_error(StatementError("a secret", "INSERT", {}, ValueError("a secret"))))


def test_an_error_without_a_message_still_makes_a_sentence():
    assert str(storage_error(dbapi(sqlite3.DatabaseError(), DBAPIError))) == "The database failed: DatabaseError."


def test_a_write_that_another_one_blocked_is_tried_again(database, make):
    tries = []

    def body(store):
        tries.append(1)
        store.studies.add(make.study())
        if len(tries) == 1:
            raise StorageError("blocked", retryable=True)

    assert database.write(make.act(), body)
    assert len(tries) == 2
    assert database.version(make.study_id) == 1


@pytest.mark.parametrize(("retryable", "n_tries"), [(True, 3), (False, 1)])
def test_a_write_that_fails_for_good_says_so(database, make, retryable, n_tries):
    tries = []

    def body(store):
        tries.append(1)
        raise StorageError("blocked", retryable=retryable)

    with pytest.raises(StorageError, match="blocked"):
        database.write(make.act(), body)
    assert len(tries) == n_tries
    assert database.version(make.study_id) == 0
