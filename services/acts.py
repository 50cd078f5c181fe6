"""One way to write: an act names who did what, once, and says which study rule it must obey."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import StudyRuleError
from domain.ids import ClientId, PersonId, StudyId
from domain.people import Participant
from domain.protocols import Clock
from domain.studies import Study, StudyState
from storage import Act, Database, Store

WRITABLE_STATES = frozenset({StudyState.OPEN, StudyState.REHEARSAL})


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where acts are written down: the database and the clock, handed to every service."""

    database: Database
    clock: Clock

    def act_of_person(
        self,
        person: Participant,
        kind: str,
        body: Callable[[Store], None],
        *,
        client_id: ClientId,
        refs: dict[str, str] | None = None,
        content: object = None,
        in_any_state: bool = False,
    ) -> bool:
        """Write an act of a participant; ``False`` when this client id was written before.

        ``in_any_state`` is for what people may do whatever became of the study, such as taking a consent back.

        Raises:
            StudyRuleError: the study is not open.
        """

        def guarded(store: Store) -> None:
            if not in_any_state:
                require_writable(store.studies.get(person.study_id))
            body(store)

        act = Act(
            client_id=client_id,
            study_id=person.study_id,
            actor=f"person:{person.id}",
            kind=kind,
            at=self.clock(),
            person_id=person.id,
            refs=refs or {},
            content=content,
        )
        return self.database.write(act, guarded)

    def act_of_staff(
        self,
        study_id: StudyId,
        kind: str,
        body: Callable[[Store], None],
        *,
        staff: str,
        client_id: ClientId,
        refs: dict[str, str] | None = None,
        content: object = None,
        person_id: PersonId | None = None,
    ) -> bool:
        """Write an act of staff; ``False`` when this client id was written before."""
        act = Act(
            client_id=client_id,
            study_id=study_id,
            actor=f"staff:{staff}",
            kind=kind,
            at=self.clock(),
            person_id=person_id,
            refs=refs or {},
            content=content,
        )
        return self.database.write(act, body)


def require_writable(study: Study) -> None:
    """Raise StudyRuleError unless the study takes answers."""
    if study.state not in WRITABLE_STATES:
        reason = "has not opened yet" if study.state is StudyState.DRAFT else "is closed"
        raise StudyRuleError(
            f"This study {reason}, so nothing new is stored. What you gave before is kept; your receipt code "
            "still lets you fetch or delete it."
        )
