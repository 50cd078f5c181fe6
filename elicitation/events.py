"""What can happen in an interview, and what the machine may ask for in return."""

from typing import Literal

from domain.cards import CardText
from domain.ids import ValueId
from domain.nouns import Noun, Text
from elicitation.states import Topic, Verdict


class Began(Noun):
    """The interview starts."""


class Answered(Noun):
    """The person answered the open question."""

    text: Text


class Skipped(Noun):
    """The person skipped the open question."""


class Worded(Noun):
    """The open question has its wording."""

    text: Text


class CardAsked(Noun):
    """The person wants to see the card now."""


class Judged(Noun):
    """The person judged one thing they named."""

    place: int
    verdict: Verdict


class Drafted(Noun):
    """A draft of the card is there."""

    card: CardText


class NeighbourTaken(Noun):
    """The person took over a line of another card."""

    text: Text
    value_id: ValueId


class Edited(Noun):
    """The person changed the card."""

    card: CardText


class Confirmed(Noun):
    """The person said: this is my card."""

    card: CardText


class Reopened(Noun):
    """The person went back from the card to the interview."""


Event = (
    Began | Answered | Skipped | Worded | CardAsked | Judged | Drafted | NeighbourTaken | Edited | Confirmed | Reopened
)


class AskRequest(Noun):
    """Word a question on this topic."""

    kind: Literal["ask"] = "ask"
    topic: Topic


class DraftRequest(Noun):
    """Draft the card from what was said."""

    kind: Literal["draft"] = "draft"


Request = AskRequest | DraftRequest
