"""What the votes entail: the kept edges as a preorder, never silently as a ranking.

Values on a common cycle form one class. Between classes, one is wiser than another when edges lead up from it; every
other pair is open. Source: plural order after Ruth Chang's parity and Dilworth's theorem; Moral Graph Elicitation for
the edges.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from domain.graphs import GraphEdge
from domain.ids import ValueId

Bools = NDArray[np.bool_]


class Relation(StrEnum):
    """What the votes say of two values, seen from the first."""

    WISER = "wiser"
    LESS_WISE = "less_wise"
    SAME_CYCLE = "same_cycle"
    ON_A_PAR = "on_a_par"
    """People voted on this pair, and neither direction is in the graph: tested, unresolved."""
    NEVER_COMPARED = "never_compared"
    """No vote on this pair, and nothing follows from the others."""


class OrderFigures(NamedTuple):
    """The preorder in numbers. Pairs are unordered pairs of values."""

    values: int
    pairs: int
    strictly_comparable: int
    """Pairs of which one is wiser, by an edge or by edges in a row."""
    in_cycle: int
    """Pairs in one cycle."""
    classes: int
    maximal_classes: int
    maximal_values_without_wiser: int
    """Values with no kept edge out of them."""
    longest_chain_classes: int
    """Classes in the longest row in which each is wiser than the one before."""
    width: int
    """Classes in the largest set of which none is wiser than another."""
    weak_components: int
    """Parts of the graph between which there is no edge at all."""

    @property
    def unentailed_share(self) -> float | None:
        """Share of the claims of any full ranking that no vote entails, 0..1; ``None`` below two values."""
        return (self.pairs - self.strictly_comparable - self.in_cycle) / self.pairs if self.pairs else None


class NextPair(NamedTuple):
    """The open pair whose answer would settle most."""

    one: ValueId
    other: ValueId
    n_settled_at_least: int
    """Pairs of values that would become comparable, whichever of the two is found wiser."""


class Order:
    """The preorder that kept edges make over the values they touch."""

    def __init__(self, edges: Sequence[GraphEdge]) -> None:
        """``edges`` are all ordered pairs voted on; those kept make the order, all of them say what was compared."""
        kept = sorted((e.src_id, e.wiser_id) for e in edges if e.is_kept)
        self._compared = {frozenset((e.src_id, e.wiser_id)) for e in edges}
        self._network: nx.DiGraph[ValueId] = nx.DiGraph(kept)
        groups = (tuple(sorted(group)) for group in nx.strongly_connected_components(self._network))
        self.classes: tuple[tuple[ValueId, ...], ...] = tuple(sorted(groups))
        """Values on a common cycle, or one alone; each sorted, sorted."""
        self._class_of = {value: place for place, group in enumerate(self.classes) for value in group}
        self._up = self._reachable()

    @property
    def values(self) -> tuple[ValueId, ...]:
        """The values that a kept edge touches, sorted."""
        return tuple(sorted(self._class_of))

    def relation(self, one: ValueId, other: ValueId) -> Relation:
        """Return what the votes say of ``one`` against ``other``; values outside the graph were never compared."""
        places = self._class_of.get(one), self._class_of.get(other)
        if places[0] is not None and places[1] is not None:
            if places[0] == places[1]:
                return Relation.SAME_CYCLE
            if self._up[places[1], places[0]]:
                return Relation.WISER
            if self._up[places[0], places[1]]:
                return Relation.LESS_WISE
        return Relation.ON_A_PAR if frozenset((one, other)) in self._compared else Relation.NEVER_COMPARED

    def figures(self) -> OrderFigures:
        """Return the order in numbers."""
        sizes = self._sizes()
        n_values = len(self._class_of)
        condensed = self._condensed()
        return OrderFigures(
            values=n_values,
            pairs=n_values * (n_values - 1) // 2,
            strictly_comparable=int(sizes @ self._up @ sizes),
            in_cycle=int((sizes * (sizes - 1)).sum() // 2),
            classes=len(self.classes),
            maximal_classes=len(self.maximal_classes()),
            maximal_values_without_wiser=sum(degree == 0 for _, degree in self._network.out_degree()),
            longest_chain_classes=nx.dag_longest_path_length(condensed) + 1 if self.classes else 0,
            width=self._width(),
            weak_components=nx.number_weakly_connected_components(self._network) if n_values else 0,
        )

    def maximal_classes(self) -> tuple[tuple[ValueId, ...], ...]:
        """Return the classes that no class is wiser than."""
        return tuple(group for group, above in zip(self.classes, self._up, strict=True) if not above.any())

    def contradicted(self, ranking: Mapping[ValueId, float]) -> int:
        """Return in how many pairs ``ranking`` (higher is wiser) puts first what the votes say is less wise."""
        ranked = [value for value in self.values if value in ranking]
        place = np.array([self._class_of[value] for value in ranked], dtype=int)
        score = np.array([ranking[value] for value in ranked])
        if not len(place):
            return 0
        return int((self._up[np.ix_(place, place)] & (score[:, None] > score[None, :])).sum())

    def next_pair(self, *, leave_out: Collection[frozenset[ValueId]] = ()) -> NextPair | None:
        """Return the open pair whose answer settles most pairs at least; ties go to the first. ``None``: none open."""
        n = len(self.classes)
        sizes = self._sizes().astype(np.float64)
        below = (self._up | np.eye(n, dtype=bool)).astype(np.float64)
        is_open = ~(self._up | self._up.T | np.eye(n, dtype=bool))
        weights = is_open * np.outer(sizes, sizes)
        gain = below.T @ weights @ below.T
        at_least = np.where(is_open, np.minimum(gain, gain.T), -1.0)
        for place in np.argsort(-at_least, axis=None, kind="stable"):
            one, other = divmod(int(place), n)
            if at_least[one, other] <= 0:
                return None
            pair = self.classes[one][0], self.classes[other][0]
            if frozenset(pair) not in leave_out:
                return NextPair(*pair, n_settled_at_least=round(float(at_least[one, other])))
        return None

    def _sizes(self) -> NDArray[np.int64]:
        return np.array([len(group) for group in self.classes], dtype=np.int64)

    def _condensed(self) -> "nx.DiGraph[int]":
        condensed: nx.DiGraph[int] = nx.DiGraph()
        condensed.add_nodes_from(range(len(self.classes)))
        ends = ((self._class_of[src], self._class_of[wiser]) for src, wiser in self._network.edges)
        condensed.add_edges_from((src, wiser) for src, wiser in ends if src != wiser)
        return condensed

    def _reachable(self) -> Bools:
        """Return, shape (classes, classes): whether the second is wiser than the first."""
        condensed = self._condensed()
        up = np.zeros((len(self.classes), len(self.classes)), dtype=bool)
        for place in reversed(list(nx.topological_sort(condensed))):
            for wiser in condensed.successors(place):
                up[place] |= up[wiser]
                up[place, wiser] = True
        return up

    def _width(self) -> int:
        """Return the size of the largest antichain: classes less the largest matching of the order (Dilworth)."""
        if not self.classes:
            return 0
        matched = maximum_bipartite_matching(csr_matrix(self._up.astype(np.int8)), perm_type="column")
        return len(self.classes) - int((matched >= 0).sum())
