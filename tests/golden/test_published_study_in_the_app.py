"""The same, the whole way: command line in, database, command line out; on SQLite and PostgreSQL."""

import csv
import json
from collections import Counter

import jsonschema
import pytest

from services.cli import main
from storage.interchange import export_schema

pytestmark = pytest.mark.shared


@pytest.fixture
def here(database_url, monkeypatch, tmp_path):
    monkeypatch.setenv("MORALGRAPH_DATABASE_URL", database_url)
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MORALGRAPH_EMBEDDER", "minilm")
    return tmp_path


def test_import_then_export_equals_the_published_graph(here, shared_data, capsys):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["edge_votes"] == 1529
    out = here / "graph.json"
    assert main(["export", "graph", "--study", "mge", "--out", str(out)]) == 0
    document = json.loads(out.read_text("utf-8"))
    jsonschema.Draft202012Validator(export_schema()).validate(document)
    expected = shared_data / "mge-study" / "expected" / "moral-graph-prolific-run.json"
    published = json.loads(expected.read_text("utf-8"))
    ours = {(e["sourceValueId"], e["wiserValueId"]): e for e in document["edges"]}
    assert len(ours) == len(published["edges"]) == 67
    for edge in published["edges"]:
        mine = ours[edge["sourceValueId"], edge["wiserValueId"]]
        assert mine["counts"] == edge["counts"]
        assert set(mine["contexts"]) == set(edge["contexts"])
        assert mine["summary"]["wiserLikelihood"] == pytest.approx(edge["summary"]["wiserLikelihood"], abs=1e-9)
        assert mine["summary"]["entropy"] == pytest.approx(edge["summary"]["entropy"], abs=1e-9)
    assert {v["id"] for v in document["values"]} == {v["id"] for v in published["values"]}


def test_single_votes_of_the_export_give_its_counts_and_carry_no_identity(here, shared_data):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    assert main(["export", "graph", "--study", "mge", "--votes", "--out", str(here / "graph.json")]) == 0
    document = json.loads((here / "graph.json").read_text("utf-8"))
    votes = document["votes"]
    assert (len(votes), len({vote["person"] for vote in votes})) == (1529, 503)
    assert all(set(vote) == {"person", "sourceValueId", "wiserValueId", "context", "answer"} for vote in votes)
    wiser = Counter((v["sourceValueId"], v["wiserValueId"]) for v in votes if v["answer"] == "wiser")
    for edge in document["allEdges"]:
        assert edge["counts"]["markedWiser"] == wiser[edge["sourceValueId"], edge["wiserValueId"]]


def test_how_often_values_were_ticked_and_shown_is_in_the_export(here, shared_data):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    assert main(["export", "graph", "--study", "mge", "--out", str(here / "graph.json")]) == 0
    values = json.loads((here / "graph.json").read_text("utf-8"))["allValues"]
    with (shared_data / "mge-study" / "card_votes.csv").open(encoding="utf-8", newline="") as lines:
        ticked = Counter(int(row["value_id"]) for row in csv.DictReader(lines))
    with (shared_data / "mge-study" / "card_impressions.csv").open(encoding="utf-8", newline="") as lines:
        shown = Counter(int(row["value_id"]) for row in csv.DictReader(lines))
    assert [(v["votes"], v["impressions"]) for v in values] == [(ticked[v["id"]], shown[v["id"]]) for v in values]


def test_a_study_exported_whole_is_read_back_under_another_name(here, shared_data, capsys):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    assert main(["export", "study", "--study", "mge", "--out", str(here / "study.json")]) == 0
    assert main(["import", "study", str(here / "study.json"), "--slug", "copy"]) == 0
    for name in ("mge", "copy"):
        assert main(["export", "graph", "--study", name, "--out", str(here / f"{name}.json")]) == 0
    one, other = (json.loads((here / f"{name}.json").read_text("utf-8")) for name in ("mge", "copy"))
    assert one["edges"] == other["edges"]
    assert one["allEdges"] == other["allEdges"]


def test_filters_take_votes_away_and_are_named_in_the_file(here, shared_data):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    out = here / "part.json"
    options = ["--context", "When seeking support", "--until", "2023-10-12T00:00:00Z", "--min-wiser", "1"]
    assert main(["export", "graph", "--study", "mge", "--out", str(out), *options]) == 0
    document = json.loads(out.read_text("utf-8"))
    assert 0 < document["meta"]["counts"]["edgeVotes"] < 1529
    assert document["meta"]["filters"]["contexts"] == ["When seeking support"]
    assert document["meta"]["filters"]["until"] == "2023-10-12T00:00:00.000Z"
    assert {c for e in document["allEdges"] for c in e["contexts"]} == {"When seeking support"}


def test_a_study_of_the_same_name_is_not_imported_twice(here, shared_data, capsys):
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 1
    assert "mge" in capsys.readouterr().err


def test_an_unknown_study_is_named_with_those_there_are(here, capsys):
    assert main(["export", "graph", "--study", "nowhere", "--out", str(here / "x.json")]) == 1
    assert "There is no study 'nowhere'" in capsys.readouterr().err
    assert not (here / "x.json").exists()
