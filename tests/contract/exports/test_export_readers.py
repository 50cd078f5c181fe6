"""What leaves the app is read by others: networkx, igraph, pandas, pyarrow, datasets, mlcroissant."""

import csv
import hashlib
import json

import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pytest

from domain.exports import TRAINING_USES, ExportFormat, ExportOrder
from domain.graphs import GraphQuery

COLUMNS = {
    "sft": ["prompt", "completion"],
    "dpo": ["prompt", "chosen", "rejected"],
    "kto": ["prompt", "completion", "label"],
    "reward": ["chosen", "rejected"],
    "prompts": ["prompt"],
}


def run(services, kind, out, **order):
    return services.exporting.run(ExportOrder(query=GraphQuery(study_id="s1"), format=kind, **order), out)


def load_rows(path):
    """Load a file with datasets, away from any cache of this machine."""
    import datasets

    return datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache"))


@pytest.fixture
def published(services, tmp_path):
    run(services, ExportFormat.MORAL_GRAPH, tmp_path / "graph.json")
    return json.loads((tmp_path / "graph.json").read_text("utf-8"))


def same_graph(graph, document):
    """Say whether a graph that networkx read is the exported one, in direction, counts and words."""
    values = {str(v["id"]): v for v in document["values"]}
    assert graph.is_directed()
    assert set(graph.nodes) == set(values)
    assert {(s, t) for s, t in graph.edges} == {
        (str(e["sourceValueId"]), str(e["wiserValueId"])) for e in document["edges"]
    }
    for edge in document["edges"]:
        fields = graph.edges[str(edge["sourceValueId"]), str(edge["wiserValueId"])]
        assert fields["markedWiser"] == edge["counts"]["markedWiser"]
        assert fields["entropy"] == pytest.approx(edge["summary"]["entropy"], abs=1e-12)
    for key, value in values.items():
        assert graph.nodes[key]["label"] == value["title"].replace("\ufffe", "")
        assert graph.nodes[key]["wisdom"] == pytest.approx(value["wisdom"], abs=1e-12)
    return True


def test_networkx_reads_graphml_and_gexf_back_equal(services, tmp_path, published):
    run(services, ExportFormat.GRAPHML, tmp_path / "g.graphml")
    run(services, ExportFormat.GEXF, tmp_path / "g.gexf")
    graph = nx.read_graphml(tmp_path / "g.graphml")
    assert same_graph(graph, published)
    assert same_graph(nx.read_gexf(tmp_path / "g.gexf"), published)
    contexts = {tuple(json.loads(fields["contexts"])) for _, _, fields in graph.edges(data=True)}
    assert contexts == {tuple(e["contexts"]) for e in published["edges"]}


def test_networkx_reads_node_link_and_cytoscape_back_equal_without_loss(services, tmp_path, published):
    run(services, ExportFormat.NODE_LINK, tmp_path / "n.json")
    run(services, ExportFormat.CYTOSCAPE, tmp_path / "c.json")
    links = nx.node_link_graph(json.loads((tmp_path / "n.json").read_text("utf-8")))
    drawn = nx.cytoscape_graph(json.loads((tmp_path / "c.json").read_text("utf-8")))
    for graph in (links, drawn):
        for key, fields in graph.nodes(data=True):
            fields["label"] = fields["label"].replace("\ufffe", "")
            assert fields["policies"] == next(v["policies"] for v in published["values"] if str(v["id"]) == key)
        assert same_graph(graph, published)


def test_igraph_reads_graphml_back_equal(services, tmp_path, published):
    import igraph

    run(services, ExportFormat.GRAPHML, tmp_path / "g.graphml")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert graph.is_directed()
    names = [v["id"] for v in graph.vs]
    edges = {(names[e.source], names[e.target]): e for e in graph.es}
    assert set(names) == {str(v["id"]) for v in published["values"]}
    assert len(edges) == len(published["edges"])
    for edge in published["edges"]:
        read = edges[str(edge["sourceValueId"]), str(edge["wiserValueId"])]
        assert read["markedWiser"] == edge["counts"]["markedWiser"]
        assert read["wiserLikelihood"] == pytest.approx(edge["summary"]["wiserLikelihood"], abs=1e-12)


def test_pandas_reads_csv_with_no_cell_that_a_spreadsheet_would_run(services, tmp_path):
    run(services, ExportFormat.CSV, tmp_path / "tables")
    values = pd.read_csv(tmp_path / "tables" / "values.csv")
    assert "'" + "=1+1 <&> \ufffe" in set(values["title"])
    for path in (tmp_path / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        texts = [cell for cell in cells if not cell.replace("-", "", 1).replace(".", "", 1).isdigit()]
        assert not [cell for cell in texts if cell.lstrip()[:1] in {"=", "+", "-", "@", "|", "%"}]


def test_lossless_rows_lie_beside_the_csv(services, tmp_path):
    run(services, ExportFormat.CSV, tmp_path / "tables")
    rows = [json.loads(line) for line in (tmp_path / "tables" / "values.jsonl").read_text("utf-8").splitlines()]
    assert "=1+1 <&> \ufffe" in {row["title"] for row in rows}
    assert pd.read_csv(tmp_path / "tables" / "votes.csv").shape == (1200, 5)


def test_pyarrow_reads_parquet_with_types_and_counts_that_add_up(services, tmp_path):
    made = run(services, ExportFormat.PARQUET, tmp_path / "tables")
    edges = pq.read_table(tmp_path / "tables" / "edges.parquet").to_pylist()
    votes = pq.read_table(tmp_path / "tables" / "votes.parquet").to_pylist()
    assert sum(e["wiser"] + e["not_wiser"] + e["unsure"] for e in edges) == len(votes) == 1200
    assert {f.path: f.rows for f in made.files}["votes.parquet"] == 1200
    assert isinstance(edges[0]["contexts"], list)
    assert not {"p1", "Person 1"} & {str(cell) for row in votes for cell in row.values()}


def test_datasets_loads_every_training_file_with_the_columns_of_its_trainer_and_no_other(services, tmp_path):
    run(services, ExportFormat.TRAINING, tmp_path / "t")
    files = sorted((tmp_path / "t").rglob("*.jsonl"))
    uses = {path.name.split(".")[0] for path in files}
    assert uses == {use.value for use in TRAINING_USES} | {"provenance"}
    for path in files:
        rows = load_rows(path)
        use = path.name.split(".")[0]
        assert len(rows) > 0
        assert use not in COLUMNS or rows.column_names == COLUMNS[use]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_datasets_loads_every_table(kind, services, tmp_path):
    import datasets

    run(services, ExportFormat(kind), tmp_path / "t")
    for path in (tmp_path / "t").glob(f"*.{kind}"):
        rows = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(rows) > 0, path.name


def test_both_sides_of_a_use_load_as_one_dataset(services, tmp_path):
    import datasets

    run(services, ExportFormat.BUNDLE, tmp_path / "b")
    for name in ("dpo-values", "soft", "prompts-answers", "votes"):
        loaded = datasets.load_dataset(str(tmp_path / "b"), name, cache_dir=str(tmp_path / "cache"))
        assert "train" in loaded


def test_the_header_of_the_dataset_card_names_language_size_and_task(services, tmp_path):
    import yaml

    run(services, ExportFormat.BUNDLE, tmp_path / "b")
    header = yaml.safe_load((tmp_path / "b" / "README.md").read_text("utf-8").split("---")[1])
    assert header["language"] == ["en"]
    assert header["size_categories"] == ["1K<n<10K"]  # 1,200 votes
    assert header["task_categories"] == ["text-generation"]
    assert {config["config_name"] for config in header["configs"]} >= {"votes", "dpo-values", "soft"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlcroissant", "ignore::DeprecationWarning:rdflib")
def test_mlcroissant_validates_the_bundle_and_reads_its_tables(services, tmp_path):
    import mlcroissant

    run(services, ExportFormat.BUNDLE, tmp_path / "b")
    dataset = mlcroissant.Dataset(jsonld=str(tmp_path / "b" / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()
    assert dataset.metadata.data_biases
    described = json.loads((tmp_path / "b" / "croissant.json").read_text("utf-8"))
    assert "license" not in described  # it takes an address or an identifier, and a study has none
    assert "under which licence" in described["description"]
    assert described["inLanguage"] == "en"
    records = list(dataset.records("votes"))
    assert len(records) == 1200
    assert set(records[0]) == {
        f"votes/{c}" for c in ("person", "source_value_id", "wiser_value_id", "context", "answer")
    }
    assert len(list(dataset.records("values"))) == 12


def test_the_manifest_names_every_file_with_its_hash_and_rows(services, tmp_path):
    run(services, ExportFormat.BUNDLE, tmp_path / "b")
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_text("utf-8"))
    named = {record["path"]: record for record in manifest["files"]}
    there = {p.relative_to(tmp_path / "b").as_posix() for p in (tmp_path / "b").rglob("*") if p.is_file()}
    assert set(named) | {"manifest.json"} == there
    for path, record in named.items():
        content = (tmp_path / "b" / path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == record["sha256"]
        assert len(content) == record["bytes"]
        assert record["rows"] is None or not path.endswith(".jsonl") or content.count(b"\n") == record["rows"]
