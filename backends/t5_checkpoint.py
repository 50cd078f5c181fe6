"""The files of a T5 checkpoint: a folder here, or a name on the hub, whose parts are fetched when they are needed.

The configuration comes first and alone, so that a page can tell what a model is before gigabytes of weights move. All
parts come from one commit. Weights in safetensors go first; those that ``torch.save`` wrote serve where there are none.
"""

import hashlib
from functools import cached_property
from pathlib import Path

from backends.file_hashes import content_sha256
from backends.hub_files import fetch_errors
from domain.errors import BackendUnavailableError

CONFIG = "config.json"
TOKENIZER_PARTS = (
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "spiece.model"),
)
SMALL_PARTS = ("*.json", "spiece.model")
WEIGHTS = (
    ("model.safetensors", "model-*-of-*.safetensors"),
    ("pytorch_model.bin", "pytorch_model-*-of-*.bin"),
)
"""The first kind that a checkpoint holds is taken, as transformers does; each may lie in parts, with an index. Variants
such as ``model.fp16.safetensors`` and adapters are not what it loads."""
NEEDS = (
    "It needs config.json, tokenizer.json and the weights of a T5 model, as model.safetensors or pytorch_model.bin, "
    "whole or in parts with their index."
)


class CheckpointFiles:
    """Where the parts of one checkpoint lie.

    Args:
        name: a folder, or a name on the hub.
        revision: commit or branch on the hub; empty takes the default one.
    """

    def __init__(self, name: str, *, revision: str = "") -> None:
        self._name = name
        self._asked_revision = revision

    @property
    def is_local(self) -> bool:
        """Whether the name is a folder here."""
        return Path(self._name).is_dir()

    @cached_property
    def folder(self) -> Path:
        """The folder, with the configuration in it where there is one; on the hub, this settles the commit.

        Raises:
            BackendUnavailableError: it is no folder and cannot be fetched; so do the functions below.
        """
        return Path(self._name) if self.is_local else self._fetch(CONFIG, revision=self._asked_revision)

    @cached_property
    def revision(self) -> str:
        """The commit on the hub, for which no weights are fetched; of a folder, a hash of all that scores depend on."""
        return f"sha256:{self._hash()[:16]}" if self.is_local else self.folder.name

    def with_tokenizer(self) -> Path:
        """Return the folder once the tokenizer is in it, where there is one."""
        return self._folder_with(*TOKENIZER_PARTS)

    def with_weights(self) -> Path:
        """Return the folder once the weights are in it.

        Raises:
            BackendUnavailableError: there are none.
        """
        self._weights()
        return self.folder

    def _weights(self) -> list[Path]:
        for kind in WEIGHTS:
            folder = self._folder_with(*SMALL_PARTS, *kind)
            if found := [path for part in kind for path in folder.glob(part)]:
                return found
        raise BackendUnavailableError(
            f"The checkpoint {self._name!r} holds no weights.", backend=self._name, hint=NEEDS
        )

    def _folder_with(self, *parts: str) -> Path:
        return self.folder if self.is_local else self._fetch(*parts, revision=self.folder.name)

    def _fetch(self, *parts: str, revision: str) -> Path:
        """Return the hub's folder of a commit with ``parts``; what is there already costs no request."""
        from huggingface_hub import snapshot_download

        try:
            return Path(snapshot_download(self._name, revision=revision or None, allow_patterns=list(parts)))
        except fetch_errors() as error:
            raise BackendUnavailableError(
                f"The checkpoint {self._name!r} is neither a folder nor can it be fetched.",
                backend=self._name,
                hint="Look at the name and the network. Published Kaleido models also need their licence accepted on "
                "their hub page and a login there.",
            ) from error

    def _hash(self) -> str:
        small = [path for part in SMALL_PARTS for path in self.folder.glob(part)]
        try:
            hashes = [f"{path.name}:{content_sha256(path)}" for path in sorted([*small, *self._weights()])]
        except OSError as error:
            raise BackendUnavailableError(
                f"A file of the checkpoint {self._name!r} cannot be read: {error}.", backend=self._name, hint=NEEDS
            ) from error
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()
