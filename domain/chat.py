"""Requests to a chat model and its replies. A failure is a reply with a reason, never a guess."""

from enum import StrEnum

from pydantic import Field

from domain.nouns import Noun


class Role(StrEnum):
    """Instruction is ours alone; what participants write is only ever sent as data."""

    INSTRUCTION = "instruction"
    PERSON = "person"
    MODEL = "model"


class ChatMessage(Noun):
    """One message."""

    role: Role
    text: str


class ChatRequest(Noun):
    """One completion to be made."""

    messages: tuple[ChatMessage, ...] = Field(min_length=1)
    temperature: float = Field(default=0.0, ge=0, le=2)
    max_tokens: int = Field(default=400, ge=1)
    seed: int | None = None
    json_schema: dict[str, object] | None = None
    """JSON Schema that the reply must follow, where the backend can hold a model to it."""
    prompt_id: str = ""
    prompt_hash: str = ""


class FailureReason(StrEnum):
    """Why a reply cannot be used."""

    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    UNPARSED = "unparsed"
    REPEATED = "repeated"
    OFF_PROTOCOL = "off_protocol"


class ChatFailure(Noun):
    """A reply that cannot be used, with what there was of it."""

    reason: FailureReason
    detail: str = ""
    text: str = ""


class ChatReply(Noun):
    """A completion, or the reason why there is none."""

    text: str = ""
    failure: ChatFailure | None = None
    backend: str
    revision: str = ""
    not_honoured: tuple[str, ...] = ()
    n_prompt_tokens: int | None = None
    n_reply_tokens: int | None = None
    seconds: float = 0.0
