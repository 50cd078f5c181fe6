"""What the votes entail: the graph as a preorder, never silently as a ranking.

Values that lie on a common cycle of kept edges form one class. Between classes there is an order, and for most pairs
there is none: they were compared and it stayed open (on a par), or fewer than five people compared them, which tells
next to nothing, or nobody ever did. The three are kept apart.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt

from domain.graphs import GraphEdge
from domain.ids import ValueId
from graph.provisional import MIN_PEOPLE

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Asked = Mapping[frozenset[ValueId], int]
"""Two values to the people who were asked about them, in either direction."""
NOBODY: Asked = MappingProxyType({})


class Link(NamedTuple):
    """An ordered pair of values: the second was found wiser than the first."""

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
    """At least five people were asked about these two, and no order follows from all votes together."""
    HARDLY_COMPARED = "hardly_compared"
    """No order follows, and fewer than five people were asked about these two: too few to call them on a par."""
    NEVER_COMPARED = "never_compared"
    """No order follows, and nobody was asked about these two."""


LEFT_OPEN = (Relation.ON_A_PAR, Relation.HARDLY_COMPARED)


class OpenPair(NamedTuple):
    """Two values that people were asked about and that no votes order."""

    low_id: ValueId
    high_id: ValueId
    n_people: int
    """People who were asked about the two."""

    @property
    def is_hardly_compared(self) -> bool:
        """Return whether too few people were asked to call the two on a par."""
        return self.n_people < MIN_PEOPLE


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
    asked: Asked
    """Pairs of ``values`` that at least one person was asked about, with how many. Read-only."""
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
        n_people = self.asked.get(frozenset((first, second)), 0)
        return _without_order(n_people)

    def open_pairs(self) -> tuple[OpenPair, ...]:
        """Return the pairs that people were asked about and that no votes order, by id; lower id first in each."""
        pairs = ((min(pair), max(pair), n_people) for pair, n_people in self.asked.items())
        return tuple(OpenPair(*one) for one in sorted(pairs) if self.relation(one[0], one[1]) in LEFT_OPEN)

    def maximal_classes(self) -> tuple[int, ...]:
        """Return the classes that no other is wiser than, by number."""
        return tuple(np.flatnonzero(~self.reaches.any(axis=1)).tolist())


def plural_order(edges: Sequence[GraphEdge], *, also: Iterable[ValueId] = ()) -> PluralOrder:
    """Return the order of the values that kept edges touch; edges that were not kept count as comparisons.

    Args:
        edges: every ordered pair voted on.
        also: values that take part although no kept edge touches them.
    """
    kept = [Link(edge.src_id, edge.wiser_id) for edge in edges if edge.is_kept]
    values = {*also, *(end for link in kept for end in link)}
    asked = {frozenset((edge.src_id, edge.wiser_id)): edge.n_people for edge in edges}
    return order_of(values, wiser_than=kept, asked=asked)


def order_of(values: Collection[ValueId], *, wiser_than: Iterable[Link], asked: Asked = NOBODY) -> PluralOrder:
    """Return the preorder that ``wiser_than`` entails among ``values``.

    Takes memory that grows with the square of the number of classes: 4 MB at 2,000.

    Args:
        values: all values of the order; both ends of every ``wiser_than`` are among them.
        wiser_than: kept edges, in any order.
        asked: pairs that people were asked about; others than of ``values`` are left out.

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
    return PluralOrder(
        values=tuple(network),
        classes=classes,
        reaches=_closure(len(classes), steps),
        steps=steps,
        asked=MappingProxyType({pair: n for pair, n in asked.items() if n and all(one in class_of for one in pair)}),
        n_weak_components=nx.number_weakly_connected_components(network),
    )


def relations_from(
    first: ValueId, values: Collection[ValueId], *, wiser_than: Iterable[Link], asked: Asked = NOBODY
) -> dict[ValueId, Relation]:
    """Return how every other value stands to ``first``: what ``relation`` of the whole order says, without making it.

    >>> found = relations_from("a", ["a", "b", "c"], wiser_than=[Link("a", "b")])
    >>> found["b"].value, found["c"].value
    ('wiser', 'never_compared')
    """
    above: dict[ValueId, list[ValueId]] = {}
    below: dict[ValueId, list[ValueId]] = {}
    for src_id, wiser_id in wiser_than:
        above.setdefault(src_id, []).append(wiser_id)
        below.setdefault(wiser_id, []).append(src_id)
    wiser, less_wise = _reached(first, above), _reached(first, below)
    ordered = dict.fromkeys(wiser, Relation.WISER) | dict.fromkeys(less_wise, Relation.LESS_WISE)
    ordered |= dict.fromkeys(wiser & less_wise, Relation.IN_A_CYCLE)
    return {
        other: ordered.get(other) or _without_order(asked.get(frozenset((first, other)), 0))
        for other in values
        if other != first
    }


def _reached(first: ValueId, steps: Mapping[ValueId, Sequence[ValueId]]) -> set[ValueId]:
    """Return what is reached from ``first`` over one step or more."""
    found, waiting = set[ValueId](), [first]
    while waiting:
        new = [one for one in steps.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting.extend(new)
    return found


def _without_order(n_people: int) -> Relation:
    if not n_people:
        return Relation.NEVER_COMPARED
    return Relation.HARDLY_COMPARED if n_people < MIN_PEOPLE else Relation.ON_A_PAR


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
