"""Files of an export: written row by row under a temporary name, hashed on the way, and put in their place at the end.

A failed export leaves nothing: the temporary folder goes, and what was at the place before stays.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from domain.errors import UserInputError
from domain.exports import FileRecord

BLOCK = 1 << 20
"""Bytes read together."""
WRITTEN_AT_ONCE = 1 << 16
"""Bytes of lines that are written together, of each of some fifteen files."""
COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
"""Made once, since it writes hundreds of thousands of rows."""
MANIFEST = "manifest.json"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""Of every file in an archive, so that the same files give the same bytes."""


class JsonLines:
    """A JSON Lines file that is being written; memory does not grow with the rows."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self._waiting: list[bytes] = []
        self._n_waiting = 0
        self._n_written = 0
        self.n_rows = 0

    def add(self, row: Mapping[str, object]) -> int:
        """Write one row; return the number of its line, from 1."""
        return self.add_line(encoded(row))

    def add_line(self, line: bytes) -> int:
        """Write a row that is ``encoded`` already; return the number of its line."""
        self._waiting.append(line)
        self._n_waiting += len(line) + 1
        if self._n_waiting > WRITTEN_AT_ONCE:
            self.flush()
        self.n_rows += 1
        return self.n_rows

    def flush(self) -> None:
        """Write the lines that wait for others to be written and hashed together."""
        if self._waiting:
            block = b"\n".join((*self._waiting, b""))
            self._hash.update(block)
            self._out.write(block)
            self._n_written += len(block)
            self._waiting.clear()
            self._n_waiting = 0

    def record(self, path: str, holds: str) -> FileRecord:
        """Return what is known of the file, once it is complete."""
        self.flush()
        digest = self._hash.hexdigest()
        return FileRecord(path=path, bytes=self._n_written, sha256=digest, rows=self.n_rows, holds=holds)


def row_id(line: bytes) -> str:
    """Return the first 32 characters of the SHA-256 of a line without its end: whoever holds the row can compute it."""
    return hashlib.sha256(line).hexdigest()[:32]


def encoded(value: object) -> bytes:
    """Return a row as the line of a JSON Lines file, without its end; or a part of a row."""
    return COMPACT.encode(value).encode()


@contextmanager
def json_lines(path: Path) -> Iterator[JsonLines]:
    """Open a JSON Lines file for writing; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        lines = JsonLines(out)
        yield lines
        lines.flush()


def write_document(path: Path, document: object) -> None:
    """Write ``document`` as UTF-8 JSON into a folder that is being built."""
    with path.open("w", encoding="utf-8") as out:
        json.dump(document, out, ensure_ascii=False, indent=1, allow_nan=False)


def file_record(folder: Path, path: Path, *, rows: int | None, holds: str) -> FileRecord:
    """Return size and hash of a finished file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return FileRecord(
        path=path.relative_to(folder).as_posix(),
        bytes=path.stat().st_size,
        sha256=digest.hexdigest(),
        rows=rows,
        holds=holds,
    )


@contextmanager
def building(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``out`` to build in; it is gone afterwards, whatever happens."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_foreign(out: Path) -> None:
    """Raise UserInputError where a file stands at ``out``, or a folder that is neither empty nor an earlier export."""
    if out.is_file():
        raise UserInputError(f"{out} is a file. Name a folder, or an archive that ends in .zip.")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UserInputError(f"{out} is there already and is not an earlier export. Name another place.")


def place_folder(built: Path, out: Path) -> None:
    """Put the finished folder at ``out``, in place of an earlier export; ``built`` lies in a ``building`` folder."""
    refuse_foreign(out)
    if not out.exists():
        built.replace(out)
        return
    old = built.with_name(f"{built.name}.old")
    out.replace(old)
    try:
        built.replace(out)
    except BaseException:
        old.replace(out)
        raise


def place_files(files: Mapping[Path, Path], *, stale: Iterable[Path] = ()) -> None:
    """Rename each finished file to its place, then take ``stale`` away; where anything fails, all is as before.

    What stood at a place is moved aside first, and goes when everything is in place. Should moving it back fail, too,
    it is still in a folder ``.earlier.*.part`` beside.
    """
    for out in files.values():
        if out.is_dir():
            raise UserInputError(f"{out} is a folder. Name a file.")
    aside = Path(tempfile.mkdtemp(dir=next(iter(files.values())).parent, prefix=".earlier.", suffix=".part"))
    placed: list[Path] = []
    moved: dict[Path, Path] = {}

    def move_aside(out: Path) -> None:
        if out.exists():
            moved[out] = out.replace(aside / f"{len(moved)}.{out.name}")

    try:
        for built, out in files.items():
            move_aside(out)
            placed.append(built.replace(out))
        for out in stale:
            move_aside(out)
    except BaseException:
        for out in placed:
            out.unlink(missing_ok=True)
        for out, old in moved.items():
            old.replace(out)
        aside.rmdir()
        raise
    shutil.rmtree(aside, ignore_errors=True)


def pack(folder: Path, archive: Path) -> None:
    """Write all files of ``folder`` into a zip archive; the same files give the same bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), date_time=ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as content, packed.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(content, target, BLOCK)
