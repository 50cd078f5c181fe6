"""What the votes entail: the graph as a preorder, never silently as a ranking.

Values that lie on a common cycle of kept edges form one class. Between classes there is an order, and for most pairs
there is none: either they were compared and it stayed open (on a par), or nobody ever compared them. The two are kept
apart.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt

from domain.graphs import GraphEdge
from domain.ids import ValueId

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


class Link(NamedTuple):
    """An ordered pair of values: the second was found wiser than the first, or they were held against each other."""

    src_id: ValueId
    wiser_id: ValueId


class Relation(StrEnum):
    """How the second of two different values stands to the first."""

    WISER = "wiser"
    """Kept edges lead from the first up to the second, over any number of steps, and none back."""
    LESS_WISE = "less_wise"
    IN_A_CYCLE = "in_a_cycle"
    """Each is reached from the other."""
    ON_A_PAR = "on_a_par"
    """People were asked about these two, and no order follows from all votes together."""
    NEVER_COMPARED = "never_compared"
    """No order follows, and nobody was asked about these two."""


@dataclass(frozen=True)
class PluralOrder:
    """A preorder of values. Classes and values are in the order of their ids."""

    values: tuple[ValueId, ...]
    classes: tuple[tuple[ValueId, ...], ...]
    """Values that reach each other; most classes have one value, the others are cycles."""
    reaches: BoolArray
    """Shape (n_classes, n_classes): the column's class is wiser than the row's. Read-only, diagonal False."""
    steps: frozenset[tuple[int, int]]
    """Pairs of classes with a kept edge between them."""
    compared: frozenset[frozenset[ValueId]]
    """Pairs of ``values`` that at least one person was asked about."""
    n_weak_components: int

    @cached_property
    def class_of(self) -> dict[ValueId, int]:
        """Return the class of each value."""
        return {value_id: at for at, members in enumerate(self.classes) for value_id in members}

    @cached_property
    def sizes(self) -> IntArray:
        """Return how many values each class has, shape (n_classes,)."""
        return np.array([len(members) for members in self.classes], dtype=np.int64)

    @cached_property
    def heights(self) -> tuple[int, ...]:
        """Return for each class how many classes the longest chain below it has; 0 has nothing below."""
        heights = [0] * len(self.classes)
        above: dict[int, list[int]] = {}
        for low, high in self.steps:
            above.setdefault(low, []).append(high)
        # A class that reaches another has fewer classes below it, so this order meets the lower one first.
        for low in np.argsort(self.reaches.sum(axis=0), kind="stable").tolist():
            for high in above.get(low, ()):
                heights[high] = max(heights[high], heights[low] + 1)
        return tuple(heights)

    def relation(self, first: ValueId, second: ValueId) -> Relation:
        """Return how ``second`` stands to ``first``; KeyError for a value outside the order.

        Raises:
            ValueError: both are the same value.
        """
        if first == second:
            raise ValueError("A value is not held against itself.")
        low, high = self.class_of[first], self.class_of[second]
        if low == high:
            return Relation.IN_A_CYCLE
        if self.reaches[low, high]:
            return Relation.WISER
        if self.reaches[high, low]:
            return Relation.LESS_WISE
        return Relation.ON_A_PAR if frozenset((first, second)) in self.compared else Relation.NEVER_COMPARED

    def pairs_on_a_par(self) -> tuple[tuple[ValueId, ValueId], ...]:
        """Return the pairs that people were asked about and that no votes order, by id; lower id first in each."""
        pairs = (sorted(pair) for pair in self.compared)
        return tuple(sorted((low, high) for low, high in pairs if self.relation(low, high) is Relation.ON_A_PAR))

    def maximal_classes(self) -> tuple[int, ...]:
        """Return the classes that no other is wiser than, by number."""
        return tuple(np.flatnonzero(~self.reaches.any(axis=1)).tolist())


def plural_order(edges: Sequence[GraphEdge]) -> PluralOrder:
    """Return the order of the values that kept edges touch; edges that were not kept count as comparisons."""
    kept = [Link(edge.src_id, edge.wiser_id) for edge in edges if edge.is_kept]
    values = {end for link in kept for end in link}
    return order_of(values, wiser_than=kept, compared=(Link(edge.src_id, edge.wiser_id) for edge in edges))


def order_of(values: Collection[ValueId], *, wiser_than: Iterable[Link], compared: Iterable[Link] = ()) -> PluralOrder:
    """Return the preorder that ``wiser_than`` entails among ``values``.

    Takes memory that grows with the square of the number of classes: 4 MB at 2,000.

    Args:
        values: all values of the order; both ends of every ``wiser_than`` are among them.
        wiser_than: kept edges, in any order.
        compared: pairs that people were asked about, in any order and direction; others than of ``values`` are left
            out. Kept edges are compared pairs too.

    Raises:
        ValueError: an end of ``wiser_than`` is not among ``values``.
    """
    network: nx.DiGraph[ValueId] = nx.DiGraph()
    network.add_nodes_from(sorted(values))
    kept = sorted(set(wiser_than))
    network.add_edges_from(kept)
    if len(network) != len(set(values)):
        raise ValueError("Every end of an edge must be among the values.")
    classes = tuple(sorted(tuple(sorted(group)) for group in nx.strongly_connected_components(network)))
    class_of = {value_id: at for at, members in enumerate(classes) for value_id in members}
    steps = frozenset((class_of[low], class_of[high]) for low, high in kept if class_of[low] != class_of[high])
    asked = frozenset(frozenset(link) for link in (*kept, *compared) if link[0] != link[1])
    return PluralOrder(
        values=tuple(network),
        classes=classes,
        reaches=_closure(len(classes), steps),
        steps=steps,
        compared=frozenset(pair for pair in asked if all(value_id in class_of for value_id in pair)),
        n_weak_components=nx.number_weakly_connected_components(network),
    )


def _closure(n: int, steps: Collection[tuple[int, int]]) -> BoolArray:
    """Return which class is reached from which, shape (n, n), from steps without a cycle; one row of bits a class."""
    network: nx.DiGraph[int] = nx.DiGraph()
    network.add_nodes_from(range(n))
    network.add_edges_from(steps)
    above = [0] * n
    for low in reversed(list(nx.topological_sort(network))):
        for high in network.successors(low):
            above[low] |= above[high] | 1 << high
    width = -(-n // 8)
    packed = np.frombuffer(b"".join(bits.to_bytes(width, "little") for bits in above), dtype=np.uint8)
    reaches = np.unpackbits(packed.reshape(n, width), axis=1, bitorder="little")[:, :n].astype(np.bool_)
    reaches.setflags(write=False)
    return reaches
