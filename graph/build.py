"""The moral graph of a study from its votes and values."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from domain.cards import CanonicalValue
from domain.graphs import GraphNode, GraphQuery, MoralGraph, VoteRow
from domain.ids import ValueId
from domain.vote_columns import VoteColumns
from graph.cycles import find_cycles
from graph.layout import Place, place_values
from graph.merging import count_by_root
from graph.pairs import edges_of
from graph.rank import page_rank, published_page_rank, wisdom
from graph.tally import tally
from graph.vote_columns import CountedVotes, count_votes, vote_columns

NOWHERE = Place(x=0.0, y=0.0, layer=0)


def build_graph(
    query: GraphQuery,
    *,
    values: Sequence[CanonicalValue],
    rows: Iterable[VoteRow] | VoteColumns,
    roots: Mapping[ValueId, ValueId],
    n_cards: Mapping[ValueId, int],
    n_choices: Mapping[ValueId, int] | None = None,
    n_impressions: Mapping[ValueId, int] | None = None,
) -> MoralGraph:
    """Return the moral graph: nodes that a vote names, all pairs voted on, ranks of the kept part.

    Args:
        query: what was asked for; its thresholds decide which edges are kept.
        values: every value of the study, withdrawn ones included.
        rows: the votes that the query selects, in order of time, as rows (read once) or as columns.
        roots: standing merges, each merged value to the value it counts for.
        n_cards: cards placed under each value, merges followed.
        n_choices: how often each value was ticked among those shown, merges not followed; absent counts as 0.
        n_impressions: how often each value was shown, likewise.
    """
    votes = rows if isinstance(rows, VoteColumns) else vote_columns(rows)
    counted = count_votes(votes, roots=roots, withdrawn={value.id for value in values if value.is_withdrawn})
    return graph_of_counted(
        query,
        counted,
        values=values,
        roots=roots,
        n_cards=n_cards,
        n_choices=n_choices,
        n_impressions=n_impressions,
    )


def graph_of_counted(
    query: GraphQuery,
    counted: CountedVotes,
    *,
    values: Sequence[CanonicalValue],
    roots: Mapping[ValueId, ValueId],
    n_cards: Mapping[ValueId, int],
    n_choices: Mapping[ValueId, int] | None = None,
    n_impressions: Mapping[ValueId, int] | None = None,
) -> MoralGraph:
    """Return what ``build_graph`` does, of votes seen through merges and withdrawals already (``count_votes``)."""
    by_id = {value.id: value for value in values}
    votes = counted.votes
    pairs = edges_of(tally(votes), thresholds=query.thresholds)
    edges = sorted(pairs, key=lambda e: (by_id[e.src_id].number, by_id[e.wiser_id].number))
    n_named = np.bincount(np.concatenate([votes.src, votes.wiser]), minlength=len(votes.keys.values)).tolist()
    n_votes = {value_id: n for value_id, n in zip(votes.keys.values, n_named, strict=True) if n}
    wise, rank, published, places = wisdom(edges), page_rank(edges), published_page_rank(edges), place_values(edges)
    chosen, shown = count_by_root(n_choices or {}, roots), count_by_root(n_impressions or {}, roots)
    nodes = [
        GraphNode(
            value=by_id[value_id],
            wisdom=wise.get(value_id),
            page_rank=rank.get(value_id),
            page_rank_published=published.get(value_id),
            n_votes=n_votes[value_id],
            n_cards=n_cards.get(value_id, 0),
            n_choices=chosen[value_id],
            n_impressions=shown[value_id],
            x=places.get(value_id, NOWHERE).x,
            y=places.get(value_id, NOWHERE).y,
            layer=places.get(value_id, NOWHERE).layer,
        )
        for value_id in n_votes
    ]
    return MoralGraph(
        query=query,
        nodes=tuple(sorted(nodes, key=lambda node: node.value.number)),
        edges=tuple(edges),
        cycles=find_cycles(edges),
        n_votes=len(votes),
        n_people=votes.n_people(),
        n_self_loops=counted.n_self_loops,
        n_votes_superseded=counted.n_superseded,
        n_votes_withdrawn=counted.n_withdrawn,
    )
