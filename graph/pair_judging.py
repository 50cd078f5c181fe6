"""Whether two cards say the same value: what a language model is asked, and how its two replies are read."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason
from domain.gathered import CardRow, PairAnswer, PairJudgement, PairOpinion
from domain.prompts import Prompt, load_prompt
from domain.replies import read_json

FOLDER = Path(__file__).with_name("prompts")
MAX_CARD_CHARS = 2000
MAX_REASON_CHARS = 400
MAX_TOKENS = 120
SETTLED = (PairOpinion.SAME, PairOpinion.DIFFERENT, PairOpinion.UNSURE)
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "opinion": {"enum": [opinion.value for opinion in SETTLED]}},
    "required": ["reason", "opinion"],
    "additionalProperties": False,
}


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")
    reason: str = ""
    opinion: PairOpinion


@cache
def judging_prompt() -> Prompt:
    """Return the prompt."""
    return load_prompt(FOLDER, "judge_pair")


def judging_request(first: CardRow, second: CardRow) -> ChatRequest:
    """Return the question about two cards, in this order."""
    rendered = judging_prompt().render({"first": _shown(first), "second": _shown(second)})
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=MAX_TOKENS,
        json_schema=SCHEMA,
        prompt_id=rendered.prompt_id,
        prompt_hash=rendered.prompt_hash,
    )


def read_answer(reply: ChatReply) -> PairAnswer:
    """Return what a reply says; any text gives an answer or a failure with its reason, never an exception."""
    if reply.failure is not None:
        return PairAnswer(opinion=PairOpinion.FAILED, failure=reply.failure)
    read = read_json(reply.text, _Reply)
    if isinstance(read, ChatFailure):
        return PairAnswer(opinion=PairOpinion.FAILED, failure=read)
    if read.opinion not in SETTLED:
        return _unread(reply, f"{read.opinion.value!r} is not one of the answers")
    return PairAnswer(opinion=read.opinion, reason=read.reason.strip()[:MAX_REASON_CHARS])


def both_orders(one: PairAnswer, other: PairAnswer) -> PairOpinion:
    """Return one opinion of two answers: only what both orders say counts, and a failure is no opinion.

    >>> same, different = (PairAnswer(opinion=PairOpinion(name)) for name in ("same", "different"))
    >>> both_orders(same, same).value, both_orders(same, different).value
    ('same', 'unsure')
    """
    if PairOpinion.FAILED in (one.opinion, other.opinion):
        return PairOpinion.FAILED
    return one.opinion if one.opinion is other.opinion else PairOpinion.UNSURE


def judgement(first: CardRow, second: CardRow, likeness: float, replies: tuple[ChatReply, ChatReply]) -> PairJudgement:
    """Return the judgement of a pair from its two replies, the first card first in the first of them."""
    answers = read_answer(replies[0]), read_answer(replies[1])
    return PairJudgement(
        first_id=first.id,
        second_id=second.id,
        likeness=likeness,
        opinion=both_orders(*answers),
        answers=answers,
        backend=replies[0].backend,
        prompt_id=judging_prompt().key,
        prompt_hashes=(judging_request(first, second).prompt_hash, judging_request(second, first).prompt_hash),
    )


def _shown(card: CardRow) -> str:
    return "\n".join((card.title, *card.policies))[:MAX_CARD_CHARS]


def _unread(reply: ChatReply, detail: str) -> PairAnswer:
    failure = ChatFailure(reason=FailureReason.UNPARSED, detail=detail[:MAX_REASON_CHARS], text=reply.text)
    return PairAnswer(opinion=PairOpinion.FAILED, failure=failure)
