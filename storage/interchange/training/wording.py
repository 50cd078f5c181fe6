"""The words of training rows: the question which of two cards is wiser, a scenario, and the canary."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from domain.cards import CanonicalValue
from domain.ids import StudyId, ValueId
from storage.interchange.sinks import encoded

WORDING = "value-comparison@1"
"""Version of the words around two cards and a context; the wording stands in the sidecar of every row."""
SCENARIO_WORDING = "scenario@1"
"""Version of the words around a question and a context."""
CARD_WORDING = "card-text@1"
"""Version of the way in which a card is written as text."""
NAMESPACE = uuid.UUID("0d0c0a7e-52ad-4c1c-8f43-3d7f7f4f2b11")
LETTERS = ("A", "B")

Message: TypeAlias = bytes
"""What one side says, as a JSON object with role and content."""


class Comparison(NamedTuple):
    """Two cards side by side in a context; which stands first is fixed by a hash, so that place tells nothing."""

    prompt: str
    names: Mapping[ValueId, str]
    """Value id to what an answer calls its card, such as ``Card B: Plain candour``."""


def comparison(one: CanonicalValue, other: CanonicalValue, context: str) -> Comparison:
    """Return the comparison of two values in a context; the order of the arguments changes nothing."""
    first, second = sorted((one, other), key=lambda value: value.id)
    digest = hashlib.sha256(f"{first.id}/{second.id}/{context}".encode()).digest()
    shown = (first, second) if digest[0] % 2 else (second, first)
    cards = "\n\n".join(f"Card {letter}\n{card_text(value)}" for letter, value in zip(LETTERS, shown, strict=True))
    prompt = (
        "Two cards describe what people attend to when they choose well.\n\n"
        f"{cards}\n\n"
        f"Context: {context}\n\n"
        "Which card is the wiser one to live by in this context?"
    )
    names = {value.id: f"Card {letter}: {value.title}" for letter, value in zip(LETTERS, shown, strict=True)}
    return Comparison(prompt=prompt, names=names)


def card_text(value: CanonicalValue) -> str:
    """Return a card as text: title, gist where there is one, one line for each policy."""
    head = [value.title, *([value.gist] if value.gist else [])]
    return "\n".join([*head, *(f"- {policy}" for policy in value.policies)])


def scenario(question: str, context: str) -> str:
    """Return a question in a context, as somebody would ask it."""
    return f"{question}\n\nContext: {context}"


def canary_of(study_id: StudyId) -> str:
    """Return the study's canary: a text that stands nowhere else, the same in every export of the study."""
    return f"moral-graph-canary {uuid.uuid5(NAMESPACE, study_id)}"


def with_canary(text: str, canary: str) -> str:
    """Return a prompt or card of the test side: a model that knows the canary has read it."""
    return f"{text}\n\n({canary})"


def user(text: str) -> Message:
    """Return a message of the person who asks."""
    return b'{"role":"user","content":%s}' % encoded(text)


def assistant(text: str) -> Message:
    """Return a message of the one who answers."""
    return b'{"role":"assistant","content":%s}' % encoded(text)
