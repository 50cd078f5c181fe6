"""A hub that answers, and a port at which nobody listens."""

import socket

import pytest

from tests.unit.llm_fetch.hub import Hub


@pytest.fixture
def hub():
    made = Hub()
    yield made
    made.close()


@pytest.fixture
def closed_port():
    """The address of a port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
