"""The published sets, read from a folder, or from the hub by their id there."""

import re
from pathlib import Path

from backends.hub_files import fetch_dataset
from domain.stances import ProbeItem
from stances.civics import FILE, read_civics
from stances.dailydilemmas import ACTIONS_FILE, VALUES_FILE, Dilemmas, read_dailydilemmas

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
"""owner/name; a path that exists goes first."""


def published_dilemmas(data: Path) -> Dilemmas:
    """Return DailyDilemmas from its folder or by its hub id; raises as ``read_dailydilemmas`` and ``fetch_dataset``."""
    return read_dailydilemmas(_here(data, ACTIONS_FILE, VALUES_FILE))


def published_statements(data: Path) -> tuple[ProbeItem, ...]:
    """Return the CIVICS statements from their file, folder or hub id; raises likewise."""
    return read_civics(_here(data, FILE))


def _here(data: Path, *files: str) -> Path:
    if data.exists() or not HUB_ID.fullmatch(data.as_posix()):
        return data
    return fetch_dataset(data.as_posix(), files=files)
