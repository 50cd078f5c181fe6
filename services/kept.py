"""What was once made from a study, kept in memory: made once however many ask, dropped when words are erased."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Things by key; a key names all that the thing was made from, the data version among it.

    After each vote everybody who looks at a page asks at once: one makes the thing and the others wait for it.

    Args:
        most: things kept; the least recently used goes first.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._things: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}
        self._n_forgotten = 0
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the thing of ``key``, made by ``make`` where it is not there; what ``make`` raises is raised."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                with self._lock:
                    if key in self._things:
                        return self._things[key]
                    forgotten = self._n_forgotten
                made = make()
                self._keep(key, made, forgotten=forgotten)
                return made
        finally:
            with self._lock:
                self._making.pop(key, None)

    def peek(self, key: K) -> V | None:
        """Return the thing of ``key`` where it is there; it counts as used."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def last(self, is_meant: Callable[[K], bool]) -> V | None:
        """Return the thing last made or used among those whose key ``is_meant``; ``None`` where there is none."""
        with self._lock:
            return next((thing for key, thing in reversed(self._things.items()) if is_meant(key)), None)

    def forget(self, is_meant: Callable[[K], bool]) -> None:
        """Drop what ``is_meant``; what is being made in this moment from older data is not kept either."""
        with self._lock:
            self._n_forgotten += 1
            for key in [key for key in self._things if is_meant(key)]:
                del self._things[key]

    def _keep(self, key: K, made: V, *, forgotten: int) -> None:
        with self._lock:
            if forgotten == self._n_forgotten:
                self._things[key] = made
                while len(self._things) > self._most:
                    self._things.popitem(last=False)
