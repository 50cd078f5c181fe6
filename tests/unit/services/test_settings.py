"""Settings come from an explicit mapping; a wrong name or value is refused in one sentence."""

from pathlib import Path

import pytest

from domain.errors import SettingsError
from services.settings import Settings


@pytest.fixture(autouse=True)
def fresh_folder(tmp_path, monkeypatch):
    """The data folder is seen from here; a model fetched into that of the project must not change a test."""
    monkeypatch.chdir(tmp_path)


def test_defaults_are_the_embedded_parts():
    settings = Settings.from_env({})
    assert settings.chat == "guided"
    assert settings.embedder == "minilm"
    assert settings.database_address() == "sqlite:///var/moralgraph.sqlite3"
    assert not settings.testing


def test_names_of_other_programs_are_left_alone():
    assert Settings.from_env({"PATH": "/bin", "HOME": "/root"}) == Settings.from_env({})


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    with pytest.raises(
        SettingsError, match=r"MORALGRAPH_DATABSE_URL is unknown\. Did you mean MORALGRAPH_DATABASE_URL"
    ):
        Settings.from_env({"MORALGRAPH_DATABSE_URL": "x"})


def test_a_value_that_makes_no_sense_is_refused_by_name():
    with pytest.raises(SettingsError, match="MORALGRAPH_CHAT_TIMEOUT_S cannot be used"):
        Settings.from_env({"MORALGRAPH_CHAT_TIMEOUT_S": "soon"})


def test_a_short_secret_is_refused():
    with pytest.raises(SettingsError, match="32 characters"):
        Settings.from_env({"MORALGRAPH_SECRET": "short"})


def test_a_secret_never_shows_in_the_text_of_the_settings():
    settings = Settings.from_env({"MORALGRAPH_SECRET": "s" * 40, "MORALGRAPH_CHAT_KEY": "k" * 40})
    assert "s" * 40 not in repr(settings)
    assert "k" * 40 not in repr(settings)


def test_empty_values_count_as_unset():
    assert Settings.from_env({"MORALGRAPH_DATA_DIR": ""}).data_dir == Path("var")


def test_staff_addresses_are_read_without_case():
    settings = Settings.from_env({"MORALGRAPH_STAFF_EMAILS": "Ada@Example.org, ,bo@example.org"})
    assert settings.staff_addresses() == {"ada@example.org", "bo@example.org"}
