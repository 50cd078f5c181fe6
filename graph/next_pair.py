"""Which two values to ask about next: the pair whose answer brings the most order, whichever way it falls."""

from typing import NamedTuple

import numpy as np

from domain.ids import ValueId
from graph.order import IntArray, PluralOrder

N_PAIRS = 10


class PairToAsk(NamedTuple):
    """A pair that nobody was asked about, and how many pairs an answer would newly order."""

    first_id: ValueId
    second_id: ValueId
    gain_second_wiser: int
    """Pairs of values newly ordered where the second is found wiser, this one included."""
    gain_first_wiser: int

    @property
    def sure_gain(self) -> int:
        """Return the pairs newly ordered whichever of the two is found wiser."""
        return min(self.gain_second_wiser, self.gain_first_wiser)


def pairs_to_ask(order: PluralOrder, *, n_pairs: int = N_PAIRS) -> tuple[PairToAsk, ...]:
    """Return the pairs never compared that order the most, best first.

    An edge from a to b orders every value not wiser than a under every value not less wise than b. Pairs go by what is
    gained whichever way the answer falls, then by both gains together, then by id. An answer that leaves the pair open
    gains nothing, so pairs already asked about are not among them. Of two classes the lowest ids stand for all.
    """
    gains = _gains(order)
    n = len(order.classes)
    is_open = ~(order.reaches | order.reaches.T) & np.triu(np.ones((n, n), dtype=np.bool_), k=1)
    for pair in order.compared:
        low, high = sorted(order.class_of[value_id] for value_id in pair)
        is_open[low, high] = False
    first, second = np.nonzero(is_open)
    up, down = gains[first, second], gains[second, first]
    best = np.lexsort((second, first, -(up + down), -np.minimum(up, down)))[:n_pairs]
    return tuple(
        PairToAsk(order.classes[first[at]][0], order.classes[second[at]][0], int(up[at]), int(down[at]))
        for at in best.tolist()
    )


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
