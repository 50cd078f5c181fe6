"""The votes of the 2023 study give the graph that its authors published, number for number."""

import csv
import json
import math
import random

import pytest

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.build import entropy_bits, summarise_pairs

pytestmark = pytest.mark.shared

ANSWERS = {"wiser": EdgeAnswer.WISER, "not_wiser": EdgeAnswer.NOT_WISER, "unsure": EdgeAnswer.NOT_SURE}


@pytest.fixture(scope="module")
def rows(shared_data):
    with (shared_data / "mge-study" / "edge_votes.csv").open(encoding="utf-8", newline="") as lines:
        return [
            VoteRow(r["participant"], r["src_value_id"], r["wiser_value_id"], r["context"], ANSWERS[r["answer"]])
            for r in csv.DictReader(lines)
        ]


@pytest.fixture(scope="module")
def published(shared_data):
    return json.loads((shared_data / "mge-study" / "expected" / "moral-graph-prolific-run.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def kept(rows):
    return [p for p in summarise_pairs(rows, thresholds=Thresholds()) if p.is_kept]


def test_votes_are_counted_as_published(rows):
    # G5 of the published figures.
    assert len(rows) == 1529
    assert len({r.person_id for r in rows}) == 503
    assert len({(r.src_id, r.wiser_id) for r in rows}) == 128
    by_answer = {a: sum(r.answer is a for r in rows) for a in EdgeAnswer}
    assert by_answer == {EdgeAnswer.WISER: 1041, EdgeAnswer.NOT_SURE: 323, EdgeAnswer.NOT_WISER: 165}


def test_the_graph_equals_the_published_one(kept, published):
    # G2: same pairs, counts, contexts; likelihood and entropy to 1e-9.
    expected = {(str(e["sourceValueId"]), str(e["wiserValueId"])): e for e in published["edges"]}
    assert {(p.src_id, p.wiser_id) for p in kept} == set(expected)
    assert len(expected) == 67
    for pair in kept:
        edge = expected[pair.src_id, pair.wiser_id]
        counts = edge["counts"]
        assert pair.counts == (
            counts["markedWiser"],
            counts["markedNotWiser"],
            counts["markedUnsure"],
            counts["markedLessWise"],
            counts["impressions"],
        )
        assert set(pair.contexts) == set(edge["contexts"])
        assert pair.wiser_likelihood == pytest.approx(edge["summary"]["wiserLikelihood"], abs=1e-9)
        assert pair.entropy == pytest.approx(edge["summary"]["entropy"], abs=1e-9)
    touched = {int(end) for p in kept for end in (p.src_id, p.wiser_id)}
    assert touched == {v["id"] for v in published["values"]}


def test_sums_over_the_kept_edges_are_the_published_ones(kept):
    # G8.
    sums = [sum(p.counts[i] for p in kept) for i in range(5)]
    assert sums == [901, 120, 227, 4, 1259]
    assert sum(p.wiser_likelihood for p in kept) / len(kept) == pytest.approx(0.7044, abs=5e-5)


def test_published_entropy_is_one_plus_half_the_true_one_without_reverse_votes(rows):
    # G13, derived: with I = W + N + U + L the fifth count is half of the total.
    pairs = summarise_pairs(rows, thresholds=Thresholds())
    checked = [p for p in pairs if p.counts.wiser > 0 and p.counts.impressions == sum(p.counts[:4])]
    assert checked
    for pair in checked:
        assert math.isclose(pair.entropy, 1 + entropy_bits(pair.counts[:4]) / 2, abs_tol=1e-12)


def test_order_of_votes_does_not_matter(rows):
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)
    assert summarise_pairs(shuffled, thresholds=Thresholds()) == summarise_pairs(rows, thresholds=Thresholds())
