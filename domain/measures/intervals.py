"""Intervals of shares."""

import math
from typing import NamedTuple

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


class Interval(NamedTuple):
    """An interval of a share, each end 0..1."""

    low: float
    high: float


def wilson_interval(successes: int, n: int, *, z: float = Z_95) -> Interval | None:
    """Return the Wilson score interval of ``successes`` in ``n``; ``None`` for no trials.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.

    Raises:
        ValueError: successes is not in 0..n.

    >>> [round(end, 4) for end in wilson_interval(8, 10)]
    [0.4902, 0.9433]
    >>> wilson_interval(0, 0) is None
    True
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie in 0..n, not {successes} of {n}")
    if n == 0:
        return None
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(low=max(0.0, middle - half), high=min(1.0, middle + half))


def beta_interval(successes: int, n: int, *, share: float = 0.95) -> Interval:
    """Return the central interval that holds ``share`` of the belief in a share, after ``successes`` in ``n``.

    The prior is Jeffreys' Beta(1/2, 1/2), so there is an interval without any trial too; an end at 0 or n successes is
    0 or 1, as is usual. Beside Wilson's it shows that neither choice of method decides.
    Source: Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001).

    Raises:
        ValueError: successes is not in 0..n.

    >>> [round(end, 4) for end in beta_interval(8, 10)]
    [0.4972, 0.9559]
    """
    from scipy.special import betaincinv

    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie in 0..n, not {successes} of {n}")
    tail = (1 - share) / 2
    low, high = (betaincinv(successes + 0.5, n - successes + 0.5, at) for at in (tail, 1 - tail))
    return Interval(low=0.0 if successes == 0 else float(low), high=1.0 if successes == n else float(high))
