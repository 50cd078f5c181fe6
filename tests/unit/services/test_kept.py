"""What is kept in memory: made once, the newest few, and nothing of what was erased."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.kept import Kept


def test_many_who_ask_at_once_wait_for_one_making():
    kept, made, begin = Kept(most=4), [], threading.Barrier(8)

    def make():
        made.append(1)
        return object()

    def ask():
        begin.wait()
        return kept.get("a", make)

    with ThreadPoolExecutor(8) as pool:
        found = [one.result() for one in [pool.submit(ask) for _ in range(8)]]
    assert len(set(found)) == 1
    assert len(made) == 1


def test_the_least_recently_used_goes_first():
    kept = Kept(most=2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda key=key: key)
    assert kept.get("a", lambda: "anew") == "a"
    assert kept.get("b", lambda: "anew") == "anew"


def test_what_failed_is_made_again_and_nobody_waits_for_ever():
    kept = Kept(most=2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 3) == 3


def test_forgetting_drops_what_is_meant_alone():
    kept = Kept(most=4)
    for key in (("s1", 1), ("s2", 1)):
        kept.get(key, lambda: "old")
    kept.forget(lambda key: key[0] == "s1")
    assert kept.get(("s1", 1), lambda: "new") == "new"
    assert kept.get(("s2", 1), lambda: "new") == "old"


def test_what_was_being_made_while_words_were_erased_is_given_and_not_kept():
    kept = Kept(most=4)

    def make():
        kept.forget(lambda _: True)
        return "with the words"

    assert kept.get("a", make) == "with the words"
    assert kept.get("a", lambda: "without") == "without"
