"""The picture of the graph: kept edges only, wiser is up, nothing loaded from outside."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, MoralGraph, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from ui.network_html import SETTLED_PEOPLE, network_data, standalone_html
from ui.palette import DARK, LIGHT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STUDY = StudyId("study")


def value(number: int, title: str) -> CanonicalValue:
    return CanonicalValue(
        id=ValueId(f"v{number}"),
        study_id=STUDY,
        number=number,
        title=title,
        policies=("SIGNS of it",),
        source=Source.PERSON,
        created_at=NOW,
        updated_at=NOW,
    )


def votes(src: int, wiser: int, people: int) -> list[VoteRow]:
    ends = ValueId(f"v{src}"), ValueId(f"v{wiser}")
    return [VoteRow(PersonId(f"p{n}"), *ends, "When it matters", EdgeAnswer.WISER) for n in range(people)]


def graph_of(rows: Sequence[VoteRow], *, title: str = "Room to decide") -> MoralGraph:
    values = [value(n, title if n == 1 else f"Value {n}") for n in range(1, 7)]
    return build_graph(GraphQuery(study_id=STUDY), values=values, rows=rows, roots={}, n_cards={})


def test_only_kept_edges_are_drawn_with_the_values_they_touch() -> None:
    data = network_data(graph_of([*votes(1, 2, 6), *votes(3, 4, 1)]))
    assert [(edge["from"], edge["to"]) for edge in data["edges"]] == [("v1", "v2")]
    assert {node["id"] for node in data["nodes"]} == {"v1", "v2"}


def test_the_wiser_value_stands_higher_and_is_larger_and_more_votes_are_wider() -> None:
    data = network_data(graph_of([*votes(1, 2, 9), *votes(2, 3, 3)]))
    nodes = {node["id"]: node for node in data["nodes"]}
    edges = {edge["id"]: edge for edge in data["edges"]}
    assert nodes["v1"]["y"] > nodes["v2"]["y"] > nodes["v3"]["y"], "y grows downwards on a screen"
    assert nodes["v2"]["size"] > nodes["v1"]["size"]
    assert edges["v1>v2"]["width"] > edges["v2>v3"]["width"]
    assert data["options"]["physics"] == {"enabled": False}


def test_few_people_are_a_dashed_line() -> None:
    data = network_data(graph_of([*votes(1, 2, SETTLED_PEOPLE), *votes(2, 3, SETTLED_PEOPLE - 1)]))
    assert [edge["dashes"] for edge in data["edges"]] == [False, True]


def test_values_on_a_cycle_have_a_ring() -> None:
    rows = [*votes(1, 2, 5), *votes(2, 3, 5), *votes(3, 1, 5), *votes(3, 4, 5)]
    ringed = {node["id"]: node["borderWidth"] > 1 for node in network_data(graph_of(rows))["nodes"]}
    assert ringed == {"v1": True, "v2": True, "v3": True, "v4": False}


def test_edges_within_a_layer_bend_around_what_lies_between() -> None:
    rows = [*votes(1, 2, 5), *votes(2, 3, 5), *votes(3, 1, 5), *votes(3, 4, 5)]
    bent = {edge["id"]: "smooth" in edge for edge in network_data(graph_of(rows))["edges"]}
    assert bent == {"v1>v2": True, "v2>v3": True, "v3>v1": True, "v3>v4": False}


def test_long_titles_are_wrapped_and_the_picture_follows_the_mode() -> None:
    graph = graph_of(votes(1, 2, 5), title="Courage to disagree kindly with someone dear")
    light, dark = network_data(graph), network_data(graph, palette=DARK)
    assert "\n" in light["nodes"][0]["label"]
    assert light["options"]["nodes"]["font"]["color"] == LIGHT.ink
    assert dark["options"]["nodes"]["font"]["color"] == DARK.ink
    assert light == network_data(graph), "the same graph gives the same data"


@pytest.mark.parametrize("title", ["Room to decide", "</script><script>alert(1)</script>"])
def test_the_file_to_download_loads_nothing_and_runs_no_text_of_people(title: str) -> None:
    html = standalone_html(graph_of(votes(1, 2, 5), title=title), title=title)
    assert not re.search(r"""<(?:script|img|iframe|link)[^>]+(?:src|href)=["']?(?:https?:)?//""", html)
    assert not re.search(r"""@import|url\(["']?(?:https?:)?//""", html.rsplit("<script>", 1)[0].split("<script>")[0])
    assert "alert(1)</script>" not in html
    vendor = Path(__file__).parents[3] / "assets" / "vendor" / "vis-network.min.js"
    assert vendor.read_text(encoding="utf-8") in html
