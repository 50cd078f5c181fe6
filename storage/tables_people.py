"""Rows of participants: who they are to us, what they agreed to, their interviews and their survey."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class ParticipantRow(Row, table=True):
    """One participant. ``receipt_hash`` finds them again; ``salt`` keys the hashes of what they wrote."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("study_id", "alias"),)
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    alias: str
    source: str
    attributes: dict[str, str] = Field(sa_type=JSON_TYPE)
    step: str
    created_at: datetime = Field(sa_type=MomentType)
    moderation_note: str
    receipt_hash: str | None = Field(unique=True)
    salt: str


class ConsentRow(Row, table=True):
    """One answer to one question about consent; the newest of a scope counts."""

    __tablename__ = "consent"
    number: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="participant.id", index=True)
    scope: str
    granted: bool
    text_hash: str
    at: datetime = Field(sa_type=MomentType)


class StepEntryRow(Row, table=True):
    """A participant came to a step of their way."""

    __tablename__ = "step_entry"
    number: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="participant.id", index=True)
    step: str
    entered_at: datetime = Field(sa_type=MomentType)


class InterviewRow(Row, table=True):
    """One interview with the state of its machine."""

    __tablename__ = "interview"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    person_id: str = Field(foreign_key="participant.id", index=True)
    question_id: str = Field(foreign_key="question.id")
    stage: str
    state_json: str
    revision: int
    started_at: datetime = Field(sa_type=MomentType)
    updated_at: datetime = Field(sa_type=MomentType)
    finished_at: datetime | None = Field(sa_type=MomentType, nullable=True)


class TurnRow(Row, table=True):
    """One thing said in an interview."""

    __tablename__ = "turn"
    id: str = Field(primary_key=True)
    interview_id: str = Field(foreign_key="interview.id", index=True)
    position: int
    speaker: str
    text: str
    topic: str
    status: str = Field(index=True)
    provenance: dict[str, str] | None = Field(sa_type=JSON_TYPE, nullable=True)
    at: datetime = Field(sa_type=MomentType)


class SurveyRow(Row, table=True):
    """A participant's newest answer to one question of the survey."""

    __tablename__ = "survey_answer"
    person_id: str = Field(foreign_key="participant.id", primary_key=True)
    question: str = Field(primary_key=True)
    score: int | None
    comment: str
    at: datetime = Field(sa_type=MomentType)
