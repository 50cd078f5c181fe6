"""T5 checkpoints behind ``domain.seq2seq.Seq2Seq``: Kaleido's, or any with the same shape.

bf16 on a graphics card, fp32 on the processor, int8 on the processor where asked for; never fp16, in which T5
overflows. The configuration and the tokenizer are read without loading the weights, and without fetching them.
"""

import json
import pickle
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from backends.embed_minilm import quiet_and_offline, usable_cores
from backends.t5_checkpoint import CONFIG, NEEDS, CheckpointFiles
from backends.t5_forward import option_logits
from backends.t5_weights import T5Weights, arrange, multiplies_bf16
from domain.errors import BackendProtocolError, BackendUnavailableError, MissingExtraError, SettingsError
from domain.protocols import Cancel
from domain.seq2seq import ModelIdentity, Question, Tokens

DTYPES = ("fp32", "bf16", "int8")
MIXED = "int8+bf16"
"""How int8 is told where the rest is in bf16: it depends on the processor, and scores differ in the third decimal."""
PUBLISHED_MAX_TOKENS = 128
CPU_BATCH_TOKENS, GPU_BATCH_TOKENS = 1_024, 16_384
GPU_LENGTH_STEP = 8
UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, EOFError, pickle.UnpicklingError)
"""What the library raises over files that are missing, cut short or something else."""


class T5Options(NamedTuple):
    """What can be chosen about a checkpoint."""

    dtype: str = ""
    """``fp32``, ``bf16`` or ``int8``; empty takes bf16 on a graphics card and fp32 elsewhere. In int8 the rest is in
    bf16 where the processor multiplies it, else in fp32."""
    max_tokens: int = PUBLISHED_MAX_TOKENS
    revision: str = ""
    """Commit or branch on the hub."""
    device: str = ""
    """Empty takes a graphics card where there is one."""


class T5Seq2Seq:
    """One checkpoint, loaded on first use and shared by all threads.

    Args:
        checkpoint: a folder, or a name on the hub.
        options: see ``T5Options``.
    """

    def __init__(self, checkpoint: str, options: T5Options = T5Options()) -> None:  # noqa: B008  # frozen
        if options.dtype and options.dtype not in DTYPES:
            raise SettingsError(f"The arithmetic {options.dtype!r} is unknown. Known: {', '.join(DTYPES)}.")
        self.name = checkpoint
        self.max_tokens = options.max_tokens
        self._options = options
        self._files = CheckpointFiles(checkpoint, revision=options.revision)
        self._lock = threading.Lock()
        self._model: Any = None  # the library ships its models untyped
        self._scoring: T5Weights | None = None

    @property
    def batch_tokens(self) -> int:
        """More where launches are dear, fewer where the processor's cache is small."""
        return GPU_BATCH_TOKENS if self._device != "cpu" else CPU_BATCH_TOKENS

    @cached_property
    def _config(self) -> dict[str, object]:
        path = self._files.folder / CONFIG
        try:
            config: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BackendUnavailableError(
                f"The checkpoint {self.name!r} has no configuration that can be read.",
                backend=self.name,
                hint=NEEDS,
            ) from error
        return config

    def config(self) -> Mapping[str, object]:
        """Return ``config.json``."""
        return self._config

    @cached_property
    def _device(self) -> str:
        torch = _torch()
        return self._options.device or ("cuda" if torch.cuda.is_available() else "cpu")

    @cached_property
    def _dtype(self) -> str:
        chosen = self._options.dtype or ("bf16" if self._device != "cpu" else "fp32")
        if chosen == "int8" and self._device != "cpu":
            raise SettingsError("int8 runs on the processor only. Use bf16 on a graphics card.")
        return chosen

    @cached_property
    def _identity(self) -> ModelIdentity:
        files = self._files
        checkpoint = files.folder.resolve().name if files.is_local else self.name
        is_mixed = self._dtype == "int8" and multiplies_bf16()
        return ModelIdentity(checkpoint, files.revision, MIXED if is_mixed else self._dtype)

    def identity(self) -> ModelIdentity:
        """Return the name of the checkpoint, its commit on the hub or a hash of its files, and the arithmetic.

        Nothing but the configuration is fetched for it. The hash reads the whole of every file, once a process: two
        folders share it only where all that scores depend on is equal.
        """
        return self._identity

    @cached_property
    def _tokenizer(self) -> Any:  # the library's class, which is typed only once it is installed
        try:
            tokenizer = _read_tokenizer(self._files.with_tokenizer())
        except (OSError, ValueError) as error:
            raise BackendUnavailableError(
                f"The tokenizer of the checkpoint {self.name!r} cannot be read.",
                backend=self.name,
                hint="It needs tokenizer.json; spiece.model alone needs pip install sentencepiece.",
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text with the end mark, however long."""
        return [tuple(one.ids) for one in self._tokenizer.encode_batch(list(texts))]

    def option_logits(self, questions: Sequence[Question], *, position: int) -> list[tuple[float, ...]]:
        """Return the logits of each question's options; see ``domain.seq2seq.Seq2Seq``."""
        if not questions:
            return []
        weights = self._loaded()
        rows = sorted(set(chain.from_iterable(one.options for one in questions)))
        column = {row: place for place, row in enumerate(rows)}
        order = sorted(range(len(questions)), key=lambda place: len(questions[place].tokens))
        step = 1 if self._device == "cpu" else GPU_LENGTH_STEP
        inputs = [questions[place].tokens for place in order]
        logits = option_logits(weights, inputs, rows=rows, position=position, step=step).tolist()
        found: list[tuple[float, ...]] = [()] * len(questions)
        for row, place in zip(logits, order, strict=True):
            found[place] = tuple(row[column[option]] for option in questions[place].options)
        return found

    def generate(self, tokens: Tokens, *, n: int, max_new_tokens: int, cancel: Cancel | None = None) -> list[str]:
        """Return ``n`` continuations by beam search, most probable first; the input is encoded once."""
        from transformers import StoppingCriteriaList

        torch = _torch()
        model = self._generator()
        stopped = _Stop(cancel)
        with self._lock, torch.inference_mode(), quiet_and_offline(is_offline=True):
            ids = torch.tensor([tokens], device=model.device)
            mask = torch.ones_like(ids)
            encoded = model.get_encoder()(input_ids=ids, attention_mask=mask)
            made = model.generate(
                encoder_outputs=encoded,
                attention_mask=mask,
                num_beams=n,
                num_return_sequences=n,
                do_sample=False,
                max_new_tokens=max_new_tokens,
                stopping_criteria=StoppingCriteriaList([stopped]),
            )
        if stopped.was_stopped:
            return []
        texts = self._tokenizer.decode_batch(made.tolist(), skip_special_tokens=True)
        return [text.strip() for text in texts]

    def _loaded(self) -> T5Weights:
        with self._lock:
            if self._scoring is None:
                is_int8 = self._dtype == "int8"
                model = _load(self._files.with_weights(), self.name, dtype=self._dtype, device=self._device)
                self._scoring = arrange(
                    model, longest=self.max_tokens, is_int8=is_int8, is_rest_bf16=is_int8 and multiplies_bf16()
                )
                self._model = None if is_int8 else model
            return self._scoring

    def _generator(self) -> Any:
        self._loaded()
        with self._lock:
            if self._model is None:
                self._model = _load(self._files.with_weights(), self.name, dtype="fp32", device=self._device)
            return self._model


class _Stop:
    """Ends a generation between two tokens."""

    def __init__(self, cancel: Cancel | None) -> None:
        self.was_stopped = False
        self._cancel = cancel

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:  # the library's tensors
        import torch

        self.was_stopped = self.was_stopped or (self._cancel is not None and self._cancel())
        return torch.full((input_ids.shape[0],), self.was_stopped, device=input_ids.device, dtype=torch.bool)


def _read_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if path.is_file():
        return Tokenizer.from_file(str(path))
    from transformers import AutoTokenizer

    with quiet_and_offline(is_offline=True):
        return AutoTokenizer.from_pretrained(folder).backend_tokenizer


def _torch() -> Any:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError("Kaleido", "pip install -c constraints.txt transformers torch") from error
    del transformers
    return torch


def _load(folder: Path, name: str, *, dtype: str, device: str) -> Any:
    """Return the model; of a file that ``torch.save`` wrote tensors alone are read, code in it is never run."""
    torch = _torch()
    from safetensors import SafetensorError
    from transformers import T5ForConditionalGeneration

    if device == "cpu":
        torch.set_num_threads(usable_cores())
    wanted = torch.bfloat16 if dtype == "bf16" else torch.float32
    try:
        with quiet_and_offline(is_offline=True), _without_warnings():
            loaded: Any = T5ForConditionalGeneration.from_pretrained(
                folder, local_files_only=True, dtype=wanted, weights_only=True, output_loading_info=True
            )
    except (*UNREADABLE, SafetensorError) as error:
        raise BackendUnavailableError(
            f"The checkpoint {name!r} cannot be loaded: {type(error).__name__}.", backend=name, hint=NEEDS
        ) from error
    model, told = loaded
    if told["missing_keys"]:  # the library fills them with random numbers
        raise BackendProtocolError(
            f"The checkpoint {name!r} lacks weights, such as {min(told['missing_keys'])}.", backend=name, hint=NEEDS
        )
    model = model.to(device=device, dtype=wanted).eval()
    if not all(bool(torch.isfinite(weight).all()) for weight in (model.shared.weight, model.lm_head.weight)):
        raise BackendProtocolError(f"The checkpoint {name!r} holds weights that are no numbers.", backend=name)
    return model


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Loading says that input and output embeddings differ; for these checkpoints that is as it should be."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    try:
        yield
    finally:
        logging.set_verbosity(before)
