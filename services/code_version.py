"""Which code runs: the release, and the commit where it runs from a checkout."""

import os
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

DISTRIBUTION = "moral-graph-explorer"
ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 5


@cache
def code_version() -> str:
    """Return such as ``0.1.0+g7e3be65c1d2e``; ``.dirty`` follows where files of the checkout were changed.

    Only the release where the code is no checkout, or git is missing or refuses. Found once and then kept.
    """
    commit = commit_of(ROOT)
    return f"{version(DISTRIBUTION)}+g{commit}" if commit else version(DISTRIBUTION)


def commit_of(root: Path) -> str:
    """Return the commit that is checked out at ``root`` itself; empty where none can be told."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():  # a folder further up is the checkout of something else
        return ""
    try:
        said = subprocess.run(  # noqa: S603 - fixed words
            [git, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},  # a reader, beside whoever works in the checkout
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip().replace("-", ".") if said.returncode == 0 else ""
