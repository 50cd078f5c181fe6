"""Laws of counting from columns, beside the row by row counting that they replaced."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.merging import apply_merges
from graph.pairs import edges_after, edges_of, summarise_pairs
from graph.provisional import states_over_time
from graph.settling import settled_states
from graph.tally import NewVote, tally, with_vote
from graph.vote_columns import PLACE_OF, count_votes, vote_columns

VALUES = ["v1", "v2", "v3", "v4", "v5"]
CONTEXTS = ["When a", "When b"]
LOOSE = Thresholds(min_wiser=1, min_wiser_likelihood=0.0)
LINE = Thresholds(min_wiser_likelihood=0.5)


@st.composite
def vote_rows(draw, max_size=40):
    pairs = st.sampled_from([(a, b) for a in VALUES for b in VALUES if a != b])
    key = st.tuples(st.sampled_from("pqrst"), pairs, st.sampled_from(CONTEXTS))
    keys = draw(st.lists(key, unique=True, max_size=max_size))
    answers = draw(st.lists(st.sampled_from(list(EdgeAnswer)), min_size=len(keys), max_size=len(keys)))
    return [VoteRow(p, s, w, c, a) for (p, (s, w), c), a in zip(keys, answers, strict=True)]


def as_bytes(edges):
    return hashlib.sha256("".join(edge.model_dump_json() for edge in edges).encode()).hexdigest()


@given(vote_rows(), st.dictionaries(st.sampled_from(VALUES[:2]), st.sampled_from(VALUES[2:])), st.sets(st.just("v5")))
def test_merged_columns_count_what_merged_rows_count(rows, roots, withdrawn):
    slow = apply_merges(rows, roots=roots, withdrawn=withdrawn)
    fast = count_votes(vote_columns(rows), roots=roots, withdrawn=withdrawn)
    assert fast[1:] == slow[1:]
    assert edges_of(tally(fast.votes), thresholds=LOOSE) == summarise_pairs(slow.rows, thresholds=LOOSE)


@given(vote_rows())
def test_votes_added_one_at_a_time_give_the_bytes_of_all_at_once(rows):
    everything = [VoteRow("p", a, b, c, EdgeAnswer.WISER) for a in VALUES for b in VALUES if a < b for c in CONTEXTS]
    keys = vote_columns([*rows, *everything]).keys
    growing = tally(vote_columns([]))
    growing = type(growing)(keys=keys, cells=growing.cells, answers=growing.answers, asked=growing.asked)
    edges = ()
    for row in rows:
        places = keys.people.index(row.person_id), keys.values.index(row.src_id), keys.values.index(row.wiser_id)
        growing = with_vote(growing, NewVote(*places, keys.contexts.index(row.context), PLACE_OF[row.answer]))
        edges = edges_after(edges, growing, src=places[1], wiser=places[2], thresholds=LOOSE)
    assert as_bytes(edges) == as_bytes(edges_of(growing, thresholds=LOOSE))
    assert as_bytes(edges) == as_bytes(summarise_pairs(rows, thresholds=LOOSE))


@given(vote_rows(), st.randoms(use_true_random=False))
def test_the_same_votes_in_any_order_give_the_same_bytes(rows, random):
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert as_bytes(summarise_pairs(shuffled, thresholds=LOOSE)) == as_bytes(summarise_pairs(rows, thresholds=LOOSE))


@given(vote_rows(max_size=80), st.integers(1, 7))
def test_states_from_columns_are_those_of_votes_met_one_moment_at_a_time(rows, at_once):
    rule = Thresholds()
    moments = [rows[start : start + at_once] for start in range(0, len(rows), at_once)]
    times = np.arange(len(rows)) // at_once
    assert settled_states(vote_columns(rows), times, thresholds=rule) == states_over_time(moments, thresholds=rule)


@given(st.lists(st.tuples(st.sampled_from(list(EdgeAnswer)), st.booleans()), max_size=60))
def test_a_pair_with_a_long_history_keeps_its_state_from_columns_too(answers):
    rows = [
        VoteRow(f"p{at}", *(("v1", "v2") if forth else ("v2", "v1")), "When", answer)
        for at, (answer, forth) in enumerate(answers)
    ]
    found = settled_states(vote_columns(rows), np.arange(len(rows)), thresholds=LINE)
    assert found == states_over_time([[row] for row in rows], thresholds=LINE)
