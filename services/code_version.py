"""Which code runs: the release, and the commit where it runs from a checkout."""

import os
import shutil
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DISTRIBUTION = "moral-graph-explorer"
NOT_INSTALLED = "0"
ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"})
"""Variables that name another checkout than that of the folder, as in a git hook."""
ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 5


@cache
def code_version() -> str:
    """Return such as ``0.1.0+g7e3be65c1d2e``; ``.dirty`` follows where files of the checkout were changed.

    Only the release where the code is no checkout, or git is missing or refuses. Found once and then kept:
    the services container asks when it is built, so that a checkout changed later under a running program is not named.
    """
    commit = commit_of(ROOT)
    return f"{_release()}+g{commit}" if commit else _release()


def _release() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return NOT_INSTALLED


def commit_of(root: Path) -> str:
    """Return the commit that is checked out at ``root`` itself; empty where none can be told."""
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():  # a folder further up is the checkout of something else
        return ""
    try:
        said = subprocess.run(  # noqa: S603 - fixed words
            [git, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            cwd=root,
            env={name: value for name, value in os.environ.items() if name not in ELSEWHERE}
            | {"GIT_OPTIONAL_LOCKS": "0"},  # a reader, beside whoever works in the checkout
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip().replace("-", ".") if said.returncode == 0 else ""
