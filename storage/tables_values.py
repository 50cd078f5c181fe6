"""Rows of cards, canonical values, the links between them, and vectors of their texts."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class CardRow(Row, table=True):
    """A card in its newest version. Interviews are not in files, so ``interview_id`` may point to none here."""

    __tablename__ = "card"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    person_id: str | None = Field(foreign_key="participant.id", index=True)
    source: str
    question_id: str | None = Field(foreign_key="question.id")
    interview_id: str | None
    number: int | None
    status: str
    version: int
    title: str
    title_origin: str
    gist: str
    gist_origin: str
    policies: list[dict[str, str]] = Field(sa_type=JSON_TYPE)
    description: str
    provenance: dict[str, str] | None = Field(sa_type=JSON_TYPE, nullable=True)
    moderation_reason: str
    saw_values: bool
    created_at: datetime = Field(sa_type=MomentType)
    updated_at: datetime = Field(sa_type=MomentType)


class CardVersionRow(Row, table=True):
    """A card as it stood before a later version."""

    __tablename__ = "card_version"
    card_id: str = Field(foreign_key="card.id", primary_key=True)
    version: int = Field(primary_key=True)
    text: dict[str, str] = Field(sa_type=JSON_TYPE)
    replaced_at: datetime = Field(sa_type=MomentType)


class ValueRow(Row, table=True):
    """A canonical value. ``founded_by_card_id`` may outlive the card by the length of one transaction."""

    __tablename__ = "canonical_value"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    number: int
    title: str
    gist: str
    description: str
    policies: list[str] = Field(sa_type=JSON_TYPE)
    source: str
    founded_by_card_id: str | None = Field(index=True)
    is_withdrawn: bool
    created_at: datetime = Field(sa_type=MomentType)
    updated_at: datetime = Field(sa_type=MomentType)
    hidden_at: datetime | None = Field(sa_type=MomentType, nullable=True)
    hidden_by: str


class PlacementRow(Row, table=True):
    """A card lies under a value, until undone."""

    __tablename__ = "placement"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    card_id: str = Field(foreign_key="card.id", index=True)
    value_id: str = Field(foreign_key="canonical_value.id", index=True)
    author: str
    reason: str
    created_at: datetime = Field(sa_type=MomentType)
    undone_at: datetime | None = Field(sa_type=MomentType, nullable=True)


class PlacementAnswerRow(Row, table=True):
    """What a person said of a value shown beside their card."""

    __tablename__ = "placement_answer"
    answer_number: int | None = Field(default=None, primary_key=True)
    card_id: str = Field(foreign_key="card.id", index=True)
    value_id: str = Field(foreign_key="canonical_value.id")
    opinion: str
    similarity: float
    machine_verdict: str | None
    machine_name: str
    at: datetime = Field(sa_type=MomentType)


class MergeRow(Row, table=True):
    """Votes and cards of one value count for another, until undone."""

    __tablename__ = "value_merge"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    value_id: str = Field(foreign_key="canonical_value.id")
    into_id: str = Field(foreign_key="canonical_value.id")
    author: str
    reason: str
    created_at: datetime = Field(sa_type=MomentType)
    undone_at: datetime | None = Field(sa_type=MomentType, nullable=True)


class EmbeddingRow(Row, table=True):
    """The vector of a text, found by the hash of the text; the text itself is not here."""

    __tablename__ = "embedding"
    embedder: str = Field(primary_key=True)
    text_hash: str = Field(primary_key=True, index=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    person_id: str | None = Field(foreign_key="participant.id", index=True)
    vector: bytes
