"""What scores a long list of pairs: this process, or Ray on many machines. Both give the same rows."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing

import pyarrow as pa

from backends.batch_ray import RayCluster, map_tables
from domain.errors import BackendUnavailableError
from domain.kaleido import KindThresholds, ScoreFailureReason, ScoreRequest, ScoreSource, Vrd, VrdKind
from domain.protocols import Cancel, Progress, ValueScorer
from services.part_names import public_scorer_name
from services.score_rows import SCHEMA, Pair, Row, public_source, score_row
from services.scorers import build_scorer
from services.settings import Settings

NAMES = {
    "checkpoint": "checkpoint", "revision": "revision", "template_hash": "wording",
    "decoder_position": "decoder position", "dtype": "arithmetic", "method": "way of asking",
}  # fmt: skip
"""What ``ScoreSource`` tells, as a person reads it."""
SAME_ARITHMETIC = (
    "Where no dtype is named, and with int8, the arithmetic depends on the machine: name one that all have, such as "
    "?dtype=fp32."
)
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
        min_relevance: pairs below it may be left without a valence; 0 leaves none out.

    Raises:
        BackendUnavailableError: the scorer says otherwise.
    """

    def __init__(self, name: str, settings: Settings, source: ScoreSource, min_relevance: float = 0) -> None:
        self._scorer = build_scorer(name, settings)
        self._source = source
        self._min_relevance = min_relevance
        found = self._scorer.source()
        if found != source:
            shown = public_scorer_name(name)
            raise BackendUnavailableError(
                f"The scorer {shown!r} on another machine differs from the one that started this: "
                f"{_differences(found, source)}.",
                backend=shown,
                hint=SAME_ARITHMETIC if found.dtype != source.dtype and name.startswith("kaleido:") else "",
            )

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the rows of a table of pairs, order kept."""
        pairs = [_pair(row) for row in table.to_pylist()]
        rows = score_rows(self._scorer, self._source, pairs, min_relevance=self._min_relevance)
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def score_rows(
    scorer: ValueScorer,
    source: ScoreSource,
    pairs: Sequence[Pair],
    *,
    min_relevance: float = 0,
    cancel: Cancel | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Return the rows of the pairs, order kept, without those that a cancel left out."""
    cut = KindThresholds(value=min_relevance, right=min_relevance, duty=min_relevance) if min_relevance else None
    requests = [pair.request for pair in pairs]
    found = scorer.score(requests, cancel=cancel, progress=progress, min_relevance=cut)
    rows = [score_row(pair, one, scorer=scorer.name, source=source) for pair, one in zip(pairs, found, strict=True)]
    return [row for row in rows if row["failure"] != ScoreFailureReason.CANCELLED.value]


def local_engine(scorer: ValueScorer, source: ScoreSource, *, min_relevance: float = 0) -> Engine:
    """Return what scores in this process; see ``ScoreWork`` for the cut."""

    def run(pairs: Sequence[Pair], cancel: Cancel, progress: Progress) -> Generator[list[Row], None, None]:
        for start in range(0, len(pairs), AT_ONCE):
            if cancel():
                return
            part = pairs[start : start + AT_ONCE]

            def told(done: int, _: int, start: int = start) -> None:
                progress(start + done, len(pairs))

            yield score_rows(scorer, source, part, min_relevance=min_relevance, cancel=cancel, progress=told)

    return run


def ray_engine(
    name: str, settings: Settings, source: ScoreSource, cluster: RayCluster, *, min_relevance: float = 0
) -> Engine:
    """Return what scores on Ray; a worker that dies is replaced, and what it had in hand is scored by another."""

    def run(pairs: Sequence[Pair], cancel: Cancel, progress: Progress) -> Generator[list[Row], None, None]:
        asked, done = [_asked(pair) for pair in pairs], 0
        tables = [
            pa.Table.from_pylist(asked[start : start + AT_ONCE], schema=ASKED)
            for start in range(0, len(asked), AT_ONCE)
        ]
        work = (name, settings, source, min_relevance)
        with closing(map_tables(ScoreWork, work, tables, cluster=cluster, cancel=cancel)) as found:
            for table in found:
                done += table.num_rows
                progress(done, len(pairs))
                yield table.to_pylist()

    return run


def _differences(there: ScoreSource, here: ScoreSource) -> str:
    """Return what differs, with what each side says of it; neither a folder nor an address is said."""
    told = public_source(there), public_source(here)
    return ", ".join(
        f"{name} ({_said(told[0], field)} there, {_said(told[1], field)} here)"
        for field, name in NAMES.items()
        if getattr(there, field) != getattr(here, field)
    )


def _said(source: ScoreSource, field: str) -> str:
    said = getattr(source, field)
    return "none" if said in {None, ""} else str(said)


def _asked(pair: Pair) -> Row:
    vrd = pair.request.vrd
    return {"key": pair.key, "situation": pair.request.situation, "vrd": vrd.kind.value, "text": vrd.text}


def _pair(row: Mapping[str, str]) -> Pair:
    vrd = Vrd(kind=VrdKind(row["vrd"]), text=row["text"])
    return Pair(row["key"], ScoreRequest(situation=row["situation"], vrd=vrd))
