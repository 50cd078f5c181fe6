"""The published sets by their id on the hub: fetched where no such folder is here, and clear where they cannot be."""

from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import HfHubHTTPError

from domain.errors import BackendUnavailableError, UserInputError
from domain.stances import CIVICS, DAILYDILEMMAS
from services.probe_plans import read_dataset
from services.published_sets import published_dilemmas

ACTIONS = """idx,dilemma_idx,basic_situation,dilemma_situation,action_type,action,negative_consequence,\
values_aggregated,topic,\
topic_group
0,7,A gift,You may keep it or share it.,to_do,Share it,less,"['generosity']",gift,family
1,7,A gift,You may keep it or share it.,not_to_do,Keep it,envy,"['thrift']",gift,family
"""
VALUES = """,value,WVS,MFT,Virtue,Emotion,Maslow
0,generosity,,,Liberality,,
1,thrift,,,,,
"""


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Stand in for the hub; returns what was asked of it."""
    monkeypatch.chdir(tmp_path)
    asked = []

    def download(name, *, repo_type, allow_patterns):
        asked.append((name, repo_type, tuple(allow_patterns)))
        folder = tmp_path / "cache"
        folder.mkdir(exist_ok=True)
        (folder / "dilemma_to_action_to_values_aggregated.csv").write_text(ACTIONS, "utf-8")
        (folder / "values.csv").write_text(VALUES, "utf-8")
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


def test_an_id_of_the_hub_is_fetched_as_a_data_set_with_the_two_files_alone(hub):
    found = published_dilemmas(Path("kellycyy/daily_dilemmas"))
    assert [item.id for item in found.items] == ["7"]
    assert found.theories["Virtue"] == {"generosity": "Liberality"}
    files = ("dilemma_to_action_to_values_aggregated.csv", "values.csv")
    assert hub == [("kellycyy/daily_dilemmas", "dataset", files)]


@pytest.mark.parametrize("path", ["kellycyy/daily_dilemmas", "here"])
def test_a_folder_that_is_here_goes_before_the_hub(hub, tmp_path, path):
    folder = tmp_path / path
    folder.mkdir(parents=True)
    (folder / "dilemma_to_action_to_values_aggregated.csv").write_text(ACTIONS, "utf-8")
    (folder / "values.csv").write_text(VALUES, "utf-8")
    assert len(published_dilemmas(Path(path)).items) == 1
    assert hub == []


@pytest.mark.parametrize("path", ["/nowhere/at/all", "nowhere", "a/b/c", "../else"])
def test_what_is_no_id_is_never_asked_of_the_hub(hub, path):
    with pytest.raises(UserInputError):
        read_dataset(CIVICS, Path(path))
    assert hub == []


@pytest.mark.parametrize("error", [OSError, HfHubHTTPError.__bases__[0]])
def test_a_hub_that_cannot_be_reached_is_said_with_what_to_do(tmp_path, monkeypatch, error):
    def fail(name, **_):
        raise error("no network")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(BackendUnavailableError, match="cannot be fetched") as caught:
        read_dataset(DAILYDILEMMAS, Path("owner/none"))
    assert "network" in caught.value.hint
