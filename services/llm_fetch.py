"""`make llm`: fetch one recommended open instruct model from its hub, check it, and use it from then on.

The file and its hash are fixed here, so that what runs is what this release names, whichever mirror sent it. What has
come stays in a ``.part`` file until it is whole and checked; the next call goes on from there.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO
from urllib.parse import urlsplit

from domain.errors import MoralGraphError
from services.download_progress import MB, Progress
from services.settings import CHAT_RECORD, MODELS_FOLDER, PREFIX, Settings

HUB = "https://huggingface.co"
HUB_NAME = "HF_ENDPOINT"
"""The variable that names a mirror; the hub's own tools read the same one."""
PATIENCE_S = 30.0
BLOCK = 256 * 1024
SPARE_BYTES = 256 * 1024 * 1024
"""Left free on the disk for the database beside the model."""
GOES_ON, RANGE_NOT_THERE, TOO_MANY, SERVER_FAILED = 206, 416, 429, 500


class ModelFetchError(MoralGraphError):
    """The model could not be fetched; nothing that worked before is changed."""


class OpenModel(NamedTuple):
    """A file in a repository of the hub."""

    title: str
    repository: str
    revision: str
    """Commit of the repository; a branch could change under the hash."""
    file: str
    n_bytes: int
    sha256: str
    licence: str

    def address(self, hub: str) -> str:
        """Return where ``hub`` offers the file."""
        return f"{hub}/{self.repository}/resolve/{self.revision}/{self.file}"


RECOMMENDED = OpenModel(
    title="Qwen2.5-1.5B-Instruct (Q4_K_M)",
    repository="Qwen/Qwen2.5-1.5B-Instruct-GGUF",
    revision="91cad51170dc346986eccefdc2dd33a9da36ead9",
    file="qwen2.5-1.5b-instruct-q4_k_m.gguf",
    n_bytes=1_117_320_736,
    sha256="6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
    licence="Apache-2.0",
)


class Fetched(NamedTuple):
    """Where the model lies."""

    path: Path
    was_there: bool
    """True where nothing had to be fetched."""


def free_bytes(folder: Path) -> int:
    """Return how many bytes the disk under ``folder`` has left."""
    return shutil.disk_usage(folder).free


def fetch(
    model: OpenModel,
    *,
    data_dir: Path,
    hub: str = HUB,
    out: TextIO,
    free: Callable[[Path], int] = free_bytes,
) -> Fetched:
    """Bring ``model`` into ``data_dir`` and note it there as the chat model in use.

    A model that is there and whole is only noted, without asking the hub. What an earlier call brought is kept.

    Raises:
        ModelFetchError: the hub cannot be reached or refuses, the line broke off, the disk is full or read-only, what
            came is another file, or another call is fetching.
    """
    folder = data_dir / MODELS_FOLDER
    path = folder / model.file
    try:
        was_there = _is_whole(path, model)
        if not was_there:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{model.file}.part").open("ab") as part:
                _lock(part)
                try:
                    _bring(part, model, address=model.address(_checked(hub)), out=out, free=free)
                finally:
                    if part.tell() == 0:  # nothing came: leave nothing behind
                        Path(part.name).unlink(missing_ok=True)
                Path(part.name).replace(path)
        _note(folder, model.file)
    except OSError as error:
        raise _disk_error(error, folder) from error
    return Fetched(path=path, was_there=was_there)


def _bring(part: BinaryIO, model: OpenModel, *, address: str, out: TextIO, free: Callable[[Path], int]) -> None:
    """Bring what is missing in ``part`` and check the whole; a file that is not the model's is thrown away."""
    if part.tell() > model.n_bytes:
        part.truncate(0)
    missing = model.n_bytes - part.seek(0, os.SEEK_END)
    if missing:
        _require_space(missing, Path(part.name).parent, free=free)
        _download(part, model, address=address, out=out)
    part.flush()
    os.fsync(part.fileno())
    out.write("Checking the file.\n")
    if not _is_whole(Path(part.name), model):
        Path(part.name).unlink()
        raise ModelFetchError(
            f"What came from {address} is not the published file (its SHA-256 differs) and was thrown away; "
            f"call `make llm` again, and without {HUB_NAME} if you named a mirror."
        )


def _download(part: BinaryIO, model: OpenModel, *, address: str, out: TextIO) -> None:
    done = part.tell()
    progress = Progress(model.n_bytes, out=out)
    with _ask(address, start=done) as response:
        done = done if response.status == GOES_ON else 0
        _require_size(response, model.n_bytes - done, address=address)
        if not done:
            part.truncate(0)
        try:
            progress.at(done)
            while block := _next_block(response, done=done, total=model.n_bytes):
                part.write(block)
                done += len(block)
                progress.at(done)
        finally:
            progress.end()
    if done < model.n_bytes:
        raise _broke_off(done, model.n_bytes)


def _ask(address: str, *, start: int) -> HTTPResponse:
    headers = {"User-Agent": "moral-graph-explorer", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the scheme was checked
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=PATIENCE_S)  # noqa: S310 - as above
    except urllib.error.HTTPError as error:
        error.close()
        raise ModelFetchError(_refusal(error.code, address)) from error
    except (OSError, HTTPException, ValueError) as error:
        why = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ModelFetchError(
            f"The hub {urlsplit(address).netloc} cannot be reached ({getattr(why, 'strerror', None) or why}); the app "
            f"works as before, so call `make llm` again when this machine can reach it, name a mirror in {HUB_NAME}, "
            f"or set {PREFIX}CHAT to another model."
        ) from error
    return response


def _refusal(status: int, address: str) -> str:
    if status == TOO_MANY or status >= SERVER_FAILED:
        advice = "call `make llm` again later"
    elif status == RANGE_NOT_THERE:
        advice = f"delete the .part file in the folder {MODELS_FOLDER} of the data folder and call `make llm` again"
    else:
        advice = f"name a mirror in {HUB_NAME}, or fetch a GGUF file by hand and set {PREFIX}CHAT=llamacpp:PATH"
    return f"The hub answered {status} for {address}; the app works as before, so {advice}."


def _require_size(response: HTTPResponse, expected: int, *, address: str) -> None:
    """Refuse what is not the file, such as the page of a network's login, before it spoils the part that is kept."""
    length = response.headers.get("Content-Length", "")
    if length != str(expected):
        raise ModelFetchError(
            f"{address} offers {length or 'an unknown number of'} bytes where {expected} were to come, so it is not "
            "the published file and was not fetched; look whether this network wants a login first, and call "
            f"`make llm` without {HUB_NAME} if you named a mirror."
        )


def _next_block(response: HTTPResponse, *, done: int, total: int) -> bytes:
    """Return the next bytes, never more than are missing; empty at the end."""
    try:
        return response.read(min(BLOCK, total - done))
    except (OSError, HTTPException) as error:
        raise _broke_off(done, total) from error


def _broke_off(done: int, total: int) -> ModelFetchError:
    return ModelFetchError(
        f"The line broke off after {done / MB:,.0f} of {total / MB:,.0f} MB; these are kept, so call `make llm` again: "
        "it goes on there."
    )


def _require_space(missing: int, folder: Path, *, free: Callable[[Path], int]) -> None:
    there = free(folder)
    if there < missing + SPARE_BYTES:
        raise ModelFetchError(
            f"The disk of {folder} has {there / MB:,.0f} MB left where {(missing + SPARE_BYTES) / MB:,.0f} MB are "
            f"needed; make room, or name another folder in {PREFIX}DATA_DIR, and call `make llm` again."
        )


def _disk_error(error: OSError, folder: Path) -> ModelFetchError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ModelFetchError(f"The disk of {folder} is full; make room and call `make llm` again, it goes on there.")
    return ModelFetchError(
        f"The folder {folder} cannot be used ({error.strerror or error}); put that right, or name another folder in "
        f"{PREFIX}DATA_DIR, and call `make llm` again."
    )


def _lock(part: BinaryIO) -> None:
    """Hold the part file until it is closed, so that two calls never write into one another."""
    try:
        fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ModelFetchError("Another `make llm` is fetching already; wait until it has ended.") from error


def _is_whole(path: Path, model: OpenModel) -> bool:
    if not path.is_file() or path.stat().st_size != model.n_bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == model.sha256


def _note(folder: Path, name: str) -> None:
    fresh = folder / f"{CHAT_RECORD}.new"
    fresh.write_text(f"{name}\n", encoding="utf-8")
    fresh.replace(folder / CHAT_RECORD)


def _checked(hub: str) -> str:
    try:
        parts = urlsplit(hub)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        is_address = False
    if not is_address:
        raise ModelFetchError(f"{HUB_NAME} is {hub!r}; write an address such as {HUB}, or leave it unset.")
    return hub.rstrip("/")


def main() -> int:
    """Fetch the recommended model; return 0, or 1 after an error that is explained in one sentence."""
    model, hub = RECOMMENDED, os.environ.get(HUB_NAME) or HUB
    print(f"{model.title}, {model.licence}, {model.n_bytes / MB:,.0f} MB, from {model.repository} at {hub}")
    try:
        settings = Settings.from_env(os.environ)
        fetched = fetch(model, data_dir=settings.data_dir, hub=hub, out=sys.stdout)
    except MoralGraphError as error:
        print(f"moralgraph: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What came is kept; `make llm` goes on there.", file=sys.stderr)
        return 130
    print(f"{'Already there' if fetched.was_there else 'Fetched'}: {fetched.path}")
    if os.environ.get(f"{PREFIX}CHAT"):
        print(f"{PREFIX}CHAT is set to {settings.chat}, which goes first; leave it unset to use the fetched model.")
    else:
        print("It holds the interviews from the next start of the app on, wherever a study names no interviewer.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
