"""Values, rights and duties for a situation from any chat model: one question for each kind, in words of our own.

``domain.protocols.ValueGenerator`` is the seam: a Kaleido checkpoint and a chat model both stand behind it. A question
that a model refuses, or answers in a form that cannot be read, is a failure with its reason; the others still count.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.chat import ChatFailure, ChatReply, ChatRequest
from domain.errors import BackendError
from domain.kaleido import (
    CandidateRules,
    Explanation,
    Generated,
    ScoreFailure,
    ScoreFailureReason,
    ScoreSource,
    Vrd,
    VrdKind,
)
from domain.protocols import Cancel, ChatModel
from domain.replies import read_json
from kaleido.asking import REASONS, asking_prompts
from kaleido.thresholds import OWN_RULES

MOST_OF_A_KIND = 5
"""Names asked for, and taken, of each kind: a chat model is then asked about each of them twice."""
LONGEST_NAME = 80
"""Characters; a longer line is no name."""
NAMES_TOKENS, WHY_TOKENS = 160, 140
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"names": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_OF_A_KIND}},
    "required": ["names"],
    "additionalProperties": False,
}
CANCELLED = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before the model was asked.")


class _Kind(NamedTuple):
    """How a kind is asked for."""

    kinds: str
    meaning: str


ASKED = {
    VrdKind.VALUE: _Kind("values", "A value is something that a person may care about for its own sake here."),
    VrdKind.RIGHT: _Kind("rights", 'A right is what somebody here may claim. Begin each name with "Right to".'),
    VrdKind.DUTY: _Kind("duties", 'A duty is what somebody here owes another. Begin each name with "Duty to".'),
}


class _Names(BaseModel):
    model_config = ConfigDict(extra="ignore")

    names: list[str]


class AskedProposer:
    """Proposes values by asking a chat model.

    Args:
        chat: the model, built on first use.
    """

    def __init__(self, chat: Callable[[], ChatModel]) -> None:
        self._chat = chat

    def rules(self) -> CandidateRules:
        """Return this application's own numbers; a chat model brings none."""
        return OWN_RULES

    def candidates(self, situation: str, *, cancel: Cancel | None = None) -> Generated | ScoreFailure:
        """Return what the model names, kind by kind; a failure only where no question brought a name."""
        if cancel is not None and cancel():
            return CANCELLED
        replies = self._replies([names_question(situation, kind) for kind in VrdKind])
        if isinstance(replies, ScoreFailure):
            return replies
        return read_names(dict(zip(VrdKind, replies, strict=True)))

    def explain(self, situation: str, vrd: Vrd) -> Explanation | ScoreFailure:
        """Return what the value has to do with the situation, in the model's words."""
        replies = self._replies([why_question(situation, vrd)])
        if isinstance(replies, ScoreFailure):
            return replies
        (reply,) = replies
        if reply.failure is not None:
            return _failure(reply.failure, reply.text)
        if not reply.text.strip():
            return ScoreFailure(reason=ScoreFailureReason.UNPARSED, detail="The model said nothing.")
        source = ScoreSource(checkpoint=self._chat().name, template_hash=asking_prompts()["why_here"].body_hash)
        return Explanation(text=reply.text.strip(), source=source)

    def _replies(self, requests: Sequence[ChatRequest]) -> list[ChatReply] | ScoreFailure:
        try:
            return self._chat().complete(requests)
        except BackendError as error:
            return ScoreFailure(reason=ScoreFailureReason.UNAVAILABLE, detail=str(error))


def names_question(situation: str, kind: VrdKind) -> ChatRequest:
    """Return the question for names of a kind."""
    values = {"situation": situation, "most": str(MOST_OF_A_KIND), **ASKED[kind]._asdict()}
    rendered = asking_prompts()["values_for"].render(values)
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=NAMES_TOKENS,
        json_schema=SCHEMA,
        prompt_id=rendered.prompt_id,
        prompt_hash=rendered.prompt_hash,
    )


def why_question(situation: str, vrd: Vrd) -> ChatRequest:
    """Return the question what a value has to do with a situation."""
    rendered = asking_prompts()["why_here"].render(
        {"kind": vrd.kind.value.lower(), "situation": situation, "value": vrd.text}
    )
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=WHY_TOKENS,
        prompt_id=rendered.prompt_id,
        prompt_hash=rendered.prompt_hash,
    )


def read_names(replies: dict[VrdKind, ChatReply]) -> Generated | ScoreFailure:
    """Return the names in the replies, the first of equal ones, and what could not be used, counted."""
    found: dict[tuple[VrdKind, str], Vrd] = {}
    failures: list[ScoreFailure] = []
    n_malformed = n_repeated = 0
    for kind, reply in replies.items():
        said = reply.failure or read_json(reply.text, _Names)
        if isinstance(said, ChatFailure):
            failures.append(_failure(said, reply.text))
            continue
        for name in said.names[:MOST_OF_A_KIND]:
            vrd = _named(kind, name)
            if vrd is None:
                n_malformed += 1
            elif (kind, vrd.text.casefold()) in found:
                n_repeated += 1
            else:
                found[kind, vrd.text.casefold()] = vrd
    if not found and failures:
        return failures[0]
    return Generated(tuple(found.values()), n_malformed, n_repeated, tuple(failures))


def _named(kind: VrdKind, name: str) -> Vrd | None:
    text = " ".join(name.split()).rstrip(".;,")
    if len(text) > LONGEST_NAME:
        return None
    try:
        return Vrd(kind=kind, text=text)
    except ValidationError:
        return None


def _failure(failure: ChatFailure, said: str) -> ScoreFailure:
    reason = REASONS.get(failure.reason, ScoreFailureReason.UNPARSED)
    return ScoreFailure(reason=reason, detail=failure.detail, text=said or failure.text)
