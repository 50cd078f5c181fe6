"""The seams: parts that can be swapped. Sync, batch-first, no framework types in the signatures."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.chat import ChatReply, ChatRequest
from domain.nouns import FloatArray

Clock = Callable[[], datetime]
"""Returns the time now, with its zone, in UTC."""


class Embedder(Protocol):
    """Maps texts to unit vectors."""

    @property
    def name(self) -> str:
        """Name and revision; vectors of different names are never compared."""
        ...

    @property
    def dim(self) -> int:
        """Number of columns of every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Shape (len(texts), dim), float32, rows of L2 norm 1, input order kept; [] gives (0, dim)."""
        ...


class Hit(NamedTuple):
    """One neighbour."""

    key: str
    similarity: float
    """Cosine similarity, -1..1, higher is nearer."""


class VectorIndex(Protocol):
    """Finds the nearest unit vectors by cosine similarity. Ties are broken by key, ascending."""

    @property
    def name(self) -> str:
        """Kind of index, such as ``faiss-flat``."""
        ...

    def add(self, keys: Sequence[str], vectors: FloatArray) -> None:
        """Add vectors of shape (len(keys), dim), rows of L2 norm 1. A key added twice raises ValueError."""
        ...

    def search(self, vectors: FloatArray, *, k: int) -> list[list[Hit]]:
        """For each row up to ``k`` hits, nearest first."""
        ...

    def range_search(self, vectors: FloatArray, *, min_similarity: float) -> list[list[Hit]]:
        """For each row all hits with similarity >= ``min_similarity``, nearest first."""
        ...


class ChatModel(Protocol):
    """Completes conversations."""

    @property
    def name(self) -> str:
        """Name as in the settings, such as ``openai:NAME@http://host:8000/v1``."""
        ...

    def complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply per request, order kept. Failures are replies with ``failure`` set; nothing is raised for them."""
        ...

    def stream(self, request: ChatRequest) -> Iterator[str]:
        """Yield pieces of the reply as they come.

        Raises:
            BackendError: the backend failed; what was yielded before stays valid as a cut-off reply.
        """
        ...
