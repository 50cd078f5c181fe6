"""Graphs that other people of the same kind would have made: whole people are drawn again, with all their votes.

Votes of one person belong together, so votes are never drawn on their own. All resamples are counted at once.
Source: Efron, Bootstrap methods: another look at the jackknife (1979); drawing whole people is the cluster bootstrap.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from domain.graphs import Thresholds
from domain.vote_columns import IntArray, VoteColumns
from graph.tally import N_ANSWERS, PairCounts, pair_counts, tally
from graph.vote_columns import CONTEXT_BITS, cell_codes

RealArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

N_RESAMPLES = 400
AT_ONCE = 50
"""Resamples worked on together: bounds the memory."""
DAMPING, TOLERANCE, MAX_ROUNDS = 0.85, 1e-10, 200


class Resampled(NamedTuple):
    """Edges and ranks in some resamples; rows are resamples."""

    kept: BoolArray
    """Whether each pair is an edge, shape (n_resamples, n_pairs)."""
    wisdom: RealArray
    """Sum of likelihoods of kept edges into each value, shape (n_resamples, n_values); 0 where none."""
    page_rank: RealArray
    """Sums to 1 over the values that kept edges touch, 0 elsewhere; all 0 without edges."""
    touched: BoolArray
    """Whether a kept edge touches the value, shape (n_resamples, n_values)."""


def resample_graphs(
    votes: VoteColumns, *, thresholds: Thresholds, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> Iterator[Resampled]:
    """Yield the graph of each resample, ``AT_ONCE`` at a time; nothing without votes.

    People are drawn with replacement, as many as voted. The same votes, people in the same order, and the same seed
    give the same numbers; pairs and values are those of ``pair_counts(tally(votes))`` and ``votes.keys``.
    """
    if not len(votes):
        return
    counted = tally(votes)
    pairs = pair_counts(counted)
    voters, voter = np.unique(votes.person, return_inverse=True)
    by_person = _answers_by_person(votes, pairs, voter, n_voters=len(voters))
    for start in range(0, n_resamples, AT_ONCE):
        n = min(AT_ONCE, n_resamples - start)
        drawn = rng.multinomial(len(voters), np.full(len(voters), 1 / len(voters)), size=n)
        own = np.asarray(by_person @ drawn.T.astype(np.float64)).T.reshape(n, len(pairs.src), N_ANSWERS)
        likelihood, kept = judge_counts(pairs, own, thresholds=thresholds)
        yield _ranked(pairs, likelihood, kept, n_values=len(votes.keys.values))


def observed_graph(votes: VoteColumns, *, thresholds: Thresholds) -> Resampled:
    """Return the graph of the votes themselves in the same form, as one row."""
    pairs = pair_counts(tally(votes))
    likelihood, kept = judge_counts(pairs, pairs.own[None].astype(np.float64), thresholds=thresholds)
    return _ranked(pairs, likelihood, kept, n_values=len(votes.keys.values))


def judge_counts(pairs: PairCounts, own: RealArray, *, thresholds: Thresholds) -> tuple[RealArray, BoolArray]:
    """Return likelihood and whether an edge is kept, by the published rule, each of shape (n_resamples, n_pairs).

    Args:
        pairs: the pairs, by source and target.
        own: counts of answers in each pair's own direction, shape (n_resamples, n_pairs, 3).
        thresholds: which edges are kept.
    """
    reverse = reverse_rows(pairs)
    padded = np.concatenate([own, np.zeros((len(own), 1, N_ANSWERS))], axis=1)[:, reverse]
    wiser, less_wise = own[..., 0], padded[..., 0]
    voted, impressions = own.sum(axis=2), own.sum(axis=2) + padded.sum(axis=2)
    counts = np.concatenate([own, less_wise[..., None], impressions[..., None]], axis=2)
    shares = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    entropy = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=2)
    asked = voted + less_wise
    likelihood: RealArray = np.divide(wiser - less_wise, asked, out=np.full(asked.shape, -np.inf), where=asked > 0)
    kept: BoolArray = (wiser > 0) & (likelihood >= thresholds.min_wiser_likelihood) & (wiser >= thresholds.min_wiser)
    return likelihood, kept & (entropy <= thresholds.max_entropy + 1e-12)


def reverse_rows(pairs: PairCounts) -> IntArray:
    """Return the row of each pair's reverse, -1 where nobody was asked that, shape (n_pairs,)."""
    row = {ends: at for at, ends in enumerate(zip(pairs.src.tolist(), pairs.wiser.tolist(), strict=True))}
    ends = zip(pairs.wiser.tolist(), pairs.src.tolist(), strict=True)
    return np.array([row.get(one, -1) for one in ends], dtype=np.int64)


def _answers_by_person(votes: VoteColumns, pairs: PairCounts, voter: IntArray, *, n_voters: int) -> "csr_array":
    """Return how often each person gave each answer on each pair, shape (n_pairs * 3, n_voters)."""
    codes = np.unique(cell_codes(votes) >> CONTEXT_BITS)
    row = np.searchsorted(codes, cell_codes(votes) >> CONTEXT_BITS) * N_ANSWERS + votes.answer
    return csr_array((np.ones(len(votes)), (row, voter)), shape=(len(pairs.src) * N_ANSWERS, n_voters))


def _ranked(pairs: PairCounts, likelihood: RealArray, kept: BoolArray, *, n_values: int) -> Resampled:
    into, out_of = _sums_over(pairs.wiser, n_values), _sums_over(pairs.src, n_values)
    flow = np.where(kept, np.maximum(likelihood, 0.0), 0.0)
    wisdom = np.asarray(into @ np.where(kept, likelihood, 0.0).T).T
    touched = np.asarray((into + out_of) @ kept.T.astype(np.float64)).T > 0
    n_touched = touched.sum(axis=1, keepdims=True)
    start = np.divide(touched, n_touched, out=np.zeros(touched.shape), where=n_touched > 0)
    leaving = np.asarray(out_of @ flow.T).T
    share = np.divide(flow, leaving[:, pairs.src], out=np.zeros(flow.shape), where=leaving[:, pairs.src] > 0)
    is_sink = touched & (leaving <= 0)
    rank = start
    for _ in range(MAX_ROUNDS):
        lost = (rank * is_sink).sum(axis=1, keepdims=True)
        moved = np.asarray(into @ (rank[:, pairs.src] * share).T).T
        new = (1 - DAMPING) * start + DAMPING * (moved + lost * start)
        is_settled = np.abs(new - rank).sum(axis=1).max(initial=0.0) < TOLERANCE
        rank = new
        if is_settled:
            break
    return Resampled(kept=kept, wisdom=wisdom, page_rank=rank, touched=touched)


def _sums_over(ends: IntArray, n_values: int) -> "csr_array":
    """Return the matrix that adds up pairs by one of their ends, shape (n_values, n_pairs)."""
    return csr_array((np.ones(len(ends)), (ends, np.arange(len(ends)))), shape=(n_values, len(ends)))
