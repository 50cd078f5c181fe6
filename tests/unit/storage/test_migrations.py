"""Every released schema, with rows in it, comes to the newest one. Add the rows of a new schema to ROWS."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from domain.errors import StorageError
from domain.ids import StudyId
from storage import HEAD_REVISION, Database
from storage.engines import open_engine
from storage.schema import revision_of, revisions, upgrade
from storage.tables import METADATA

MOMENT = "2030-01-01T09:00:00.123456+00:00"
ROWS = {
    "0001_first_schema": (
        "INSERT INTO study VALUES ('s1', 'old', 'Old', '', '', '', 'open', 5, false, true, 'en', '', '" + MOMENT + "')",
        "INSERT INTO question VALUES ('q1', 's1', 'ask', 'Ask', 'What?', 0, false)",
        "INSERT INTO context (id, study_id, text, position) VALUES ('c1', 's1', 'When', 0)",
        "INSERT INTO context_question VALUES ('c1', 'q1', 0)",
        "INSERT INTO participant VALUES ('p1', 's1', 'calm-river-1', 'person', '{\"party\": \"x\"}', 'compare', '"
        + MOMENT
        + "', '', 'receipt', '00')",
        "INSERT INTO event VALUES ('s1', 1, 'a1', '" + MOMENT + "', 'system', 'k', '{}', '', '" + "0" * 64 + "', 'x')",
    ),
}
ROWS["0002_machine_opinions"] = ROWS["0001_first_schema"]
ROWS["0003_hidden_values"] = (
    *ROWS["0002_machine_opinions"],
    "INSERT INTO canonical_value VALUES ('v1', 's1', 1, 'T', '', '', '[]', 'person', 'k1', true, '"
    + MOMENT
    + "', '"
    + MOMENT
    + "', '"
    + MOMENT
    + "', 'staff:ada')",
)
ROWS["0004_pair_judgements"] = (
    *ROWS["0003_hidden_values"],
    "INSERT INTO pair_judgement VALUES ('s1', 'v1', 'v1', 'w', 0.5, 'unsure', '[]', 'm', 'p', '[]', '" + MOMENT + "')",
    "INSERT INTO pair_ruling VALUES ('r1', 's1', 'v1', 'v1', 'w', 'apart', 'staff:ada', '', '" + MOMENT + "', NULL)",
)
ROWS["0005_food_for_thought"] = (
    ROWS["0001_first_schema"][0].removesuffix(")") + ", true)",
    *ROWS["0004_pair_judgements"][1:],
    "INSERT INTO card VALUES ('k1', 's1', 'p1', 'person', NULL, NULL, NULL, 'confirmed', 1, 'T', 'own', '', 'own', "
    "'[]', '', NULL, '', '" + MOMENT + "', '" + MOMENT + "', true)",
)
ROWS["0006_attribute_questions"] = (
    ROWS["0005_food_for_thought"][0].removesuffix(")")
    + """, '[{"name": "town", "text": "Where?", "answers": ["N", "S"]}]')""",
    *ROWS["0005_food_for_thought"][1:],
)


def test_every_released_schema_has_rows_to_test_with():
    assert sorted(ROWS) == revisions()
    assert revisions()[-1] == HEAD_REVISION


@pytest.mark.parametrize("revision", revisions())
def test_an_old_database_keeps_its_rows(blank_url, revision):
    engine = open_engine(blank_url)
    upgrade(engine, target=revision)
    with engine.begin() as connection:
        for statement in ROWS[revision]:
            connection.execute(text(statement.replace(":", r"\:")))
    engine.dispose()
    database = Database.open(blank_url)
    with database.read() as store:
        study = store.studies.by_slug("old")
        assert study is not None
        assert study.created_at.isoformat() == MOMENT
        assert [context.question_ids for context in store.studies.contexts(study.id)] == [("q1",)]
        person = store.people.by_receipt("receipt")
        assert person is not None
        assert person.attributes == {"party": "x"}
        assert [event.client_id for event in store.events.list(study.id)] == ["a1"]
    assert database.schema_revision() == HEAD_REVISION
    database.close()


def test_a_blank_database_gets_the_tables_that_the_code_expects(blank_url):
    Database.open(blank_url).close()
    engine = open_engine(blank_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_opening_without_migrating_leaves_a_blank_database_blank(blank_url):
    database = Database.open(blank_url, migrate=False)
    assert database.schema_revision() is None
    database.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(blank_url):
    Database.open(blank_url).close()
    engine = open_engine(blank_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(StorageError, match="9999_future"):
        Database.open(blank_url)
    with engine.connect() as connection:
        assert revision_of(connection) == "9999_future"
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(blank_url, monkeypatch):
    from alembic import op

    def fail(statement):
        raise StorageError("planted")

    monkeypatch.setattr(op, "execute", fail)
    engine = open_engine(blank_url)
    with pytest.raises(StorageError, match="planted"):
        upgrade(engine)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_processes_that_open_a_blank_database_at_once_all_succeed(blank_url):
    opened = []

    def work():
        database = Database.open(blank_url)
        opened.append(database.version(StudyId("s")))
        database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [0, 0, 0, 0]
