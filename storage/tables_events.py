"""Rows of the event log. No foreign keys: the log outlives what it tells of."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.columns import JSON_TYPE, MomentType, Row


class EventRow(Row, table=True):
    """One act. Triggers refuse to change or delete it; the words acted on are never here."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("study_id", "client_id"),)
    study_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    client_id: str
    at: datetime = Field(sa_type=MomentType)
    actor: str
    kind: str
    refs: dict[str, str] = Field(sa_type=JSON_TYPE)
    content_hash: str
    prev_hash: str
    hash: str


class EventHeadRow(Row, table=True):
    """The end of a study's chain, locked by whoever writes next."""

    __tablename__ = "event_head"
    study_id: str = Field(primary_key=True)
    seq: int
    hash: str
