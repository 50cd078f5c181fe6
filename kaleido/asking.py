"""Any chat model as a scorer: the same two questions in words, asked twice with the answers in opposite order.

For models that tell no log-probabilities; ``kaleido.weighing`` is for those that do. A score is the share of the two
replies, one for each order: 0, one half or 1. The options of both questions and the reply that the question shows as an
example change places together, so a model that takes what stands first, or copies the example, comes out undecided. A
pair of which a reply cannot be read has no score but a reason.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

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
MOST_BYTES = 6_000
"""UTF-8 bytes of a situation; with more it is cut at its end, so that it fits a model of 4,096 tokens."""
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


class Order(NamedTuple):
    """The options of both questions as they stand on the page, first one first."""

    relevant: tuple[str, str]
    pull: tuple[str, str, str]

    def words(self) -> dict[str, str]:
        """Return the options by the names of their places in the prompt; the example shows ``one`` and ``first``."""
        return dict(zip(("one", "other", "first", "second", "third"), (*self.relevant, *self.pull), strict=True))

    def schema(self) -> dict[str, object]:
        """Return the form of the reply; some servers show it to the model, so it keeps to the order too."""
        return {
            "type": "object",
            "properties": {
                "relevant": {"type": "string", "enum": list(self.relevant)},
                "pull": {"type": "string", "enum": list(self.pull)},
            },
            "required": ["relevant", "pull"],
            "additionalProperties": False,
        }


ORDERS = (
    Order(("yes", "no"), ("supports", "opposes", "either")),
    Order(("no", "yes"), ("either", "opposes", "supports")),
)


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
        return {pair: self._result(pair, said) for pair, said in zip(pairs, both, strict=True)}

    def _result(self, pair: ScoreRequest, replies: Sequence[ChatReply]) -> ValueScore | ScoreFailure:
        read: list[_Reply] = []
        for reply in replies:
            one = read_reply(reply)
            if isinstance(one, ScoreFailure):
                return one
            read.append(one)
        share = {pull: sum(one.pull == pull for one in read) / len(read) for pull in ORDERS[0].pull}
        return ValueScore(
            relevance=sum(one.relevant == "yes" for one in read) / len(read),
            valence=Valence(**share),
            scorer=self.name,
            source=self.source(),
            is_shortened=shortened(pair.situation) != pair.situation,
            order_gap=float(len({(one.relevant, one.pull) for one in read}) > 1),
        )


def question(pair: ScoreRequest, order: Order) -> ChatRequest:
    """Return the question about a pair with the answers in this order."""
    values = {"kind": pair.vrd.kind.value.lower(), "situation": shortened(pair.situation), "value": pair.vrd.text}
    rendered = asking_prompts()["value_here"].render(values | order.words())
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=MAX_TOKENS,
        json_schema=order.schema(),
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


def shortened(situation: str) -> str:
    """Return the situation, cut at its end where it is longer than ``MOST_BYTES``; never within a character."""
    return situation.encode()[:MOST_BYTES].decode(errors="ignore").strip()
