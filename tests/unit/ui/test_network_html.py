"""The picture of the graph: kept edges only, wiser is up, nothing loaded from outside."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, MoralGraph, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.provisional import EdgeKey, EdgeState
from ui.network_html import network_data, standalone_html
from ui.network_places import TO_READ
from ui.network_scope import FIRST_VALUES, MANY_NODES, Scope, values_in
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


def drawn(graph: MoralGraph, **options: Any) -> dict[str, Any]:
    return network_data(graph, **({"states": {}} | options))


def many(n: int) -> MoralGraph:
    """A large graph: value 1 is found wiser than each of the next ten, those than ten each, and so on."""
    values = [value(number, f"Value {number}") for number in range(1, n + 1)]
    rows = [row for number in range(2, n + 1) for row in votes(number, (number + 8) // 10, 2)]
    return build_graph(GraphQuery(study_id=STUDY), values=values, rows=rows, roots={}, n_cards={})


def test_only_kept_edges_are_drawn_with_the_values_they_touch() -> None:
    data = drawn(graph_of([*votes(1, 2, 6), *votes(3, 4, 1)]))
    assert [(edge["from"], edge["to"]) for edge in data["edges"]] == [("v1", "v2")]
    assert {node["id"] for node in data["nodes"]} == {"v1", "v2"}


def test_the_wiser_value_stands_higher_and_is_larger_and_more_votes_are_wider() -> None:
    data = drawn(graph_of([*votes(1, 2, 9), *votes(2, 3, 3)]))
    nodes = {node["id"]: node for node in data["nodes"]}
    edges = {edge["id"]: edge for edge in data["edges"]}
    assert nodes["v1"]["y"] > nodes["v2"]["y"] > nodes["v3"]["y"], "y grows downwards on a screen"
    assert nodes["v2"]["size"] > nodes["v1"]["size"]
    assert edges["v1>v2"]["width"] > edges["v2>v3"]["width"]
    assert data["options"]["physics"] == {"enabled": False}


def test_what_is_provisional_is_dashed_and_says_so_with_interval_and_n() -> None:
    graph = graph_of([*votes(1, 2, 6), *votes(2, 3, 6)])
    states = {EdgeKey(ValueId("v1"), ValueId("v2")): EdgeState.ABOVE}
    edges = {edge["id"]: edge for edge in drawn(graph, states=states)["edges"]}
    assert edges["v1>v2"]["dashes"] is False
    assert edges["v2>v3"]["dashes"], "a pair that is not named is provisional"
    assert "(n = 6 people)" in edges["v1>v2"]["title"]
    assert "95 % interval: 61% to 100%\nsettled: wiser" in edges["v1>v2"]["title"]
    assert edges["v2>v3"]["title"].endswith("provisional")


def test_values_on_a_cycle_have_a_ring() -> None:
    rows = [*votes(1, 2, 5), *votes(2, 3, 5), *votes(3, 1, 5), *votes(3, 4, 5)]
    ringed = {node["id"]: node["borderWidth"] > 1 for node in drawn(graph_of(rows))["nodes"]}
    assert ringed == {"v1": True, "v2": True, "v3": True, "v4": False}


def test_a_cycle_stands_as_a_ring_whose_edges_look_and_read_apart_from_others() -> None:
    data = drawn(graph_of([*votes(1, 2, 5), *votes(2, 3, 5), *votes(3, 1, 5), *votes(3, 4, 5)]))
    assert data["rings"] == [["v1", "v2", "v3"]], "each is followed by the one found wiser"
    edges = {edge["id"]: edge for edge in data["edges"]}
    assert edges["v1>v2"]["color"]["color"] != edges["v3>v4"]["color"]["color"]
    assert "part of a cycle" in edges["v1>v2"]["title"]
    assert "part of a cycle" not in edges["v3>v4"]["title"]
    spots = {node["id"]: (node["x"], node["y"]) for node in data["nodes"]}
    assert all(spots["v4"][1] < spots[one][1] for one in ("v1", "v2", "v3")), "what is wiser stands above the ring"


def test_labels_have_room_and_the_picture_ends_where_its_lowest_row_does() -> None:
    data = drawn(many(100))
    rows: dict[float, list[float]] = {}
    for node in data["nodes"]:
        rows.setdefault(node["y"], []).append(node["x"])
    gaps = [right - left for xs in rows.values() for left, right in pairwise(sorted(xs))]
    assert min(gaps) >= 2 * TO_READ.half_width / TO_READ.per_row - 1
    assert max(len(xs) for xs in rows.values()) <= TO_READ.per_row
    assert data["height"] == max(rows) + TO_READ.row


def test_of_a_large_graph_the_wisest_come_first_and_all_of_it_when_asked() -> None:
    graph = many(MANY_NODES + 100)
    first, every = values_in(graph, Scope.FIRST), values_in(graph, Scope.ALL)
    assert "v1" in first
    assert FIRST_VALUES <= len(first) <= FIRST_VALUES + 4
    assert len(every) == MANY_NODES + 100
    part = drawn(graph, values=first)
    assert {node["id"] for node in part["nodes"]} == first
    assert len(part["edges"]) >= len(first) - 1 - FIRST_VALUES // 2, "they hang together"
    assert not part["isPacked"]
    assert drawn(graph, values=every)["isPacked"]


def test_around_a_value_are_those_up_to_two_arrows_away() -> None:
    graph = many(400)
    around = values_in(graph, Scope.AROUND, value_id=ValueId("v300"))
    assert around == {"v300", "v30", "v3", *(f"v{number}" for number in range(292, 302))}
    assert values_in(graph, Scope.AROUND, value_id=ValueId("v9999")) == frozenset()
    assert values_in(graph, Scope.AROUND) == frozenset()


def test_a_value_stands_in_the_same_layer_in_a_part_and_in_the_whole() -> None:
    graph = many(400)
    part = drawn(graph, values=values_in(graph, Scope.FIRST))
    heights = {node["id"]: node["y"] for node in part["nodes"]}
    assert heights["v1"] < heights["v2"] < heights["v20"], "y grows downwards on a screen"


def test_edges_within_a_layer_bend_around_what_lies_between() -> None:
    rows = [*votes(1, 2, 5), *votes(2, 3, 5), *votes(3, 1, 5), *votes(3, 4, 5)]
    bent = {edge["id"]: "smooth" in edge for edge in drawn(graph_of(rows))["edges"]}
    assert bent == {"v1>v2": True, "v2>v3": True, "v3>v1": True, "v3>v4": False}


def test_long_titles_are_wrapped_and_the_picture_follows_the_mode() -> None:
    graph = graph_of(votes(1, 2, 5), title="Courage to disagree kindly with someone dear")
    light, dark = drawn(graph), drawn(graph, palette=DARK)
    assert "\n" in light["nodes"][0]["label"]
    assert light["options"]["nodes"]["font"]["color"] == LIGHT.ink
    assert dark["options"]["nodes"]["font"]["color"] == DARK.ink
    assert light == drawn(graph), "the same graph gives the same data"


@pytest.mark.parametrize("title", ["Room to decide", "</script><script>alert(1)</script>"])
def test_the_file_to_download_loads_nothing_and_runs_no_text_of_people(title: str) -> None:
    html = standalone_html(graph_of(votes(1, 2, 5), title=title), title=title, states={})
    assert not re.search(r"""<(?:script|img|iframe|link)[^>]+(?:src|href)=["']?(?:https?:)?//""", html)
    assert not re.search(r"""@import|url\(["']?(?:https?:)?//""", html.rsplit("<script>", 1)[0].split("<script>")[0])
    assert "alert(1)</script>" not in html
    vendor = Path(__file__).parents[3] / "assets" / "vendor" / "vis-network.min.js"
    assert vendor.read_text(encoding="utf-8") in html
