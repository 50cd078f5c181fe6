"""What an interview knows: its stage, what was asked and answered, what was named, and the card."""

from enum import StrEnum

from pydantic import Field

from domain.cards import CardText
from domain.nouns import Noun, Text


class Stage(StrEnum):
    """Stages in order; consent comes before the interview."""

    STORY = "story"
    ATTENTION = "attention"
    TESTING = "testing"
    DRAFTING = "drafting"
    EDIT = "edit"
    CONFIRMED = "confirmed"


class Topic(StrEnum):
    """What a question is after; its wording is the guide's or a model's."""

    STORY_OPEN = "story.open"
    STORY_MOMENT = "story.moment"
    STORY_MODEL = "story.model"
    NOTICED = "attention.noticed"
    LOOK_FOR = "attention.look_for"
    IN_OTHERS = "attention.in_others"
    IN_SELF = "attention.in_self"
    AROUND = "attention.around"
    FOR_WHAT = "testing.for_what"


class Verdict(StrEnum):
    """Is it worth attending to in itself, or a means to something else?"""

    IN_ITSELF = "in_itself"
    MEANS = "means"
    NOT_MINE = "not_mine"


class Exchange(Noun):
    """One question with its answer."""

    topic: Topic
    question: Text = ""
    answer: Text | None = None
    """``None`` while open; empty where it was skipped."""


class Candidate(Noun):
    """Something the person named, as a line for the card."""

    text: Text
    verdict: Verdict | None = None


class InterviewState(Noun):
    """The whole state; what is not in here the machine does not know."""

    stage: Stage = Stage.STORY
    subject: Text = ""
    """The study's question."""
    exchanges: tuple[Exchange, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    card: CardText | None = None
    n_drafts: int = Field(default=0, ge=0)

    def answers(self) -> tuple[str, ...]:
        """Return what the person said, in order; skipped questions left out."""
        return tuple(e.answer for e in self.exchanges if e.answer)

    def asked(self) -> frozenset[Topic]:
        """Return the topics that were asked, answered or not."""
        return frozenset(e.topic for e in self.exchanges)

    def open_exchange(self) -> Exchange | None:
        """Return the question that waits for an answer; none does once the card is being made."""
        is_open = self.stage in ASKING and bool(self.exchanges) and self.exchanges[-1].answer is None
        return self.exchanges[-1] if is_open else None

    def can_show_card(self) -> bool:
        """Tell whether the card can be shown now: from the second answer on."""
        return len(self.answers()) >= MIN_ANSWERS and self.stage in ASKING

    def to_test(self) -> tuple[tuple[int, str], ...]:
        """Return what waits for a verdict, each with its place among the candidates."""
        if self.stage is not Stage.TESTING or self.open_exchange() is not None:
            return ()
        return tuple((place, c.text) for place, c in enumerate(self.candidates) if c.verdict is None)


ASKING = frozenset({Stage.STORY, Stage.ATTENTION, Stage.TESTING})
"""Stages in which questions are asked and things named are judged."""
MAX_QUESTIONS = 12
"""More tire people: length and repetition were the main complaint about the published interview."""
MIN_ANSWERS = 2
MAX_TESTED = 5
"""Lines of a card that people still read with care."""
