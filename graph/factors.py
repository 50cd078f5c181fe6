"""The factor model behind bridging: what a fitted one is, its penalties, and the equations of one row.

Loss, with means over answers, people and items:
mean (r - m - g - i - s t)^2 + 0.15 (mean g^2 + mean i^2 + m^2) + 0.03 (mean s^2 + mean t^2),
m the overall mean, g generosity and s side of a person, i intercept and t side of an item.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from graph.ballots import RealArray

INTERCEPT_PENALTY = 0.15
"""Published: five times that of the factors."""
FACTOR_PENALTY = 0.03
Amount = TypeVar("Amount", float, RealArray)
"""One number for one model, or one for each of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """A fitted model: expected support = mean + generosity + intercept + side of the person x side of the item."""

    mean: float
    generosity: RealArray
    """Shape (n_people,)."""
    person_side: RealArray
    """Shape (n_people,). Only the product of both sides means anything; the largest item's side is positive."""
    intercept: RealArray
    """Shape (n_items,); higher is more upheld across sides."""
    item_side: RealArray
    """Shape (n_items,); 0 divides no one."""
    loss: float


class Sums(NamedTuple):
    """Sums of the two equations of a row: answers n, sides x of the other end, what is left to explain y."""

    n: RealArray
    x: RealArray
    xx: RealArray
    y: RealArray
    xy: RealArray


def penalties(n_answers: Amount, n: Amount) -> tuple[Amount, Amount]:
    """Return what pulls in intercepts and sides of ``n`` people or items, when the loss is a sum over answers."""
    return INTERCEPT_PENALTY * n_answers / n, FACTOR_PENALTY * n_answers / n


def solve(sums: Sums, pulls: tuple[Amount, Amount]) -> tuple[RealArray, RealArray]:
    """Return intercept and side of each row: (n + p) i + x s = y and x i + (xx + q) s = xy."""
    n, xx = sums.n + pulls[0], sums.xx + pulls[1]
    determinant = n * xx - sums.x**2
    return (xx * sums.y - sums.x * sums.xy) / determinant, (n * sums.xy - sums.x * sums.y) / determinant
