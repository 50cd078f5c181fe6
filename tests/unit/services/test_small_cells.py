"""What a few people of a group said does not follow from filters by group, context and question taken together."""

import pytest

from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from domain.studies import Context, Question
from domain.votes import EdgeAnswer
from storage.interchange import ExportMeta, export_document, validate_export

NORTH, SOUTH = (("town", "North"),), (("town", "South"),)
NEAR, FAR = "h1", "h1-far"
"""The story from v1 to v2, told in context c1 of question q1 and in context c2 of question q2."""


@pytest.fixture
def bundle(bundle):
    question = Question(id="q2", study_id="s1", slug="stranger", title="A stranger", text="And to a stranger?")
    context = Context(id="c2", study_id="s1", text="When a stranger asks", question_ids=("q2",))
    far = bundle.hypotheses[0].model_copy(update={"id": FAR, "context_id": "c2"})
    return bundle.model_copy(
        update={
            "questions": (*bundle.questions, question),
            "contexts": (*bundle.contexts, context),
            "hypotheses": (*bundle.hypotheses, far),
        }
    )


def voted(rooms, name, town, *stories, reason=""):
    person = rooms.participants.join("s1", person_id=name, attributes={"town": town})
    rooms.participants.give_consent(person, take_part=True, training=False, text_shown="?", client_id=f"c-{name}")
    for story in stories:
        rooms.comparing.vote(
            person, hypothesis_id=story, answer=EdgeAnswer.WISER, reason=reason, client_id=f"{story}-{name}"
        )


def many_voted(rooms, town, *, near, far):
    for number in range(near):
        voted(rooms, f"{town}-near-{number}", town, NEAR)
    for number in range(far):
        voted(rooms, f"{town}-far-{number}", town, FAR)


def n_people(rooms, attributes, **restricted):
    """People whom the graph shows, ``None`` where it is refused."""
    try:
        return rooms.explore.moral_graph(GraphQuery(study_id="s1", attributes=attributes, **restricted)).n_people
    except StudyRuleError:
        return None


RESTRICTED = [
    {"context_ids": ("c1",)},
    {"question_ids": ("q1",)},
    {"context_ids": ("c1",), "question_ids": ("q1",)},
    {"context_ids": ("c1", "c2"), "question_ids": ("q1",)},
    {"context_ids": ("c1",), "question_ids": ("q1", "q2")},
]


@pytest.mark.parametrize("restricted", RESTRICTED)
@pytest.mark.parametrize(("n_outside", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_few_of_the_group_do_not_follow_from_a_filter_by_context_or_question(rooms, restricted, n_outside, is_shown):
    many_voted(rooms, "North", near=5, far=n_outside)
    many_voted(rooms, "South", near=6, far=6)
    assert n_people(rooms, NORTH) == 5 + n_outside
    assert n_people(rooms, NORTH, **restricted) == (5 if is_shown else None)
    # Everybody in the other context less South there would leave the same few.
    assert n_people(rooms, SOUTH, **restricted) == (6 if is_shown else None)


def test_who_answered_in_both_contexts_does_not_follow_either(rooms):
    many_voted(rooms, "South", near=6, far=6)
    many_voted(rooms, "North", near=4, far=0)
    voted(rooms, "both", "North", NEAR, FAR)
    assert n_people(rooms, NORTH) == 5
    assert n_people(rooms, NORTH, context_ids=("c1",)) is None


def test_without_a_group_contexts_are_counted_as_they_are(rooms):
    many_voted(rooms, "North", near=5, far=1)
    assert n_people(rooms, (), context_ids=("c2",)) == 1


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_answer_makes_no_group(rooms, blank):
    many_voted(rooms, "North", near=6, far=0)
    many_voted(rooms, "South", near=9, far=0)
    for number in range(20):
        voted(rooms, f"blank-{number}", blank, *([NEAR] if number < 3 else []))
    # People in none hide first, and North, the smallest group, beside them; see graph.cell_guard.
    assert n_people(rooms, SOUTH) == 9
    assert n_people(rooms, NORTH) is None
    assert n_people(rooms, (("town", blank),)) is None
    assert rooms.explore.options("s1").attributes == {"town": ("North", "South")}


def test_no_reason_tells_the_group_of_the_one_who_wrote_it(rooms):
    for number in range(6):
        voted(rooms, f"p{number}", "North", NEAR, reason="She asked first.")
    query = GraphQuery(study_id="s1")
    assert len(rooms.explore.reasons(query, "v1")["v1", "v2"]) == 6
    assert rooms.explore.reasons(query.model_copy(update={"attributes": NORTH}), "v1") == {}


def test_the_graph_of_a_group_holds_no_count_that_the_rule_does_not_cover(rooms):
    many_voted(rooms, "North", near=6, far=1)
    many_voted(rooms, "South", near=6, far=6)
    query = GraphQuery(study_id="s1", attributes=NORTH)
    graph = rooms.explore.moral_graph(query)
    assert {edge.by_context for edge in graph.edges} == {()}
    assert {(node.n_choices, node.n_impressions) for node in graph.nodes} == {(None, None)}
    study = rooms.explore.options("s1").study
    meta = ExportMeta(study.created_at, "test", 1, "hash", {})
    validate_export(export_document(graph, study=study, questions=(), contexts=(), meta=meta))
    whole = rooms.explore.moral_graph(GraphQuery(study_id="s1"))
    assert any(edge.by_context for edge in whole.edges)
    with pytest.raises(StudyRuleError, match="Single votes of a group"):
        rooms.explore.graph_with_votes(query)
