"""Where a card landed: a piece of the graph in words, with its votes, and never more than the graph says."""

from datetime import UTC, datetime

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, MoralGraph, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from ui.widgets.landing_place import MOST, SETTLED_PEOPLE, landing_place_html
from ui.widgets.story import story_html

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STUDY = StudyId("study")


def graph_of(*pairs: tuple[int, int, int]) -> MoralGraph:
    """Votes as (value left behind, wiser value, people who said wiser)."""
    values = [
        CanonicalValue(
            id=ValueId(f"v{n}"),
            study_id=STUDY,
            number=n,
            title=f"<Value {n}>",
            policies=("SIGNS of it",),
            source=Source.PERSON,
            created_at=NOW,
            updated_at=NOW,
        )
        for n in range(1, 9)
    ]
    rows = [
        VoteRow(PersonId(f"p{n}"), ValueId(f"v{src}"), ValueId(f"v{wiser}"), "When it matters", EdgeAnswer.WISER)
        for src, wiser, people in pairs
        for n in range(people)
    ]
    return build_graph(GraphQuery(study_id=STUDY), values=values, rows=rows, roots={}, n_cards={})


def place(graph: MoralGraph) -> str:
    return landing_place_html(graph, ValueId("v1"), title="<Mine>")


def test_wiser_values_stand_above_and_the_others_below() -> None:
    html = place(graph_of((1, 2, 6), (3, 1, 7)))
    assert html.index("Value 2") < html.index("Mine") < html.index("Value 3")
    assert "6 of 6 votes" in html
    assert "7 of 7 votes" in html


def test_titles_are_text_and_never_markup() -> None:
    html = place(graph_of((1, 2, 6)))
    assert "<Mine>" not in html
    assert "&lt;Value 2&gt;" in html


def test_few_people_are_said_to_be_few() -> None:
    assert "too few to be sure" in place(graph_of((1, 2, SETTLED_PEOPLE - 1)))
    assert "too few to be sure" not in place(graph_of((1, 2, SETTLED_PEOPLE)))


def test_only_the_strongest_neighbours_are_shown() -> None:
    html = place(graph_of(*((1, n, n) for n in range(2, 8))))
    assert html.count("<li") == MOST
    assert "Value 7" in html
    assert "Value 2" not in html


def test_without_edges_it_says_what_would_bring_them() -> None:
    for graph in (graph_of(), graph_of((2, 3, 9)), graph_of((1, 2, 1))):
        assert "No votes link it" in place(graph)
        assert "<li" not in place(graph)


def test_a_starter_story_is_not_taken_for_a_participants() -> None:
    assert "starter story" in story_html("When", "Once", is_machine=False, is_starter=True)
    assert "starter story" not in story_html("When", "Once", is_machine=False)
    assert "written by a machine" in story_html("When", "Once", is_machine=True, is_starter=True)
