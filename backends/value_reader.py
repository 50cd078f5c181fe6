"""The reader of values behind ``domain.readers.ValueReader``: all-mpnet-base-v2 with changes of low rank and a head.

The checkpoint is the one its authors publish, told by its hash; the changes come with the app. Always in fp32.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from backends.embed_minilm import file_sha256, usable_cores
from backends.reader_forward import ReaderWeights, Row, Tokens, read
from backends.reader_weights import changed, marks_of, read_base
from domain.errors import BackendUnavailableError, MissingExtraError
from domain.readers import Reading, ReadReply, ReadRequest
from domain.seq2seq import ModelIdentity

BASE_NAME = "all-mpnet-base-v2"
BASE_SHA256 = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
}
"""As its authors publish it on the hub, revision e8c3b32edf54."""
MOST_SITUATION_TOKENS, MOST_VALUE_TOKENS = 256, 48
MOST_ROW_TOKENS, MOST_BATCH_TOKENS = 512, 4_096
"""Attention takes memory by the square of a row's length, so long lists are read in parts; no value sees another."""
FETCH = 'Fetch it with "make reader", or name its folder: MORALGRAPH_SCORER=reader:FOLDER.'
REINSTALL = "It comes with the app: install it anew, and see that large files came whole."


class ReaderFiles(NamedTuple):
    """Where the parts lie."""

    base: Path
    """Folder of the checkpoint."""
    changes: Path
    """File of what was learnt."""
    base_sha256: Mapping[str, str] = BASE_SHA256
    """Of files in ``base``."""


class _Loaded(NamedTuple):
    weights: ReaderWeights
    tokenizer: Any  # the library leaves it untyped


class MpnetReader:
    """A reader, loaded on first use and shared by all threads.

    Args:
        files: the checkpoint and the changes.
    """

    def __init__(self, files: ReaderFiles) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._kept: _Loaded | None = None

    def identity(self) -> ModelIdentity:
        """Return the name of the checkpoint, a hash of the changes, and fp32; see ``domain.readers.ValueReader``."""
        changes = file_sha256(self._files.changes)
        if not changes:
            raise BackendUnavailableError("What the reader learnt is not there.", backend=BASE_NAME, hint=REINSTALL)
        for name in self._files.base_sha256:
            if not (self._files.base / name).is_file():
                raise BackendUnavailableError(f"{name} of {BASE_NAME} is not there.", backend=BASE_NAME, hint=FETCH)
        return ModelIdentity(f"reader of {BASE_NAME}", f"sha256:{changes[:16]}", "fp32")

    def read(self, asked: Sequence[ReadRequest]) -> list[ReadReply]:
        """Return the readings of one batch; see ``domain.readers.ValueReader``."""
        weights, tokenizer = self._loaded()
        situations = [_tokens(tokenizer, one.situation) for one in asked]
        values = [[_tokens(tokenizer, value) for value in one.values] for one in asked]
        rows = [
            part
            for situation, own in zip(situations, values, strict=True)
            for part in _parts(situation[:MOST_SITUATION_TOKENS], [v for v in own if len(v) <= MOST_VALUE_TOKENS])
        ]
        found = chain.from_iterable(_readings(weights, batch) for batch in _batches(rows))
        return [
            ReadReply(
                tuple(next(found) if len(one) <= MOST_VALUE_TOKENS else None for one in own),
                is_shortened=len(situation) > MOST_SITUATION_TOKENS,
            )
            for situation, own in zip(situations, values, strict=True)
        ]

    def _loaded(self) -> _Loaded:
        with self._lock:
            if self._kept is None:
                self._kept = _load(self._files)
            return self._kept


def _load(files: ReaderFiles) -> _Loaded:
    try:
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtraError("The reader", "pip install -c constraints.txt torch safetensors tokenizers") from error
    for name, expected in files.base_sha256.items():
        found = file_sha256(files.base / name)
        if found != expected:
            what = f"hashes to {found[:12]}, not to {expected[:12]} as published" if found else "is not there"
            raise BackendUnavailableError(f"{name} of {BASE_NAME} {what}.", backend=BASE_NAME, hint=FETCH)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu":
        torch.set_num_threads(usable_cores())
    try:
        tokenizer = Tokenizer.from_file(str(files.base / "tokenizer.json"))
        base = read_base(files.base, marks_of(tokenizer))
    except (OSError, ValueError, SafetensorError) as error:
        raise BackendUnavailableError(
            f"The checkpoint of the reader cannot be loaded: {error}.", backend=BASE_NAME, hint=FETCH
        ) from error
    try:
        changes = {name: one.float() for name, one in load_file(files.changes).items()}
        weights = changed(base, changes)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BackendUnavailableError(
            f"What the reader learnt cannot be put to use: {error}.", backend=BASE_NAME, hint=REINSTALL
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # a mark that somebody typed stays text
    return _Loaded(_moved(weights, device), tokenizer)


def _tokens(tokenizer: Any, text: str) -> Tokens:
    return tuple(tokenizer.encode(text, add_special_tokens=False).ids)


def _parts(situation: Tokens, values: Sequence[Tokens]) -> list[Row]:
    """Return rows of a situation with some of its values each, none much longer than a row may be."""
    parts: list[list[Tokens]] = []
    room = 0
    for value in values:
        if not parts or len(value) > room:
            parts.append([])
            room = MOST_ROW_TOKENS - len(situation)
        parts[-1].append(value)
        room -= len(value)
    return [Row(situation, tuple(part)) for part in parts]


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Return the rows in their order, so many at once as a batch may hold with padding."""
    batch: list[Row] = []
    for row in rows:
        if batch and (len(batch) + 1) * max(map(_length, [*batch, row])) > MOST_BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _length(row: Row) -> int:
    return len(row.situation) + sum(map(len, row.values))


def _readings(weights: ReaderWeights, rows: Sequence[Row]) -> list[Reading]:
    import torch

    with torch.inference_mode():
        logits = read(weights, rows)
        relevance, valence = torch.sigmoid(logits[:, 0]), torch.softmax(logits[:, 1:], dim=1)
        return [Reading(*one) for one in torch.cat([relevance[:, None], valence], dim=1).tolist()]


def _moved(weights: Any, device: str) -> Any:  # a tuple of tuples of tensors and numbers
    """Return the same with every tensor on ``device`` and its gradient let go."""
    if hasattr(weights, "detach"):
        return weights.detach().to(device)
    if isinstance(weights, tuple):
        moved = [_moved(one, device) for one in weights]
        return type(weights)(*moved) if hasattr(weights, "_fields") else tuple(moved)
    return weights
