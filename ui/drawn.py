"""What was once made from a graph to draw it, kept for as long as the graph itself is.

Every rerun of every session draws the same few graphs, under a lock that all sessions share. Once nobody holds a graph
any more, as after an erasure, what was made from it goes too.
"""

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import TypeVar

from domain.graphs import MoralGraph

T = TypeVar("T")
_lock = threading.Lock()
_made: dict[int, dict[Hashable, object]] = {}


def once(graph: MoralGraph, what: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``, made once for ``graph`` and ``what``; nobody may change the result."""
    # By identity: comparing two graphs, or hashing one, reads all of it.
    key = id(graph)
    with _lock:
        if key not in _made:
            _made[key] = {}
            weakref.finalize(graph, _made.pop, key, None)
        held = _made[key]
    if what not in held:
        held[what] = make()
    made: T = held[what]  # type: ignore[assignment]  # ``what`` names the maker, and so the type
    return made


def n_held() -> int:
    """Return for how many graphs something is kept."""
    return len(_made)
