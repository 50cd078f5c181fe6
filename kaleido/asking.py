"""Any chat model as a scorer: the same two questions in words, asked twice with the answers in opposite order.

For models that tell no log-probabilities; ``kaleido.weighing`` is for those that do. A score is the share of the two
replies: 0, one half or 1. An answer that changes with the order of the options is thereby a half, never a certainty. A
pair of which a reply cannot be read has no score but a reason.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason
from domain.errors import BackendError
from domain.kaleido import (
    KindThresholds,
    ScoreFailure,
    ScoreFailureReason,
    ScoreMethod,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    Valence,
    ValueScore,
)
from domain.prompts import Prompt, load_prompts
from domain.protocols import Cancel, ChatModel, Progress
from domain.replies import read_json

FOLDER = Path(__file__).with_name("prompts")
ORDERS = (("supports", "opposes", "either"), ("either", "opposes", "supports"))
MAX_TOKENS = 40
AT_ONCE = 4
SUMMARY = "A chat model, asked about each value twice with the answers in opposite order."
NOT_FOR = (
    "A high relevance means that this model would name the value here, not that the value is important.",
    "A share of two replies is coarse: 0, one half or 1.",
    "The scores are no advice to a person about what to do.",
)
REASONS = {
    FailureReason.REFUSED: ScoreFailureReason.REFUSED,
    FailureReason.TIMEOUT: ScoreFailureReason.TIMEOUT,
    FailureReason.UNAVAILABLE: ScoreFailureReason.UNAVAILABLE,
}
"""Others mean that the reply could not be read."""
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "relevant": {"type": "string", "enum": ["yes", "no"]},
        "pull": {"type": "string", "enum": sorted(ORDERS[0])},
    },
    "required": ["relevant", "pull"],
    "additionalProperties": False,
}


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", str_to_lower=True, str_strip_whitespace=True)

    relevant: Literal["yes", "no"]
    pull: Literal["supports", "opposes", "either"]


@cache
def asking_prompts() -> dict[str, Prompt]:
    """Return the prompts by id."""
    return load_prompts(FOLDER)


class AskedScorer:
    """Scores pairs by asking a chat model.

    Args:
        chat: the model, built on first use.
        name: as in the settings.
    """

    def __init__(self, chat: Callable[[], ChatModel], *, name: str) -> None:
        self.name = name
        self._chat = chat

    def info(self) -> ScorerInfo:
        """Tell what it is; the quality of a chat model at this is not known."""
        return ScorerInfo(name=self.name, summary=SUMMARY, not_for=NOT_FOR, has_valence=True)

    def source(self) -> ScoreSource:
        """Return the model and the hash of the question."""
        prompt = asking_prompts()["value_here"]
        return ScoreSource(checkpoint=self._chat().name, template_hash=prompt.body_hash, method=ScoreMethod.SAMPLES)

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,  # both questions go in one request
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; see ``domain.protocols.ValueScorer``."""
        del min_relevance
        different = list(dict.fromkeys(pairs))
        found: dict[ScoreRequest, ValueScore | ScoreFailure] = {}
        for start in range(0, len(different), AT_ONCE):
            if cancel is not None and cancel():
                break
            found |= self._asked(different[start : start + AT_ONCE])
            if progress is not None:
                progress(len(pairs) * len(found) // len(different), len(pairs))
        stopped = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before this pair was asked.")
        return [found.get(pair, stopped) for pair in pairs]

    def _asked(self, pairs: Sequence[ScoreRequest]) -> dict[ScoreRequest, ValueScore | ScoreFailure]:
        requests = [question(pair, order) for pair in pairs for order in ORDERS]
        try:
            replies = self._chat().complete(requests)
        except BackendError as error:
            failure = ScoreFailure(reason=ScoreFailureReason.UNAVAILABLE, detail=str(error))
            return dict.fromkeys(pairs, failure)
        both = [replies[place : place + len(ORDERS)] for place in range(0, len(replies), len(ORDERS))]
        return {pair: self._result(said) for pair, said in zip(pairs, both, strict=True)}

    def _result(self, replies: Sequence[ChatReply]) -> ValueScore | ScoreFailure:
        read: list[_Reply] = []
        for reply in replies:
            one = read_reply(reply)
            if isinstance(one, ScoreFailure):
                return one
            read.append(one)
        share = {pull: sum(one.pull == pull for one in read) / len(read) for pull in ORDERS[0]}
        return ValueScore(
            relevance=sum(one.relevant == "yes" for one in read) / len(read),
            valence=Valence(**share),
            scorer=self.name,
            source=self.source(),
            order_gap=float(len({(one.relevant, one.pull) for one in read}) > 1),
        )


def question(pair: ScoreRequest, order: Sequence[str]) -> ChatRequest:
    """Return the question about a pair with the answers in this order."""
    names = dict(zip(("first", "second", "third"), order, strict=True))
    values = {"kind": pair.vrd.kind.value.lower(), "situation": pair.situation, "value": pair.vrd.text, **names}
    rendered = asking_prompts()["value_here"].render(values)
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=MAX_TOKENS,
        json_schema=SCHEMA,
        prompt_id=rendered.prompt_id,
        prompt_hash=rendered.prompt_hash,
    )


def read_reply(reply: ChatReply) -> "_Reply | ScoreFailure":
    """Return what a reply says, or why it cannot be used."""
    found = reply.failure or read_json(reply.text, _Reply)
    if isinstance(found, ChatFailure):
        reason = REASONS.get(found.reason, ScoreFailureReason.UNPARSED)
        return ScoreFailure(reason=reason, detail=found.detail, text=reply.text or found.text)
    return found
