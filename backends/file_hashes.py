"""Hashes of files by their content, each read once a process and again once it changed."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read once a process by its path, size and time: models have tens of gigabytes.

    Raises:
        OSError: it cannot be read.
    """
    told = path.stat()
    return _sha256(_FileState(path.resolve(), told.st_size, told.st_mtime_ns))


class _FileState(NamedTuple):
    """A file as it stands; with another size or time it is another file."""

    path: Path
    size: int
    changed_ns: int


@cache
def _sha256(state: _FileState) -> str:
    with state.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
