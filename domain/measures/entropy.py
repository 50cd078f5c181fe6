"""Shannon entropy of counts."""

import math
from collections.abc import Iterable


def entropy_bits(counts: Iterable[int]) -> float:
    """Return the Shannon entropy of ``counts`` in bits, 0 or more; zeros count for nothing, no counts at all give 0.

    >>> entropy_bits([2, 2])
    1.0
    >>> entropy_bits([])
    0.0
    """
    present = [c for c in counts if c > 0]
    total = sum(present)
    return abs(math.fsum(c / total * math.log2(c / total) for c in present)) if total else 0.0
