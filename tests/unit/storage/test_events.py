import pytest
from sqlalchemy import text

from domain.errors import StorageError
from domain.ids import ClientId
from domain.nouns import content_hash
from storage import Act
from storage.events import Head, keyed_hash


def tamper(database, *statements):
    """Change rows behind the application's back, as somebody with the file in hands could."""
    with database._engine.begin() as connection:
        if database.kind == "sqlite":
            connection.execute(text("DROP TRIGGER event_is_not_changed"))
            connection.execute(text("DROP TRIGGER event_is_not_deleted"))
        else:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def write_events(database, make, count):
    for number in range(1, count + 1):
        database.write(make.act(f"kind.{number}", refs={"card": str(number)}), lambda store: None)


def test_events_are_numbered_and_chained_in_the_order_of_writing(database, make):
    write_events(database, make, 3)
    with database.read() as store:
        events = store.events.list(make.study_id)
        assert [event.seq for event in events] == [1, 2, 3]
        assert [event.prev_hash for event in events[1:]] == [event.hash for event in events[:2]]
        assert store.events.head(make.study_id) == Head(3, events[-1].hash)
        assert store.events.list(make.study_id, after=1, limit=1) == [events[1]]
        assert store.events.verify(make.study_id) is None


def test_every_study_has_a_chain_of_its_own(database, make):
    act = make.act()
    assert database.write(act, lambda store: None)
    assert database.write(act._replace(study_id="another"), lambda store: None)
    assert database.version(make.study_id) == database.version("another") == 1


def test_an_event_keeps_references_and_no_words(database, make, study):
    person = make.person()
    database.write(make.act(), lambda store: store.people.add(person, receipt_hash="r"))
    act = make.act(person_id=person.id, refs={"vote": "v1"}, content={"reason": "a secret"})
    database.write(act, lambda store: None)
    with database.read() as store:
        event = store.events.list(study.id)[-1]
    assert event.refs == {"person": person.id, "vote": "v1"}
    assert (event.actor, event.kind, event.at, event.client_id) == (act.actor, act.kind, act.at, act.client_id)
    assert "secret" not in repr(event)


def test_the_hash_of_content_is_keyed_with_the_salt_of_the_person(database, make, study):
    person = make.person()
    joined = make.act(person_id=person.id, content="yes")
    database.write(joined, lambda store: store.people.add(person, receipt_hash="r"))
    with database.read() as store:
        salt = store.events.salt(joined)
        assert store.events.list(study.id)[-1].content_hash == keyed_hash("yes", salt=salt)
    assert keyed_hash("yes", salt=salt) != keyed_hash("yes", salt="00")


@pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event"])
def test_the_database_refuses_to_change_or_delete_events(database, make, statement):
    write_events(database, make, 1)
    with pytest.raises(Exception, match="append-only"), database._engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("database_kind", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_events_cannot_be_truncated(database, make):
    write_events(database, make, 1)
    with pytest.raises(Exception, match="append-only"), database._engine.begin() as connection:
        connection.execute(text("TRUNCATE event"))


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE event SET kind = 'other' WHERE seq = 2", 2),
        ("UPDATE event SET at = (SELECT at FROM event WHERE seq = 1) WHERE seq = 3", 3),
        ("""UPDATE event SET refs = '{"card": "9"}' WHERE seq = 1""", 1),
        ("UPDATE event SET hash = prev_hash WHERE seq = 2", 2),
        ("DELETE FROM event WHERE seq = 2", 2),
        ("DELETE FROM event WHERE seq = 4", 4),
        ("UPDATE event_head SET seq = 3", 5),
    ],
)
def test_a_chain_that_was_tampered_with_names_the_first_broken_row(database, make, statement, first_broken):
    write_events(database, make, 4)
    tamper(database, statement)
    with database.read() as store:
        assert store.events.verify(make.study_id) == first_broken


def test_an_act_with_a_moment_without_zone_is_refused(database, make):
    act = Act(ClientId("c"), make.study_id, "system", "x", make.moment().replace(tzinfo=None))
    with pytest.raises(StorageError, match="time zone"):
        database.write(act, lambda store: None)


def test_content_that_concerns_nobody_has_the_plain_hash(database, make):
    database.write(make.act(content={"title": "A study"}), lambda store: None)
    database.write(make.act(), lambda store: None)
    with database.read() as store:
        hashes = [event.content_hash for event in store.events.list(make.study_id)]
    assert hashes == [content_hash({"title": "A study"}), ""]
