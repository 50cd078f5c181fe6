"""What was once made from a graph to draw it, kept for as long as the graph itself is.

Every rerun of every session draws the same few graphs, under a lock that all sessions share. Once nobody holds a graph
any more, as after an erasure, what was made from it goes too.
"""

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from domain.graphs import MoralGraph

T = TypeVar("T")


class _Held(NamedTuple):
    made: dict[Hashable, object]
    making: threading.Lock


_lock = threading.Lock()
_held: dict[int, _Held] = {}


def once(graph: MoralGraph, what: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``, made once for ``graph`` and ``what``; nobody may change the result."""
    # By identity: comparing two graphs, or hashing one, reads all of it.
    key = id(graph)
    with _lock:
        if key not in _held:
            _held[key] = _Held({}, threading.Lock())
            weakref.finalize(graph, _held.pop, key, None)
        held = _held[key]
    if what not in held.made:
        with held.making:  # one session makes it, the others wait for it
            if what not in held.made:
                held.made[what] = make()
    made: T = held.made[what]  # type: ignore[assignment]  # ``what`` names the maker, and so the type
    return made


def n_held() -> int:
    """Return for how many graphs something is kept."""
    return len(_held)
