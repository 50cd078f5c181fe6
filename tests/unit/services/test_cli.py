"""The command line says in one sentence what is wrong, and does what the pages do."""

import json

import pytest

from services import cli

SIMULATE = ["simulate", "--study", "everyday-choices"]
CLUSTER = ["cluster", "--in", "cards.json", "--out", "clusters.json"]
GRAPH = ["export", "graph", "--study", "everyday-choices", "--out", "graph.json"]


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """Settings for a folder of its own, with parts that load at once."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("DATA_DIR", str(tmp_path / "data")), ("EMBEDDER", "hash"), ("INDEX", "exact")):
        monkeypatch.setenv(f"MORALGRAPH_{name}", value)
    monkeypatch.setenv("MORALGRAPH_TESTING", "true")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*GRAPH, "--min-wiser", "-1"], "argument --min-wiser: -1 is too small; write 0 or more"),
        ([*SIMULATE, "--participants", "2", "--seed", "-1"], "argument --seed: -1 is too small; write 0 or more"),
        (
            [*SIMULATE, "--participants", "-1", "--seed", "1"],
            "argument --participants: -1 is too small; write 1 or more",
        ),
        ([*SIMULATE, "--participants", "0", "--seed", "1"], "argument --participants: 0 is too small; write 1 or more"),
        ([*SIMULATE, "--participants", "two", "--seed", "1"], "argument --participants: 'two' is not a whole number"),
        ([*CLUSTER, "--sure-from", "11"], "argument --sure-from: 11 is too large; write 10 or less"),
        ([*CLUSTER, "--sure-from", "-1"], "argument --sure-from: -1 is too small; write 0 or more"),
        ([*CLUSTER, "--sure-from", "8.5"], "argument --sure-from: '8.5' is not a whole number"),
    ],
)
def test_a_number_that_makes_no_sense_is_answered_with_a_sentence(words, said, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(said)


def test_a_whole_study_leaves_simulated_people_out_unless_they_are_asked_for(tmp_path, capsys):
    assert cli.main([*SIMULATE, "--participants", "3", "--seed", "1"]) == 0
    whole = ["export", "study", "--study", "everyday-choices"]

    def exported(name, *more):
        out = tmp_path / name
        assert cli.main([*whole, *more, "--out", str(out)]) == 0
        return json.loads(out.read_text("utf-8"))["study"]

    real, every = exported("real.json"), exported("every.json", "--include", "simulated")
    assert "simulated" not in json.dumps(real)
    assert [real[part] for part in ("participants", "cards", "votes", "draws", "consents")] == [[]] * 5
    assert real["values"]
    assert [p["source"] for p in every["participants"]] == ["simulated"] * 3
    for name in ("real", "every"):
        assert cli.main(["import", "study", str(tmp_path / f"{name}.json"), "--slug", f"copy-{name}"]) == 0


def test_judging_without_a_model_is_a_sentence(capsys):
    assert cli.main([*SIMULATE, "--participants", "1", "--seed", "1"]) == 0
    assert cli.main(["judge", "--study", "everyday-choices", "--json"]) == 1
    assert "This study has no language model." in capsys.readouterr().err


def test_cards_are_gathered_on_the_graphics_card_that_the_settings_name_or_the_lack_of_one_is_said(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "cards.json").write_text(
        json.dumps([{"id": 1, "title": "Care", "policies": ["TENDERNESS in a voice"]}])
    )
    monkeypatch.setattr("faiss.get_num_gpus", lambda: 0)
    assert cli.main(CLUSTER) == 0
    monkeypatch.setenv("MORALGRAPH_INDEX", "faiss-gpu")
    assert cli.main(CLUSTER) == 1
    assert "graphics card" in capsys.readouterr().err
