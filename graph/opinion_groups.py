"""Opinion groups: people gathered by how they answered, by principal components and k-means, as Polis does.

They come from the answers themselves, so what divides them must be measured on other items (``cross_fitted_excess``).
Source: Small and others, Polis: scaling deliberation by mapping high dimensional opinion spaces (2021): missing answers
take the item's mean, each person's place is stretched by the square root of items over items answered, the number of
groups is the one with the best mean silhouette (Rousseeuw 1987).
"""

from typing import NamedTuple

import numpy as np

from graph.ballots import Ballots, IntArray, RealArray

MIN_ANSWERS = 7
"""Answers a person needs to be placed, as in Polis; fewer say too little."""
MIN_PEOPLE = 20
"""People needed at least: below that, k-means finds groups in anything."""
MAX_GROUPS = 5
N_STARTS = 10
N_ROUNDS = 100
N_SILHOUETTE = 2000
"""People drawn for the silhouette above this size: it looks at every pair."""
N_DIMENSIONS = 2
N_SPARE = 6
"""Further directions carried along while the first two settle, so that they settle quickly."""
TOLERANCE = 1e-9


class TooFewAnswers(NamedTuple):
    """Why there are no opinion groups."""

    n_people: int
    """People with enough answers."""
    n_needed: int
    min_answers: int
    """Answers that count as enough."""


class OpinionGroups(NamedTuple):
    """People placed in a plane and gathered; group 0 is the largest."""

    codes: IntArray
    """Group of each person, shape (n_people,); -1 for people with too few answers."""
    places: RealArray
    """Shape (n_people, 2); NaN for people with too few answers. Which way is which means nothing."""
    silhouette: float
    """Mean silhouette of the chosen number of groups, -1..1; higher is clearer."""
    by_count: dict[int, float]
    """Mean silhouette of each number of groups that was tried."""
    n_people: int
    """People placed."""


def find_opinion_groups(
    ballots: Ballots,
    *,
    rng: np.random.Generator,
    min_answers: int = MIN_ANSWERS,
    max_groups: int = MAX_GROUPS,
    n_groups: int | None = None,
) -> OpinionGroups | TooFewAnswers:
    """Return opinion groups; the same answers and seed give the same groups.

    Args:
        ballots: answers on items.
        rng: source of starting points.
        min_answers: answers a person needs to be placed.
        max_groups: largest number of groups that is tried, from 2.
        n_groups: takes this number instead of the one with the best silhouette.
    """
    placed = np.flatnonzero(ballots.n_by_person() >= min_answers)
    if len(placed) < MIN_PEOPLE:
        return TooFewAnswers(n_people=len(placed), n_needed=MIN_PEOPLE, min_answers=min_answers)
    places = project(ballots, rng=rng)[placed]
    tried = range(2, max_groups + 1) if n_groups is None else (n_groups,)
    found = {k: _k_means(places, k, rng=rng) for k in tried}
    sample = np.sort(rng.permutation(len(placed))[:N_SILHOUETTE])
    clear = {k: mean_silhouette(places[sample], codes[sample]) for k, codes in found.items()}
    best = max(clear, key=lambda k: (round(clear[k], 12), -k))
    codes = np.full(len(ballots.people), -1, dtype=np.int64)
    codes[placed] = _by_size(found[best])
    plane = np.full((len(ballots.people), N_DIMENSIONS), np.nan)
    plane[placed] = places
    return OpinionGroups(codes=codes, places=plane, silhouette=clear[best], by_count=clear, n_people=len(placed))


def project(ballots: Ballots, *, rng: np.random.Generator) -> RealArray:
    """Return each person's place on the first two principal components, shape (n_people, 2).

    Support is read as -1..1. An answer that is missing counts as the item's mean, which is 0 once centred: so only
    answers that were given are touched and the full table is never built. The components come from repeated
    multiplication (subspace iteration); their signs are fixed so that the largest loading is positive.
    """
    person, item, n_people, n_items = ballots.person, ballots.item, len(ballots.people), len(ballots.items)
    support = 2 * ballots.score() - 1
    means = np.bincount(item, weights=support, minlength=n_items) / np.maximum(ballots.n_by_item(), 1)
    centred = support - means[item]

    def to_people(loadings: RealArray) -> RealArray:
        columns = (np.bincount(person, centred * column[item], n_people) for column in loadings.T)
        return np.stack(list(columns), axis=1)

    def to_items(places: RealArray) -> RealArray:
        return np.stack([np.bincount(item, centred * column[person], n_items) for column in places.T], axis=1)

    basis = np.linalg.qr(rng.standard_normal((n_items, min(n_items, N_DIMENSIONS + N_SPARE))))[0]
    before = np.zeros(basis.shape[1])
    for _ in range(N_ROUNDS):
        basis, triangle = np.linalg.qr(to_items(to_people(basis)))
        sizes = np.abs(np.diag(triangle))
        if np.allclose(sizes[:N_DIMENSIONS], before[:N_DIMENSIONS], rtol=TOLERANCE):
            break
        before = sizes
    turned = np.linalg.svd(to_people(basis), full_matrices=False)[2]
    loadings = (basis @ turned.T)[:, :N_DIMENSIONS]
    top = loadings[np.abs(np.round(loadings, 9)).argmax(axis=0), np.arange(loadings.shape[1])]
    places = to_people(loadings * np.where(top < 0, -1.0, 1.0))
    stretch = np.sqrt(n_items / np.maximum(ballots.n_by_person(), 1))
    whole = np.zeros((n_people, N_DIMENSIONS))
    whole[:, : places.shape[1]] = places * stretch[:, None]
    return whole


def mean_silhouette(places: RealArray, codes: IntArray) -> float:
    """Return the mean silhouette of groups of ``places`` (shape (n, d)), -1..1; -1 where all are in one group.

    A person's silhouette is (b - a) / max(a, b): a the mean distance to their own group, b to the nearest other one;
    0 where they are alone in their group. Source: Rousseeuw, Silhouettes (1987).
    """
    groups, code = np.unique(codes, return_inverse=True)
    if len(groups) <= 1:
        return -1.0
    distance = np.sqrt(np.maximum(((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2), 0.0))
    sizes = np.bincount(code)
    total = np.stack([distance[:, code == g].sum(axis=1) for g in range(len(groups))], axis=1)
    rows = np.arange(len(code))
    own = total[rows, code] / np.maximum(sizes[code] - 1, 1)
    mean = total / sizes
    mean[rows, code] = np.inf
    other = mean.min(axis=1)
    widest = np.maximum(own, other)
    value = np.divide(other - own, widest, out=np.zeros_like(own), where=widest > 0)
    return float(np.where(sizes[code] == 1, 0.0, value).mean())


def _k_means(places: RealArray, k: int, *, rng: np.random.Generator) -> IntArray:
    runs = [_one_run(places, k, rng=rng) for _ in range(N_STARTS)]
    return min(runs, key=lambda codes: round(_spread(places, codes, k), 9))


def _one_run(places: RealArray, k: int, *, rng: np.random.Generator) -> IntArray:
    """Lloyd's rounds from starting points drawn far apart (Arthur and Vassilvitskii, k-means++, 2007)."""
    centres = places[rng.integers(len(places), size=1)]
    while len(centres) < k:
        nearest = _distances(places, centres).min(axis=1)
        total = nearest.sum()
        chosen = rng.choice(len(places), p=nearest / total) if total > 0 else rng.integers(len(places))
        centres = np.vstack([centres, places[chosen]])
    codes: IntArray = _distances(places, centres).argmin(axis=1)
    for _ in range(N_ROUNDS):
        centres = np.stack([places[codes == g].mean(axis=0) if (codes == g).any() else centres[g] for g in range(k)])
        following = _distances(places, centres).argmin(axis=1)
        if np.array_equal(following, codes):
            break
        codes = following
    return codes


def _distances(places: RealArray, centres: RealArray) -> RealArray:
    squares: RealArray = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return squares


def _spread(places: RealArray, codes: IntArray, k: int) -> float:
    centres = np.stack([places[codes == g].mean(axis=0) if (codes == g).any() else places[0] for g in range(k)])
    return float(((places - centres[codes]) ** 2).sum())


def _by_size(codes: IntArray) -> IntArray:
    groups, first, sizes = np.unique(codes, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    place = np.empty(int(groups.max()) + 1, dtype=np.int64)
    place[groups[order]] = np.arange(len(groups))
    return place[codes]
