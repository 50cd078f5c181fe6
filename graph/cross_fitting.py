"""Cross-fitting: groups that come from the votes are measured on votes they did not come from."""

from collections.abc import Callable, Hashable

import numpy as np

from graph.ballots import Ballots, BoolArray, IntArray, Pair
from graph.disagreement import excess_of


def cross_fitted_excess(
    ballots: Ballots,
    cluster: Callable[[Ballots, np.random.Generator], IntArray],
    *,
    rng: np.random.Generator,
    n_splits: int = 10,
) -> float | None:
    """Return the excess of groups that come from the votes themselves, measured on items they were not made from.

    Groups made from the same answers disagree by construction. So people are grouped on half of the items and measured
    on the other half, both ways round, over ``n_splits`` random halves; the two directions of a pair and its contexts
    stay in one half, since they are nearly the same question. ``None`` where no half could be grouped.

    Args:
        ballots: answers on items.
        cluster: gives each person a group, shape (n_people,), -1 for none.
        rng: source of the halves, handed on to ``cluster``.
        n_splits: random halves.
    """
    subjects = sorted({_subject(item) for item in ballots.items})
    place = {subject: at for at, subject in enumerate(subjects)}
    subject_of = np.array([place[_subject(item)] for item in ballots.items], dtype=np.int64)
    found: list[float] = []
    for _ in range(n_splits):
        is_first = np.zeros(len(subjects), dtype=np.bool_)
        is_first[rng.permutation(len(subjects))[: len(subjects) // 2]] = True
        in_first: BoolArray = is_first[subject_of][ballots.item]
        for half in (in_first, ~in_first):
            codes = cluster(ballots.where(half), rng)
            excess = excess_of(ballots.where(~half), codes)
            found.extend([] if excess is None else [excess])
    return float(np.mean(found)) if found else None


def _subject(item: Hashable) -> str:
    return repr(sorted((item.src_id, item.wiser_id))) if isinstance(item, Pair) else repr(item)
