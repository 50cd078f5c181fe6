"""Seeds that depend on the item and on the run alone: the order in which items are asked changes nothing."""

import hashlib
from collections.abc import Sequence

import numpy as np

from domain.stances import ProbeItem

SEED_BYTES = 4


def item_seed(run_seed: int, *parts: str) -> int:
    """Return a seed, 0..2**32-1, from the run's seed and names such as an item's id and a condition's key."""
    text = "\x1f".join((str(run_seed), *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:SEED_BYTES], "big")


def sample_items(items: Sequence[ProbeItem], limit: int | None, *, run_seed: int) -> list[ProbeItem]:
    """Return at most ``limit`` items in their given order, drawn evenly from all; the same seed draws the same ones."""
    if limit is None or limit >= len(items):
        return list(items)
    rng = np.random.default_rng(item_seed(run_seed, "sample"))
    return [items[i] for i in sorted(rng.choice(len(items), size=max(limit, 0), replace=False))]
