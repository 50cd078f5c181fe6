"""From pairs of like items to clusters: average linkage in which no two unlike items ever share a cluster.

Pairs that are not listed count as unlike. Two clusters are joined when every pair across them is listed and the mean of
those similarities is at least the cut, the highest mean first. So a chain a-b-c whose ends are unlike is never one
cluster: whoever is in a cluster is listed as like everyone else in it, and like them on average.
Source of average linkage: Sokal and Michener, A statistical method for evaluating systematic relationships (1958).
"""

import heapq
from typing import NamedTuple

import numpy as np

from domain.neighbours import NeighbourPairs, PlaceArray


class Bond(NamedTuple):
    """Two clusters that could be joined; the heap gives the highest mean first, then the lowest members."""

    minus_mean: float
    first_member: int
    second_member: int
    first: int
    second: int


class Linked(NamedTuple):
    """The items of one connected part, and the lowest row number in the cluster of each."""

    members: PlaceArray
    roots: PlaceArray


def gather(pairs: NeighbourPairs, *, n_items: int, cut: float, weights: PlaceArray | None = None) -> PlaceArray:
    """Return for each item the lowest row number in its cluster, shape (n_items,).

    Of equal means the one with the lowest row numbers goes first; where rows are in an order of their content, neither
    names nor order of what they stand for changes the clusters.

    Args:
        pairs: all pairs that may share a cluster.
        n_items: items, those without any pair included.
        cut: lowest mean similarity at which two clusters are joined.
        weights: how many equal things each item stands for, shape (items,); each of them counts in a mean.
    """
    near = pairs.similarity >= cut
    parts = connected_parts(pairs.first[near], pairs.second[near], n_items=n_items)
    inside = parts[pairs.first] == parts[pairs.second]
    part_of_pair = parts[pairs.first[inside]]
    sizes = np.bincount(parts, minlength=n_items)
    n_near = np.bincount(parts[pairs.first[near]], minlength=n_items)
    is_whole = n_near == sizes * (sizes - 1) // 2
    clusters = np.where(is_whole[parts], parts, np.arange(n_items))
    open_pairs = np.flatnonzero(inside)[~is_whole[part_of_pair]]
    open_pairs = open_pairs[np.argsort(parts[pairs.first[open_pairs]], kind="stable")]
    starts = np.flatnonzero(np.diff(parts[pairs.first[open_pairs]], prepend=-1))
    for own in np.split(open_pairs, starts[1:]) if len(open_pairs) else []:
        members, roots = _link(NeighbourPairs(*(column[own] for column in pairs)), cut=cut, weights=weights)
        clusters[members] = roots
    return clusters


def connected_parts(first: PlaceArray, second: PlaceArray, *, n_items: int) -> PlaceArray:
    """Return for each item the lowest row number it is connected with, shape (n_items,).

    Every part takes the lowest label at its border, then labels are followed to their end; each round at least halves
    the parts that still have neighbours.

    >>> connected_parts(np.array([1, 2]), np.array([2, 4]), n_items=5)
    array([0, 1, 1, 3, 1])
    """
    label = np.arange(n_items, dtype=np.int64)
    while True:
        ends = label[first], label[second]
        low, high = np.minimum(*ends), np.maximum(*ends)
        if np.array_equal(low, high):
            return label
        np.minimum.at(label, high, low)
        while not np.array_equal(label, further := label[label]):
            label = further


def numbered(clusters: PlaceArray) -> PlaceArray:
    """Return cluster numbers 0, 1, ... in the order of each cluster's lowest row.

    >>> numbered(np.array([0, 1, 1, 3]))
    array([0, 1, 1, 2])
    """
    numbers: PlaceArray = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    return numbers


def _link(pairs: NeighbourPairs, *, cut: float, weights: PlaceArray | None) -> Linked:
    members = np.unique(np.concatenate([pairs.first, pairs.second]))
    ends = np.searchsorted(members, pairs.first), np.searchsorted(members, pairs.second)
    sums: list[dict[int, float]] = [{} for _ in members]
    sizes = [1] * len(members) if weights is None else weights[members].tolist()
    for one, other, similarity in zip(*(end.tolist() for end in ends), pairs.similarity.tolist(), strict=True):
        sums[one][other] = sums[other][one] = similarity * sizes[one] * sizes[other]
    roots = _Roots(sums, list(range(len(members))), sizes, cut).run()
    return Linked(members, members[roots])


class _Roots:
    """The agglomeration of one part; clusters get new numbers as they are joined, so stale bonds are known."""

    def __init__(self, sums: list[dict[int, float]], lowest: list[int], sizes: list[int], cut: float) -> None:
        self._sums, self._lowest, self._sizes, self._cut = sums, lowest, sizes, cut
        self._inside = [[member] for member in lowest]
        self._is_gone = [False] * len(lowest)
        self._heap: list[Bond] = []

    def run(self) -> list[int]:
        """Join until no mean reaches the cut; return the lowest member of each item's cluster."""
        n = len(self._lowest)
        for one in range(n):
            self._push(one, above=one)
        heapq.heapify(self._heap)
        while self._heap:
            bond = heapq.heappop(self._heap)
            if not self._is_gone[bond.first] and not self._is_gone[bond.second]:
                self._join(bond.first, bond.second)
        roots = [0] * n
        for cluster, is_gone in enumerate(self._is_gone):
            if not is_gone:
                for member in self._inside[cluster]:
                    roots[member] = self._lowest[cluster]
        return roots

    def _join(self, one: int, other: int) -> None:
        """Make one cluster of two; only clusters that were listed with both stay its neighbours."""
        made, mine, theirs = len(self._sums), self._sums[one], self._sums[other]
        self._is_gone[one] = self._is_gone[other] = True
        sums = {c: total + theirs[c] for c, total in mine.items() if c in theirs and not self._is_gone[c]}
        self._sums.append(sums)
        self._sizes.append(self._sizes[one] + self._sizes[other])
        self._lowest.append(min(self._lowest[one], self._lowest[other]))
        self._inside.append(self._inside[one] + self._inside[other])
        self._is_gone.append(False)
        self._sums[one] = self._sums[other] = {}
        for c, total in sums.items():
            self._sums[c][made] = total
        self._push(made, above=-1)

    def _push(self, one: int, *, above: int) -> None:
        """Put the bonds of a cluster that reach the cut on the heap; before the start, each bond once."""
        for other, total in self._sums[one].items():
            mean = total / (self._sizes[one] * self._sizes[other])
            if other > above and mean >= self._cut:
                low, high = sorted((self._lowest[one], self._lowest[other]))
                heapq.heappush(self._heap, Bond(-mean, low, high, one, other))
