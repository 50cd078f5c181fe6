"""Keeps interviews: each step is stored whole, and a step made from an older state is refused."""

from collections.abc import Sequence

from domain.errors import StudyRuleError
from domain.ids import InterviewId, PersonId
from domain.interviews import InterviewRecord, Turn, TurnStatus
from storage.mapping import to_row
from storage.rows import Rows, found
from storage.tables import INTERVIEW, TURN


class Interviews:
    """Interviews and what was said in them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def save_step(self, record: InterviewRecord, *, turns: Sequence[Turn]) -> None:
        """Store the state after a step and the turns it made or finished.

        Raises:
            StudyRuleError: the stored state is not the one this step was made from (a second tab was faster).
        """
        if not self._store(record):
            raise StudyRuleError(
                "This interview went on in another tab or window. Reload this page to go on from there; "
                "nothing that was saved is lost."
            )
        for turn in turns:
            self.save_turn(turn)

    def save_turn(self, turn: Turn) -> None:
        """Insert a turn, or replace it where it was stored before: a streamed turn grows."""
        row = to_row(turn, TURN)
        if not self._rows.change(TURN, TURN.c.id == turn.id, **row):
            self._rows.add(TURN, [row])

    def get(self, interview_id: InterviewId) -> InterviewRecord:
        """Return an interview; NotFoundError where there is none."""
        record = self._rows.noun(InterviewRecord, INTERVIEW, INTERVIEW.c.id == interview_id)
        return found(record, what="interview", key=interview_id)

    def of_person(self, person_id: PersonId) -> InterviewRecord | None:
        """Return the person's newest interview, if they began one."""
        order = (INTERVIEW.c.started_at.desc(), INTERVIEW.c.id)
        return self._rows.noun(InterviewRecord, INTERVIEW, INTERVIEW.c.person_id == person_id, order=order)

    def turns(self, interview_id: InterviewId) -> list[Turn]:
        """Return what was said, in order."""
        return self._rows.nouns(
            Turn, TURN, TURN.c.interview_id == interview_id, order=(TURN.c.position, TURN.c.at, TURN.c.id)
        )

    def streaming_turns(self) -> list[Turn]:
        """Return turns that were still being written: after a crash, all of them were cut off."""
        return self._rows.nouns(
            Turn, TURN, TURN.c.status == TurnStatus.STREAMING.value, order=(TURN.c.interview_id, TURN.c.position)
        )

    def _store(self, record: InterviewRecord) -> bool:
        row = to_row(record, INTERVIEW)
        if record.revision == 1:
            if self._rows.count(INTERVIEW, INTERVIEW.c.id == record.id):
                return False
            self._rows.add(INTERVIEW, [row])
            return True
        is_next = (INTERVIEW.c.id == record.id) & (INTERVIEW.c.revision == record.revision - 1)
        return bool(self._rows.change(INTERVIEW, is_next, **row))
