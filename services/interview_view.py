"""An interview as a page shows it."""

from typing import NamedTuple

from domain.cards import CardText
from domain.ids import ValueId
from domain.interviews import Turn
from domain.provenance import Provenance
from domain.studies import Question
from elicitation.states import Stage


class NeighbourPolicy(NamedTuple):
    """A line of another value that comes near what the person said."""

    text: str
    value_id: ValueId
    value_title: str


class PolicyToTest(NamedTuple):
    """Something the person named that waits for a verdict."""

    place: int
    text: str


class InterviewView(NamedTuple):
    """What can be seen and done now."""

    stage: Stage
    revision: int
    """What the page must name when it acts; an older one is refused."""
    question: Question
    newest: Turn | None
    """The question that waits for an answer; ``None`` when none does."""
    earlier: tuple[Turn, ...]
    can_show_card: bool
    n_asked: int
    n_max: int
    policies_to_test: tuple[PolicyToTest, ...]
    neighbours: tuple[NeighbourPolicy, ...]
    card: CardText | None
    card_provenance: Provenance | None
    is_waiting: bool
    """A model is writing; the page looks again soon."""
    is_card_made: bool
    """The questions are over; a page that was about to ask one belongs to the past."""
    notice: str
    """One honest line when the guide took over from a model; empty otherwise."""


class Connection(NamedTuple):
    """Whether an interviewer can be reached, in one sentence."""

    is_well: bool
    sentence: str
