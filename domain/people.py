"""Participants: pseudonymous, with a source, what they agreed to, and where they are on their way."""

from enum import StrEnum

from pydantic import Field

from domain.ids import PersonId, StudyId
from domain.nouns import Moment, Noun, Text


class Source(StrEnum):
    """Who stands behind a row. Never mixed silently: every read says which sources it wants."""

    PERSON = "person"
    SIMULATED = "simulated"
    SEED = "seed"
    IMPORTED = "imported"


REAL_SOURCES = frozenset({Source.PERSON, Source.IMPORTED})
"""The sources behind which people stand; the default of every graph and export."""


class ConsentScope(StrEnum):
    """What a person can agree to; asked one by one, never bundled."""

    TAKE_PART = "take_part"
    TRAINING = "training"


class JourneyStep(StrEnum):
    """The participant's way, in order. The step follows from what is stored, never from an address."""

    WELCOME = "welcome"
    INTERVIEW = "interview"
    CARD = "card"
    BELONG = "belong"
    CHOOSE = "choose"
    COMPARE = "compare"
    FINISH = "finish"
    DONE = "done"


class Participant(Noun):
    """One person in one study, known by an alias only."""

    id: PersonId
    study_id: StudyId
    alias: str
    """Two friendly words and a number, unique in the study; carries nothing about the person."""
    source: Source
    attributes: dict[str, Text] = Field(default_factory=dict)
    """Columns such as a political party, where known and agreed to."""
    step: JourneyStep = JourneyStep.WELCOME
    created_at: Moment
    moderation_note: Text = ""
    """What staff wrote to this person about a moderated card; empty where nothing was moderated."""


class Consent(Noun):
    """One answer to one question about consent."""

    person_id: PersonId
    scope: ConsentScope
    granted: bool
    text_hash: str
    """SHA-256 of the consent text that was on the screen."""
    at: Moment
