"""The command `moralgraph export`: one spelling for every form, and the two older ones beside it."""

import json

import pytest

from domain.exports import ExportFormat
from services.cli import main


@pytest.fixture
def here(make_services, tmp_path, monkeypatch):
    make_services()
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.mark.parametrize("kind", [kind.value for kind in ExportFormat])
def test_every_format_is_written_where_it_is_asked_for(kind, here, capsys):
    assert main(["export", "--study", "small", "--format", kind, "--out", str(here / "out")]) == 0
    assert (here / "out").exists()
    assert f"format: {kind}" in capsys.readouterr().out


def test_the_manifest_is_printed_as_json(here, capsys):
    assert main(["export", "--study", "small", "--format", "bundle", "--out", str(here / "b.zip"), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["exported"] == "bundle"
    assert {"path", "sha256", "bytes", "rows", "holds"} == set(printed["files"][0])


def test_older_spellings_still_work(here):
    assert main(["export", "graph", "--study", "small", "--out", str(here / "g.json")]) == 0
    assert main(["export", "study", "--study", "small", "--out", str(here / "s.json")]) == 0
    assert json.loads((here / "g.json").read_text("utf-8"))["meta"]["format"] == "moral-graph-explorer/moral-graph@1"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--study", "small"], "--format, --out"),
        (["--study", "nowhere", "--format", "csv", "--out", "x"], "There is no study 'nowhere'"),
        (["--study", "small", "--format", "csv", "--out", "x", "--test-share", "2"], "--test-share"),
        (["--study", "small", "--format", "gexf", "--out", "x", "--context", "When?"], "There is no context"),
    ],
)
def test_a_wrong_order_is_explained_and_writes_nothing(words, complaint, here, capsys, monkeypatch):
    monkeypatch.chdir(here)
    before = set(here.iterdir())
    assert main(["export", *words]) == 1
    assert complaint in capsys.readouterr().err
    assert set(here.iterdir()) == before


def test_the_prompts_of_answers_are_locked():
    from domain.prompts import read_lock
    from services.answering import FOLDER, prompts

    assert read_lock(FOLDER) == {prompt.key: prompt.body_hash for prompt in prompts().values()}
