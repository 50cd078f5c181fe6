"""Upgrade stories: one value, then another, told in a context, so that people can say whether someone became wiser.

A language model writes the story where there is one; else a template does, from lines of both cards. A story is told
in both directions or not at all, and never says which value is the wiser one: that is for people to say. Source of
the step: Moral Graph Elicitation, section on upgrade stories; there a model alone chose pairs and direction.
"""

import re
from typing import NamedTuple

from domain.cards import CanonicalValue
from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.messages import N_
from domain.nouns import content_hash
from elicitation.prompting import ModelPrompt, prompts
from elicitation.replies import leaks

TEMPLATE = "template:upgrade@1"
STORIES = (
    N_(
        "It was one of those times: {context}. I used to go by one thing above all, “{earlier}”. I knew how to look "
        "for it, and I did what followed from it. Then came a day when I stopped and looked again. Since that day "
        "something else comes first for me, “{later}”. I still see what I saw before. But I begin elsewhere now."
    ),
    N_(
        "For a long time I knew what to look at. {context}, I used to look for “{earlier}”, and that told me what "
        "to do. Then I saw someone handle the same thing in another way. I watched what they paid attention to. It "
        "was “{later}”. I tried it the next time, and I have kept to it since."
    ),
    N_(
        "{context}, my first look used to go to “{earlier}”. I had good reasons for it. One evening I went over "
        "what had happened that week and asked myself what I had not looked at. It was “{later}”. So the next time "
        "I looked there first, and I did something else than before."
    ),
)
MIN_WORDS, MAX_WORDS = 25, 160
"""A model's story outside of this is no story, or too long for a phone."""
VERDICT = re.compile(
    r"\b(?:wis(?:er|dom)|better\s+person|the\s+(?:lesson|moral)\s+(?:is|was)|i\s+learned\s+that)\b", re.I
)
"""So a story says itself what the reader is to be asked."""
FIRST_PERSON = re.compile(r"\b(?:I|my|me)\b")
LIST_LINE = re.compile(r"^\s*(?:[-*•#{\[]|\d+[.)])", re.M)


class Telling(NamedTuple):
    """What a story is told from."""

    earlier: CanonicalValue
    later: CanonicalValue
    context: str
    """Such as ``When a friend asks for help``."""


def template_story(telling: Telling) -> str:
    """Return the story of the template: the same telling gives the same story."""
    number = int(content_hash([telling.earlier.id, telling.later.id, telling.context])[:8], 16)
    story = STORIES[number % len(STORIES)]
    inside = not story.startswith("{context}") and ". {context}" not in story
    parts = {
        "context": _inside(telling.context) if inside else telling.context.rstrip(" .,"),
        "earlier": _line(telling.earlier, number),
        "later": _line(telling.later, number),
    }
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], story)


def story_prompt(telling: Telling) -> ModelPrompt:
    """Return the prompt that lets a model tell the story."""
    values = {
        "context": telling.context,
        "earlier": "\n".join(telling.earlier.policies),
        "later": "\n".join(telling.later.policies),
    }
    return ModelPrompt(prompts()["tell_upgrade"].render(values), None)


def read_story(reply: ChatReply) -> str | ChatFailure:
    """Return the story, or why it cannot be shown."""
    if reply.failure is not None:
        return reply.failure
    story = " ".join(reply.text.strip().strip('"“”').split())
    n_words = len(story.split())
    if not story:
        return _fail(FailureReason.EMPTY, "the model wrote nothing", reply)
    if not MIN_WORDS <= n_words <= MAX_WORDS:
        return _fail(FailureReason.OFF_PROTOCOL, f"the story has {n_words} words", reply)
    if leaks(story):
        return _fail(FailureReason.OFF_PROTOCOL, "the story repeats our instructions", reply)
    if LIST_LINE.search(reply.text) or not FIRST_PERSON.search(story):
        return _fail(FailureReason.OFF_PROTOCOL, "the reply is not a story told by the person in it", reply)
    if VERDICT.search(story):
        return _fail(FailureReason.OFF_PROTOCOL, "the story says itself who became wiser", reply)
    if story[-1] not in '.!?”"…':
        return _fail(FailureReason.CUT_OFF, "the story does not end", reply)
    return story


def _line(value: CanonicalValue, number: int) -> str:
    lines = value.policies or (value.title,)
    return lines[number % len(lines)].rstrip(" .")


def _inside(context: str) -> str:
    """Return a context as it stands inside a sentence."""
    plain = context.strip().rstrip(".,")
    return plain[:1].lower() + plain[1:]


def _fail(reason: FailureReason, detail: str, reply: ChatReply) -> ChatFailure:
    return ChatFailure(reason=reason, detail=detail, text=reply.text)
