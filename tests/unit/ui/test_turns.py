"""Page scripts run one after another, and none waits for long; small messages leave at once."""

import socket
import threading

import pytest

from ui.sockets import OPEN_FILES, send_at_once
from ui.turns import Turns


def test_one_runs_at_a_time_and_each_in_the_order_of_asking():
    turns, order, inside = Turns(patience_s=5), [], []

    def run(name, asked):
        asked.set()
        with turns.turn() as has_turn:
            inside.append(name)
            assert has_turn
            assert inside == [name]
            order.append(name)
            inside.remove(name)

    with turns.turn():
        threads = []
        for name in range(5):
            asked = threading.Event()
            threads.append(threading.Thread(target=run, args=(name, asked)))
            threads[-1].start()
            asked.wait(5)
            while len(turns._free._cond._waiters) <= name:
                pass
        assert order == []
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3, 4]


def test_nobody_waits_longer_than_patience_for_a_slow_page():
    turns = Turns(patience_s=0.01)
    with turns.turn() as first, turns.turn() as second:
        assert (first, second) == (True, False)
    with turns.turn() as has_turn:
        assert has_turn


def test_a_page_that_fails_gives_its_turn_back():
    turns = Turns(patience_s=0.01)
    with pytest.raises(ValueError, match="planted"), turns.turn():
        raise ValueError("planted")
    with turns.turn() as has_turn:
        assert has_turn


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="sockets are found through /proc")
def test_connections_to_a_listening_socket_send_at_once():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert send_at_once() >= 1
        with socket.create_connection(server.getsockname()):
            accepted, _ = server.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="sockets are found through /proc")
def test_other_sockets_are_left_alone():
    one, other = socket.socketpair()
    with one, other, socket.socket() as idle:
        send_at_once()
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
