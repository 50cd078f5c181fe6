"""Answers written by a model under two value cards, checked before they count: what answer-level rows are made from.

An edge speaks about values. To speak about answers, a model answers the same question under each of the two cards, and
is asked which answer follows which card, in both orders. Only pairs that every check tells apart are kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.cards import CanonicalValue
from domain.chat import ChatReply, ChatRequest
from domain.errors import BackendError
from domain.ids import ValueId
from domain.nouns import clean_text, utc_iso
from domain.prompts import Prompt, load_prompts
from domain.protocols import ChatModel, Clock
from domain.replies import read_json
from storage.interchange.training import AnswerPair, Cell
from storage.interchange.training.wording import card_text

FOLDER = Path(__file__).parent / "prompts"
BATCH = 8
"""Pairs sent at once."""
ANSWER_TOKENS = 300
CHECK_TOKENS = 40
MIN_CHARS = 20
FOLLOWS_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"follows": {"type": "string", "enum": ["first", "second", "neither"]}},
    "required": ["follows"],
    "additionalProperties": False,
}


class Ask(NamedTuple):
    """One pair of answers to be written."""

    cell: Cell
    question: str


class Written(NamedTuple):
    """Two answers that were written and not checked yet."""

    ask: Ask
    under_src: str
    under_wiser: str


class _Follows(BaseModel):
    """The reply to ``follows_card``."""

    model_config = ConfigDict(extra="ignore")

    follows: str = ""


class Answering:
    """Lets a model write pairs of answers; counts why pairs were dropped."""

    def __init__(self, chat: ChatModel, *, clock: Clock, values: Mapping[ValueId, CanonicalValue]) -> None:
        self._chat = chat
        self._clock = clock
        self._values = values
        self.dropped: Counter[str] = Counter()

    @property
    def model(self) -> str:
        """Name of the model that writes."""
        return self._chat.name

    def pairs(self, asks: Sequence[Ask], *, report: Callable[[int], None]) -> Iterator[AnswerPair]:
        """Yield the pairs that passed every check, in the order asked for; ``report`` hears how many were tried."""
        for start in range(0, len(asks), BATCH):
            batch = asks[start : start + BATCH]
            written = list(self._write(batch))
            for one, is_good in zip(written, self._check(written), strict=True):
                if is_good:
                    yield AnswerPair(one.ask.cell, one.ask.question, one.under_src, one.under_wiser, self._made_by())
                else:
                    self.dropped["a check could not tell which answer follows which card"] += 1
            report(start + len(batch))

    def _write(self, batch: Sequence[Ask]) -> Iterator[Written]:
        requests = [
            self._request(
                "answer_under_card",
                {"card": self._card(value_id), "question": ask.question, "context": ask.cell.context},
                max_tokens=ANSWER_TOKENS,
            )
            for ask in batch
            for value_id in (ask.cell.src_id, ask.cell.wiser_id)
        ]
        replies = self._complete(requests)
        for place, ask in enumerate(batch):
            pair = replies[2 * place : 2 * place + 2]
            reason = self._fault(ask, pair)
            if reason:
                self.dropped[reason] += 1
            else:
                under_src, under_wiser = (clean_text(reply.text).strip() for reply in pair if reply is not None)
                yield Written(ask, under_src, under_wiser)

    def _fault(self, ask: Ask, pair: Sequence[ChatReply | None]) -> str:
        """Return why a pair of replies cannot be used; empty where it can."""
        texts = []
        for reply in pair:
            if reply is None or reply.failure is not None:
                return f"no reply: {reply.failure.reason.value if reply and reply.failure else 'unavailable'}"
            texts.append(reply.text.strip())
        if any(len(text) < MIN_CHARS for text in texts) or texts[0] == texts[1]:
            return "an answer is empty or both are the same"
        titles = [self._values[value_id].title.casefold() for value_id in (ask.cell.src_id, ask.cell.wiser_id)]
        if any(title in text.casefold() for text in texts for title in titles):
            return "an answer names a card"
        return ""

    def _check(self, written: Sequence[Written]) -> Iterator[bool]:
        """Yield for each pair whether each answer follows its own card more than the other, in both orders."""
        requests, expected = [], []
        for one in written:
            answers = {one.ask.cell.src_id: one.under_src, one.ask.cell.wiser_id: one.under_wiser}
            for own in answers:
                other = next(key for key in answers if key != own)
                for first, second, right in ((own, other, "first"), (other, own, "second")):
                    values = {"card": self._card(own), "question": one.ask.question}
                    values |= {"first": answers[first], "second": answers[second]}
                    requests.append(self._request("follows_card", values, max_tokens=CHECK_TOKENS, is_check=True))
                    expected.append(right)
        replies = self._complete(requests)
        said = [_follows(reply) == right for reply, right in zip(replies, expected, strict=True)]
        for place in range(len(written)):
            yield all(said[4 * place : 4 * place + 4])

    def _request(self, name: str, values: Mapping[str, str], *, max_tokens: int, is_check: bool = False) -> ChatRequest:
        rendered = prompts()[name].render(values)
        return ChatRequest(
            messages=rendered.messages,
            temperature=0.0,
            max_tokens=max_tokens,
            json_schema=FOLLOWS_SCHEMA if is_check else None,
            prompt_id=rendered.prompt_id,
            prompt_hash=rendered.prompt_hash,
        )

    def _complete(self, requests: Sequence[ChatRequest]) -> list[ChatReply | None]:
        if not requests:
            return []
        try:
            return list(self._chat.complete(requests))
        except BackendError:
            return [None] * len(requests)

    def _card(self, value_id: ValueId) -> str:
        return card_text(self._values[value_id])

    def _made_by(self) -> dict[str, object]:
        return {
            "model": self._chat.name,
            "prompts": {prompt.key: prompt.body_hash for prompt in prompts().values()},
            "checks": "each answer was told apart by both cards, in both orders",
            "madeAt": utc_iso(self._clock()),
        }


@cache
def prompts() -> dict[str, Prompt]:
    """Return the prompts by id."""
    return load_prompts(FOLDER)


def _follows(reply: ChatReply | None) -> str:
    """Return which answer follows the card, ``first`` or ``second``; empty where the reply does not say."""
    if reply is None or reply.failure is not None:
        return ""
    found = read_json(reply.text, _Follows)
    return found.follows if isinstance(found, _Follows) else ""
