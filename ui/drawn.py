"""What was once made from a graph or an analysis to draw it, kept for as long as that itself is.

Every rerun of every session draws the same few of them, under a lock that all sessions share. Once nobody holds one any
more, as after an erasure, what was made from it goes too.
"""

import threading
import weakref
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class _Held(NamedTuple):
    made: dict[Hashable, object]
    making: threading.Lock


_lock = threading.Lock()
_held: dict[int, _Held] = {}


def once(drawn: object, what: Hashable, make: Callable[[], T]) -> T:
    """Return ``make()``, made once for ``drawn`` and ``what``; nobody may change the result.

    Args:
        drawn: what it is made from; the result holds no reference to it, or neither would ever go.
        what: names the maker and all else that it is made from, such as the language.
        make: called outside of any other ``make`` for the same ``drawn``, which would wait for itself.
    """
    # By identity: comparing two graphs, or hashing one, reads all of it.
    key = id(drawn)
    with _lock:
        if key not in _held:
            _held[key] = _Held({}, threading.Lock())
            weakref.finalize(drawn, _held.pop, key, None)
        held = _held[key]
    if what not in held.made:
        with held.making:  # one session makes it, the others wait for it
            if what not in held.made:
                held.made[what] = make()
    made: T = held.made[what]  # type: ignore[assignment]  # ``what`` names the maker, and so the type
    return made


def words_of(titles: Mapping[int, str]) -> Hashable:
    """Return what tells these titles from others: an older analysis may be drawn with newer titles."""
    return tuple(titles.items())


def n_held() -> int:
    """Return for how many graphs and analyses something is kept."""
    return len(_held)
