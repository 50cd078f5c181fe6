"""Rows of what models said of two values, and of what people ruled."""

from datetime import datetime

from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class JudgementRow(Row, table=True):
    """What a model said of a pair of values in one wording."""

    __tablename__ = "pair_judgement"
    study_id: str = Field(foreign_key="study.id", index=True)
    first_id: str = Field(foreign_key="canonical_value.id", primary_key=True)
    second_id: str = Field(foreign_key="canonical_value.id", primary_key=True)
    wording: str = Field(primary_key=True)
    likeness: float
    opinion: str
    answers: list[dict[str, object]] = Field(sa_type=JSON_TYPE)
    backend: str
    prompt_id: str
    prompt_hashes: list[str] = Field(sa_type=JSON_TYPE)
    at: datetime = Field(sa_type=MomentType)


class RulingRow(Row, table=True):
    """What a person said of a pair of values in one wording, until undone."""

    __tablename__ = "pair_ruling"
    id: str = Field(primary_key=True)
    study_id: str = Field(foreign_key="study.id", index=True)
    first_id: str = Field(foreign_key="canonical_value.id")
    second_id: str = Field(foreign_key="canonical_value.id")
    wording: str
    ruling: str
    author: str
    reason: str
    created_at: datetime = Field(sa_type=MomentType)
    undone_at: datetime | None = Field(sa_type=MomentType, nullable=True)
