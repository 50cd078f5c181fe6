"""Values that a model proposes for a situation, and why one matters: asked for by a person, made beside the page."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from domain.kaleido import CandidateRules, Explanation, NoValence, ScoreFailure, Vrd
from domain.nouns import FloatArray
from domain.protocols import Cancel, Embedder, Progress, ValueGenerator, ValueScorer
from domain.value_readings import MissingValue
from kaleido.candidates import Candidates, Weighed, thin, weigh
from kaleido.readings import MOST_SIMILAR, missing_values
from services.awaited import Awaited, AwaitedThings
from services.scoring import MAX_CHARS, Scored

__all__ = [
    "GENERATOR_LINE", "SAME_FROM", "Candidates", "Proposals", "Proposed", "choose", "lacking", "unasked_pulls",
    "with_scores",
]  # fmt: skip

MAX_KEPT = 32
"""Situations, and explanations, kept in memory."""
SAME_FROM = MOST_SIMILAR
"""Where the slider stands from which on a value of the graph is taken for the proposed one."""
GENERATOR_LINE = (
    "This scorer proposes no values and explains none; that needs a Kaleido checkpoint "
    "(MORALGRAPH_SCORER=kaleido:FOLDER) or a language model (MORALGRAPH_SCORER=llm)."
)


class Proposed(NamedTuple):
    """What was proposed for a situation, beside the values that a graph has."""

    weighed: Weighed
    titles: tuple[str, ...]
    """Of the values of the graph."""
    similarities: FloatArray
    """Shape (len(weighed.scored), len(titles)), cosine, -1..1."""


class _Key(NamedTuple):
    scorer: str
    situation: str
    titles: tuple[str, ...]


class _Why(NamedTuple):
    scorer: str
    situation: str
    vrd: Vrd


class Proposals:
    """Use case of the page Kaleidoscope.

    Args:
        scorer: the scorer in use.
        generator: what stands behind it and proposes; ``None`` where it proposes nothing.
        embedder: tells which values mean the same.
    """

    def __init__(
        self,
        scorer: Callable[[], ValueScorer],
        generator: Callable[[], ValueGenerator | None],
        embedder: Callable[[], Embedder],
    ) -> None:
        self._scorer = scorer
        self._generator = generator
        self._embedder = embedder
        self._proposed = AwaitedThings[_Key, Proposed | ScoreFailure]("generator", most=MAX_KEPT)
        self._whys = AwaitedThings[_Why, Explanation | ScoreFailure]("explanation", most=MAX_KEPT)

    def rules(self) -> CandidateRules | None:
        """Return the numbers from which the sliders start; ``None`` where the scorer in use proposes nothing.

        Raises:
            BackendError: the checkpoint's configuration cannot be read.
        """
        generator = self._generator()
        return None if generator is None else generator.rules()

    def look(self, situation: str, titles: Sequence[str]) -> Awaited[Proposed | ScoreFailure] | None:
        """Return how far the proposals are; ``None`` where nobody asked for them."""
        return self._proposed.look(self._key(situation, titles))

    def ask(self, situation: str, titles: Sequence[str]) -> Awaited[Proposed | ScoreFailure]:
        """Have values proposed for a situation, scored and embedded; the first call starts it."""
        key = self._key(situation, titles)
        return self._proposed.ask(key, lambda progress, cancel: self._propose(key, progress, cancel))

    def drop(self, situation: str, titles: Sequence[str]) -> None:
        """Stop what is under way for a situation, or forget what came of it."""
        self._proposed.drop(self._key(situation, titles))

    def look_why(self, situation: str, vrd: Vrd) -> Awaited[Explanation | ScoreFailure] | None:
        """Return how far the explanation is; ``None`` where nobody asked for it."""
        return self._whys.look(self._why(situation, vrd))

    def ask_why(self, situation: str, vrd: Vrd) -> Awaited[Explanation | ScoreFailure]:
        """Have explained what a value has to do with a situation; the first call starts it."""
        key = self._why(situation, vrd)
        return self._whys.ask(key, lambda _, __: self._made().explain(key.situation, vrd))

    def drop_why(self, situation: str, vrd: Vrd) -> None:
        """Forget an explanation, as one that failed: the next ``ask_why`` starts anew."""
        self._whys.drop(self._why(situation, vrd))

    def clear(self) -> None:
        """Stop and forget everything; called when a person erases their words, and at the end."""
        self._proposed.clear()
        self._whys.clear()

    def _key(self, situation: str, titles: Sequence[str]) -> _Key:
        return _Key(self._scorer().name, situation.strip()[:MAX_CHARS], tuple(titles))

    def _why(self, situation: str, vrd: Vrd) -> _Why:
        return _Why(self._scorer().name, situation.strip()[:MAX_CHARS], vrd)

    def _made(self) -> ValueGenerator:
        generator = self._generator()
        if generator is None:
            raise ValueError("the scorer in use proposes nothing")
        return generator

    def _propose(self, key: _Key, progress: Progress, cancel: Cancel) -> Proposed | ScoreFailure:
        generator = self._made()
        generated = generator.candidates(key.situation, cancel=cancel)
        if isinstance(generated, ScoreFailure):
            return generated
        progress(0, len(generated.vrds))
        embedder = self._embedder()
        weighed = weigh(
            key.situation,
            generated,
            scorer=self._scorer(),
            embedder=embedder,
            min_relevance=generator.rules().min_relevance,
            progress=progress,
            cancel=cancel,
        )
        return Proposed(weighed, key.titles, np.clip(weighed.vectors @ embedder.embed(key.titles).T, -1.0, 1.0))


def choose(proposed: Proposed, rules: CandidateRules) -> Candidates:
    """Return the set that the rules leave; see ``kaleido.candidates.thin``."""
    return thin(proposed.weighed.scored, proposed.weighed.vectors, rules)


def unasked_pulls(proposed: Proposed, chosen: Candidates) -> tuple[Vrd, ...]:
    """Return all values whose valence was spared for their low relevance, once one of them is in the set; else none.

    They are scored together then, so that a slider that goes on moving asks nothing more.
    """
    spared = [one.vrd for one in proposed.weighed.scored if one.score.no_valence is NoValence.BELOW_CUT]
    kept = {one.vrd for one in chosen.kept}
    return tuple(spared) if kept.intersection(spared) else ()


def with_scores(chosen: Candidates, found: Scored) -> Candidates:
    """Return the set with the scores that came later."""
    scores = {one.vrd: one.score for one in found.scored}
    return chosen._replace(kept=tuple(one._replace(score=scores.get(one.vrd, one.score)) for one in chosen.kept))


def lacking(proposed: Proposed, chosen: Candidates, *, same_from: float = SAME_FROM) -> tuple[MissingValue, ...]:
    """Return what the situation needs and the graph lacks; see ``kaleido.readings.missing_values``.

    Args:
        proposed: all that was proposed.
        chosen: the set that is shown: all of it passed the rules for relevance and is needed, what was cut is not.
        same_from: cosine from which on a value of the graph is taken for the same one.
    """
    kept = {one.vrd for one in chosen.kept}
    rows = [row for row, one in enumerate(proposed.weighed.scored) if one.vrd in kept]
    similarities = proposed.similarities[rows]
    return missing_values(chosen.kept, proposed.titles, similarities, least_relevance=0, most_similar=same_from)
