"""A diverse set of values for a situation: what was generated, thinned out, and for each that went the reason why.

The procedure is that of the Kaleido system (Sorensen et al., arXiv 2309.00779): what a generator proposes is scored,
sorted by relevance, cut below the threshold of its kind, and then walked from the top twice. A value goes when it reads
too much like one that was kept above it, and then when it means too much the same. Scoring and embedding are done once
(``weigh``); thinning out (``thin``) is arithmetic, so that a person can move the thresholds.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from domain.kaleido import CandidateRules, Generated, KindThresholds, ScoreFailure, ScoreRequest, ValueScore, Vrd
from domain.nouns import FloatArray
from domain.protocols import Cancel, Embedder, Progress, ValueScorer
from kaleido.likeness_of_words import word_likeness, words_of
from kaleido.readings import ScoredVrd
from kaleido.scorer import LONG_LIST


class CutReason(StrEnum):
    """Why a value is not in the set."""

    RELEVANCE = "relevance"
    """Below the threshold of its kind."""
    WORDS = "words"
    """It reads too much like one above it."""
    MEANING = "meaning"
    """It means too much the same as one above it."""


class Cut(NamedTuple):
    """A value that was left out."""

    vrd: Vrd
    score: ValueScore
    reason: CutReason
    kept: Vrd | None
    """The one that it is too much like; ``None`` for ``RELEVANCE``."""
    likeness: float
    """F1 of the words, or cosine of the meanings; the relevance itself for ``RELEVANCE``."""


class Weighed(NamedTuple):
    """All that was generated for a situation, scored and embedded, nothing left out yet."""

    scored: tuple[ScoredVrd, ...]
    """Most relevant first; equal ones as they were generated."""
    vectors: FloatArray
    """Shape (len(scored), dim), unit rows: the texts."""
    failed: tuple[ScoreFailure, ...]
    """Values without a score."""
    generated: Generated


class Candidates(NamedTuple):
    """The set, most relevant first, and what became of the rest."""

    kept: tuple[ScoredVrd, ...]
    cut: tuple[Cut, ...]
    """In the order of the walk: by relevance, then by words, then by meaning."""

    def count(self, reason: CutReason) -> int:
        """Return how many went for this reason."""
        return sum(one.reason is reason for one in self.cut)


def weigh(
    situation: str,
    generated: Generated,
    *,
    scorer: ValueScorer,
    embedder: Embedder,
    min_relevance: KindThresholds | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Weighed:
    """Score and embed what was generated; a value that cannot be scored is counted with its reason.

    Args:
        situation: what the values were generated for.
        generated: the values.
        scorer: says relevance and valence.
        embedder: tells which values mean the same.
        min_relevance: of ``LONG_LIST`` values and more, valence is asked of those that reach the number of their kind.
        progress: told of values scored and values in all.
        cancel: once true, the values that are left have no score.

    Raises:
        BackendError: the scorer or the embedder cannot be used.
    """
    requests = [ScoreRequest(situation=situation, vrd=vrd) for vrd in generated.vrds]
    cut = min_relevance if len(requests) >= LONG_LIST else None
    results = scorer.score(requests, progress=progress, cancel=cancel, min_relevance=cut)
    pairs = list(zip(generated.vrds, results, strict=True))
    scored = [ScoredVrd(vrd, one) for vrd, one in pairs if isinstance(one, ValueScore)]
    scored.sort(key=lambda one: -one.score.relevance)
    vectors = embedder.embed([one.vrd.text for one in scored])
    failed = tuple(one for _, one in pairs if isinstance(one, ScoreFailure))
    return Weighed(tuple(scored), vectors, failed, generated)


def thin(scored: Sequence[ScoredVrd], vectors: FloatArray, rules: CandidateRules) -> Candidates:
    """Return the set that the rules leave.

    Args:
        scored: most relevant first; the walk takes them in this order.
        vectors: shape (len(scored), dim), unit rows.
        rules: a value goes below ``min_relevance`` and strictly above any other bound. ``across_kinds`` compares values
            with rights and duties too; then the bound of the lower one's kind holds.
    """
    left: list[int] = []
    cut: list[Cut] = []
    for place, one in enumerate(scored):
        if one.score.relevance < rules.min_relevance.of(one.vrd.kind):
            cut.append(Cut(one.vrd, one.score, CutReason.RELEVANCE, None, one.score.relevance))
        else:
            left.append(place)
    words = [words_of(one.vrd.text) for one in scored]

    def read_alike(lower: int, upper: int) -> float | None:
        found = word_likeness(words[upper], words[lower])
        return found.f1 if found.exceeds(rules.ngram) else None

    cosines = np.clip(vectors @ vectors.T, -1.0, 1.0)

    def mean_alike(lower: int, upper: int) -> float | None:
        found = float(cosines[lower, upper])
        return found if found > rules.embedding.of(scored[lower].vrd.kind) else None

    for reason, alike in ((CutReason.WORDS, read_alike), (CutReason.MEANING, mean_alike)):
        left = _walk(left, scored, reason, alike, cut, across_kinds=rules.across_kinds)
    return Candidates(tuple(scored[place] for place in left), tuple(cut))


def _walk(
    places: Sequence[int],
    scored: Sequence[ScoredVrd],
    reason: CutReason,
    alike: Callable[[int, int], float | None],
    cut: list[Cut],
    *,
    across_kinds: bool,
) -> list[int]:
    """Return the places that stay; what goes is added to ``cut`` with the first kept one that it is like."""
    kept: list[int] = []
    for lower in places:
        vrd = scored[lower].vrd
        for upper in kept:
            is_compared = across_kinds or scored[upper].vrd.kind is vrd.kind
            likeness = alike(lower, upper) if is_compared else None
            if likeness is not None:
                cut.append(Cut(vrd, scored[lower].score, reason, scored[upper].vrd, likeness))
                break
        else:
            kept.append(lower)
    return kept
