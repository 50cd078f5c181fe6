"""Pages take turns, so that fifty people who click at once do not all wait for the last of them.

Python runs one thread at a time. Fifty page scripts at once share it, and all of them end when the last one does; one
after another, the first is done after a fiftieth of that time. A script waits for its turn only as long as a person
hardly sees it: a page that takes long must not hold up the others.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.3


class Turns:
    """Hands out one turn at a time, in the order of asking."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._free = threading.Semaphore(1)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait for a turn, at most ``patience_s`` seconds; give whether it came. What follows runs either way."""
        has_turn = self._free.acquire(timeout=self._patience_s)
        try:
            yield has_turn
        finally:
            if has_turn:
                self._free.release()


page_turns = Turns()
"""The turns of this process."""
