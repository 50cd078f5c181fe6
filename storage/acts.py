"""An act: who does what, named by the client, so that a rerun or a double click writes once."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from domain.ids import ClientId, PersonId, StudyId


class Act(NamedTuple):
    """What one write is about. It becomes one event of the study's log."""

    client_id: ClientId
    study_id: StudyId
    actor: str
    """``person``, ``staff:NAME``, ``system``, ``import``; never an address or a name of a participant."""
    kind: str
    """Such as ``vote.cast``, ``card.confirmed``, ``person.erased``."""
    at: datetime
    person_id: PersonId | None = None
    """The participant it concerns; kept in the event under the reference ``person``."""
    refs: Mapping[str, str] = {}
    """Ids of what it touches, by role. No words."""
    content: object = None
    """What was written, as JSON would hold it. Only its keyed hash is stored."""
