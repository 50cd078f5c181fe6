"""Votes as columns: names are numbered the same in any order, and one vote more counts as if all were counted anew."""

import numpy as np
import pytest

import graph.vote_columns as module
from domain.graphs import Thresholds, VoteRow
from domain.votes import EdgeAnswer
from graph.merging import apply_merges
from graph.pairs import edges_of, summarise_pairs
from graph.tally import NewVote, pair_counts, tally, with_vote
from graph.vote_columns import ANSWERS, count_votes, vote_columns

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
    keys = columns.keys
    assert [
        VoteRow(keys.people[p], keys.values[s], keys.values[w], keys.contexts[c], ANSWERS[a])
        for p, s, w, c, a in zip(
            columns.person, columns.src, columns.wiser, columns.context, columns.answer, strict=True
        )
    ] == ROWS


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
