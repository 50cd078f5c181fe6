"""Participants: joining by a link, consent, coming back by receipt code, and where they are on their way."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.errors import NotFoundError, StudyRuleError
from domain.ids import ClientId, PersonId, StudyId
from domain.nouns import content_hash
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from domain.studies import Study, StudyState
from services.acts import Desk, require_writable
from services.aliases import free_alias
from services.receipts import receipt_code, receipt_hash
from storage import Act, Store

STEP_ORDER = tuple(JourneyStep)


class Guest(NamedTuple):
    """A participant with their study, as every page of the way needs them."""

    person: Participant
    study: Study


class Participants:
    """Use cases of being a participant."""

    def __init__(self, desk: Desk, *, secret: str) -> None:
        self._desk = desk
        self._secret = secret

    def join(
        self,
        study_id: StudyId,
        *,
        person_id: PersonId,
        source: Source = Source.PERSON,
        attributes: Mapping[str, str] | None = None,
    ) -> Participant:
        """Add a participant under a caller-made id; joining twice with the same id adds one.

        Who joins a rehearsal only tries the study: they count as simulated, also after it has opened.

        Raises:
            StudyRuleError: the study is not open.
        """
        joined: list[Participant] = []
        with self._desk.database.read() as store:
            is_rehearsal = store.studies.get(study_id).state is StudyState.REHEARSAL
        source = Source.SIMULATED if is_rehearsal else source

        def body(store: Store) -> None:
            require_writable(store.studies.get(study_id))
            person = Participant(
                id=person_id,
                study_id=study_id,
                alias=free_alias(person_id, taken=store.people.aliases(study_id)),
                source=source,
                attributes=dict(attributes or {}),
                created_at=self._desk.clock(),
            )
            code = receipt_code(person_id, secret=self._secret)
            store.people.add(person, receipt_hash=receipt_hash(code, secret=self._secret))
            joined[:] = [person]

        act = Act(
            client_id=ClientId(f"join:{person_id}"),
            study_id=study_id,
            actor=f"person:{person_id}",
            kind="person.joined",
            at=self._desk.clock(),
            person_id=person_id,
            refs={"source": source.value},
        )
        self._desk.database.write(act, body)
        return joined[0] if joined else self.guest(person_id).person

    def guest(self, person_id: PersonId) -> Guest:
        """Return the participant with their study; NotFoundError when they erased themselves."""
        with self._desk.database.read() as store:
            person = store.people.get(person_id)
            return Guest(person=person, study=store.studies.get(person.study_id))

    def listed_studies(self) -> list[Study]:
        """Return the open studies that anyone may enter, newest first."""
        with self._desk.database.read() as store:
            listed = [s for s in store.studies.list() if s.is_listed and s.state is StudyState.OPEN]
        return sorted(listed, key=lambda study: study.created_at, reverse=True)

    def receipt(self, person_id: PersonId) -> str:
        """Return the person's receipt code."""
        return receipt_code(person_id, secret=self._secret)

    def by_receipt(self, typed: str) -> Participant:
        """Return the participant of a receipt code, however it was typed.

        Raises:
            NotFoundError: no one has this code (mistyped, or the data was deleted).
        """
        with self._desk.database.read() as store:
            person = store.people.by_receipt(receipt_hash(typed, secret=self._secret))
        if person is None:
            raise NotFoundError(
                "No one has this receipt code. Check it against your note; if you deleted your data, it is gone."
            )
        return person

    def give_consent(
        self, person: Participant, *, take_part: bool, training: bool, text_shown: str, client_id: ClientId
    ) -> None:
        """Store both answers, asked one by one; taking part moves the person on to the interview.

        Raises:
            StudyRuleError: taking part was not agreed to.
        """
        if not take_part:
            raise StudyRuleError("Nothing is stored and nothing goes on until you agree to take part.")
        granted = {ConsentScope.TAKE_PART: take_part, ConsentScope.TRAINING: training}

        def body(store: Store) -> None:
            for scope, is_granted in granted.items():
                store.people.add_consent(
                    Consent(
                        person_id=person.id,
                        scope=scope,
                        granted=is_granted,
                        text_hash=content_hash(text_shown),
                        at=self._desk.clock(),
                    )
                )
            move_on(store, person.id, to=JourneyStep.INTERVIEW, at_least_from=JourneyStep.WELCOME, desk=self._desk)

        self._desk.act_of_person(
            person,
            "consent.given",
            body,
            client_id=client_id,
            refs={scope.value: str(is_granted) for scope, is_granted in granted.items()},
        )

    def set_training_consent(self, person: Participant, *, granted: bool, text_shown: str, client_id: ClientId) -> None:
        """Change the answer on training, also of a closed study; taking part stays as it was."""
        consent = Consent(
            person_id=person.id,
            scope=ConsentScope.TRAINING,
            granted=granted,
            text_hash=content_hash(text_shown),
            at=self._desk.clock(),
        )
        self._desk.act_of_person(
            person,
            "consent.changed",
            lambda store: store.people.add_consent(consent),
            client_id=client_id,
            refs={ConsentScope.TRAINING.value: str(granted)},
            in_any_state=True,
        )

    def consents(self, person_id: PersonId) -> dict[ConsentScope, Consent]:
        """Return the newest answer on each scope."""
        with self._desk.database.read() as store:
            return store.people.consents(person_id)


def move_on(store: Store, person_id: PersonId, *, to: JourneyStep, at_least_from: JourneyStep, desk: Desk) -> None:
    """Set the person's step inside a running write, unless they are further already.

    Raises:
        StudyRuleError: they are not yet as far as ``at_least_from``.
    """
    now = store.people.get(person_id).step
    if STEP_ORDER.index(now) < STEP_ORDER.index(at_least_from):
        raise StudyRuleError("This step is not open yet. Go back to where you were; everything is kept.")
    if STEP_ORDER.index(now) < STEP_ORDER.index(to):
        store.people.set_step(person_id, step=to, at=desk.clock())
