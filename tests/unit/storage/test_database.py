import threading
from pathlib import Path

import pytest

from domain.errors import NotFoundError, StorageError, StudyRuleError
from domain.ids import ClientId, StudyId
from storage import HEAD_REVISION, Database


def test_the_same_act_twice_writes_once(database, make):
    act = make.act()
    study = make.study()
    calls = []

    def body(store):
        calls.append(1)
        store.studies.add(study)

    assert database.write(act, body)
    assert not database.write(act, body)
    assert len(calls) == 1
    assert database.version(make.study_id) == 1
    with database.read() as store:
        assert store.studies.list() == [study]


def test_a_body_that_raises_leaves_neither_rows_nor_event(database, make):
    def body(store):
        store.studies.add(make.study())
        raise StudyRuleError("no")

    with pytest.raises(StudyRuleError):
        database.write(make.act(), body)
    assert database.version(make.study_id) == 0
    with database.read() as store:
        assert store.studies.list() == []


def test_an_act_refused_once_can_be_tried_again_under_its_name(database, make):
    act = make.act()

    def refuse(store):
        raise StudyRuleError("no")

    with pytest.raises(StudyRuleError):
        database.write(act, refuse)
    assert database.write(act, lambda store: store.studies.add(make.study()))


def test_a_reading_session_refuses_to_write(database, make):
    with database.read() as store, pytest.raises(StorageError, match="only reads"):
        store.studies.add(make.study())


def test_a_session_inside_a_write_is_refused_instead_of_waiting_for_itself(database, make):
    def body(store):
        with database.read():
            pass

    with pytest.raises(StorageError, match="open already"):
        database.write(make.act(), body)
    assert database.write(make.act(), lambda store: None)


def test_a_broken_reference_is_a_storage_error_without_the_words(database, make):
    with pytest.raises(StorageError) as caught:
        database.write(make.act(), lambda store: store.studies.add_question(make.question(text="my secret")))
    assert not caught.value.retryable
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


def test_text_that_is_not_unicode_is_a_storage_error(database, make, study):
    person = make.person(alias="calm-\ud800")
    with pytest.raises(StorageError):
        database.write(make.act(), lambda store: store.people.add(person, receipt_hash="r"))


def test_threads_that_write_at_once_all_get_their_event(database, make):
    def work(name):
        for number in range(5):
            database.write(make.act(client_id=ClientId(f"{name}-{number}")), lambda store: None)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.version(make.study_id) == 20
    with database.read() as store:
        assert store.events.verify(make.study_id) is None


def test_a_reading_session_sees_one_state_while_somebody_writes(database, make, study):
    other = make.question(id="another", slug="another")
    with database.read() as store:
        before = store.studies.questions(study.id)
        assert database.write(make.act(), lambda inner: inner.studies.add_question(other))
        assert store.studies.questions(study.id) == before
    with database.read() as store:
        assert set(store.studies.questions(study.id)) == {*before, other}


def test_what_was_written_is_there_after_opening_again(database, database_url, make, study):
    database.close()
    again = Database.open(database_url)
    with again.read() as store:
        assert store.studies.get(study.id) == study
    assert again.schema_revision() == HEAD_REVISION
    again.ping()
    again.close()


def test_what_does_not_exist_is_not_found(database):
    with database.read() as store:
        with pytest.raises(NotFoundError, match="'nowhere'"):
            store.studies.get(StudyId("nowhere"))
        assert store.studies.by_slug("nowhere") is None
    assert database.version(StudyId("nowhere")) == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://host/name", "not supported"),
        ("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", "database failed"),
    ],
)
def test_an_address_that_cannot_be_opened_says_so(url, sentence):
    with pytest.raises(StorageError, match=sentence):
        Database.open(url, retry_wait_s=0)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="folder"):
        Database.open(f"sqlite:///{tmp_path}/file/study.db")


def test_a_file_that_is_no_database_says_so(tmp_path: Path):
    (tmp_path / "study.db").write_text("this is not a database, but it is long enough to be looked at" * 20)
    with pytest.raises(StorageError, match="not a database"):
        Database.open(f"sqlite:///{tmp_path}/study.db")


def test_a_database_in_memory_serves_several_threads(make):
    database = Database.open("sqlite://")
    threads = [
        threading.Thread(target=lambda: database.write(make.act(), lambda store: None) and database.version("x"))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.version(make.study_id) == 8
    with database.read() as outer, database.read() as inner:
        assert outer.events.head(make.study_id) == inner.events.head(make.study_id)
    database.close()


def test_sqlite_is_set_up_to_survive_a_crash_and_to_forget(tmp_path: Path):
    database = Database.open(f"sqlite:///{tmp_path}/study.db")
    with database._engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "secure_delete": 1}
    database.close()
