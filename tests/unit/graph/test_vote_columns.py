"""Votes as columns: names are numbered the same in any order, and one vote more counts as if all were counted anew."""

import tracemalloc

import numpy as np
import pytest

import graph.vote_columns as module
from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.merging import apply_merges
from graph.pairs import edges_of, summarise_pairs
from graph.tally import NewVote, pair_counts, tally, with_vote
from graph.vote_columns import count_votes, vote_columns

ROWS = [
    VoteRow("q", "v2", "v1", "When b", EdgeAnswer.WISER),
    VoteRow("p", "v1", "v2", "When a", EdgeAnswer.NOT_SURE),
    VoteRow("p", "v1", "v3", "When a", EdgeAnswer.WISER),
    VoteRow("q", "v1", "v2", "When a", EdgeAnswer.NOT_WISER),
]


def test_votes_of_nobody_are_counted_too():
    counted = tally(vote_columns([]))
    assert edges_of(counted, thresholds=Thresholds()) == ()
    assert len(pair_counts(counted).src) == 0


def test_rows_come_back_from_columns_as_they_were():
    columns = vote_columns(iter(ROWS))
    assert list(columns.rows()) == ROWS


def test_columns_name_what_their_votes_name_and_not_what_others_did():
    columns = vote_columns(ROWS)
    some = columns.where(columns.person == columns.keys.people.index("p"))
    assert (some.voted_values(), some.voted_contexts(), some.n_people()) == ({"v1", "v2", "v3"}, {"When a"}, 1)
    nobody = columns.where(np.zeros(len(columns), dtype=np.bool_))
    assert (nobody.voted_values(), nobody.voted_contexts(), nobody.n_people()) == (set(), set(), 0)
    assert list(nobody.rows()) == []


def test_votes_lie_in_memory_as_numbers_alone():
    def rows(n):
        return (VoteRow(f"p{at % 50}", f"v{at % 7}", "w", "When a", EdgeAnswer.WISER) for at in range(n))

    tracemalloc.start()
    columns = vote_columns(rows(60_000))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 45 * len(columns)
    assert peak < 130 * len(columns)


def test_rows_read_in_many_batches_give_the_same_columns(monkeypatch):
    whole = vote_columns(ROWS)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)
    parts = vote_columns(ROWS)
    assert parts.keys == whole.keys
    for name in ("person", "src", "wiser", "context", "answer"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name))


def test_more_names_than_there_is_room_for_are_refused(monkeypatch):
    monkeypatch.setattr(module, "VALUE_BITS", 1)
    with pytest.raises(ValueError, match="room for 2 names, not for 3"):
        vote_columns(ROWS)


@pytest.mark.parametrize("roots", [{}, {"v1": "v3"}, {"v2": "new"}])
@pytest.mark.parametrize("withdrawn", [set(), {"v3"}])
def test_merges_and_withdrawals_count_as_row_by_row(roots, withdrawn):
    slow = apply_merges(ROWS, roots=roots, withdrawn=withdrawn)
    fast = count_votes(vote_columns(ROWS), roots=roots, withdrawn=withdrawn)
    assert fast[1:] == (slow.n_self_loops, slow.n_superseded, slow.n_withdrawn)
    edges = edges_of(tally(fast.votes), thresholds=Thresholds())
    assert edges == summarise_pairs(slow.rows, thresholds=Thresholds())


def test_a_changed_answer_takes_the_old_one_back():
    counted = tally(vote_columns(ROWS))
    place = {name: at for at, name in enumerate(counted.keys.values)}
    changed = with_vote(counted, NewVote(1, place["v1"], place["v2"], 0, 0, replaces=1))
    rows = [*ROWS[:3], ROWS[3]._replace(answer=EdgeAnswer.WISER)]
    assert edges_of(changed, thresholds=Thresholds()) == summarise_pairs(rows, thresholds=Thresholds())
