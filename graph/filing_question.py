"""Under which value a card belongs: what a language model is asked, and how its two replies are read."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from domain.chat import ChatFailure, ChatReply, ChatRequest, FailureReason
from domain.gathered import MOST_SURE, CardFiling, FilingAnswer, FilingOpinion, OfferedValue
from domain.prompts import Prompt, load_prompt
from domain.replies import read_json

FOLDER = Path(__file__).with_name("prompts")
NONE = "none"
MAX_CARD_CHARS = 2000
MAX_REASON_CHARS = 400
MAX_TOKENS = 160


class Choice(NamedTuple):
    """A card and the values it may be filed under, with what they say."""

    card_id: str | int
    card_text: str
    values: tuple[OfferedValue, ...]
    value_texts: tuple[str, ...]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore")
    reason: str = ""
    value: str
    sureness: int = Field(ge=0, le=MOST_SURE)


class _Agreed(NamedTuple):
    opinion: FilingOpinion
    value_id: str | int | None = None
    sureness: int | None = None


@cache
def filing_prompt() -> Prompt:
    """Return the prompt."""
    return load_prompt(FOLDER, "file_card")


def filing_requests(choice: Choice) -> tuple[ChatRequest, ChatRequest]:
    """Return the question with the values in the order given, and in the reverse order."""
    return _request(choice.card_text, choice.value_texts), _request(choice.card_text, choice.value_texts[::-1])


def read_answer(reply: ChatReply, value_ids: Sequence[str | int]) -> FilingAnswer:
    """Return what a reply says; any text gives an answer or a failure with its reason, never an exception.

    Args:
        reply: to a question that showed values in the order of ``value_ids``.
        value_ids: what each letter stands for.
    """
    if reply.failure is not None:
        return FilingAnswer(opinion=FilingOpinion.FAILED, failure=reply.failure)
    read = read_json(reply.text, _Reply)
    if isinstance(read, ChatFailure):
        return FilingAnswer(opinion=FilingOpinion.FAILED, failure=read)
    said = {"reason": read.reason.strip()[:MAX_REASON_CHARS], "sureness": read.sureness}
    named = read.value.strip()
    if named.casefold() == NONE:
        return FilingAnswer(opinion=FilingOpinion.NONE, **said)
    letters = dict(zip(ascii_uppercase, value_ids, strict=False))
    if named.upper() not in letters:
        return _unread(reply, f"{named!r} is not one of the values")
    return FilingAnswer(opinion=FilingOpinion.FILED, value_id=letters[named.upper()], **said)


def card_filing(choice: Choice, replies: tuple[ChatReply, ChatReply]) -> CardFiling:
    """Return what becomes of a card by the replies to its two questions."""
    ids = [value.id for value in choice.values]
    answers = read_answer(replies[0], ids), read_answer(replies[1], ids[::-1])
    agreed = _both_orders(*answers)
    first, second = filing_requests(choice)
    return CardFiling(
        card_id=choice.card_id,
        offered=choice.values,
        opinion=agreed.opinion,
        value_id=agreed.value_id,
        sureness=agreed.sureness,
        answers=answers,
        backend=replies[0].backend,
        prompt_id=filing_prompt().key,
        prompt_hashes=(first.prompt_hash, second.prompt_hash),
    )


def _both_orders(one: FilingAnswer, other: FilingAnswer) -> _Agreed:
    """Return one opinion of two answers: only what both orders say counts, as surely as the less sure of them."""
    if FilingOpinion.FAILED in (one.opinion, other.opinion):
        return _Agreed(FilingOpinion.FAILED)
    if (one.opinion, one.value_id) != (other.opinion, other.value_id):
        return _Agreed(FilingOpinion.UNSURE)
    return _Agreed(one.opinion, one.value_id, min(one.sureness or 0, other.sureness or 0))


def _request(card: str, values: Sequence[str]) -> ChatRequest:
    shown = "\n\n".join(f"{letter}:\n{_indented(text)}" for letter, text in zip(ascii_uppercase, values, strict=False))
    rendered = filing_prompt().render({"card": card[:MAX_CARD_CHARS], "values": shown})
    return ChatRequest(
        messages=rendered.messages,
        max_tokens=MAX_TOKENS,
        json_schema=_schema(len(values)),
        prompt_id=rendered.prompt_id,
        prompt_hash=rendered.prompt_hash,
    )


def _indented(text: str) -> str:
    """Return a value set in from the margin, so that no line of it can pass for the letter of another."""
    return "\n".join(f"   {line}" for line in text[:MAX_CARD_CHARS].splitlines())


def _schema(n_values: int) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "value": {"enum": [*ascii_uppercase[:n_values], NONE]},
            "sureness": {"enum": list(range(MOST_SURE + 1))},
        },
        "required": ["reason", "value", "sureness"],
        "additionalProperties": False,
    }


def _unread(reply: ChatReply, detail: str) -> FilingAnswer:
    failure = ChatFailure(reason=FailureReason.UNPARSED, detail=detail[:MAX_REASON_CHARS], text=reply.text)
    return FilingAnswer(opinion=FilingOpinion.FAILED, failure=failure)
