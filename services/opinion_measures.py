"""Opinion groups of a study, and how much of what divides them is only there because they were made from it."""

from functools import partial

import numpy as np

from domain.plurality import OpinionSection
from graph.ballots import Ballots, IntArray
from graph.cell_guard import MIN_CELL
from graph.cross_fitting import cross_fitted_excess
from graph.disagreement import excess_of
from graph.opinion_groups import MIN_ANSWERS, TooFewAnswers, find_opinion_groups

CLEAR = 0.05
"""Cross-fitted excess from which a divide is spoken of: chance answers stay under 0.02 in the tests."""


def opinion_section(ballots: Ballots, *, rng: np.random.Generator) -> OpinionSection:
    """Return opinion groups, or how many people with enough answers are missing."""
    found = find_opinion_groups(ballots, rng=rng)
    if isinstance(found, TooFewAnswers):
        missing = found.n_needed - found.n_people
        return OpinionSection(
            n_people=found.n_people,
            n_missing=missing,
            min_answers=found.min_answers,
            words=(
                f"too few: {found.n_people} people gave at least {found.min_answers} answers, {missing} more are needed"
            ),
        )
    excess = excess_of(ballots, found.codes)
    fitted = cross_fitted_excess(ballots, partial(_again, n_groups=int(found.codes.max()) + 1), rng=rng)
    sizes = np.bincount(found.codes[found.codes >= 0]).tolist()
    small = sum(n for n in sizes if n < MIN_CELL)
    return OpinionSection(
        n_people=found.n_people,
        n_missing=0,
        min_answers=MIN_ANSWERS,
        sizes=tuple([n for n in sizes if n >= MIN_CELL] + ([small] if small >= MIN_CELL else [])),
        silhouette=found.silhouette,
        excess=excess,
        cross_fitted_excess=fitted,
        words=_words(fitted),
    )


def _again(half: Ballots, rng: np.random.Generator, *, n_groups: int) -> IntArray:
    """Group half of the items into as many groups as the whole gave."""
    again = find_opinion_groups(half, rng=rng, min_answers=-(-MIN_ANSWERS // 2), n_groups=n_groups)
    return np.full(len(half.people), -1) if isinstance(again, TooFewAnswers) else again.codes


def _words(fitted: float | None) -> str:
    if fitted is None:
        return "opinion groups found; too few answers to tell whether they hold on other questions"
    if fitted >= CLEAR:
        return "opinion groups found, and they differ on questions they were not made from"
    return "the answers can be cut into groups, but the groups do not differ on questions they were not made from"
