"""The guided interviewer: what to ask next by what is still missing, and how to ask it in the person's own words.

It needs no model. It quotes only what the person wrote, verbatim; it gives no advice and no praise.
"""

from collections.abc import Callable
from typing import NamedTuple

from elicitation import guide_texts as texts
from elicitation.phrases import quotable, read_answer
from elicitation.states import Exchange, InterviewState, Topic, Verdict

ENOUGH_LINES = 4
"""Things named that make a card; then nothing more is asked."""


class Message(NamedTuple):
    """A sentence of the guide: an English template and what fills it."""

    template: str
    params: dict[str, str]

    def render(self, translate: Callable[[str], str] = lambda text: text) -> str:
        """Return the sentence in the language of ``translate``; what people wrote is filled in after translation."""
        sentence = translate(self.template)
        for name, value in self.params.items():
            sentence = sentence.replace("{" + name + "}", value)
        return sentence


def next_topic(state: InterviewState) -> Topic | None:
    """Return what is still missing; ``None`` when the answers give a card."""
    asked = state.asked()
    if _lacks_story(state):
        missing = Topic.STORY_MODEL if _was_skipped(state, Topic.STORY_OPEN) else Topic.STORY_MOMENT
        if missing not in asked:
            return missing
    for topic in (Topic.NOTICED, Topic.LOOK_FOR):
        if topic not in asked:
            return topic
    if any(c.verdict is Verdict.MEANS for c in state.candidates) and Topic.FOR_WHAT not in asked:
        return Topic.FOR_WHAT
    n_named = sum(c.verdict is not Verdict.NOT_MINE for c in state.candidates)
    if n_named >= ENOUGH_LINES:
        return None
    return next((t for t in (Topic.IN_OTHERS, Topic.IN_SELF, Topic.AROUND) if t not in asked), None)


def word_question(topic: Topic, state: InterviewState) -> Message:
    """Return the guide's question on ``topic``, with a phrase of the person where there is a fitting one."""
    said = state.answers()
    earlier = tuple(e.question for e in state.exchanges)
    quote = _fresh_quote(said[-1], earlier) if said else ""
    match topic:
        case Topic.STORY_OPEN:
            return Message(texts.STORY_OPEN, {})
        case Topic.STORY_MOMENT:
            return _quoting(texts.STORY_MOMENT_QUOTE, texts.STORY_MOMENT, quote)
        case Topic.STORY_MODEL:
            return Message(texts.STORY_MODEL, {})
        case Topic.NOTICED:
            return _quoting(texts.NOTICED_QUOTE, texts.NOTICED, quote)
        case Topic.LOOK_FOR:
            return _look_for(said, quote)
        case Topic.IN_OTHERS:
            return Message(texts.IN_OTHERS, {})
        case Topic.IN_SELF:
            return _quoting(texts.IN_SELF_QUOTE, texts.IN_SELF, quote)
        case Topic.AROUND:
            return Message(texts.AROUND, {})
        case Topic.FOR_WHAT:
            means = next((c.text for c in state.candidates if c.verdict is Verdict.MEANS), "")
            return Message(texts.FOR_WHAT, {"quote": means})


def can_ask_anew(topic: Topic, state: InterviewState) -> bool:
    """Tell whether the guide has words for ``topic`` in which it has not asked yet."""
    return word_question(topic, state).render() not in {e.question for e in state.exchanges}


def _look_for(said: tuple[str, ...], quote: str) -> Message:
    """Choose the wording by what the last answer was: a goal, a rule, a big word, or something seen."""
    reading = read_answer(said[-1]) if said else None
    if reading is None or not quote:
        return Message(texts.LOOK_FOR, {})
    if reading.is_goal_only:
        return Message(texts.LOOK_FOR_GOAL, {"quote": quote})
    if reading.is_norm_only:
        return Message(texts.LOOK_FOR_RULE, {"quote": quote})
    if reading.is_vague:
        return Message(texts.LOOK_FOR_BIG_WORD, {"quote": quote})
    return Message(texts.LOOK_FOR_QUOTE, {"quote": quote})


def _lacks_story(state: InterviewState) -> bool:
    told = [e.answer or "" for e in state.exchanges if e.topic.value.startswith("story")]
    return not any(read_answer(text).has_moment for text in told)


def _was_skipped(state: InterviewState, topic: Topic) -> bool:
    def is_empty(exchange: Exchange) -> bool:
        return not exchange.answer or not read_answer(exchange.answer).is_answer

    return any(e.topic is topic and is_empty(e) for e in state.exchanges)


def _fresh_quote(text: str, earlier: tuple[str, ...]) -> str:
    """Return a phrase of ``text`` that no earlier question quoted."""
    quote = quotable(text)
    return "" if any(quote and quote in question for question in earlier) else quote


def _quoting(with_quote: str, without: str, quote: str) -> Message:
    return Message(with_quote, {"quote": quote}) if quote else Message(without, {})
