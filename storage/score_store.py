"""Scores of pairs, kept for good in a SQLite file of their own: by a hash of text and source, without the text.

They belong to no study and can be made anew, so they do not lie in the database of the studies. Several processes may
read and write the file at the same time.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from domain.errors import StorageError
from domain.kaleido import ScoreSource

FILE = "scores.sqlite3"
"""Name of the file in the data folder."""
VERSION = 1
PATIENCE_S = 60.0
"""How long another process is waited for; it writes some hundred rows at a time."""
READ_AT_ONCE = 10_000
TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE  -- JSON: checkpoint, revision, template_hash, decoder_position, dtype, method
);
CREATE TABLE IF NOT EXISTS scores (
    key TEXT PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources (number),
    relevance REAL NOT NULL,
    supports REAL,
    either REAL,
    opposes REAL,
    no_valence TEXT,
    order_gap REAL,
    is_shortened INTEGER NOT NULL
) WITHOUT ROWID;
"""
# Whoever asked without a cut knows more than who asked with one, whichever of them comes last.
PUT = """
INSERT INTO scores (key, source, relevance, supports, either, opposes, no_valence, order_gap, is_shortened)
VALUES (?, (SELECT number FROM sources WHERE source = ?), ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    source = excluded.source, relevance = excluded.relevance, supports = excluded.supports, either = excluded.either,
    opposes = excluded.opposes, no_valence = excluded.no_valence, order_gap = excluded.order_gap,
    is_shortened = excluded.is_shortened
WHERE scores.no_valence IN ('below_cut', 'failed')
"""
GET = """
SELECT key, relevance, supports, either, opposes, no_valence, order_gap, is_shortened
FROM scores WHERE key IN (SELECT value FROM json_each(?))
"""


class KeptScore(NamedTuple):
    """What is kept of one score; the names are those of ``domain.kaleido.ValueScore`` and its valence."""

    relevance: float
    supports: float | None
    either: float | None
    opposes: float | None
    no_valence: str | None
    """A ``NoValence``, exactly where the three before are missing."""
    order_gap: float | None
    is_shortened: bool


class ScoreStore:
    """The scores in one file, which is made where it is missing. For one thread; close it.

    Raises:
        StorageError: the file cannot be opened, here and in every method.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._mapped():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, timeout=PATIENCE_S, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def read(self, keys: Iterable[str]) -> dict[str, KeptScore]:
        """Return the scores that are kept of these keys."""
        asked, found = list(keys), dict[str, KeptScore]()
        with self._mapped():
            for start in range(0, len(asked), READ_AT_ONCE):
                rows = self._connection.execute(GET, (json.dumps(asked[start : start + READ_AT_ONCE]),))
                found |= {key: KeptScore._make([*figures, bool(is_short)]) for key, *figures, is_short in rows}
        return found

    def put(self, source: ScoreSource, scores: Mapping[str, KeptScore]) -> None:
        """Keep scores by their keys, all or none of them; only a score whose valence is missing is replaced.

        Args:
            source: what made them, told to whoever looks into the file; the key tells sources apart.
            scores: by key.
        """
        said = source.model_dump_json()
        with self._mapped(), self._written():
            self._connection.execute("INSERT OR IGNORE INTO sources (source) VALUES (?)", (said,))
            self._connection.executemany(PUT, [(key, said, *score) for key, score in scores.items()])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _prepare(self) -> None:
        version = self._version()
        if version not in {0, VERSION}:
            raise StorageError(
                f"A newer version of the application made {str(self._file)!r}. Run that one, or move the file away."
            )
        # Refused without a wait where another process is switching this very file: then it is switched by that one.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if version == 0:
            with self._written():
                for statement in filter(str.strip, TABLES.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        return int(version)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """One transaction that takes the turn to write when it begins."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"The store of scores {str(self._file)!r} cannot be used: {error}. See that its folder can be written "
                "and has room; a file that is spoiled can be moved away, and its scores are made anew."
            ) from error
