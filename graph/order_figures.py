"""The figures of an order: how much is comparable, how wide and how long it is, what a ranking claims beyond it."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from domain.ids import ValueId
from graph.order import PluralOrder


class OrderFigures(NamedTuple):
    """Counts of one order."""

    values: int
    pairs: int
    """Unordered pairs of different values."""
    strictly_comparable: int
    """Pairs of which one value is wiser than the other."""
    in_cycle: int
    """Pairs inside one class."""
    on_a_par: int
    """Pairs without an order that people were asked about, those hardly compared among them."""
    hardly_compared: int
    """Of these, pairs that fewer than five people were asked about: too few to call them on a par."""
    never_compared: int
    """Pairs without an order that nobody was asked about."""
    classes: int
    maximal_classes: int
    """Classes that no other is wiser than."""
    maximal_values_without_wiser: int
    """Values that no other is wiser than, members of cycles not among them."""
    longest_chain_classes: int
    width: int
    """Classes in the largest set of which no two are ordered."""
    weak_components: int


class RankingClaims(NamedTuple):
    """What a ranking says of pairs, held against what the votes entail."""

    claims: int
    """Pairs of values that the ranking tells apart."""
    entailed: int
    """Of these, pairs that the votes order in the same way."""
    contradicted: int
    """Pairs that the votes order the other way round."""
    beyond: int
    """Pairs that the votes do not order at all."""

    @property
    def share_not_entailed(self) -> float | None:
        """Return the share of claims that no votes entail, 0..1; ``None`` without claims."""
        return 1 - self.entailed / self.claims if self.claims else None


def order_figures(order: PluralOrder) -> OrderFigures:
    """Return the figures of ``order``."""
    n = len(order.values)
    pairs = n * (n - 1) // 2
    sizes = order.sizes
    strict = int(sizes @ order.reaches.astype(np.int64) @ sizes)
    in_cycle = int((sizes * (sizes - 1) // 2).sum())
    left_open = order.open_pairs()
    on_a_par = len(left_open)
    maximal = order.maximal_classes()
    return OrderFigures(
        values=n,
        pairs=pairs,
        strictly_comparable=strict,
        in_cycle=in_cycle,
        on_a_par=on_a_par,
        hardly_compared=sum(pair.is_hardly_compared for pair in left_open),
        never_compared=pairs - strict - in_cycle - on_a_par,
        classes=len(order.classes),
        maximal_classes=len(maximal),
        maximal_values_without_wiser=sum(len(order.classes[at]) == 1 for at in maximal),
        longest_chain_classes=1 + max(order.heights, default=-1),
        width=order_width(order),
        weak_components=order.n_weak_components,
    )


def order_width(order: PluralOrder) -> int:
    """Return how many classes the largest set has of which no two are ordered.

    It equals the least number of chains that cover all classes, which is their number less a largest matching in the
    order taken as a bipartite graph. Exact.
    Sources: Dilworth, A decomposition theorem for partially ordered sets (1950); Fulkerson (1956) for the matching;
    Hopcroft and Karp (1973) for finding it.
    """
    if not order.classes:
        return 0
    matched = maximum_bipartite_matching(csr_array(order.reaches), perm_type="column")
    return len(order.classes) - int((matched >= 0).sum())


def ranking_claims(order: PluralOrder, scores: Mapping[ValueId, float]) -> RankingClaims:
    """Return what ranking by ``scores`` (higher is wiser) claims of pairs; equal scores claim nothing.

    Args:
        order: what the votes entail.
        scores: a score for every value of the order.
    """
    score = np.array([scores[value_id] for value_id in order.values], dtype=np.float64)
    at = np.array([order.class_of[value_id] for value_id in order.values], dtype=np.int64)
    higher = score[:, None] < score[None, :]
    reached = order.reaches[np.ix_(at, at)]
    claims = int(higher.sum())
    entailed, contradicted = int((higher & reached).sum()), int((higher & reached.T).sum())
    return RankingClaims(claims, entailed, contradicted, claims - entailed - contradicted)
