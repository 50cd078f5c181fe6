"""What anybody may ask: tries are counted in bounded memory, and a failure is told to the log alone."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from domain.errors import StorageError
from ui import runtime
from ui.routes import ROUTES, Tries


class Hand:
    """A clock that is moved by hand, in seconds."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def hand():
    return Hand()


def test_an_address_gets_its_tries_a_minute_and_no_more(hand):
    tries = Tries(2, clock=hand)
    assert [tries.is_allowed("a") for _ in range(3)] == [True, True, False]
    assert tries.is_allowed("b")
    hand.now = 61.0
    assert tries.is_allowed("a")


def test_an_address_that_is_quiet_for_a_minute_is_forgotten(hand):
    tries = Tries(2, clock=hand)
    for number in range(50):
        tries.is_allowed(f"address {number}")
    hand.now = 61.0
    tries.is_allowed("another")
    assert len(tries) == 1


def test_addresses_that_come_all_at_once_do_not_fill_the_memory(hand):
    tries = Tries(1, most=10, clock=hand)
    for number in range(50):
        assert tries.is_allowed(f"address {number}")
    assert len(tries) == 10
    assert not tries.is_allowed("address 49")


class Ailing:
    """Services whose database does not answer."""

    @property
    def database(self):
        return self

    def ping(self):
        raise StorageError("The database at db.internal refused.")


def test_why_the_app_is_not_ready_is_told_to_the_log_alone(caplog):
    runtime.use(Ailing())
    try:
        with caplog.at_level(logging.WARNING):
            answer = TestClient(Starlette(routes=ROUTES)).get("/readyz")
    finally:
        runtime.use(None)
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert "db.internal" in caplog.text
