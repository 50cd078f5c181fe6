"""Which two values to ask about next: the pair whose answer brings the most order, whichever way it falls."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from domain.ids import ValueId
from graph.order import BoolArray, IntArray, PluralOrder
from graph.provisional import MIN_PEOPLE

N_PAIRS = 10
Contexts = Mapping[ValueId, AbstractSet[str]]
"""The contexts in which each value can be asked about; one that is not named can be asked about in any."""


class PairToAsk(NamedTuple):
    """A pair that nobody or hardly anybody was asked about, and how many pairs an answer would newly order."""

    first_id: ValueId
    second_id: ValueId
    gain_second_wiser: int
    """Pairs of values newly ordered where the second is found wiser, this one included."""
    gain_first_wiser: int
    n_people: int = 0
    """People who were asked about the two so far, under five."""

    @property
    def sure_gain(self) -> int:
        """Return the pairs newly ordered whichever of the two is found wiser."""
        return min(self.gain_second_wiser, self.gain_first_wiser)


class _Asking(NamedTuple):
    """Two classes: which of their values stand for them, and how many people were asked about these two."""

    first_id: ValueId
    second_id: ValueId
    n_people: int


class _Open(NamedTuple):
    """Pairs of classes worth asking about, of which the row's has the lower number; shape (n_classes, n_classes)."""

    gains: IntArray
    """Pairs of values newly ordered where the column's class is found wiser than the row's; read where open."""
    worth: IntArray
    """Higher is better: by what is gained either way, then by both gains together. -1 where it is not open."""


class PairsToAsk(NamedTuple):
    """Both lists of pairs, which share most of the work."""

    anywhere: tuple[PairToAsk, ...]
    joining: tuple[PairToAsk, ...]


def pairs_to_ask(
    order: PluralOrder, *, contexts: Contexts | None = None, n_pairs: int = N_PAIRS
) -> tuple[PairToAsk, ...]:
    """Return the pairs without an order that would order the most, best first.

    An edge from a to b orders every value not wiser than a under every value not less wise than b. Pairs go by what is
    gained whichever way the answer falls, then by both gains together, then by id. An answer that leaves the pair open
    gains nothing, so a pair that five people or more were asked about is not among them; one that fewer were asked
    about is. Of two classes those two values stand for both that most people were asked about, else the lowest ids
    that share a context.

    Args:
        order: what the votes entail. A value that no kept edge touches may be in it as a class of its own.
        contexts: where each value can be asked about; only pairs that share one are returned. ``None``: anywhere.
        n_pairs: the most that are returned.
    """
    open_pairs = _open_pairs(order, contexts)
    return _named(order, contexts, open_pairs, _best(open_pairs, n_pairs))


def pairs_that_join(
    order: PluralOrder, outside: AbstractSet[ValueId], *, contexts: Contexts | None = None, n_pairs: int = N_PAIRS
) -> tuple[PairToAsk, ...]:
    """Return the pairs that would bring values ``outside`` into the order, ranked as in ``pairs_to_ask``.

    Each class is named once: the first pair takes its two, the next is the best of the others. Without this one value
    in the middle of the order would stand in every line.
    """
    open_pairs = _open_pairs(order, contexts)
    return _named(order, contexts, open_pairs, _best_joining(order, open_pairs, outside, n_pairs))


def pairs_of_both_kinds(
    order: PluralOrder, outside: AbstractSet[ValueId], *, contexts: Contexts | None = None, n_pairs: int = N_PAIRS
) -> PairsToAsk:
    """Return ``pairs_to_ask`` and ``pairs_that_join`` at once; what both are chosen from is counted once."""
    open_pairs = _open_pairs(order, contexts)
    return PairsToAsk(
        _named(order, contexts, open_pairs, _best(open_pairs, n_pairs)),
        _named(order, contexts, open_pairs, _best_joining(order, open_pairs, outside, n_pairs)),
    )


def _open_pairs(order: PluralOrder, contexts: Contexts | None) -> _Open:
    gains = _gains(order)
    n = len(order.classes)
    is_open = ~(order.reaches | order.reaches.T) & np.triu(np.ones((n, n), dtype=np.bool_), k=1)
    if contexts is not None:
        is_open &= _share_context(order, contexts)
    for pair, n_people in order.asked.items():
        if n_people >= MIN_PEOPLE:
            low, high = sorted(order.class_of[value_id] for value_id in pair)
            is_open[low, high] = False
    both = gains + gains.T
    worth = np.where(is_open, np.minimum(gains, gains.T) * (both.max(initial=0) + 1) + both, -1)
    return _Open(gains, worth)


def _best(open_pairs: _Open, n_pairs: int) -> list[tuple[int, int]]:
    """Return the best pairs of classes; of equals the one of lower numbers comes first."""
    worth = open_pairs.worth.copy()
    chosen: list[tuple[int, int]] = []
    while len(chosen) < n_pairs and (worth >= 0).any():
        low, high = divmod(int(worth.argmax()), len(worth))
        chosen.append((low, high))
        worth[low, high] = -1
    return chosen


def _best_joining(
    order: PluralOrder, open_pairs: _Open, outside: AbstractSet[ValueId], n_pairs: int
) -> list[tuple[int, int]]:
    """Return the best pairs of classes of which one holds a value of ``outside``, each class once."""
    is_outside = np.array([not outside.isdisjoint(members) for members in order.classes], dtype=np.bool_)
    worth = np.where(is_outside[:, None] | is_outside[None, :], open_pairs.worth, -1)
    chosen: list[tuple[int, int]] = []
    while len(chosen) < n_pairs and (worth >= 0).any():
        low, high = divmod(int(worth.argmax()), len(worth))
        chosen.append((low, high))
        for taken in (low, high):
            worth[taken, :] = worth[:, taken] = -1
    return chosen


def _named(
    order: PluralOrder, contexts: Contexts | None, open_pairs: _Open, chosen: Iterable[tuple[int, int]]
) -> tuple[PairToAsk, ...]:
    """Return the pairs of classes ``chosen`` with the values that stand for each."""
    asked, gains = _most_asked(order), open_pairs.gains
    found = []
    for low, high in chosen:
        one = asked.get((low, high)) or _unasked(order, contexts, low, high)
        found.append(PairToAsk(one.first_id, one.second_id, int(gains[low, high]), int(gains[high, low]), one.n_people))
    return tuple(found)


def _most_asked(order: PluralOrder) -> dict[tuple[int, int], _Asking]:
    """Return for each two classes the two values that most people were asked about; of equals the lowest ids."""
    every = []
    for pair, n_people in order.asked.items():
        first, second = sorted(pair, key=lambda value_id: (order.class_of[value_id], value_id))
        every.append(_Asking(first, second, n_people))
    found: dict[tuple[int, int], _Asking] = {}
    for one in sorted(every, key=lambda one: (-one.n_people, one)):
        found.setdefault((order.class_of[one.first_id], order.class_of[one.second_id]), one)
    return found


def _unasked(order: PluralOrder, contexts: Contexts | None, low: int, high: int) -> _Asking:
    """Return the lowest ids of two classes that share a context."""
    pairs = [(one, other) for one in order.classes[low] for other in order.classes[high]]
    both = (pair for pair in pairs if contexts is None or _shares(contexts, *pair))
    return _Asking(*next(both, pairs[0]), 0)


def _shares(contexts: Contexts, one: ValueId, other: ValueId) -> bool:
    return one not in contexts or other not in contexts or not contexts[one].isdisjoint(contexts[other])


def _share_context(order: PluralOrder, contexts: Contexts) -> BoolArray:
    """Return which two classes hold values that share a context, shape (n_classes, n_classes)."""
    names = {name: at for at, name in enumerate(sorted({name for known in contexts.values() for name in known}))}
    spoken = np.zeros((len(order.classes), len(names)), dtype=np.float32)
    anywhere = np.zeros(len(order.classes), dtype=np.bool_)
    for at, members in enumerate(order.classes):
        for value_id in members:
            anywhere[at] |= value_id not in contexts
            for name in contexts.get(value_id, ()):
                spoken[at, names[name]] = 1
    shared: BoolArray = (spoken @ spoken.T > 0) | anywhere[:, None] | anywhere[None, :]
    return shared


def _gains(order: PluralOrder) -> IntArray:
    """Return how many pairs of values an edge from row to column would newly order, shape (n_classes, n_classes).

    Only entries of pairs without an order mean anything. Products run in float32: sums stay under 2**24 up to 4,096
    values, and beyond that a gain is off by one in sixteen million.
    """
    sizes = order.sizes.astype(np.float32)
    not_above = order.reaches.astype(np.float32)
    np.fill_diagonal(not_above, 1)
    weighted = order.reaches * np.outer(sizes, sizes)
    n_below, n_above = sizes @ not_above, not_above @ sizes
    already = not_above.T @ (weighted @ not_above.T)
    gains: IntArray = np.rint(np.outer(n_below, n_above) - already).astype(np.int64)
    return gains
