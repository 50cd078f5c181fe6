"""The default scorer: how near a value's meaning is to the situation's, read as a probability. It tells no valence.

The cosine similarity of two embeddings, both less the mean of their kind (texts of one kind all lean the same way) and
adapted, goes through a logistic curve: relevance = 1 / (1 + exp(-(slope * cosine + intercept))). The adapter adds a map
of low rank to a vector: x + x D U. All of it and the measured quality come from ``benchmarks.quality.relevance`` and
lie in assets/scorers/. The text of a value is read and never its kind. Where the embedder reads only the beginning of a
situation, its scores are marked; a value is never cut.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from domain.kaleido import (
    KindThresholds,
    NoValence,
    Quality,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    ValueScore,
    Vrd,
)
from domain.nouns import FloatArray, Noun, content_hash
from domain.protocols import Cancel, CuttingEmbedder, Embedder, Progress

NAME = "default"
SUMMARY = "Closeness of meaning between situation and value, from the small embedder that comes with the app."
NOT_FOR = (
    "It ranks what sounds near; a high figure does not mean that a value is important, or that it pulls one way.",
    "It misses values that matter in a situation without being near its words.",
    "The scores are no advice to a person about what to do.",
)
VALENCE_LINE = (
    'Which way a value pulls needs the reader (fetched by "make reader"), a Kaleido checkpoint '
    "(MORALGRAPH_SCORER=kaleido:FOLDER) or a language model (MORALGRAPH_SCORER=llm)."
)
AT_ONCE = 256
MOST_KEPT = 20_000
"""Vectors of values kept while one list is scored: values come again with every situation, situations seldom."""
TOO_LONG = ScoreFailure(
    reason=ScoreFailureReason.TOO_LONG, detail="The value is longer than the embedder reads a text."
)


class Curve(Noun):
    """What was fitted."""

    embedder: str
    """Name of the embedder it was fitted for."""
    situation_mean: tuple[float, ...]
    """One number a column; empty takes nothing away."""
    value_mean: tuple[float, ...]
    adapter: str = ""
    """Name of the file of the adapter beside this one; empty where there is none."""
    slope: float
    intercept: float
    quality: tuple[Quality, ...]


class Adapter(NamedTuple):
    """A map of low rank that is added to a vector."""

    down: FloatArray
    """Shape (columns, rank)."""
    up: FloatArray
    """Shape (rank, columns)."""

    def applied(self, vectors: FloatArray) -> FloatArray:
        """Return x + x D U for each row."""
        return np.asarray(vectors + vectors @ self.down @ self.up, dtype=np.float32)


class _Embedded(NamedTuple):
    """A text as the embedder read it."""

    vector: FloatArray
    """Shape (columns,)."""
    is_cut: bool


def read_adapter(path: Path) -> Adapter:
    """Return the adapter of a file."""
    with np.load(path, allow_pickle=False) as arrays:
        return Adapter(np.asarray(arrays["down"], dtype=np.float32), np.asarray(arrays["up"], dtype=np.float32))


def read_curve(path: Path) -> Curve:
    """Return the fitted curve of a file."""
    return Curve.model_validate_json(path.read_text(encoding="utf-8"))


def value_text(vrd: Vrd) -> str:
    """Return the sentence under which a value is embedded.

    >>> from domain.kaleido import VrdKind
    >>> value_text(Vrd(kind=VrdKind.VALUE, text="Honesty"))
    'In this situation, Honesty matters.'
    """
    return f"In this situation, {vrd.text} matters."


def centred_cosine(
    situations: FloatArray, values: FloatArray, curve: Curve, adapter: Adapter | None = None
) -> FloatArray:
    """Return for each row the cosine of both, less their means and adapted, shape (rows,), -1..1.

    It is 0 where one of them vanishes.
    """
    one = situations - np.array(curve.situation_mean or 0, dtype=np.float32)
    other = values - np.array(curve.value_mean or 0, dtype=np.float32)
    if adapter is not None:
        one, other = adapter.applied(one), adapter.applied(other)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine: FloatArray = np.divide((one * other).sum(axis=1), norms, out=np.zeros_like(norms), where=norms > 0)
    return cosine


class LikenessScorer:
    """Scores pairs by closeness of meaning.

    Args:
        embedder: turns texts into vectors.
        curve: what was fitted.
        adapter: was fitted with the curve; left out for another embedder.
    """

    def __init__(self, embedder: Embedder, curve: Curve, adapter: Adapter | None = None) -> None:
        self.name = NAME
        self._embedder = embedder
        self._adapter = adapter if embedder.name == curve.embedder else None
        # Means and figures hold for the embedder they were made with; of another one the bare cosine is taken.
        other: dict[str, object] = {"situation_mean": (), "value_mean": (), "adapter": "", "quality": ()}
        self._curve = curve if embedder.name == curve.embedder else curve.model_copy(update=other)
        fitted = [str(self._curve.slope), str(self._curve.intercept), *map(str, self._curve.value_mean)]
        if self._adapter is not None:
            fitted += [self._adapter.down.tobytes().hex(), self._adapter.up.tobytes().hex()]
        self._source = ScoreSource(checkpoint=embedder.name, template_hash=content_hash(fitted), dtype="fp32")

    def info(self) -> ScorerInfo:
        """Tell the measured quality, and the line that gets a scorer with valence."""
        return ScorerInfo(
            name=self.name,
            summary=SUMMARY,
            quality=self._curve.quality,
            not_for=NOT_FOR,
            has_valence=False,
            valence_line=VALENCE_LINE,
        )

    def source(self) -> ScoreSource:
        """Return embedder and curve."""
        return self._source

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,  # there is no valence to leave out
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; see ``domain.protocols.ValueScorer``."""
        found: list[ValueScore | ScoreFailure] = []
        kept: dict[str, _Embedded] = {}
        for start in range(0, len(pairs), AT_ONCE):
            if cancel is not None and cancel():
                stopped = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before this pair.")
                return [*found, *[stopped] * (len(pairs) - start)]
            found += self._scored(pairs[start : start + AT_ONCE], kept)
            if progress is not None:
                progress(len(found), len(pairs))
        return found

    def _scored(self, pairs: Sequence[ScoreRequest], kept: dict[str, _Embedded]) -> list[ValueScore | ScoreFailure]:
        names = [value_text(pair.vrd) for pair in pairs]
        new = list(dict.fromkeys(text for text in (*(pair.situation for pair in pairs), *names) if text not in kept))
        # One text at a time where few are new would be slow, and one vector never depends on its neighbours.
        known = kept | self._embedded(new)
        situations, values = [known[pair.situation] for pair in pairs], [known[name] for name in names]
        if len(kept) + len(names) > MOST_KEPT:
            kept.clear()
        kept |= zip(names, values, strict=True)
        cosine = centred_cosine(
            np.array([one.vector for one in situations]),
            np.array([one.vector for one in values]),
            self._curve,
            self._adapter,
        )
        relevance = 1 / (1 + np.exp(-(self._curve.slope * cosine.astype(np.float64) + self._curve.intercept)))
        return [
            TOO_LONG if value.is_cut else self._result(float(one), is_shortened=situation.is_cut)
            for one, situation, value in zip(relevance, situations, values, strict=True)
        ]

    def _embedded(self, texts: Sequence[str]) -> dict[str, _Embedded]:
        embedder = self._embedder
        are_cut = embedder.are_cut(texts) if isinstance(embedder, CuttingEmbedder) else [False] * len(texts)
        return dict(zip(texts, map(_Embedded, embedder.embed(texts), are_cut), strict=True))

    def _result(self, relevance: float, *, is_shortened: bool) -> ValueScore:
        return ValueScore(
            relevance=relevance,
            no_valence=NoValence.UNAVAILABLE,
            scorer=self.name,
            source=self.source(),
            is_shortened=is_shortened,
        )
