"""Votes to ordered pairs of values: counts, likelihoods and entropies.

Source of every formula: Moral Graph Elicitation, the published graph of 2023 and the code that made it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from domain.graphs import ContextCounts, EdgeCounts, GraphEdge, Thresholds, VoteRow
from domain.ids import PersonId, ValueId
from domain.measures.entropy import entropy_bits
from domain.measures.intervals import wilson_interval
from domain.votes import EdgeAnswer

Tally = Counter[EdgeAnswer]


def summarise_pairs(rows: Sequence[VoteRow], *, thresholds: Thresholds) -> tuple[GraphEdge, ...]:
    """Return every ordered pair voted on in its own direction, sorted by ids; the order of ``rows`` changes nothing.

    With W, N, U the answers wiser, not wiser, not sure on (src, wiser), L the answers wiser on the reverse pair and
    I all answers on both: likelihood = (W - L) / (W + N + U + L); the entropy as published is that of {W, N, L, U, I};
    an edge is kept when W > 0 and likelihood, entropy and W pass the thresholds.
    """
    answers: dict[tuple[ValueId, ValueId], Tally] = defaultdict(Counter)
    contexts: dict[tuple[ValueId, ValueId], dict[str, Tally]] = defaultdict(lambda: defaultdict(Counter))
    people: dict[frozenset[ValueId], set[PersonId]] = defaultdict(set)
    for row in rows:
        pair = (row.src_id, row.wiser_id)
        answers[pair][row.answer] += 1
        contexts[pair][row.context][row.answer] += 1
        people[frozenset(pair)].add(row.person_id)
    return tuple(
        _edge(
            src_id,
            wiser_id,
            counts=_count(answers[src_id, wiser_id], answers.get((wiser_id, src_id), Counter())),
            own=contexts[src_id, wiser_id],
            reverse=contexts.get((wiser_id, src_id), {}),
            n_people=len(people[frozenset((src_id, wiser_id))]),
            thresholds=thresholds,
        )
        for src_id, wiser_id in sorted(answers)
    )


def _edge(
    src_id: ValueId,
    wiser_id: ValueId,
    *,
    counts: EdgeCounts,
    own: dict[str, Tally],
    reverse: dict[str, Tally],
    n_people: int,
    thresholds: Thresholds,
) -> GraphEdge:
    votes = (counts.wiser, counts.not_wiser, counts.unsure, counts.less_wise)
    n_own = counts.wiser + counts.not_wiser + counts.unsure
    likelihood = (counts.wiser - counts.less_wise) / sum(votes) if sum(votes) else None
    entropy = entropy_bits((*votes, counts.impressions))
    return GraphEdge(
        src_id=src_id,
        wiser_id=wiser_id,
        contexts=tuple(sorted({*own, *reverse})),
        counts=counts,
        by_context=tuple(
            ContextCounts(
                context=context,
                wiser=tally[EdgeAnswer.WISER],
                not_wiser=tally[EdgeAnswer.NOT_WISER],
                unsure=tally[EdgeAnswer.NOT_SURE],
            )
            for context, tally in sorted(own.items())
        ),
        wiser_likelihood=likelihood,
        entropy=entropy,
        vote_entropy=entropy_bits(votes) if sum(votes) else None,
        wiser_share_interval=wilson_interval(counts.wiser, n_own),
        n_people=n_people,
        is_kept=counts.wiser > 0
        and likelihood is not None
        and likelihood >= thresholds.min_wiser_likelihood
        and entropy <= thresholds.max_entropy
        and counts.wiser >= thresholds.min_wiser,
    )


def _count(own: Tally, reverse: Tally) -> EdgeCounts:
    return EdgeCounts(
        wiser=own[EdgeAnswer.WISER],
        not_wiser=own[EdgeAnswer.NOT_WISER],
        unsure=own[EdgeAnswer.NOT_SURE],
        less_wise=reverse[EdgeAnswer.WISER],
        impressions=own.total() + reverse.total(),
    )
