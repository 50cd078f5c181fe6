"""Calls to a model that answers probes, its replies, and the seam behind which such models stand."""

from collections.abc import Generator, Iterable
from typing import Protocol

from pydantic import Field

from domain.chat import ChatFailure, ChatMessage
from domain.nouns import Noun


class ProbeRequest(Noun):
    """One call to a model, ready to be sent."""

    key: str
    """``Answer.key`` of the question it asks."""
    messages: tuple[ChatMessage, ...] = Field(min_length=1)
    """A conversation; with ``is_plain`` one message whose text is to be continued as it stands."""
    opening: str = ""
    """Beginning of the reply, put into the model's mouth where the backend can do that."""
    is_plain: bool = False
    spellings: dict[str, tuple[str, ...]] = Field(min_length=2)
    """Option key -> all ways to write its label, such as ``("A", "a")``; leading spaces are understood."""
    shown_keys: tuple[str, ...] = ()
    """Option keys as they stand on the page, first one first; backends of real models do not look at it."""
    n_samples: int = Field(default=0, ge=0)
    """0 asks for log-probabilities of the first token; else so many replies are drawn."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    max_tokens: int = Field(default=8, ge=1)
    seed: int = Field(ge=0)


class ProbeReply(Noun):
    """What came back, untouched."""

    key: str
    log_probabilities: dict[str, float] | None = None
    """Token at the place of the label -> natural logarithm of its probability, for those told; None where the backend
    tells none."""
    texts: tuple[str, ...] = ()
    """Replies, one per sample; the most likely beginning where log-probabilities were asked for."""
    failure: ChatFailure | None = None
    backend: str
    revision: str = ""
    not_honoured: tuple[str, ...] = ()
    n_prompt_tokens: int | None = None
    n_reply_tokens: int | None = None
    seconds: float = Field(default=0.0, ge=0)


class StanceModel(Protocol):
    """Answers probes."""

    @property
    def name(self) -> str:
        """Name as given on the command line, such as ``openai:NAME@http://host:8000/v1`` or ``packaged``."""
        ...

    @property
    def has_log_probabilities(self) -> bool:
        """Whether it can tell the log-probabilities of a first token."""
        ...

    @property
    def n_in_flight(self) -> int:
        """Requests that wait for a reply at a time, at most."""
        ...

    def ask(self, requests: Iterable[ProbeRequest]) -> Generator[ProbeReply, None, None]:
        """Yield one reply per request as they come, in any order. A failure is a reply; nothing is raised for it.

        Requests are taken one by one as there is room: whoever gives none any more still gets the replies under way.
        """
        ...

    def close(self) -> None:
        """Let go of connections and memory; a model that is asked again takes them up again or fails in replies."""
        ...
