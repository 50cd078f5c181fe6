"""What a language model is asked: our topics in our prompts, with the person's words as data only."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from domain.cards import CardText
from domain.chat import ChatMessage, ChatRequest
from domain.prompts import Prompt, RenderedPrompt, load_prompts
from elicitation.guide import word_question
from elicitation.states import InterviewState, Topic, Verdict

FOLDER = Path(__file__).with_name("prompts")
MAX_ANSWER_CHARS = 1500
"""Of each answer; a small model reads no more than a few pages in all."""

AIMS = {
    Topic.STORY_OPEN: "One time when the person chose well in a matter like this, and what happened.",
    Topic.STORY_MOMENT: "One single moment of their story: where they were, who was there, what went on.",
    Topic.STORY_MODEL: "Someone they know who handles such things well, and what they saw this person do.",
    Topic.NOTICED: "What they noticed in that moment that told them what to do.",
    Topic.LOOK_FOR: "What they look out for when they choose well in such things, so that a stranger could see it too.",
    Topic.IN_OTHERS: "What they watched for in other people: a face, a voice, the hands.",
    Topic.IN_SELF: "A feeling or thought of their own that they paid attention to.",
    Topic.AROUND: "Anything else around them that counted: the place, the time, what came before.",
    Topic.FOR_WHAT: "What they see when the thing they really care about behind a means is there.",
}
CARD_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "gist": {"type": "string"},
        "policies": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 7},
    },
    "required": ["title", "gist", "policies"],
    "additionalProperties": False,
}
CRITIQUE_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"is_good": {"type": "boolean"}, "fault": {"type": "string"}},
    "required": ["is_good", "fault"],
    "additionalProperties": False,
}


class ModelPrompt(NamedTuple):
    """A prompt ready to be sent, and the schema its reply must follow (``None`` for plain text)."""

    rendered: RenderedPrompt
    schema: dict[str, object] | None

    def request(self, *, temperature: float, max_tokens: int) -> ChatRequest:
        """Return the request to be made."""
        messages: tuple[ChatMessage, ...] = self.rendered.messages
        return ChatRequest(
            messages=messages,
            temperature=temperature,
            max_tokens=max_tokens,
            json_schema=self.schema,
            prompt_id=self.rendered.prompt_id,
            prompt_hash=self.rendered.prompt_hash,
        )


@cache
def prompts() -> dict[str, Prompt]:
    """Return the prompts of the interview by id."""
    return load_prompts(FOLDER)


def prompt_hashes() -> dict[str, str]:
    """Return the hash of every prompt's body by id and version; exports carry them."""
    return {prompt.key: prompt.body_hash for prompt in prompts().values()}


def question_prompt(state: InterviewState) -> ModelPrompt:
    """Return the prompt that words the open question."""
    topic = state.exchanges[-1].topic
    asked = [f"- {e.question}" for e in state.exchanges[:-1] if e.question]
    values = {
        "aim": AIMS[topic],
        "asked": "\n".join(asked) or "none yet",
        "subject": state.subject,
        "answers": told(state),
        "plain": word_question(topic, state).render(),
    }
    return ModelPrompt(prompts()["word_question"].render(values), None)


def draft_prompt(state: InterviewState, *, critique: str) -> ModelPrompt:
    """Return the prompt that drafts the card; ``critique`` is what was wrong with the draft before."""
    named = [c.text for c in state.candidates if c.verdict is not Verdict.NOT_MINE]
    values = {
        "fault": critique or "none",
        "subject": state.subject,
        "answers": told(state),
        "named": "\n".join(named) or "nothing yet",
    }
    return ModelPrompt(prompts()["articulate"].render(values), CARD_SCHEMA)


def critique_prompt(state: InterviewState, card: CardText) -> ModelPrompt:
    """Return the prompt that criticises a draft."""
    values = {"answers": told(state), "card": "\n".join((card.title, *card.policy_texts()))}
    return ModelPrompt(prompts()["criticise"].render(values), CRITIQUE_SCHEMA)


def told(state: InterviewState) -> str:
    """Return the answers so far, one paragraph each, long ones shortened at the end."""
    return "\n\n".join(answer[:MAX_ANSWER_CHARS] for answer in state.answers()) or "nothing yet"
