"""An interview as stored: its turns, and its state as the machine in ``elicitation`` wrote it."""

from enum import StrEnum

from domain.ids import InterviewId, PersonId, QuestionId, StudyId, TurnId
from domain.nouns import Moment, Noun, Text
from domain.provenance import Provenance


class Speaker(StrEnum):
    """Who said it. ``machine`` is a language model, ``guide`` the protocol's own wording."""

    PERSON = "person"
    GUIDE = "guide"
    MACHINE = "machine"


class TurnStatus(StrEnum):
    """Streaming: still being written. Cut off: the reply stopped early and is kept as it is."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    CUT_OFF = "cut_off"


class Turn(Noun):
    """One thing said in an interview."""

    id: TurnId
    interview_id: InterviewId
    position: int
    speaker: Speaker
    text: Text
    topic: str = ""
    """The protocol's name of the question, such as ``story.open``."""
    status: TurnStatus = TurnStatus.COMPLETE
    provenance: Provenance | None = None
    at: Moment


class InterviewRecord(Noun):
    """The stored interview. ``state_json`` is opaque here: the machine writes and reads it."""

    id: InterviewId
    study_id: StudyId
    person_id: PersonId
    question_id: QuestionId
    stage: str
    state_json: str
    revision: int
    """Grows by one with every stored step; a write that names an older revision is refused (second tab)."""
    started_at: Moment
    updated_at: Moment
    finished_at: Moment | None = None
