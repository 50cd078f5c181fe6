"""The seam to a model that reads a situation with all its values beside it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from domain.seq2seq import ModelIdentity


class Reading(NamedTuple):
    """What a reader says of one value, as probabilities 0..1; the last three sum to 1."""

    relevance: float
    supports: float
    opposes: float
    either: float


class ReadRequest(NamedTuple):
    """A situation and the values beside it; at least one."""

    situation: str
    values: tuple[str, ...]


class ReadReply(NamedTuple):
    """What a reader says of them, in the order of the values."""

    readings: tuple[Reading | None, ...]
    """``None`` for a value that is too long to be read."""
    is_shortened: bool
    """The situation was cut at its end."""


class ValueReader(Protocol):
    """Reads situations and values, loaded on first use; safe to share between threads."""

    def identity(self) -> ModelIdentity:
        """Return which weights these are.

        Raises:
            BackendError: they are not there.
        """
        ...

    def read(self, asked: Sequence[ReadRequest]) -> list[ReadReply]:
        """Return the readings of one batch; a value's reading does not depend on its neighbours.

        Raises:
            BackendError: the model cannot be loaded.
            MissingExtraError: a library is not installed.
        """
        ...
