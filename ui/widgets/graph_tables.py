"""The table twin of the moral graph, and the legend of the picture: what is drawn is said, with n and interval."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import pyarrow as pa
import streamlit as st

from domain.graphs import GraphEdge, MoralGraph
from services.pair_states import PairStateMap
from ui.drawn import once
from ui.messages import language, t
from ui.network_html import STATE_WORDS, share_words, state_of

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


def show_tables(graph: MoralGraph, states: PairStateMap) -> None:
    """Draw the kept edges and the values they touch as tables."""
    kept = graph.kept_edges()
    values, edges = st.tabs([t("Table of values"), t("Table of edges")])
    with values:
        table = once(graph, ("values", language()), lambda: _value_table(graph, kept))
        st.dataframe(table, hide_index=True, width="stretch")
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


def _value_table(graph: MoralGraph, kept: Sequence[GraphEdge]) -> pa.Table:
    touched = {end for e in kept for end in (e.src_id, e.wiser_id)}
    in_cycle = {value_id for cycle in graph.cycles for value_id in cycle}
    nodes = sorted((n for n in graph.nodes if n.value.id in touched), key=lambda n: -(n.wisdom or 0.0))
    table = pd.DataFrame(
        {
            t("No."): [n.value.number for n in nodes],
            t("Value"): [n.value.title for n in nodes],
            t("Wisdom"): [n.wisdom for n in nodes],
            t("PageRank"): [n.page_rank for n in nodes],
            t("Votes"): [n.n_votes for n in nodes],
            t("Cards"): [n.n_cards for n in nodes],
            t("In a cycle"): [n.value.id in in_cycle for n in nodes],
        }
    )
    return pa.Table.from_pandas(table)
