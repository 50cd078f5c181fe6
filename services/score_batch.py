"""One run of `moralgraph score`: what is kept of its pairs already, what is missing, and where both go."""

from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from domain.errors import UserInputError
from domain.kaleido import ScoreSource
from domain.protocols import Cancel, Progress
from services.score_engines import Engine
from services.score_output import write_scores
from services.score_rows import Pair, Row, is_final, kept_of, kept_row, public_source
from storage.score_store import ScoreStore


class ScoreBatch:
    """The rows of one run: those that the store holds, and those that come, which go there at once.

    Args:
        pairs: of the input, in its order.
        store: is read once, and written as scores come.
        scorer: name, as in the settings.
        source: what makes the scores.
        min_relevance: pairs below it need no valence; 0 leaves none out.
    """

    def __init__(
        self, pairs: Sequence[Pair], store: ScoreStore, *, scorer: str, source: ScoreSource, min_relevance: float
    ) -> None:
        self._pairs, self._store, self._source = pairs, store, public_source(source)
        by_key = {pair.key: pair for pair in pairs}
        self._rows: dict[str, Row] = {
            key: kept_row(by_key[key], kept, scorer=scorer, source=source)
            for key, kept in store.read(by_key).items()
            if is_final(kept, min_relevance=min_relevance)
        }
        self.missing = [pair for key, pair in by_key.items() if key not in self._rows]
        self.n_done = self.n_failed = 0

    def add(self, found: Sequence[Row]) -> None:
        """Take rows of missing pairs, and keep their scores."""
        self._rows |= {str(row["key"]): row for row in found}
        self.n_done += len(found)
        self.n_failed += sum(bool(row["failure"]) for row in found)
        self._store.put(self._source, kept_of(found))

    def write(self, path: Path) -> None:
        """Replace the output by the rows that there are."""
        write_scores(path, [self._rows[pair.key] for pair in self._pairs if pair.key in self._rows])


def run_batch(batch: ScoreBatch, engine: Engine, out: Path, *, cancel: Cancel, progress: Progress) -> None:
    """Score what is missing and write the output; a run that was stopped before any score leaves it as it is.

    Raises:
        UserInputError: the output cannot be written.
        MoralGraphError: the scorer or the store failed; what was scored before is kept and written.
    """
    try:
        with closing(engine(batch.missing, cancel, progress)) as parts:
            for found in parts:
                batch.add(found)
    except BaseException:
        with suppress(UserInputError):  # what broke off is what a person must read
            if batch.n_done:
                batch.write(out)
        raise
    if batch.n_done or not batch.missing:
        batch.write(out)
