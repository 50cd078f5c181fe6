"""Are two cards the same value? A language model's opinion, for the person who decides: typed, with a reason."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.cards import CanonicalValue, CardText, MachineOpinion, PlacementOpinion
from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.replies import read_json
from elicitation.prompting import ModelPrompt, prompts
from elicitation.replies import leaks

SAME_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": [opinion.value for opinion in PlacementOpinion]},
    },
    "required": ["reason", "verdict"],
    "additionalProperties": False,
}
MAX_REASON = 300


class _Opinion(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: str = Field(default="")
    verdict: Literal["same", "close", "different"]


def likeness_prompt(card: CardText, value: CanonicalValue) -> ModelPrompt:
    """Return the prompt that asks whether a card and a value are the same."""
    values = {
        "first": "\n".join((card.title, *card.policy_texts())),
        "second": "\n".join((value.title, *value.policies)),
    }
    return ModelPrompt(prompts()["same_value"].render(values), SAME_SCHEMA)


def read_opinion(reply: ChatReply) -> MachineOpinion | ChatFailure:
    """Return the opinion, or why there is none. A verdict off the menu is a failure, never a guess."""
    if reply.failure is not None:
        return reply.failure
    found = read_json(reply.text, _Opinion)
    if isinstance(found, ChatFailure):
        return found
    if leaks(found.reason):
        detail = "the reason repeats our instructions"
        return ChatFailure(reason=FailureReason.OFF_PROTOCOL, detail=detail, text=reply.text)
    return MachineOpinion(
        verdict=PlacementOpinion(found.verdict), reason=found.reason[:MAX_REASON], model=reply.backend
    )
