"""Rows, migrations, repositories, import and export. Knows none of the rules of the science."""

from storage.acts import Act
from storage.database import Database
from storage.draws import ValueCounts
from storage.events import Event, Head
from storage.live import StudyTotals
from storage.people import StepEntry
from storage.schema import HEAD_REVISION
from storage.store import Store
from storage.votes import AnswerCounts, Edge, StoredVote, VoteReason, VoteRevision

__all__ = [
    "HEAD_REVISION",
    "Act",
    "AnswerCounts",
    "Database",
    "Edge",
    "Event",
    "Head",
    "StepEntry",
    "Store",
    "StoredVote",
    "StudyTotals",
    "ValueCounts",
    "VoteReason",
    "VoteRevision",
]
