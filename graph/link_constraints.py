"""What judged pairs say of all others: groups that must be together, groups that must be apart, and what is still open.

Pairs judged the same make groups; a pair judged different keeps the whole groups of both apart. So most pairs need no
judgement: they follow from others. Source: Wagstaff and Cardie, Clustering with instance-level constraints (2000).
One wrong word must not make one value of two that many people hold: two groups of several cards each become one only
after two pairs across them were judged the same.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from domain.gathered import PairOpinion
from domain.neighbours import NeighbourPairs, PlaceArray
from graph.linkage import gather

PAIRS_AT_ONCE = 2
"""Each is two questions to a model; a small one on one machine answers them one after the other, within its time."""
MAX_FAILED_IN_A_ROW = 5
"""After so many the model is taken to be away or too slow."""
Ask = Callable[[PlaceArray], Sequence[PairOpinion]]
"""Gives an opinion on the pair at each place."""


class LinkConstraints:
    """Groups of items under must-link and cannot-link constraints, met one at a time.

    Args:
        pairs: the pairs that could be judged, with their similarity.
        groups: the lowest member of the group in which each item starts, shape (n_items,).
        weights: how many cards each item stands for, shape (n_items,).
    """

    def __init__(self, pairs: NeighbourPairs, *, groups: PlaceArray, weights: PlaceArray) -> None:
        self._pairs = pairs
        self._group = groups.copy()
        self._weights = weights
        self._said_same: set[tuple[int, int]] = set()
        self._apart: dict[int, set[int]] = {}
        self._order = np.argsort(-pairs.similarity, kind="stable")
        self._is_judged = np.zeros(len(pairs.first), dtype=bool)

    @property
    def groups(self) -> PlaceArray:
        """The lowest member of the group of each item, shape (n_items,)."""
        return self._group.copy()

    def open_places(self, most: int) -> PlaceArray:
        """Return up to ``most`` places of pairs that nothing settles yet, the most alike first.

        No two of them touch the same group, so that no answer can settle another that is under way.
        """
        found: list[int] = []
        taken: set[int] = set()
        for place in self._unsettled():
            if len(found) == most:
                break
            ends = self._ends(place)
            if taken.isdisjoint(ends):
                found.append(place)
                taken.update(ends)
        return np.array(found, dtype=np.int64)

    def note(self, place: int, opinion: PairOpinion) -> None:
        """Take in what was said of the pair at ``place``; what is unsure or failed settles nothing but that pair."""
        self._is_judged[place] = True
        one, other = sorted(self._ends(place))
        if one == other or other in self._apart.get(one, ()):
            return
        if opinion is PairOpinion.DIFFERENT:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)
        elif opinion is PairOpinion.SAME:
            if (one, other) in self._said_same or 1 in (self._n_cards(one), self._n_cards(other)):
                self._join(one, other)
            self._said_same.add((one, other))

    def settle(self, ask: Ask, *, most: int) -> None:
        """Ask about open pairs, the most alike first, until ``most`` were asked or too many in a row failed."""
        left, failed = most, 0
        while left > 0 and len(places := self.open_places(min(left, PAIRS_AT_ONCE))):
            for place, opinion in zip(places.tolist(), ask(places), strict=True):
                self.note(place, opinion)
                failed = failed + 1 if opinion is PairOpinion.FAILED else 0
            if failed >= MAX_FAILED_IN_A_ROW:
                return
            left -= len(places)

    def gather(self, *, cut: float) -> PlaceArray:
        """Return for each item the lowest row number in its cluster: the groups linked, save those that are apart.

        Groups are like as the mean over all pairs of cards across them; one pair across them that is not listed keeps
        them apart. See ``graph.linkage.gather``.
        """
        weights = self._weights
        ends = self._group[self._pairs.first], self._group[self._pairs.second]
        low, high = np.minimum(*ends), np.maximum(*ends)
        across = np.flatnonzero(low != high)
        n = len(self._group)
        keys, which = np.unique(low[across] * n + high[across], return_inverse=True)
        weight = (weights[self._pairs.first] * weights[self._pairs.second])[across]
        total = np.bincount(which, weights=weight * self._pairs.similarity[across], minlength=len(keys))
        listed = np.bincount(which, minlength=len(keys))
        size = np.bincount(self._group, minlength=n)
        weight_of = np.bincount(self._group, weights=weights, minlength=n).astype(np.int64)
        one, other = np.divmod(keys, n)
        apart = [b in self._apart.get(a, ()) for a, b in zip(one.tolist(), other.tolist(), strict=True)]
        keep = (listed == size[one] * size[other]) & ~np.array(apart, dtype=bool)
        mean = (total / (weight_of[one] * weight_of[other]))[keep].astype(np.float32)
        joined = gather(NeighbourPairs(one[keep], other[keep], mean), n_items=n, cut=cut, weights=weight_of)
        return joined[self._group]

    def _unsettled(self) -> Iterator[int]:
        for place in self._order.tolist():
            one, other = self._ends(place)
            if not self._is_judged[place] and one != other and other not in self._apart.get(one, ()):
                yield place

    def _n_cards(self, group: int) -> int:
        return int(self._weights[self._group == group].sum())

    def _ends(self, place: int) -> tuple[int, int]:
        return int(self._group[self._pairs.first[place]]), int(self._group[self._pairs.second[place]])

    def _join(self, low: int, high: int) -> None:
        self._group[self._group == high] = low
        for third in self._apart.pop(high, set()):
            self._apart[third].discard(high)
            self._apart[third].add(low)
            self._apart.setdefault(low, set()).add(third)
