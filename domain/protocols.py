"""The seams: parts that can be swapped. Sync, batch-first, no framework types in the signatures."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from domain.chat import ChatReply, ChatRequest
from domain.kaleido import (
    CandidateRules,
    Explanation,
    Generated,
    KindThresholds,
    ScoreFailure,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    ValueScore,
    Vrd,
)
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


@runtime_checkable
class CuttingEmbedder(Protocol):
    """What an embedder that reads only the beginning of a long text can tell; one that reads all of it lacks this."""

    def are_cut(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether its vector leaves out its end, input order kept."""
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


Progress = Callable[[int, int], None]
"""Told how many items are done and how many there are; called now and then, always from the caller's thread."""
Cancel = Callable[[], bool]
"""Asked between batches whether to stop."""


class ValueScorer(Protocol):
    """Says how relevant a value, right or duty is in a situation, and which way it pulls."""

    @property
    def name(self) -> str:
        """Name as in the settings, such as ``kaleido:NAME_OR_PATH``."""
        ...

    def info(self) -> ScorerInfo:
        """Tell the measured quality, what the scores must not be used for, and whether there is a valence."""
        ...

    def source(self) -> ScoreSource:
        """Return what its scores come from; scores are kept under it. May load the model.

        Raises:
            BackendError: the model cannot be loaded.
        """
        ...

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; a pair's score does not depend on the others in the call.

        Args:
            pairs: may hold the same pair more than once; it is asked once.
            progress: told of pairs done and pairs in all.
            cancel: once true, the pairs that are left become failures with the reason ``CANCELLED``.
            min_relevance: pairs below the number of their kind may be left without a valence (``BELOW_CUT``).

        Raises:
            BackendError: the model cannot be loaded. Failures of single pairs are results.
            MissingExtraError: a library is not installed.
        """
        ...


class ValueGenerator(Protocol):
    """Proposes values, rights and duties for a situation, and says why one matters."""

    def rules(self) -> CandidateRules:
        """Return the numbers by which a diverse set is chosen: the checkpoint's, else defaults."""
        ...

    def candidates(self, situation: str, *, cancel: Cancel | None = None) -> Generated | ScoreFailure:
        """Return what the model proposes, not scored and not thinned out.

        Raises:
            BackendError: the model cannot be loaded.
        """
        ...

    def explain(self, situation: str, vrd: Vrd) -> Explanation | ScoreFailure:
        """Return why the value matters in the situation.

        Raises:
            BackendError: the model cannot be loaded.
        """
        ...
