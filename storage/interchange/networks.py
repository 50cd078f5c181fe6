"""The moral graph in the forms that graph tools read: node-link JSON, Cytoscape JSON, GraphML and GEXF.

All four hold the graph proper (kept edges and the values they touch), directed: an edge goes from the less wise value
to the wiser one. Ids are texts. GraphML and GEXF take single numbers and texts only: lists become JSON texts, and what
is not defined is left out.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

import networkx as nx

from domain.exports import ExportFormat
from storage.interchange.graphml import PlainFields, graphml
from storage.interchange.sinks import write_document

Network: TypeAlias = "nx.DiGraph[str]"
Fields: TypeAlias = dict[str, object]
Rows: TypeAlias = Iterable[Fields]

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets)."""
NUMBERS = frozenset({"pageRank", "pageRankPublished", "wisdom", "wiserLikelihood", "entropy", "voteEntropy"})
"""Fields that are always written with a decimal point, so that a field has one type throughout a file."""

RENAMED = {"source": "valueSource", "key": "valueKey"}
"""Fields of a value whose names mean something else to graph tools."""


class Node(NamedTuple):
    """A value in a graph file."""

    key: str
    fields: Fields


class Edge(NamedTuple):
    """A kept edge in a graph file."""

    source: str
    target: str
    fields: Fields


def network(document: Mapping[str, object]) -> Network:
    """Return the graph proper of an export document (``export_document``) with all its fields, lists as lists."""
    graph: Network = nx.DiGraph()
    graph.graph.update(about_graph(document))
    for node in nodes_of(document):
        graph.add_node(node.key, **node.fields)
    for edge in edges_of(document):
        graph.add_edge(edge.source, edge.target, **edge.fields)
    return graph


def about_graph(document: Mapping[str, object]) -> Fields:
    """Return what a graph file says of the whole graph."""
    meta = cast("Fields", document["meta"])
    return {name: meta[name] for name in ("format", "study", "madeAt", "data", "filters", "thresholds", "conventions")}


def nodes_of(document: Mapping[str, object]) -> Iterator[Node]:
    """Yield the values of the graph proper."""
    for value in cast("Rows", document["values"]):
        fields = {RENAMED.get(name, name): field for name, field in value.items() if name != "id"}
        yield Node(str(value["id"]), {"label": value["title"], **_numbers(fields)})


def edges_of(document: Mapping[str, object]) -> Iterator[Edge]:
    """Yield the kept edges, by their ends."""
    for edge in cast("Rows", document["edges"]):
        source, target = str(edge["sourceValueId"]), str(edge["wiserValueId"])
        counts, summary = cast("Fields", edge["counts"]), cast("Fields", edge["summary"])
        rest = {k: v for k, v in edge.items() if k not in {"sourceValueId", "wiserValueId", "counts", "summary"}}
        yield Edge(source, target, {"id": f"{source}-{target}", **counts, **_numbers({**summary, **rest})})


def plain_network(graph: Network) -> Network:
    """Return a copy with plain fields only."""
    plain: Network = nx.DiGraph()
    plain.graph.update(plain_fields(graph.graph))
    for key, fields in graph.nodes(data=True):
        plain.add_node(key, **plain_fields(fields))
    for source, target, fields in graph.edges(data=True):
        plain.add_edge(source, target, **plain_fields(fields))
    return plain


def plain_fields(fields: Mapping[str, object]) -> PlainFields:
    """Return single numbers and texts only: lists as JSON texts, no ``None``, nothing that XML cannot hold."""
    plain: PlainFields = {}
    for name, value in fields.items():
        if value is None:
            continue
        if isinstance(value, (list, dict)):
            plain[name] = _xml_text(json.dumps(value, ensure_ascii=False, sort_keys=True))
        else:
            plain[name] = _xml_text(value) if isinstance(value, str) else cast("int | float | bool", value)
    return plain


def write_network(path: Path, document: Mapping[str, object], format: ExportFormat) -> None:
    """Write the graph proper of an export document to ``path``; the same document gives the same bytes."""
    if format is ExportFormat.GRAPHML:
        write_graphml(path, document)
    else:
        WRITERS[format](path, network(document))


def write_graphml(path: Path, document: Mapping[str, object]) -> None:
    """Write GraphML, node by node and edge by edge, in the very bytes that networkx would write."""
    with graphml(path, plain_fields(about_graph(document))) as out:
        for node in nodes_of(document):
            out.add("node", plain_fields(node.fields), id=node.key)
        for edge in edges_of(document):
            out.add("edge", plain_fields(edge.fields), source=edge.source, target=edge.target)


def _node_link(path: Path, graph: Network) -> None:
    write_document(path, nx.node_link_data(graph, edges="edges"))


def _cytoscape(path: Path, graph: Network) -> None:
    nodes = [{"data": {"id": key, "value": key, "name": f["label"], **f}} for key, f in graph.nodes(data=True)]
    edges = [{"data": {**fields, "source": s, "target": t}} for s, t, fields in graph.edges(data=True)]
    write_document(
        path,
        {"data": graph.graph, "directed": True, "multigraph": False, "elements": {"nodes": nodes, "edges": edges}},
    )


def _gexf(path: Path, graph: Network) -> None:
    plain = plain_network(graph)
    made_at = str(plain.graph.pop("madeAt"))
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(plain)
    meta = writer.xml.find("meta")
    meta.set("lastmodifieddate", made_at[:10])
    with path.open("wb") as out:
        writer.write(out)


WRITERS: Mapping[ExportFormat, Callable[[Path, Network], None]] = {
    ExportFormat.NODE_LINK: _node_link,
    ExportFormat.CYTOSCAPE: _cytoscape,
    ExportFormat.GEXF: _gexf,
}


def _numbers(fields: Mapping[str, object]) -> dict[str, object]:
    return {k: float(v) if k in NUMBERS and isinstance(v, (int, float)) else v for k, v in fields.items()}


def _xml_text(text: str) -> str:
    return NOT_XML.sub("", text)
