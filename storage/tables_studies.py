"""Rows of studies, their questions and their contexts."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class StudyRow(Row, table=True):
    """One study."""

    __tablename__ = "study"
    id: str = Field(primary_key=True)
    slug: str = Field(unique=True)
    title: str
    introduction: str
    consent_text: str
    moderation_policy: str
    state: str
    n_comparisons: int
    is_graph_public: bool
    is_listed: bool
    language: str
    chat_backend: str
    offers_values: bool
    attribute_questions: list[dict[str, object]] = Field(sa_type=JSON_TYPE)
    created_at: datetime = Field(sa_type=MomentType)


class QuestionRow(Row, table=True):
    """One question of a study."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("study_id", "slug"),)
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    slug: str
    title: str
    text: str
    position: int
    is_archived: bool


class ContextRow(Row, table=True):
    """One context of a study. ``position`` keeps the order in which contexts were added."""

    __tablename__ = "context"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    text: str
    position: int


class ContextQuestionRow(Row, table=True):
    """A context occurs in a question."""

    __tablename__ = "context_question"
    context_id: str = Field(foreign_key="context.id", primary_key=True)
    question_id: str = Field(foreign_key="question.id", primary_key=True, index=True)
    position: int
