"""Keeps participants, what they agreed to, and when they came to each step of their way."""

import builtins
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from domain.ids import PersonId, StudyId
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from storage.events import new_salt
from storage.mapping import to_row
from storage.rows import Rows, after_row, changed, found, one_of
from storage.tables import CONSENT, PARTICIPANT, STEP_ENTRY


class StepEntry(NamedTuple):
    """A person came to a step."""

    person_id: PersonId
    step: JourneyStep
    entered_at: datetime


class Profile(NamedTuple):
    """What a participant is counted by."""

    source: Source
    attributes: Mapping[str, str]


class People:
    """Participants of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, participant: Participant, *, receipt_hash: str) -> None:
        """Store a new participant and the entry into their first step."""
        row = to_row(participant, PARTICIPANT, receipt_hash=receipt_hash, salt=new_salt())
        self._rows.add(PARTICIPANT, [row])
        self._enter(participant.id, participant.step, participant.created_at)

    def get(self, person_id: PersonId) -> Participant:
        """Return a participant; NotFoundError where there is none (any more)."""
        person = self._rows.noun(Participant, PARTICIPANT, PARTICIPANT.c.id == person_id)
        return found(person, what="participant", key=person_id)

    def by_receipt(self, receipt_hash: str) -> Participant | None:
        """Return the participant who holds the receipt of this hash, if there is one."""
        return self._rows.noun(Participant, PARTICIPANT, PARTICIPANT.c.receipt_hash == receipt_hash)

    def set_receipt(self, person_id: PersonId, receipt_hash: str) -> None:
        """Give a participant another receipt; the old one finds nobody from now on."""
        self._set(person_id, receipt_hash=receipt_hash)

    def aliases(self, study_id: StudyId) -> frozenset[str]:
        """Return the aliases in use, so that a new one can differ."""
        query = select(PARTICIPANT.c.alias).where(PARTICIPANT.c.study_id == study_id)
        return frozenset(row["alias"] for row in self._rows.mappings(query))

    def list(
        self,
        study_id: StudyId,
        *,
        sources: Collection[Source],
        after: PersonId | None = None,
        limit: int | None = None,
    ) -> builtins.list[Participant]:
        """Return participants of these sources, oldest first, starting behind ``after``."""
        where = [PARTICIPANT.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources)]
        later = after_row(PARTICIPANT, self._rows.first(PARTICIPANT, PARTICIPANT.c.id == after) if after else None)
        if later is not None:
            where.append(later)
        order = (PARTICIPANT.c.created_at, PARTICIPANT.c.id)
        return self._rows.nouns(Participant, PARTICIPANT, *where, order=order, limit=limit)

    def profiles(self, study_id: StudyId) -> builtins.list[Profile]:
        """Return what each participant is counted by, in no order."""
        query = select(PARTICIPANT.c.source, PARTICIPANT.c.attributes).where(PARTICIPANT.c.study_id == study_id)
        return [Profile(Source(source), attributes) for source, attributes in self._rows.tuples(query)]

    def attributes(self, study_id: StudyId, *, sources: Collection[Source]) -> dict[PersonId, Mapping[str, str]]:
        """Return what participants of these sources said about themselves; the same answers are one mapping."""
        query = select(PARTICIPANT.c.id, PARTICIPANT.c.attributes).where(
            PARTICIPANT.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources)
        )
        shared: dict[frozenset[tuple[str, str]], Mapping[str, str]] = {}
        return {
            person_id: shared.setdefault(frozenset(said.items()), said) for person_id, said in self._rows.tuples(query)
        }

    def counts_by_source(self, study_id: StudyId) -> dict[Source, int]:
        """Return how many participants each source has; 0 where it has none."""
        query = (
            select(PARTICIPANT.c.source, func.count().label("n"))
            .where(PARTICIPANT.c.study_id == study_id)
            .group_by(PARTICIPANT.c.source)
        )
        counts = {Source(row["source"]): int(row["n"]) for row in self._rows.mappings(query)}
        return {source: counts.get(source, 0) for source in Source}

    def set_step(self, person_id: PersonId, step: JourneyStep, at: datetime) -> None:
        """Move a participant to a step and note when; a step they are at already is left as it is."""
        if self.get(person_id).step == step:
            return
        self._set(person_id, step=step.value)
        self._enter(person_id, step, at)

    def set_attributes(self, person_id: PersonId, attributes: Mapping[str, str]) -> None:
        """Replace what a participant said about themselves; earlier answers are not kept."""
        self._set(person_id, attributes=dict(attributes))

    def step_entries(self, study_id: StudyId, *, sources: Collection[Source]) -> builtins.list[StepEntry]:
        """Return when people of these sources came to each step, in the order in which it happened."""
        query = (
            select(STEP_ENTRY)
            .join(PARTICIPANT, PARTICIPANT.c.id == STEP_ENTRY.c.person_id)
            .where(PARTICIPANT.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
            .order_by(STEP_ENTRY.c.number)
        )
        return [
            StepEntry(row["person_id"], JourneyStep(row["step"]), row["entered_at"])
            for row in self._rows.mappings(query)
        ]

    def add_consent(self, consent: Consent) -> None:
        """Store an answer about consent; earlier answers stay."""
        self._rows.add(CONSENT, [to_row(consent, CONSENT)])

    def consent_history(self, person_id: PersonId) -> builtins.list[Consent]:
        """Return every answer about consent, oldest first."""
        order = (CONSENT.c.at, CONSENT.c.number)
        return self._rows.nouns(Consent, CONSENT, CONSENT.c.person_id == person_id, order=order)

    def consents(self, person_id: PersonId) -> dict[ConsentScope, Consent]:
        """Return the newest answer of each scope that was asked."""
        return {consent.scope: consent for consent in self.consent_history(person_id)}

    def set_note(self, person_id: PersonId, note: str) -> None:
        """Set what staff wrote to this person about a moderated card; empty takes it away."""
        self._set(person_id, moderation_note=note)

    def _set(self, person_id: PersonId, **values: object) -> None:
        count = self._rows.change(PARTICIPANT, PARTICIPANT.c.id == person_id, **values)
        changed(count, what="participant", key=person_id)

    def _enter(self, person_id: PersonId, step: JourneyStep, at: datetime) -> None:
        self._rows.add(STEP_ENTRY, [{"person_id": person_id, "step": step.value, "entered_at": at}])
