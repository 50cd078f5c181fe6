"""Scores pairs with a reader: a small encoder that reads a situation with all of its values beside it.

It was taught on situations of our own writing, on DailyDilemmas and on ValueEval (``benchmarks.quality.reading``); how
well it does stands in ``docs/reference/scorers.md``.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from domain.kaleido import (
    KindThresholds,
    Quality,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    Valence,
    ValueScore,
)
from domain.protocols import Cancel, Progress
from domain.readers import Reading, ReadRequest, ValueReader
from kaleido.scorer import CANCELLED, NOT_A_NUMBER

NAME = "reader"
SUMMARY = "A small encoder that reads a situation with its values, taught on labelled situations and dilemmas."
NOT_FOR = (
    "A high relevance means that a reader of the situation would probably name this value, not that it is important.",
    "Which way a value pulls is told of the act in the text; where the text tells none, the figure means little.",
    "The scores are no advice to a person about what to do.",
    "It was taught on English alone; scores of other languages mean nothing.",
)
MOST_VALUES, MOST_AT_ONCE = 48, 96
"""Values beside one situation, and in all, between two looks at whether to stop."""
TOO_LONG = ScoreFailure(reason=ScoreFailureReason.TOO_LONG, detail="The value is longer than the model reads one.")
Found = dict[tuple[str, str], ValueScore | ScoreFailure]
"""Results by situation and text of the value."""


def read_quality(path: Path) -> tuple[Quality, ...]:
    """Return the measured quality that a file holds."""
    return TypeAdapter(tuple[Quality, ...]).validate_json(path.read_bytes())


class ReadingScorer:
    """Scores pairs with a reader; each situation is read once with its values.

    Args:
        reader: the model.
        quality: what was measured of it.
    """

    def __init__(self, reader: ValueReader, *, quality: tuple[Quality, ...] = ()) -> None:
        self.name = NAME
        self._reader = reader
        self._quality = quality

    def info(self) -> ScorerInfo:
        """Tell the measured quality and what the scores are not."""
        return ScorerInfo(name=NAME, summary=SUMMARY, quality=self._quality, not_for=NOT_FOR, has_valence=True)

    def source(self) -> ScoreSource:
        """Return checkpoint, changes and arithmetic."""
        identity = self._reader.identity()
        return ScoreSource(checkpoint=identity.checkpoint, revision=identity.revision, dtype=identity.dtype)

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,  # both come from one pass: there is nothing to spare
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; see ``domain.protocols.ValueScorer``."""
        found: Found = {}
        batches = _batches(pairs)
        n_asked, n_done = sum(len(row.values) for batch in batches for row in batch), 0
        for batch in batches:
            if cancel is not None and cancel():
                break
            found |= self._read(batch)
            n_done += sum(len(row.values) for row in batch)
            if progress is not None:
                progress(len(pairs) * n_done // n_asked, len(pairs))
        return [found.get((pair.situation, pair.vrd.text), CANCELLED) for pair in pairs]

    def _read(self, batch: Sequence[ReadRequest]) -> Found:
        source, found = self.source(), Found()
        for row, answered in zip(batch, self._reader.read(batch), strict=True):
            for value, reading in zip(row.values, answered.readings, strict=True):
                found[row.situation, value] = self._result(reading, source, is_shortened=answered.is_shortened)
        return found

    def _result(self, reading: Reading | None, source: ScoreSource, *, is_shortened: bool) -> ValueScore | ScoreFailure:
        if reading is None:
            return TOO_LONG
        if not all(math.isfinite(one) for one in reading):
            return NOT_A_NUMBER
        return ValueScore(
            relevance=reading.relevance,
            valence=Valence(supports=reading.supports, opposes=reading.opposes, either=reading.either),
            scorer=self.name,
            source=source,
            is_shortened=is_shortened,
        )


def _batches(pairs: Sequence[ScoreRequest]) -> list[list[ReadRequest]]:
    """Return every situation with its different values, long lists in parts, like lengths together."""
    values: dict[str, dict[str, None]] = {}
    for pair in pairs:
        values.setdefault(pair.situation, {})[pair.vrd.text] = None
    rows = [
        ReadRequest(situation, tuple(own)[start : start + MOST_VALUES])
        for situation, own in values.items()
        for start in range(0, len(own), MOST_VALUES)
    ]
    batches: list[list[ReadRequest]] = []
    room = 0
    for row in sorted(rows, key=lambda row: len(row.situation) + sum(map(len, row.values))):
        if len(row.values) > room:
            batches.append([])
            room = MOST_AT_ONCE
        batches[-1].append(row)
        room -= len(row.values)
    return batches
