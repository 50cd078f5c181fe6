"""From the numbers of ``graph`` to the parts of an analysis, values by number, with the sentence beside each."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from domain.analysis import (
    EdgeRange,
    FilterRow,
    FunnelSection,
    NextPair,
    OpenPair,
    OrderSection,
    RankingSection,
    UncertaintySection,
    WisestRow,
    WiseValue,
)
from domain.graphs import GraphEdge, Thresholds
from domain.ids import ValueId
from domain.measures.intervals import beta_interval
from graph.funnel import filter_funnel
from graph.layout import place_values
from graph.next_pair import Contexts, PairToAsk, pairs_of_both_kinds
from graph.order import PluralOrder, plural_order
from graph.order_figures import OrderFigures, order_figures, ranking_claims
from graph.provisional import MIN_PEOPLE, EdgeKey, EdgeState, States, likelihood_interval
from graph.rank import page_rank, wisdom
from graph.uncertainty import Uncertainty, ValueRange
from services.analysis_votes import number_of

MAX_WISEST = 10
NO_EDGES = "no edge is kept, so no value is held to be wiser than another"


def order_section(edges: Sequence[GraphEdge], *, n_votes: int, n_people: int, contexts: Contexts) -> OrderSection:
    """Return what the votes entail.

    Args:
        edges: every ordered pair voted on.
        n_votes: votes that they were counted from.
        n_people: people who cast them.
        contexts: every value that can be asked about, with the contexts in which it is spoken of.
    """
    order = plural_order(edges)
    left_open = order.open_pairs()
    figures = order_figures(order)
    widened = plural_order(edges, also=contexts)
    outside = frozenset(widened.values) - frozenset(order.values)
    to_ask = pairs_of_both_kinds(widened, outside, contexts=contexts)
    return OrderSection(
        **figures._asdict(),
        comparable_share=figures.strictly_comparable / figures.pairs if figures.pairs else None,
        n_votes=n_votes,
        n_people=n_people,
        levels=_levels(order, edges),
        edges=tuple((number_of(e.src_id), number_of(e.wiser_id)) for e in edges if e.is_kept),
        pairs_on_a_par=tuple((number_of(one.low_id), number_of(one.high_id)) for one in left_open),
        open_pairs=tuple(
            OpenPair(
                first=number_of(one.low_id),
                second=number_of(one.high_id),
                n_people=one.n_people,
                is_hardly_compared=one.is_hardly_compared,
            )
            for one in left_open
        ),
        rankings=(_ranking(order, "page_rank", page_rank(edges)), _ranking(order, "wisdom", wisdom(edges))),
        next_pairs=tuple(_next_pair(pair, contexts) for pair in to_ask.anywhere),
        values_outside=len(outside),
        next_pairs_outside=tuple(_next_pair(pair, contexts) for pair in to_ask.joining),
        words=_order_words(figures),
    )


def funnel_section(edges: Sequence[GraphEdge], *, thresholds: Thresholds, n_votes: int, n_people: int) -> FunnelSection:
    """Return how many ordered pairs each filter removes."""
    funnel = filter_funnel(edges, thresholds=thresholds)
    return FunnelSection(
        ordered_pairs_seen=funnel.n_seen,
        filters=tuple(
            FilterRow(filter=one.name, least=one.least, most=one.most, removed=one.n_removed, left=one.n_left)
            for one in funnel.filters
        ),
        edges_kept=funnel.n_kept,
        n_votes=n_votes,
        n_people=n_people,
    )


def uncertainty_section(edges: Sequence[GraphEdge], found: Uncertainty, states: States) -> UncertaintySection:
    """Return the ranges of every pair."""
    kept_share = {(one.src_id, one.wiser_id): one.kept_share for one in found.edges}
    rows = tuple(
        _edge_range(edge, kept_share[edge.src_id, edge.wiser_id], states[EdgeKey(edge.src_id, edge.wiser_id)])
        for edge in edges
    )
    n_kept = sum(row.is_kept for row in rows)
    n_settled = sum(row.is_kept and row.state == EdgeState.ABOVE.value for row in rows)
    return UncertaintySection(
        edges=rows,
        n_kept=n_kept,
        n_kept_settled=n_settled,
        n_provisional=sum(row.state == EdgeState.PROVISIONAL.value for row in rows),
        n_votes=found.n_votes,
        n_people=found.n_people,
        words=f"{n_settled} of the {n_kept} edges are settled; the others may still go with more votes"
        if n_kept
        else NO_EDGES,
    )


def wisest_row(found: Uncertainty, *, question: str | None) -> WisestRow:
    """Return the value of highest wisdom; of equals the lowest number, the others beside it."""
    first = found.values[0] if found.values else None
    ties = [number_of(one.value_id) for one in found.values if one.rank == 1]
    return WisestRow(
        question=question,
        value_id=number_of(first.value_id) if first else None,
        tied_with=tuple(ties[1:]),
        wisdom=first.wisdom if first else None,
        interval=tuple(first.wisdom_interval) if first else None,
        bootstrap_share=first.first_share if first else None,
        n_votes=found.n_votes,
        n_people=found.n_people,
        n_values=len(found.values),
        values=rank_rows(found)[:MAX_WISEST],
    )


def rank_rows(found: Uncertainty) -> tuple[WiseValue, ...]:
    """Return every value with its ranges, highest wisdom first."""
    return tuple(_wise_value(one) for one in found.values)


def _next_pair(pair: PairToAsk, contexts: Contexts) -> NextPair:
    one, other = (contexts.get(end, frozenset[str]()) for end in (pair.first_id, pair.second_id))
    return NextPair(
        first=number_of(pair.first_id),
        second=number_of(pair.second_id),
        gain_second_wiser=pair.gain_second_wiser,
        gain_first_wiser=pair.gain_first_wiser,
        n_people=pair.n_people,
        contexts=tuple(sorted(one & other)),
    )


def _levels(order: PluralOrder, edges: Sequence[GraphEdge]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    places = place_values(edges)
    by_height = sorted(
        (height, places[members[0]].x, members) for height, members in zip(order.heights, order.classes, strict=True)
    )
    return tuple(
        tuple(tuple(number_of(value_id) for value_id in members) for _, _, members in some)
        for _, some in groupby(by_height, key=lambda one: one[0])
    )


def _ranking(order: PluralOrder, by: str, scores: Mapping[ValueId, float]) -> RankingSection:
    claims = ranking_claims(order, scores)
    return RankingSection(
        by="page_rank" if by == "page_rank" else "wisdom",
        **claims._asdict(),
        share_not_entailed=claims.share_not_entailed,
    )


def _order_words(figures: OrderFigures) -> str:
    if not figures.pairs:
        return NO_EDGES
    share = figures.strictly_comparable / figures.pairs
    return (
        f"of {figures.pairs:,} pairs of values the votes order {figures.strictly_comparable:,} ({share:.0%}); "
        f"{figures.in_cycle:,} lie in a cycle, {figures.on_a_par - figures.hardly_compared:,} were compared and stayed "
        f"open, {figures.hardly_compared:,} were hardly compared (fewer than {MIN_PEOPLE} people), "
        f"{figures.never_compared:,} were never compared"
    )


def _edge_range(edge: GraphEdge, kept_share: float, state: EdgeState) -> EdgeRange:
    wiser, not_wiser, unsure, *_ = edge.counts
    n_own = wiser + not_wiser + unsure
    interval = likelihood_interval(edge.counts)
    return EdgeRange(
        src=number_of(edge.src_id),
        wiser=number_of(edge.wiser_id),
        n_people=edge.n_people,
        n_votes=n_own,
        marked_wiser=wiser,
        share=wiser / n_own if n_own else None,
        wilson=edge.wiser_share_interval,
        beta=tuple(beta_interval(wiser, n_own)) if n_own else None,
        likelihood=edge.wiser_likelihood,
        likelihood_interval=tuple(interval) if interval else None,
        is_kept=edge.is_kept,
        kept_share=kept_share,
        state=state.value,
    )


def _wise_value(one: ValueRange) -> WiseValue:
    return WiseValue(
        value_id=number_of(one.value_id),
        wisdom=one.wisdom,
        interval=tuple(one.wisdom_interval),
        page_rank=one.page_rank,
        page_rank_interval=tuple(one.page_rank_interval),
        rank=one.rank,
        rank_interval=one.rank_interval,
        bootstrap_share=one.first_share,
        bootstrap_share_page_rank=one.first_by_page_rank_share,
    )
