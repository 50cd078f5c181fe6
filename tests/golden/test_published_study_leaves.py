"""The published study in every form: the same 67 edges for every reader, and not a row for training without consent."""

import json
from pathlib import Path

import networkx as nx
import pyarrow.parquet as pq
import pytest

from services.cli import main

pytestmark = pytest.mark.shared


@pytest.fixture
def study(monkeypatch, tmp_path, shared_data):
    """Import the study; return a function that exports it in one form."""
    monkeypatch.setenv("MORALGRAPH_DATA_DIR", str(tmp_path / "data"))
    assert main(["import", "study", str(shared_data / "mge-study"), "--slug", "mge"]) == 0

    def take_out(kind: str, name: str) -> Path:
        assert main(["export", "--study", "mge", "--format", kind, "--out", str(tmp_path / name)]) == 0
        return tmp_path / name

    return take_out


@pytest.fixture
def published(shared_data):
    return json.loads((shared_data / "mge-study" / "expected" / "moral-graph-prolific-run.json").read_text("utf-8"))


def edges_of(published):
    return {(str(e["sourceValueId"]), str(e["wiserValueId"])): e for e in published["edges"]}


def test_graph_files_hold_the_published_graph(study, published):
    expected = edges_of(published)
    read = {
        "graphml": nx.read_graphml(study("graphml", "g.graphml")),
        "gexf": nx.read_gexf(study("gexf", "g.gexf")),
        "node-link": nx.node_link_graph(json.loads(study("node-link", "n.json").read_text("utf-8"))),
        "cytoscape": nx.cytoscape_graph(json.loads(study("cytoscape", "c.json").read_text("utf-8"))),
    }
    for kind, graph in read.items():
        assert set(graph.edges) == set(expected), kind
        assert set(graph.nodes) == {str(v["id"]) for v in published["values"]}, kind
        for (source, target), edge in expected.items():
            fields = graph.edges[source, target]
            assert fields["impressions"] == edge["counts"]["impressions"], kind
            assert fields["wiserLikelihood"] == pytest.approx(edge["summary"]["wiserLikelihood"], abs=1e-9), kind


def test_tables_hold_the_published_votes_and_the_published_graph(study, published):
    folder = study("parquet", "tables")
    votes = pq.read_table(folder / "votes.parquet")
    assert (votes.num_rows, len(set(votes["person"].to_pylist()))) == (1529, 503)
    edges = pq.read_table(folder / "edges.parquet").to_pylist()
    kept = {(str(e["source_value_id"]), str(e["wiser_value_id"])): e["wiser"] for e in edges if e["is_kept"]}
    assert len(edges) == 128
    assert kept == {pair: e["counts"]["markedWiser"] for pair, e in edges_of(published).items()}


def test_nobody_in_the_published_study_was_asked_about_training_so_no_row_is_for_training(study):
    folder = study("bundle", "bundle")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert [(f["path"], f["rows"]) for f in manifest["files"] if f["path"].startswith("training/")] == [
        ("training/provenance.jsonl", 0)
    ]
    assert all("agreed to training" in absence["why"] for absence in manifest["absent"])
    assert {a["what"].split()[0] for a in manifest["absent"]} == {
        "sft", "dpo", "kto", "reward", "prompts", "soft", "pluralism",
    }  # fmt: skip
