"""Laws of the moral graph, on studies of every shape: what must not change it, and what may only go one way."""

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cards import CanonicalValue
from domain.graphs import GraphQuery, Thresholds, VoteRow
from domain.people import Source
from domain.votes import EdgeAnswer
from graph.build import build_graph
from graph.merging import apply_merges
from graph.pairs import summarise_pairs

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VALUE_IDS = [f"v{n}" for n in range(1, 7)]
LOOSE = Thresholds(min_wiser=1, min_wiser_likelihood=0.0)


def value(value_id, *, is_withdrawn=False):
    return CanonicalValue(
        id=value_id,
        study_id="s",
        number=int(value_id[1:]),
        title=value_id,
        policies=("THINGS",),
        source=Source.SEED,
        is_withdrawn=is_withdrawn,
        created_at=NOW,
        updated_at=NOW,
    )


@st.composite
def vote_rows(draw, max_size=40):
    """Legal votes: no self-loops, one per person, pair and context."""
    pairs = st.sampled_from([(a, b) for a in VALUE_IDS for b in VALUE_IDS if a != b])
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from("pqrstu"), pairs, st.sampled_from(["When a", "When b"])),
            unique=True,
            max_size=max_size,
        )
    )
    answers = draw(st.lists(st.sampled_from(list(EdgeAnswer)), min_size=len(keys), max_size=len(keys)))
    return [VoteRow(p, s, w, c, a) for (p, (s, w), c), a in zip(keys, answers, strict=True)]


def build(rows, *, roots=None, values=VALUE_IDS, withdrawn=(), thresholds=LOOSE):
    return build_graph(
        GraphQuery(study_id="s", thresholds=thresholds),
        values=[value(v, is_withdrawn=v in withdrawn) for v in values],
        rows=rows,
        roots=roots or {},
        n_cards={},
    )


def slow_reference(rows, thresholds):
    """The formulas as written, pair by pair over all votes; the judge of the fast one."""
    edges = {}
    for src, wiser in {(r.src_id, r.wiser_id) for r in rows}:
        own = [r for r in rows if (r.src_id, r.wiser_id) == (src, wiser)]
        back = [r for r in rows if (r.src_id, r.wiser_id) == (wiser, src)]
        w, n, u = (
            sum(r.answer is a for r in own) for a in (EdgeAnswer.WISER, EdgeAnswer.NOT_WISER, EdgeAnswer.NOT_SURE)
        )
        less, shown = sum(r.answer is EdgeAnswer.WISER for r in back), len(own) + len(back)
        total = w + n + less + u + shown
        entropy = -sum(c / total * math.log2(c / total) for c in (w, n, less, u, shown) if c)
        likelihood = (w - less) / (w + n + u + less)
        is_kept = (
            w > 0
            and likelihood >= thresholds.min_wiser_likelihood
            and entropy <= thresholds.max_entropy
            and w >= thresholds.min_wiser
        )
        edges[src, wiser] = ((w, n, u, less, shown), likelihood, entropy, is_kept)
    return edges


@given(vote_rows())
def test_the_fast_builder_agrees_with_the_slow_reference(rows):
    expected = slow_reference(rows, LOOSE)
    edges = summarise_pairs(rows, thresholds=LOOSE)
    assert {(e.src_id, e.wiser_id) for e in edges} == set(expected)
    for edge in edges:
        counts, likelihood, entropy, is_kept = expected[edge.src_id, edge.wiser_id]
        assert edge.counts == counts
        assert edge.wiser_likelihood == pytest.approx(likelihood, abs=1e-12)
        assert edge.entropy == pytest.approx(entropy, abs=1e-12)
        assert edge.is_kept == is_kept or abs(entropy - LOOSE.max_entropy) < 1e-9


@given(vote_rows(), st.randoms(use_true_random=False))
def test_the_order_of_votes_changes_nothing(rows, random):
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert build(shuffled) == build(rows)


@given(vote_rows(), st.permutations(VALUE_IDS))
def test_renaming_values_renames_the_graph_and_changes_nothing_else(rows, names):
    new = dict(zip(VALUE_IDS, names, strict=True))
    renamed = build([r._replace(src_id=new[r.src_id], wiser_id=new[r.wiser_id]) for r in rows])
    plain = build(rows)
    assert {(new[e.src_id], new[e.wiser_id], e.counts, e.is_kept) for e in plain.edges} == {
        (e.src_id, e.wiser_id, e.counts, e.is_kept) for e in renamed.edges
    }
    ranks = {n.value.id: n.page_rank for n in renamed.nodes}
    for node in plain.nodes:
        assert ranks[new[node.value.id]] == pytest.approx(node.page_rank, abs=1e-8)


@given(vote_rows())
def test_rank_mass_is_one_and_the_published_one_never_more(rows):
    graph = build(rows)
    if not any(e.is_kept for e in graph.edges):
        assert all(n.page_rank is None for n in graph.nodes)
        return
    assert sum(n.page_rank or 0 for n in graph.nodes) == pytest.approx(1, abs=1e-8)
    assert sum(n.page_rank_published or 0 for n in graph.nodes) <= 1 + 1e-9


@given(vote_rows(), st.sampled_from(["When a", "When b"]))
def test_one_more_wiser_vote_never_lowers_the_likelihood_of_its_edge(rows, context):
    def likelihood(some):
        edges = {(e.src_id, e.wiser_id): e for e in summarise_pairs(some, thresholds=LOOSE)}
        return edges["v1", "v2"].wiser_likelihood

    start = [*rows, VoteRow("first", "v1", "v2", context, EdgeAnswer.NOT_SURE)]
    more = [*start, VoteRow("another", "v1", "v2", context, EdgeAnswer.WISER)]
    assert likelihood(more) >= likelihood(start)


@given(vote_rows())
def test_withdrawing_a_value_equals_never_having_voted_on_it(rows):
    without = [r for r in rows if "v1" not in {r.src_id, r.wiser_id}]
    withdrawn = build(rows, withdrawn={"v1"})
    assert withdrawn.edges == build(without).edges
    assert withdrawn.n_votes_withdrawn == len(rows) - len(without)


@given(vote_rows())
def test_a_merge_counts_every_vote_once_or_says_why_not(rows):
    merged = apply_merges(rows, roots={"v1": "v2"}, withdrawn=())
    assert len(merged.rows) + merged.n_self_loops + merged.n_superseded + merged.n_withdrawn == len(rows)
    assert not any("v1" in {r.src_id, r.wiser_id} for r in merged.rows)
    keys = Counter((r.person_id, r.src_id, r.wiser_id, r.context) for r in merged.rows)
    assert all(n == 1 for n in keys.values())


@given(vote_rows())
def test_a_merge_taken_back_leaves_no_trace(rows):
    assert build(rows, roots={}) == build(rows, roots={v: v for v in VALUE_IDS})


@given(vote_rows())
def test_wiser_is_up_except_within_a_cycle(rows):
    graph = build(rows)
    layer = {n.value.id: n.layer for n in graph.nodes}
    together = [set(c) for c in graph.cycles]
    for edge in graph.kept_edges():
        is_in_cycle = any({edge.src_id, edge.wiser_id} <= group for group in together)
        assert (
            (layer[edge.wiser_id] == layer[edge.src_id]) if is_in_cycle else (layer[edge.wiser_id] > layer[edge.src_id])
        )


@given(vote_rows())
def test_wisdom_is_none_outside_the_graph_and_a_number_inside(rows):
    graph = build(rows)
    touched = {end for e in graph.kept_edges() for end in (e.src_id, e.wiser_id)}
    for node in graph.nodes:
        is_inside = node.value.id in touched
        assert [n is not None for n in (node.wisdom, node.page_rank, node.page_rank_published)] == [is_inside] * 3


@given(vote_rows(), st.integers(0, 40))
def test_splitting_votes_into_batches_changes_nothing(rows, cut):
    batches = [rows[:cut], rows[cut:]]
    counts = [{(e.src_id, e.wiser_id): e.counts for e in summarise_pairs(b, thresholds=LOOSE)} for b in batches]
    whole = build(rows)
    assert build([*batches[1], *batches[0]]) == whole
    for edge in whole.edges:
        parts = [c[edge.src_id, edge.wiser_id] for c in counts if (edge.src_id, edge.wiser_id) in c]
        assert edge.counts[:3] == tuple(map(sum, zip(*(part[:3] for part in parts), strict=True)))
    assert sum(sum(e.counts[:3]) for e in whole.edges) == len(rows)


@given(vote_rows(), st.sampled_from([-1.0, 0.0, 0.33]))
def test_ranks_stay_shares_at_every_threshold(rows, least):
    graph = build(rows, thresholds=Thresholds(min_wiser_likelihood=least, max_entropy=9, min_wiser=0))
    inside = [n for n in graph.nodes if n.page_rank is not None]
    assert all(0 < n.page_rank <= 1 and 0 < n.page_rank_published <= 1 for n in inside)
    assert not inside or sum(n.page_rank for n in inside) == pytest.approx(1, abs=1e-8)
