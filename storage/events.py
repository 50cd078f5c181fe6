"""The append-only event log of each study: rows chained by hash, holding references and no words.

The hash of content is keyed with a random salt of the participant. Erasing the participant deletes the salt,
after which nobody can find out by guessing what a short answer was; the chain itself still verifies.
"""

import builtins
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from domain.errors import StorageError
from domain.ids import ClientId, StudyId
from domain.nouns import content_hash
from storage.acts import Act
from storage.rows import Rows, one_of
from storage.tables import EVENT, EVENT_HEAD, PARTICIPANT

START_HASH = "0" * 64
SALT_BYTES = 32
VERIFY_BATCH = 1000


class Event(NamedTuple):
    """One row of the log."""

    study_id: StudyId
    seq: int
    client_id: ClientId
    at: datetime
    actor: str
    kind: str
    refs: Mapping[str, str]
    content_hash: str
    """HMAC-SHA256 of the content with the person's salt, plain SHA-256 where no person is concerned, or empty."""
    prev_hash: str
    hash: str


class Head(NamedTuple):
    """The end of a chain: the newest event's number and hash."""

    seq: int
    hash: str


class Events:
    """Reads the log of a study; appending is the business of ``Database.write`` alone."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def list(self, study_id: StudyId, *, after: int = 0, limit: int | None = None) -> list[Event]:
        """Return events with a number above ``after``, oldest first."""
        query = select(EVENT).where(EVENT.c.study_id == study_id, EVENT.c.seq > after).order_by(EVENT.c.seq)
        return [Event(**row) for row in self._rows.mappings(query.limit(limit))]

    def of_kinds(self, study_id: StudyId, kinds: Collection[str]) -> builtins.list[Event]:
        """Return the events of some kinds, oldest first."""
        query = select(EVENT).where(EVENT.c.study_id == study_id, one_of(EVENT.c.kind, kinds)).order_by(EVENT.c.seq)
        return [Event(**row) for row in self._rows.mappings(query)]

    def newest_by_actor(self, study_id: StudyId) -> dict[str, datetime]:
        """Return when each actor, such as ``person:ID``, last did anything in the study."""
        query = select(EVENT.c.actor, func.max(EVENT.c.at).label("at")).where(EVENT.c.study_id == study_id)
        return {row["actor"]: row["at"] for row in self._rows.mappings(query.group_by(EVENT.c.actor))}

    def head(self, study_id: StudyId, *, until: datetime | None = None) -> Head:
        """Return the end of the chain, or where it ended at ``until``; number 0 where the study has no event."""
        if until is not None:
            events = select(EVENT.c.seq, EVENT.c.hash).where(EVENT.c.study_id == study_id, EVENT.c.at <= until)
            newest = self._rows.mappings(events.order_by(EVENT.c.seq.desc()).limit(1))
            return Head(newest[0]["seq"], newest[0]["hash"]) if newest else Head(0, START_HASH)
        row = self._rows.first(EVENT_HEAD, EVENT_HEAD.c.study_id == study_id)
        return Head(0, START_HASH) if row is None else Head(row["seq"], row["hash"])

    def verify(self, study_id: StudyId) -> int | None:
        """Return the number of the first row that was changed, removed or put in; ``None`` where all is well."""
        expected = Head(0, START_HASH)
        while batch := self.list(study_id, after=expected.seq, limit=VERIFY_BATCH):
            for event in batch:
                if event.seq != expected.seq + 1 or event.prev_hash != expected.hash or event.hash != _hash_of(event):
                    return expected.seq + 1
                expected = Head(event.seq, event.hash)
        return None if expected == self.head(study_id) else expected.seq + 1

    def has(self, study_id: StudyId, client_id: ClientId) -> bool:
        """Return whether an act of this name was written."""
        return self._rows.first(EVENT, EVENT.c.study_id == study_id, EVENT.c.client_id == client_id) is not None

    def lock(self, study_id: StudyId) -> Head:
        """Return the end of the chain and keep others from appending until this transaction ends."""
        if self._rows.dialect != "postgresql":
            return self.head(study_id)  # SQLite took its only write lock when the transaction began
        start = {"study_id": study_id, "seq": 0, "hash": START_HASH}
        self._rows.run(postgresql_insert(EVENT_HEAD).values(start).on_conflict_do_nothing())
        query = select(EVENT_HEAD).where(EVENT_HEAD.c.study_id == study_id).with_for_update()
        row = self._rows.mappings(query)[0]
        return Head(row["seq"], row["hash"])

    def salt(self, act: Act) -> str | None:
        """Return the salt of the act's person, if there is one."""
        if act.person_id is None:
            return None
        row = self._rows.first(PARTICIPANT, PARTICIPANT.c.id == act.person_id)
        return None if row is None else str(row["salt"])

    def append(self, act: Act, *, head: Head, salt: str | None) -> Event:
        """Write the event of ``act`` after ``head``."""
        if act.at.tzinfo is None:
            raise StorageError(f"The moment of an act needs a time zone: {act.at!r}.")
        refs = dict(act.refs) | ({"person": act.person_id} if act.person_id else {})
        event = Event(
            study_id=act.study_id,
            seq=head.seq + 1,
            client_id=act.client_id,
            at=act.at.astimezone(UTC),
            actor=act.actor,
            kind=act.kind,
            refs=refs,
            content_hash=_content_hash(act, salt),
            prev_hash=head.hash,
            hash="",
        )
        event = event._replace(hash=_hash_of(event))
        self._rows.add(EVENT, [event._asdict()])
        end = {"seq": event.seq, "hash": event.hash}
        if not self._rows.change(EVENT_HEAD, EVENT_HEAD.c.study_id == act.study_id, **end):
            self._rows.add(EVENT_HEAD, [{"study_id": act.study_id, **end}])
        return event


def new_salt() -> str:
    """Return a fresh random salt for one participant."""
    return secrets.token_hex(SALT_BYTES)


def keyed_hash(content: object, *, salt: str) -> str:
    """Return the HMAC-SHA256 of ``content`` as canonical JSON, keyed with a participant's ``salt``."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()


def _content_hash(act: Act, salt: str | None) -> str:
    if act.content is None:
        return ""
    if act.person_id is None:
        return content_hash(act.content)
    # No salt is left when the act erased the person: a key that nobody keeps makes the hash unguessable too.
    return keyed_hash(act.content, salt=salt or new_salt())


def _hash_of(event: Event) -> str:
    fields = event._asdict() | {"at": event.at.astimezone(UTC).isoformat(timespec="microseconds")}
    del fields["hash"]
    return content_hash(fields)
