"""What the votes of the published study entail: the figures of its order, counted again in an obvious way."""

import json
from datetime import UTC, datetime
from itertools import combinations

import pytest

from domain.graphs import Thresholds, VoteRow
from graph.funnel import filter_funnel
from graph.order import Relation, plural_order
from graph.order_figures import order_figures, ranking_claims
from graph.pairs import summarise_pairs
from graph.rank import page_rank, wisdom
from storage.interchange import read_study

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def edges(shared_data):
    bundle = read_study(shared_data / "mge-study", slug="mge", clock=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    texts = {c.id: c.text for c in bundle.contexts}
    number = {v.id: str(v.number) for v in bundle.values}
    rows = [
        VoteRow(v.person_id, number[v.src_id], number[v.wiser_id], texts[v.context_id], v.answer) for v in bundle.votes
    ]
    return summarise_pairs(rows, thresholds=Thresholds())


@pytest.fixture(scope="module")
def published_pairs(shared_data):
    file = shared_data / "mge-study" / "expected" / "moral-graph-prolific-run.json"
    return [(str(e["sourceValueId"]), str(e["wiserValueId"])) for e in json.loads(file.read_text("utf-8"))["edges"]]


def reached_from(start, pairs):
    """Everything a walk along ``pairs`` meets after ``start``; the slow judge."""
    found, border = set(), [start]
    while border:
        here = border.pop()
        border += [high for low, high in pairs if low == here and high not in found]
        found |= {high for low, high in pairs if low == here}
    return found


def test_figures_are_those_of_the_published_graph(edges):
    figures = order_figures(plural_order(edges))
    assert figures._asdict() == {
        "values": 59,
        "pairs": 1711,
        "strictly_comparable": 230,
        "in_cycle": 20,
        "on_a_par": 16,
        "hardly_compared": 9,
        "never_compared": 1445,
        "classes": 51,
        "maximal_classes": 19,
        "maximal_values_without_wiser": 18,
        "longest_chain_classes": 8,
        "width": 23,
        "weak_components": 4,
    }
    assert figures.on_a_par + figures.never_compared == 1461


def test_a_walk_along_the_published_edges_finds_the_same_relation_of_every_two_values(edges, published_pairs):
    order = plural_order(edges)
    reached = {value: reached_from(value, published_pairs) for value in order.values}
    asked = {frozenset((e.src_id, e.wiser_id)): e.n_people for e in edges}
    for first, second in combinations(order.values, 2):
        up, down = second in reached[first], first in reached[second]
        n_people = asked.get(frozenset((first, second)), 0)
        beside = (
            Relation.ON_A_PAR if n_people >= 5 else Relation.HARDLY_COMPARED if n_people else Relation.NEVER_COMPARED
        )
        expected = {
            (True, True): Relation.IN_A_CYCLE,
            (True, False): Relation.WISER,
            (False, True): Relation.LESS_WISE,
            (False, False): beside,
        }
        assert order.relation(first, second) is expected[up, down]


def test_half_of_the_pairs_left_open_were_asked_of_one_person(edges):
    people = [pair.n_people for pair in plural_order(edges).open_pairs()]
    assert sorted(people) == [1] * 8 + [3, 5, 6, 8, 10, 12, 15, 55]


def test_the_two_cycles_have_five_values_each(edges):
    assert sorted(len(members) for members in plural_order(edges).classes)[-3:] == [1, 5, 5]


def test_most_of_what_a_ranking_claims_follows_from_no_vote(edges):
    order = plural_order(edges)
    by_rank, by_wisdom = (ranking_claims(order, scores(edges)) for scores in (page_rank, wisdom))
    # 1,481 of 1,711 pairs have no strict order, so a ranking that told all apart would claim 87 % beyond the votes.
    assert by_rank == (1602, 195, 35, 1372)
    assert by_wisdom == (1586, 194, 33, 1359)
    assert by_rank.share_not_entailed > 0.85


def test_each_filter_of_the_rule_removes_what_the_rule_says(edges):
    funnel = filter_funnel(edges, thresholds=Thresholds())
    assert (funnel.n_seen, funnel.n_kept) == (128, 67)
    assert [(f.name, f.n_removed, f.n_left) for f in funnel.filters] == [
        ("any_wiser", 22, 106),
        ("min_wiser_likelihood", 8, 98),
        ("max_entropy", 14, 84),
        ("min_wiser", 17, 67),
    ]
