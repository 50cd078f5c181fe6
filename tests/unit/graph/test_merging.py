"""Votes seen through merges: every vote counts once, or is counted as left out."""

from datetime import UTC, datetime

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, VoteRow
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.merging import apply_merges

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def vote(person, src, wiser, answer=EdgeAnswer.WISER, context="When asked"):
    return VoteRow(person, src, wiser, context, answer)


def test_votes_of_a_merged_value_count_for_its_target():
    counted = apply_merges([vote("p", "a", "c")], roots={"a": "b"}, withdrawn=())
    assert counted.rows == (vote("p", "b", "c"),)


def test_a_vote_between_two_merged_values_is_left_out_and_counted():
    counted = apply_merges([vote("p", "a", "b")], roots={"a": "b"}, withdrawn=())
    assert (counted.rows, counted.n_self_loops) == ((), 1)


def test_of_two_answers_that_a_merge_made_one_the_later_counts():
    rows = [vote("p", "a", "c"), vote("p", "b", "c", EdgeAnswer.NOT_WISER)]
    counted = apply_merges(rows, roots={"a": "b"}, withdrawn=())
    assert counted.rows == (vote("p", "b", "c", EdgeAnswer.NOT_WISER),)
    assert counted.n_superseded == 1


def test_the_same_pair_in_another_context_is_another_vote():
    rows = [vote("p", "a", "c"), vote("p", "b", "c", context="When alone")]
    assert apply_merges(rows, roots={"a": "b"}, withdrawn=()).n_superseded == 0


def test_a_vote_on_a_withdrawn_value_is_left_out_and_counted():
    counted = apply_merges([vote("p", "a", "c"), vote("p", "c", "a")], roots={}, withdrawn={"a"})
    assert (counted.rows, counted.n_withdrawn) == ((), 2)


def test_what_is_merged_into_a_withdrawn_value_is_left_out_with_it():
    assert apply_merges([vote("p", "a", "c")], roots={"a": "b"}, withdrawn={"b"}).n_withdrawn == 1


def test_choices_and_cards_of_merged_values_are_added_up():
    values = [
        CanonicalValue(
            id=key, study_id="s", number=n, title=key, policies=(), source=Source.SEED, created_at=NOW, updated_at=NOW
        )
        for n, key in enumerate("abc", 1)
    ]
    graph = build_graph(
        GraphQuery(study_id="s"),
        values=values,
        rows=[vote("p", "a", "c")],
        roots={"a": "b"},
        n_cards={"b": 4},
        n_choices={"a": 1, "b": 2},
        n_impressions={"a": 5, "b": 6, "c": 1},
    )
    by_id = {node.value.id: (node.n_cards, node.n_choices, node.n_impressions) for node in graph.nodes}
    assert by_id == {"b": (4, 3, 11), "c": (0, 0, 1)}
