"""What scores a long list of pairs: this process, or Ray on many machines. Both give the same rows."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing

import pyarrow as pa

from backends.batch_ray import RayCluster, map_tables
from domain.errors import BackendUnavailableError
from domain.kaleido import ScoreFailureReason, ScoreRequest, ScoreSource, Vrd, VrdKind
from domain.protocols import Cancel, Progress, ValueScorer
from services.score_rows import SCHEMA, Pair, Row, score_row
from services.scorers import build_scorer
from services.settings import Settings

AT_ONCE = 256
"""Pairs that a scorer is given at a time; a stop loses so many at most."""
ASKED = pa.schema([(name, pa.string()) for name in ("key", "situation", "vrd", "text")])

Engine = Callable[[Sequence[Pair], Cancel, Progress], Generator[list[Row], None, None]]
"""Yields rows in any order, each pair's once; none of pairs that a cancel left out."""


class ScoreWork:
    """A scorer on a machine of a cluster, and the rows that it makes.

    Args:
        name: of the scorer, as in the settings.
        settings: for what the scorer is built with.
        source: what the scorer must say of itself; one that says otherwise, such as on a machine with another release
            of a model, would mix scores that cannot be compared.

    Raises:
        BackendUnavailableError: the scorer says otherwise.
    """

    def __init__(self, name: str, settings: Settings, source: ScoreSource) -> None:
        self._scorer = build_scorer(name, settings)
        self._source = source
        if self._scorer.source() != source:
            raise BackendUnavailableError(
                f"A machine has another release of the scorer {name!r} than the one that started this.", backend=name
            )

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the rows of a table of pairs, order kept."""
        rows = score_rows(self._scorer, self._source, [_pair(row) for row in table.to_pylist()])
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def score_rows(
    scorer: ValueScorer,
    source: ScoreSource,
    pairs: Sequence[Pair],
    *,
    cancel: Cancel | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Return the rows of the pairs, order kept, without those that a cancel left out."""
    found = scorer.score([pair.request for pair in pairs], cancel=cancel, progress=progress)
    rows = [score_row(pair, one, scorer=scorer.name, source=source) for pair, one in zip(pairs, found, strict=True)]
    return [row for row in rows if row["failure"] != ScoreFailureReason.CANCELLED.value]


def local_engine(scorer: ValueScorer, source: ScoreSource) -> Engine:
    """Return what scores in this process."""

    def run(pairs: Sequence[Pair], cancel: Cancel, progress: Progress) -> Generator[list[Row], None, None]:
        for start in range(0, len(pairs), AT_ONCE):
            if cancel():
                return
            part = pairs[start : start + AT_ONCE]

            def told(done: int, _: int, start: int = start) -> None:
                progress(start + done, len(pairs))

            yield score_rows(scorer, source, part, cancel=cancel, progress=told)

    return run


def ray_engine(name: str, settings: Settings, source: ScoreSource, cluster: RayCluster) -> Engine:
    """Return what scores on Ray; a worker that dies is replaced, and what it had in hand is scored by another."""

    def run(pairs: Sequence[Pair], cancel: Cancel, progress: Progress) -> Generator[list[Row], None, None]:
        asked, done = [_asked(pair) for pair in pairs], 0
        tables = [
            pa.Table.from_pylist(asked[start : start + AT_ONCE], schema=ASKED)
            for start in range(0, len(asked), AT_ONCE)
        ]
        with closing(map_tables(ScoreWork, (name, settings, source), tables, cluster=cluster, cancel=cancel)) as found:
            for table in found:
                done += table.num_rows
                progress(done, len(pairs))
                yield table.to_pylist()

    return run


def _asked(pair: Pair) -> Row:
    vrd = pair.request.vrd
    return {"key": pair.key, "situation": pair.request.situation, "vrd": vrd.kind.value, "text": vrd.text}


def _pair(row: Mapping[str, str]) -> Pair:
    vrd = Vrd(kind=VrdKind(row["vrd"]), text=row["text"])
    return Pair(row["key"], ScoreRequest(situation=row["situation"], vrd=vrd))
