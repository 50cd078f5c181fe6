"""Laws of ranges over resampled people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.graphs import EdgeCounts, Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.provisional import likelihood_interval
from graph.uncertainty import uncertainty
from graph.vote_columns import people_by_content, vote_columns

VALUES = ["v1", "v2", "v3", "v4"]
LOOSE = Thresholds(min_wiser=1, min_wiser_likelihood=0.0)
COUNTS = st.integers(0, 60)


@st.composite
def vote_rows(draw):
    pairs = st.sampled_from([(a, b) for a in VALUES for b in VALUES if a != b])
    keys = draw(st.lists(st.tuples(st.sampled_from("pqrstu"), pairs), unique=True, max_size=30))
    return [VoteRow(p, s, w, "When", draw(st.sampled_from(EdgeAnswer))) for p, (s, w) in keys]


def ranges(rows):
    columns = people_by_content(vote_columns(rows))
    return uncertainty(columns, thresholds=LOOSE, rng=np.random.default_rng(3), n_resamples=40)


@settings(max_examples=50)
@given(vote_rows(), st.randoms(use_true_random=False))
def test_order_and_names_of_people_change_nothing(rows, random):
    names = list("pqrstu")
    random.shuffle(names)
    renamed = [row._replace(person_id=dict(zip("pqrstu", names, strict=True))[row.person_id]) for row in rows]
    random.shuffle(renamed)
    assert ranges(renamed) == ranges(rows)


@settings(max_examples=50)
@given(vote_rows())
def test_shares_are_shares_and_ranks_are_places(rows):
    found = ranges(rows)
    n = len(found.values)
    for one in found.values:
        assert 0 <= one.first_share <= 1
        assert 1 <= one.rank_interval[0] <= one.rank_interval[1] <= n
        assert one.wisdom_interval.low <= one.wisdom_interval.high
        assert 0 <= one.page_rank_interval.low <= one.page_rank_interval.high <= 1
    assert sum(one.page_rank for one in found.values) == pytest.approx(1 if n else 0, abs=1e-8)
    assert sum(one.first_share for one in found.values) <= 1 + 1e-9
    assert all(0 <= edge.kept_share <= 1 for edge in found.edges)


@given(COUNTS, COUNTS, COUNTS, st.integers(0, 5))
def test_one_more_vote_for_an_edge_never_lowers_either_end_of_its_likelihood(wiser, not_wiser, unsure, less_wise):
    before = EdgeCounts(wiser, not_wiser, unsure, less_wise, 0)
    after = before._replace(wiser=wiser + 1)
    old, new = likelihood_interval(before), likelihood_interval(after)
    if old is not None and new is not None and wiser >= less_wise:
        assert new.low >= old.low - 1e-12
        assert new.high >= old.high - 1e-12
