"""The seam to encoder-decoder models: questions whose answer is one token out of a few, and free generation."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.protocols import Cancel

Tokens = tuple[int, ...]
"""Token ids of one input, with the end mark, without padding."""


class Question(NamedTuple):
    """One input, and the tokens between which the model is to choose."""

    tokens: Tokens
    options: Tokens


class ModelIdentity(NamedTuple):
    """Which weights, in which arithmetic."""

    checkpoint: str
    revision: str
    dtype: str


class Seq2Seq(Protocol):
    """An encoder-decoder model with its tokenizer, loaded on first use; safe to share between threads."""

    @property
    def name(self) -> str:
        """Name of the checkpoint as it was given."""
        ...

    @property
    def max_tokens(self) -> int:
        """Longest input, in tokens with the end mark."""
        ...

    @property
    def batch_tokens(self) -> int:
        """How many tokens a batch should hold at most on this machine."""
        ...

    def config(self) -> Mapping[str, object]:
        """Return the checkpoint's configuration; read without loading the weights.

        Raises:
            BackendUnavailableError: there is none.
        """
        ...

    def identity(self) -> ModelIdentity:
        """Return which weights these are."""
        ...

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text with the end mark, however long."""
        ...

    def option_logits(self, questions: Sequence[Question], *, position: int) -> list[tuple[float, ...]]:
        """Return the logits of each question's options after one pass; a question does not see its neighbours.

        Args:
            questions: one batch, of inputs within ``max_tokens``.
            position: position of the decoder that is read: 0 after the start mark, 1 after one more padding mark.
        """
        ...

    def generate(self, tokens: Tokens, *, n: int, max_new_tokens: int, cancel: Cancel | None = None) -> list[str]:
        """Return ``n`` continuations by beam search, most probable first; the input is encoded once.

        An empty list after ``cancel`` was true.
        """
        ...
