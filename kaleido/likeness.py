"""The default scorer: how near a value's meaning is to the situation's, read as a probability. It tells no valence.

The cosine similarity of two embeddings, both less the mean of their kind (texts of one kind all lean the same way),
goes through a logistic curve: relevance = 1 / (1 + exp(-(slope * cosine + intercept))). Means, slope, intercept and
measured quality come from ``benchmarks.quality.relevance`` and lie in assets/scorers/likeness.json.
"""

from collections.abc import Sequence
from pathlib import Path

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
from domain.protocols import Cancel, Embedder, Progress

NAME = "default"
SUMMARY = "Closeness of meaning between situation and value, from the small embedder that comes with the app."
NOT_FOR = (
    "It ranks what sounds near; a high figure does not mean that a value is important, or that it pulls one way.",
    "It misses values that matter in a situation without being near its words.",
    "The scores are no advice to a person about what to do.",
)
VALENCE_LINE = (
    "Which way a value pulls needs a Kaleido checkpoint (MORALGRAPH_SCORER=kaleido:FOLDER) or a language model "
    "(MORALGRAPH_SCORER=llm)."
)
AT_ONCE = 256


class Curve(Noun):
    """What was fitted."""

    embedder: str
    """Name of the embedder it was fitted for."""
    situation_mean: tuple[float, ...]
    """One number a column; empty takes nothing away."""
    value_mean: tuple[float, ...]
    slope: float
    intercept: float
    quality: tuple[Quality, ...]


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


def centred_cosine(situations: FloatArray, values: FloatArray, curve: Curve) -> FloatArray:
    """Return for each row the cosine of both less their means, shape (rows,), -1..1; 0 where one of them vanishes."""
    one = situations - np.array(curve.situation_mean or 0, dtype=np.float32)
    other = values - np.array(curve.value_mean or 0, dtype=np.float32)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine: FloatArray = np.divide((one * other).sum(axis=1), norms, out=np.zeros_like(norms), where=norms > 0)
    return cosine


class LikenessScorer:
    """Scores pairs by closeness of meaning."""

    def __init__(self, embedder: Embedder, curve: Curve) -> None:
        self.name = NAME
        self._embedder = embedder
        # Means and figures hold for the embedder they were made with; of another one the bare cosine is taken.
        other: dict[str, object] = {"situation_mean": (), "value_mean": (), "quality": ()}
        self._curve = curve if embedder.name == curve.embedder else curve.model_copy(update=other)

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
        fitted = [str(self._curve.slope), str(self._curve.intercept), *map(str, self._curve.value_mean)]
        return ScoreSource(checkpoint=self._embedder.name, template_hash=content_hash(fitted), dtype="fp32")

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
        for start in range(0, len(pairs), AT_ONCE):
            if cancel is not None and cancel():
                stopped = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before this pair.")
                return [*found, *[stopped] * (len(pairs) - start)]
            found += self._scored(pairs[start : start + AT_ONCE])
            if progress is not None:
                progress(len(found), len(pairs))
        return found

    def _scored(self, pairs: Sequence[ScoreRequest]) -> list[ValueScore | ScoreFailure]:
        texts = list(dict.fromkeys(t for pair in pairs for t in (pair.situation, value_text(pair.vrd))))
        place = {text: row for row, text in enumerate(texts)}
        # One text at a time where few are new would be slow, and one vector never depends on its neighbours.
        vectors = self._embedder.embed(texts)
        situations = vectors[[place[pair.situation] for pair in pairs]]
        values = vectors[[place[value_text(pair.vrd)] for pair in pairs]]
        cosine = centred_cosine(situations, values, self._curve)
        source = self.source()
        relevance = 1 / (1 + np.exp(-(self._curve.slope * cosine.astype(np.float64) + self._curve.intercept)))
        return [
            ValueScore(relevance=float(one), no_valence=NoValence.UNAVAILABLE, scorer=self.name, source=source)
            for one in relevance
        ]
