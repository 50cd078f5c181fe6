"""The table twin of the moral graph, and the legend of the picture: what is drawn is said, with n and interval."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import pyarrow as pa
import streamlit as st

from domain.graphs import GraphEdge, MoralGraph
from services.analysis import VoteAnalysis
from services.pair_states import PairStateMap
from ui.drawn import once
from ui.messages import language, t
from ui.network_html import STATE_WORDS, share_words, state_of
from ui.network_scope import drawn_nodes
from ui.widgets.value_ranks import Ranks, column, place_words, places_of, range_words, ranks_of, show_about_ranges

UNKNOWN = "–"


def show_legend(graph: MoralGraph) -> None:
    """Draw what the marks of the picture mean."""
    lines = [
        ("mg-mark-solid", t("settled")),
        ("mg-mark-dashed", t("provisional: more votes may still undo it")),
        ("mg-mark-large", t("more votes found it wiser than something (wisdom)")),
    ]
    if graph.cycles:
        lines.insert(2, ("mg-mark-ring", t("a cycle: each is wiser than another, round and round")))
    items = "".join(f'<li><i class="{mark}"></i><span>{escape(words)}</span></li>' for mark, words in lines)
    st.html(f'<ul class="mg-legend">{items}</ul>')


def show_tables(graph: MoralGraph, states: PairStateMap, found: VoteAnalysis | None, *, key: str) -> None:
    """Draw the kept edges and the values they touch as tables; places bear their ranges where ``found`` has them."""
    kept = graph.kept_edges()
    values, edges = st.tabs([t("Table of values"), t("Table of edges")])
    with values:
        ranked = ("values", language(), found is not None)
        table = once(graph, ranked, lambda: _value_table(graph, ranks_of(found)))
        st.dataframe(table, hide_index=True, width="stretch")
        show_about_ranges(graph, found, key=key)
    with edges:
        made = once(graph, ("edges", language()), lambda: pa.Table.from_pandas(edge_table(graph, kept, states)))
        st.dataframe(made, hide_index=True, width="stretch")


def edge_table(graph: MoralGraph, edges: Sequence[GraphEdge], states: PairStateMap) -> pd.DataFrame:
    """Return one row per ordered pair: counts with n, interval, and whether it is settled."""
    titles = {n.value.id: n.value.title for n in graph.nodes}
    words = {state: t(name) for state, name in STATE_WORDS.items()}
    shares = [share_words(e) for e in edges]
    return pd.DataFrame(
        {
            t("From"): [titles[e.src_id] for e in edges],
            t("Wiser"): [titles[e.wiser_id] for e in edges],
            t("Share wiser (95 %)"): [UNKNOWN if share is None else f"{share[0]} – {share[1]}" for share in shares],
            t("State"): [words[state_of(e, states)] for e in edges],
            t("People"): [e.n_people for e in edges],
            t("Votes wiser"): [e.counts.wiser for e in edges],
            t("not"): [e.counts.not_wiser for e in edges],
            t("not sure"): [e.counts.unsure for e in edges],
            t("other way"): [e.counts.less_wise for e in edges],
            t("In the graph"): [e.is_kept for e in edges],
            t("Contexts"): [", ".join(e.contexts) for e in edges],
        }
    )


def _value_table(graph: MoralGraph, ranks: Ranks) -> pa.Table:
    in_cycle = {value_id for cycle in graph.cycles for value_id in cycle}
    nodes = sorted(drawn_nodes(graph), key=lambda n: -(n.wisdom or 0.0))
    numbers, places = [n.value.number for n in nodes], places_of(nodes)
    table = pd.DataFrame(
        {
            t("Place"): [places[number] for number in numbers],
            t("Place (95 %)"): column(ranks, numbers, place_words),
            t("No."): numbers,
            t("Value"): [n.value.title for n in nodes],
            t("Wisdom"): [round(n.wisdom or 0.0, 2) for n in nodes],
            t("Wisdom (95 %)"): column(ranks, numbers, lambda one: range_words(*one.interval)),
            t("PageRank"): [round(n.page_rank or 0.0, 3) for n in nodes],
            t("PageRank (95 %)"): column(ranks, numbers, lambda one: range_words(*one.page_rank_interval, form=".3f")),
            t("Votes"): [n.n_votes for n in nodes],
            t("Cards"): [n.n_cards for n in nodes],
            t("In a cycle"): [n.value.id in in_cycle for n in nodes],
        }
    )
    return pa.Table.from_pandas(table)
