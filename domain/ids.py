"""Identifiers, made by the caller before a write, so that a rerun or a double click cannot write twice."""

from typing import NewType
from uuid import uuid4

StudyId = NewType("StudyId", str)
QuestionId = NewType("QuestionId", str)
ContextId = NewType("ContextId", str)
PersonId = NewType("PersonId", str)
InterviewId = NewType("InterviewId", str)
TurnId = NewType("TurnId", str)
CardId = NewType("CardId", str)
ValueId = NewType("ValueId", str)
PlacementId = NewType("PlacementId", str)
MergeId = NewType("MergeId", str)
RulingId = NewType("RulingId", str)
DrawId = NewType("DrawId", str)
HypothesisId = NewType("HypothesisId", str)
VoteId = NewType("VoteId", str)
ClientId = NewType("ClientId", str)
"""Names one act of one person (a click, a sent answer). The same client id twice writes once."""


def new_id() -> str:
    """Return a fresh random identifier of 32 hexadecimal characters.

    Wrap it in the id type that is meant: ``CardId(new_id())``.
    """
    return uuid4().hex
