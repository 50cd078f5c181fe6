"""What a page waits for: made once, told how far it is, stopped, never kept past its drop."""

import threading
import time

import pytest

from domain.errors import BackendUnavailableError
from services.awaited import AwaitedThings


def until(is_true):
    for _ in range(500):
        if is_true():
            return
        time.sleep(0.01)
    pytest.fail("it never comes")


def test_a_thing_is_made_once_and_kept():
    made = []
    things = AwaitedThings[str, int]("maker", most=4)
    assert things.look("a") is None
    for _ in range(3):
        things.ask("a", lambda _, __: made.append(1) or 7)
    until(lambda: things.look("a").is_done)
    assert (things.look("a").found, made) == (7, [1])


def test_how_far_it_is_and_since_when_is_told_while_it_is_made():
    go_on = threading.Event()
    clock = iter(range(1_000))
    things = AwaitedThings[str, int]("maker", most=4, now=lambda: float(next(clock)))

    def make(progress, _):
        progress(2, 5)
        go_on.wait(5)
        return 1

    things.ask("a", make)
    until(lambda: things.look("a").n_all == 5)
    found = things.look("a")
    assert (found.n_done, found.is_done, found.found) == (2, False, None)
    assert found.seconds > 0
    go_on.set()
    until(lambda: things.look("a").is_done)
    assert things.look("a").seconds == 0


def test_an_error_of_ours_is_a_sentence():
    def fails(_, __):
        raise BackendUnavailableError("There is no checkpoint here.", backend="x")

    things = AwaitedThings[str, int]("maker", most=4)
    things.ask("a", fails)
    until(lambda: things.look("a").is_done)
    assert things.look("a").failure == "There is no checkpoint here."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_a_library_ends_in_a_sentence_and_in_the_log():
    def fails(_, __):
        raise ZeroDivisionError

    things = AwaitedThings[str, int]("maker", most=4)
    things.ask("a", fails)
    until(lambda: things.look("a").is_done)
    until(lambda: not any(thread.name == "maker" for thread in threading.enumerate()))
    assert "maker stopped: ZeroDivisionError" in things.look("a").failure


@pytest.mark.parametrize("end", [lambda things: things.drop("a"), lambda things: things.clear()])
def test_what_is_dropped_stops_and_is_never_kept(end):
    has_begun, has_ended = threading.Event(), threading.Event()
    things = AwaitedThings[str, str]("maker", most=4)

    def make(_, cancel):
        has_begun.set()
        until(cancel)
        has_ended.set()
        return "old"

    things.ask("a", make)
    assert has_begun.wait(5)
    end(things)
    assert has_ended.wait(5)
    things.ask("a", lambda _, __: "new")
    until(lambda: things.look("a").is_done)
    assert things.look("a").found == "new"


def test_the_least_recently_looked_at_goes_first():
    things = AwaitedThings[str, int]("maker", most=2)
    for key in "ab":
        things.ask(key, lambda _, __: 1)
    things.look("a")
    things.ask("c", lambda _, __: 1)
    assert things.look("b") is None
    assert things.look("a") is not None
