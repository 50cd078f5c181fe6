"""The ground that all tests stand on keeps its own promises."""

import os
import socket
from datetime import timedelta

import pytest

OUTSIDE = "192.0.2.1"
"""An address reserved for documentation: nothing answers there."""


def test_a_connection_to_another_machine_is_refused(request):
    guard = request.getfixturevalue("_session_guard")
    with socket.socket() as sock, pytest.raises(RuntimeError, match="only talk to this machine"):
        sock.connect((OUTSIDE, 80))
    assert guard.attempts == [OUTSIDE]
    guard.attempts.clear()


def test_a_name_look_up_of_another_machine_is_refused(request):
    guard = request.getfixturevalue("_session_guard")
    with pytest.raises(RuntimeError, match="only talk to this machine"):
        socket.getaddrinfo("example.org", 443)
    guard.attempts.clear()


def test_connections_on_this_machine_work():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()


def test_the_environment_holds_no_setting_but_the_data_folder_of_this_test(tmp_path):
    kept = {
        *("MORALGRAPH_REQUIRE_SHARED", "MORALGRAPH_TEST_CHAT", "MORALGRAPH_CHROMIUM"),
        *("MORALGRAPH_KALEIDO", "MORALGRAPH_READER"),
    }
    ours = {n: v for n, v in os.environ.items() if n.startswith("MORALGRAPH_") and n not in kept}
    assert ours == {"MORALGRAPH_DATA_DIR": str(tmp_path / "data")}


def test_the_clock_stands_still_until_it_is_told_to_step(clock):
    before = clock()
    assert clock() == before
    assert clock.step(minutes=5) - before == timedelta(minutes=5)
