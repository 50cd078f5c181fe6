"""What a page asks for and waits for: made beside it by one thread at a time, kept, stopped, tried again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from domain.errors import MoralGraphError
from domain.protocols import Cancel, Progress

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(frozen=True)
class Awaited(Generic[T]):
    """What has come so far."""

    is_done: bool = False
    found: T | None = None
    """``None`` until it is done, and where it failed."""
    failure: str = ""
    """One sentence where it could not be made."""
    n_done: int = 0
    n_all: int = 0
    """0 while nobody can tell how much there is."""
    seconds: float = 0.0
    """Since it was asked for, at the moment of looking; 0 once it is done."""


class AwaitedThings(Generic[K, T]):
    """Things by key, each made once.

    Args:
        name: of the threads, and in the sentence when one stops by a fault of its own.
        most: things kept; the least recently looked at goes first, and stops where it is still being made.
        now: seconds of a clock that only goes on.
    """

    def __init__(self, name: str, *, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[K, float] = {}
        self._name = name
        self._most = most
        self._kept: OrderedDict[K, Awaited[T]] = OrderedDict()
        self._stops: dict[K, threading.Event] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def look(self, key: K) -> Awaited[T] | None:
        """Return how far the thing is; ``None`` where nobody asked for it."""
        with self._lock:
            return self._seen(key) if key in self._kept else None

    def ask(self, key: K, make: Callable[[Progress, Cancel], T]) -> Awaited[T]:
        """Return how far the thing is; the first call starts ``make`` in a thread of its own."""
        with self._lock:
            if key not in self._kept:
                self._kept[key], self._since[key] = Awaited(), self._now()
                stop = self._stops[key] = threading.Event()
                while len(self._kept) > self._most:
                    self._drop(next(iter(self._kept)))
                threading.Thread(target=self._run, args=(key, make, stop), name=self._name, daemon=True).start()
            return self._seen(key)

    def drop(self, key: K) -> None:
        """Stop what is under way for a key and forget it: the next ``ask`` starts anew."""
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        """Stop and forget everything."""
        with self._lock:
            for key in list(self._kept):
                self._drop(key)

    def _seen(self, key: K) -> Awaited[T]:
        self._kept.move_to_end(key)
        thing = self._kept[key]
        return thing if thing.is_done else replace(thing, seconds=self._now() - self._since[key])

    def _drop(self, key: K) -> None:
        self._kept.pop(key, None)
        self._since.pop(key, None)
        stop = self._stops.pop(key, None)
        if stop is not None:
            stop.set()

    def _run(self, key: K, make: Callable[[Progress, Cancel], T], stop: threading.Event) -> None:
        def told(done: int, every: int) -> None:
            self._put(key, stop, Awaited(n_done=done, n_all=every))

        with self._turn:
            if stop.is_set():
                return
            try:
                found = make(told, stop.is_set)
            except MoralGraphError as error:
                self._put(key, stop, Awaited(is_done=True, failure=str(error)))
                return
            except Exception as error:  # a library's own fault must end in a sentence, not in a page that waits
                sentence = f"The {self._name} stopped: {type(error).__name__}. The log of the server has the rest."
                self._put(key, stop, Awaited(is_done=True, failure=sentence))
                raise
        self._put(key, stop, Awaited(is_done=True, found=found))

    def _put(self, key: K, stop: threading.Event, thing: Awaited[T]) -> None:
        """Keep it, unless it was dropped meanwhile; a newer one of the same key has another ``stop``."""
        with self._lock:
            if self._stops.get(key) is stop:
                self._kept[key] = thing
