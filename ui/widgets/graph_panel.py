"""Filters, picture, table twin and detail of the moral graph. Filters live in the address, so a view can be sent."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import pyarrow as pa
import streamlit as st

from domain.graphs import GraphEdge, GraphQuery, MoralGraph, Thresholds
from domain.ids import ContextId, QuestionId, ValueId
from domain.people import REAL_SOURCES, Source
from domain.votes import EdgeAnswer, UnsureReason
from services.explore import MIN_GROUP, GraphOptions, Reason
from ui.drawn import once
from ui.messages import language, t
from ui.network_html import SETTLED_PEOPLE, standalone_html
from ui.plain import plain
from ui.runtime import services
from ui.widgets.cards import show_card, show_value
from ui.widgets.comparing import UNSURE_REASONS
from ui.widgets.contributions import ANSWERS
from ui.widgets.network import network
from ui.widgets.states import show_empty

MAX_CARDS = 20
"""Cards shown at once under a value."""


def graph_controls(options: GraphOptions, *, key: str) -> GraphQuery:
    """Draw the filters and return the query they make."""
    contexts = {c.id: c.text for c in options.contexts}
    questions = {q.id: q.title for q in options.questions}
    first, second, third = st.columns([2, 2, 1])
    asked = first.multiselect(
        t("Question"), list(questions), format_func=lambda q: questions[q], key=f"{key}.question", bind="query-params"
    )
    chosen = second.multiselect(
        t("Context"), list(contexts), format_func=lambda c: contexts[c], key=f"{key}.context", bind="query-params"
    )
    min_wiser = third.number_input(
        t("Votes “wiser”, at least"),
        min_value=1,
        max_value=100,
        value=Thresholds().min_wiser,
        key=f"{key}.min",
        bind="query-params",
    )
    attributes = _group_controls(options, key=key)
    n_simulated = options.n_by_source.get(Source.SIMULATED, 0)
    with_simulated = bool(n_simulated) and st.toggle(
        t("Include {n} simulated people").format(n=n_simulated), key=f"{key}.simulated"
    )
    return GraphQuery(
        study_id=options.study.id,
        question_ids=tuple(QuestionId(q) for q in asked),
        context_ids=tuple(ContextId(c) for c in chosen),
        attributes=attributes,
        sources=REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset()),
        thresholds=Thresholds(min_wiser=int(min_wiser)),
    )


def show_graph(graph: MoralGraph, options: GraphOptions, *, data_version: int, key: str) -> None:
    """Draw the picture with its table twin, or say what is missing."""
    kept = graph.kept_edges()
    n_values = len({end for e in kept for end in (e.src_id, e.wiser_id)})
    st.markdown(
        t("**{edges} edges** between **{values} values**, from {votes} votes of {people} people.").format(
            edges=len(kept), values=n_values, votes=graph.n_votes, people=graph.n_people
        )
    )
    if not kept:
        _say_why_empty(graph, options)
        return
    version = f"{data_version}/{hash(graph.query)}"
    clicked = network(graph, key=key.replace(".", "-"), version=version)
    if clicked is not None and clicked.value_id is not None:
        st.query_params["value"] = str(_number(graph, clicked.value_id))
    elif clicked is not None and clicked.edge is not None:
        src, wiser = clicked.edge
        st.query_params["value"] = str(_number(graph, wiser))
        st.query_params["from"] = str(_number(graph, src))
    st.caption(
        t(
            "Larger and stronger in colour: more votes found it wiser than something (wisdom). Thicker arrows: more "
            "votes. Dashed: fewer than {n} people. A thick ring: values that are wiser than one another in a circle."
        ).format(n=SETTLED_PEOPLE)
    )
    _tables(graph, kept)
    st.download_button(
        t("Download the picture (HTML)"),
        lambda: standalone_html(graph, title=options.study.title),
        file_name=f"{options.study.slug}.html",
        mime="text/html",
        key=f"{key}.html",
    )


def show_detail(graph: MoralGraph, *, key: str) -> None:
    """Show the value named in the address (``?value=NUMBER``): its card, cards under it, votes and reasons."""
    numbers = {node.value.number: node for node in graph.nodes}
    titles = {number: f"{number} · {node.value.title}" for number, node in sorted(numbers.items())}
    asked = st.query_params.get("value", "")
    current = int(asked) if asked.isdigit() and int(asked) in titles else None
    st.subheader(t("Read about one value"))
    picked = st.selectbox(
        t("Value"),
        list(titles),
        index=list(titles).index(current) if current is not None else None,
        format_func=lambda n: titles[n],
        placeholder=t("Choose a value, or click one in the picture"),
        key=f"{key}.pick.{current}",
    )
    if picked is None:
        return
    st.query_params["value"] = str(picked)
    _show_value(graph, numbers[picked].value.id, key=key)


def _show_value(graph: MoralGraph, value_id: ValueId, *, key: str) -> None:
    query = graph.query
    detail = services().explore.value_detail(query.study_id, value_id, sources=query.sources)
    left, right = st.columns([1, 1])
    with left:
        show_value(detail.value, size="large", key=f"{key}.value")
        for value in detail.merged_from:
            st.caption(
                t("Counts together with “{title}” (merged by staff, can be undone).").format(title=plain(value.title))
            )
    with right:
        edges = [e for e in graph.edges if value_id in {e.src_id, e.wiser_id}]
        st.markdown(t("**Votes that name it**"))
        st.dataframe(_edge_table(graph, edges), hide_index=True, width="stretch")
        reasons = services().explore.reasons(query, value_id)
        for edge in edges:
            for said in reasons.get((edge.src_id, edge.wiser_id), ()):
                _show_reason(said)
    if detail.cards:
        st.markdown(t("**{n} cards lie under it**").format(n=len(detail.cards)))
        for place, card in enumerate(detail.cards[:MAX_CARDS]):
            show_card(card.text, byline="", size="small", key=f"{key}.card.{place}", source=card.source)
        if len(detail.cards) > MAX_CARDS:
            st.caption(t("… and {n} more").format(n=len(detail.cards) - MAX_CARDS))


def _show_reason(said: Reason) -> None:
    """Draw what one person said: in the serif where it is theirs, the tapped reason in the interface's words."""
    tapped = t(UNSURE_REASONS[UnsureReason(said.unsure_reason)]) if said.unsure_reason else ""
    if said.reason:
        st.html(f'<blockquote class="mg-story" dir="auto">{escape(said.reason)}</blockquote>')
    st.caption(" · ".join(plain(part) for part in (t(ANSWERS[EdgeAnswer(said.answer)]), tapped, said.context) if part))


def _group_controls(options: GraphOptions, *, key: str) -> tuple[tuple[str, str], ...]:
    chosen = []
    for name, values in sorted(options.attributes.items()):
        value = st.selectbox(
            t("Only people whose {name} is (groups of {n} or more)").format(name=name, n=MIN_GROUP),
            values,
            index=None,
            placeholder=t("anyone"),
            key=f"{key}.group.{name}",
            bind="query-params",
        )
        if value is not None:
            chosen.append((name, value))
    return tuple(chosen)


def _say_why_empty(graph: MoralGraph, options: GraphOptions) -> None:
    n_simulated = options.n_by_source.get(Source.SIMULATED, 0)
    fill = t("An edge needs {n} votes that say “wiser”, and few against it.").format(n=graph.query.thresholds.min_wiser)
    if n_simulated and Source.SIMULATED not in graph.query.sources:
        fill += " " + t("{n} simulated people voted: switch them on above to see them.").format(n=n_simulated)
    why = (
        t("No votes yet with these filters.")
        if not graph.n_votes
        else t("There are votes, but no pair is settled enough.")
    )
    show_empty(t("No edges to draw"), why, fill)


def _tables(graph: MoralGraph, kept: Sequence[GraphEdge]) -> None:
    values, edges = st.tabs([t("Table of values"), t("Table of edges")])
    with values:
        table = once(graph, ("values", language()), lambda: _value_table(graph, kept))
        st.dataframe(table, hide_index=True, width="stretch")
    with edges:
        table = once(graph, ("edges", language()), lambda: pa.Table.from_pandas(_edge_table(graph, kept)))
        st.dataframe(table, hide_index=True, width="stretch")


def _value_table(graph: MoralGraph, kept: Sequence[GraphEdge]) -> pa.Table:
    touched = {end for e in kept for end in (e.src_id, e.wiser_id)}
    table = pd.DataFrame(
        [
            {
                t("No."): n.value.number,
                t("Value"): n.value.title,
                t("Wisdom"): n.wisdom,
                t("PageRank"): n.page_rank,
                t("Votes"): n.n_votes,
                t("Cards"): n.n_cards,
            }
            for n in sorted(graph.nodes, key=lambda n: -(n.wisdom or 0.0))
            if n.value.id in touched
        ]
    )
    return pa.Table.from_pandas(table)


def _edge_table(graph: MoralGraph, edges: Sequence[GraphEdge]) -> pd.DataFrame:
    titles = {n.value.id: n.value.title for n in graph.nodes}
    return pd.DataFrame(
        [
            {
                t("From"): titles[e.src_id],
                t("Wiser"): titles[e.wiser_id],
                t("Votes wiser"): e.counts.wiser,
                t("not"): e.counts.not_wiser,
                t("not sure"): e.counts.unsure,
                t("other way"): e.counts.less_wise,
                t("Share wiser (95 %)"): _interval(e),
                t("In the graph"): e.is_kept,
                t("Contexts"): ", ".join(e.contexts),
            }
            for e in edges
        ]
    )


def _interval(edge: GraphEdge) -> str:
    if edge.wiser_share_interval is None:
        return "–"
    low, high = edge.wiser_share_interval
    return f"{low:.2f}–{high:.2f}"


def _number(graph: MoralGraph, value_id: ValueId) -> int | str:
    return next((n.value.number for n in graph.nodes if n.value.id == value_id), "")
