"""Files on the Hugging Face hub: those of a data set, fetched once and kept in the hub's own cache."""

from collections.abc import Sequence
from pathlib import Path

from domain.errors import BackendUnavailableError


def fetch_errors() -> tuple[type[Exception], ...]:
    """Return what the hub's client raises over a name, a network, a proxy or a disk.

    It lets errors of its HTTP library through, which are no OSError; which library that is differs by release, and its
    own error derives from that one's. Its downloader in Rust raises RuntimeError.
    """
    from huggingface_hub.errors import HfHubHTTPError

    return (*HfHubHTTPError.__bases__, OSError, ValueError, RuntimeError)


def fetch_dataset(name: str, *, files: Sequence[str]) -> Path:
    """Return the folder that holds ``files`` of the data set ``name`` (owner/name).

    Raises:
        BackendUnavailableError: the hub cannot be reached, does not know the name, or asks for a login.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, repo_type="dataset", allow_patterns=list(files)))
    except fetch_errors() as error:
        raise BackendUnavailableError(
            f"{name!r} is no folder here, and as a data set of the hub it cannot be fetched.",
            backend=name,
            hint="Name a folder that holds the published files, or look at the name, the network and the login. "
            "Some data sets must be accepted on their page first.",
        ) from error
