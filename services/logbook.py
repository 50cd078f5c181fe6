"""The log of a study: how long it is, and whether every row still follows from the one before."""

from typing import NamedTuple

from domain.ids import StudyId
from storage import Database


class LogState(NamedTuple):
    """What a walk along the chain found."""

    n_events: int
    broken_at: int | None
    """Number of the first row that was changed, removed or put in; ``None`` where the chain is whole."""

    def sentence(self) -> str:
        """Return the finding in one sentence."""
        if self.broken_at is None:
            events = "1 event" if self.n_events == 1 else f"{self.n_events} events, each following from the one before"
            return f"The log is whole: {events}."
        return f"The log is broken at row {self.broken_at}: it was changed, removed or put in past the app."


def state_of_log(database: Database, study_id: StudyId) -> LogState:
    """Walk the whole chain of a study; takes time in proportion to its length."""
    with database.read() as store:
        return LogState(n_events=store.events.head(study_id).seq, broken_at=store.events.verify(study_id))
