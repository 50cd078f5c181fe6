"""Rows of upgrade hypotheses, votes with their history, and draws of cards with what was chosen."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class HypothesisRow(Row, table=True):
    """A guess that one value is wiser than another in a context, told as a story."""

    __tablename__ = "upgrade_hypothesis"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    src_id: str = Field(foreign_key="canonical_value.id")
    wiser_id: str = Field(foreign_key="canonical_value.id")
    context_id: str = Field(foreign_key="context.id")
    story: str
    source: str
    provenance: dict[str, str] | None = Field(sa_type=JSON_TYPE, nullable=True)
    is_archived: bool
    created_at: datetime = Field(sa_type=MomentType)


class VoteRow(Row, table=True):
    """A person's newest answer on one pair in one context."""

    __tablename__ = "edge_vote"
    __table_args__ = (UniqueConstraint("person_id", "src_id", "wiser_id", "context_id"),)
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    person_id: str = Field(foreign_key="participant.id")
    src_id: str = Field(foreign_key="canonical_value.id")
    wiser_id: str = Field(foreign_key="canonical_value.id")
    context_id: str = Field(foreign_key="context.id")
    hypothesis_id: str | None = Field(foreign_key="upgrade_hypothesis.id")
    answer: str
    reason: str
    unsure_reason: str | None
    was_flipped: bool
    created_at: datetime = Field(sa_type=MomentType)
    updated_at: datetime = Field(sa_type=MomentType)


class VoteRevisionRow(Row, table=True):
    """One answer in the history of a vote, the newest included."""

    __tablename__ = "edge_vote_revision"
    vote_id: str = Field(foreign_key="edge_vote.id", primary_key=True)
    seq: int = Field(primary_key=True)
    answer: str
    reason: str
    unsure_reason: str | None
    at: datetime = Field(sa_type=MomentType)


class DrawRow(Row, table=True):
    """Cards shown together to one person."""

    __tablename__ = "draw"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    person_id: str = Field(foreign_key="participant.id", index=True)
    question_id: str | None = Field(foreign_key="question.id")
    drawn_at: datetime = Field(sa_type=MomentType)
    answered_at: datetime | None = Field(sa_type=MomentType, nullable=True)


class ImpressionRow(Row, table=True):
    """A value was shown in a draw."""

    __tablename__ = "impression"
    draw_id: str = Field(foreign_key="draw.id", primary_key=True)
    position: int = Field(primary_key=True)
    value_id: str = Field(foreign_key="canonical_value.id", index=True)


class ChoiceRow(Row, table=True):
    """A value was ticked in a draw."""

    __tablename__ = "choice"
    draw_id: str = Field(foreign_key="draw.id", primary_key=True)
    position: int = Field(primary_key=True)
    value_id: str = Field(foreign_key="canonical_value.id", index=True)
