"""Filters, picture, table twin and detail of the moral graph. Filters live in the address, so a view can be sent."""

from html import escape

import streamlit as st

from domain.graphs import GraphQuery, MoralGraph, Thresholds
from domain.ids import ContextId, QuestionId, ValueId
from domain.people import REAL_SOURCES, Source
from domain.votes import EdgeAnswer, UnsureReason
from services.analysis import VoteAnalysis
from services.explore import GraphOptions, Reason
from services.pair_states import EdgeState, PairStateMap
from services.small_cells import MIN_GROUP
from ui.drawn import once
from ui.messages import t
from ui.network_html import standalone_html, state_of
from ui.network_scope import MANY_NODES, Scope, drawn_nodes
from ui.plain import plain
from ui.runtime import services
from ui.widgets.cards import show_card, show_value
from ui.widgets.comparing import UNSURE_REASONS
from ui.widgets.contributions import ANSWERS
from ui.widgets.graph_tables import edge_table, show_legend, show_tables
from ui.widgets.network import Clicked, Part, drawn_values, network
from ui.widgets.states import show_empty
from ui.widgets.value_ranks import places_of, ranks_of, show_place

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


def show_graph(
    graph: MoralGraph,
    options: GraphOptions,
    states: PairStateMap,
    found: VoteAnalysis | None,
    *,
    data_version: int,
    key: str,
) -> None:
    """Draw the picture with its table twin, or say what is missing; ``found`` holds the ranges of places, if any."""
    kept = graph.kept_edges()
    nodes = once(graph, "drawn", lambda: drawn_nodes(graph))
    n_settled = sum(state_of(edge, states) is EdgeState.ABOVE for edge in kept)
    st.markdown(
        t(
            "**{edges} edges** between **{values} values**, from {votes} votes of {people} people. {settled} of the "
            "edges are settled."
        ).format(edges=len(kept), values=len(nodes), votes=graph.n_votes, people=graph.n_people, settled=n_settled)
    )
    if graph.n_pairs_withheld:
        st.caption(
            t(
                "{n} pairs are left out: fewer than {least} people of this group, or of the others, answered them, and "
                "so few answers could tell who gave them."
            ).format(n=graph.n_pairs_withheld, least=MIN_GROUP)
        )
    if not kept:
        _say_why_empty(graph, options)
        return
    part = _part(graph, len(nodes), key=key)
    clicked = network(graph, states, key=key.replace(".", "-"), data_version=data_version, part=part)
    if clicked is not None:
        _name_in_address(graph, clicked, part)
    show_legend(graph)
    st.caption(
        t(
            "Settled: the 95 % interval of the wiser-likelihood lies on one side of the line that the rule draws "
            "({line}), and {n} people or more answered. What was settled stays so until the 80 % interval crosses it."
        ).format(line=graph.query.thresholds.min_wiser_likelihood, n=MIN_GROUP)
    )
    show_tables(graph, states, found, key=f"{key}.tables")
    st.download_button(
        t("Download the picture (HTML)"),
        lambda: standalone_html(graph, title=options.study.title, states=states),
        file_name=f"{options.study.slug}.html",
        mime="text/html",
        key=f"{key}.html",
    )


def _part(graph: MoralGraph, n_values: int, *, key: str) -> Part:
    """Return which part is drawn: all of a small graph, of a large one what the reader asks for."""
    if n_values <= MANY_NODES:
        return Part()
    value_id = _asked_value(graph)
    offered = [Scope.FIRST, *([Scope.AROUND] if value_id is not None else []), Scope.ALL]
    names = {
        Scope.FIRST: t("The wisest, with those below them"),
        Scope.AROUND: t("Around the value read about below"),
        Scope.ALL: t("All {n} values").format(n=n_values),
    }
    scope = st.radio(t("Drawn"), offered, format_func=lambda one: names[one], horizontal=True, key=f"{key}.part")
    part = Part(scope, value_id if scope is Scope.AROUND else None)
    if scope is not Scope.ALL:
        n_drawn = len(drawn_values(graph, part))
        st.caption(
            t("{n} of {total} values are drawn; the tables hold all.").format(n=n_drawn, total=n_values)
            if n_drawn
            else t("No edge leads to or from this value.")
        )
    return part


def _name_in_address(graph: MoralGraph, clicked: Clicked, part: Part) -> None:
    """Put what was clicked into the address; a picture around a value follows to the next one."""
    numbers = {node.value.id: str(node.value.number) for node in graph.nodes}
    src, wiser = clicked.edge if clicked.edge is not None else (None, clicked.value_id)
    if wiser not in numbers:
        return
    st.query_params["value"] = numbers[wiser]
    if src in numbers:
        st.query_params["from"] = numbers[src]
    if part.scope is Scope.AROUND and wiser != part.value_id:
        st.rerun()


def _asked_value(graph: MoralGraph) -> ValueId | None:
    asked = st.query_params.get("value", "")
    return next((node.value.id for node in graph.nodes if str(node.value.number) == asked), None)


def show_detail(graph: MoralGraph, states: PairStateMap, found: VoteAnalysis | None, *, key: str) -> None:
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
    nodes = once(graph, "drawn", lambda: drawn_nodes(graph))
    places = once(graph, "places", lambda: places_of(nodes))
    n_votes = numbers[picked].n_votes
    show_place(picked, ranks_of(found), n_values=len(places), n_votes=n_votes, place=places.get(picked))
    _show_value(graph, states, numbers[picked].value.id, key=key)


def _show_value(graph: MoralGraph, states: PairStateMap, value_id: ValueId, *, key: str) -> None:
    query = graph.query
    detail = services().explore.value_detail(query.study_id, value_id, sources=query.sources)
    left, right = st.columns([3, 2])
    with left:
        show_value(detail.value, size="large", key=f"{key}.value")
        for value in detail.merged_from:
            st.caption(
                t("Counts together with “{title}” (merged by staff, can be undone).").format(title=plain(value.title))
            )
    edges = [e for e in graph.edges if value_id in {e.src_id, e.wiser_id}]
    with right:
        if query.attributes:
            st.caption(
                t("Reasons are not shown for one group of people: each would tell the group of the one who wrote it.")
            )
        reasons = services().explore.reasons(query, value_id)
        for edge in edges:
            for said in reasons.get((edge.src_id, edge.wiser_id), ()):
                _show_reason(said)
    st.markdown(t("**Votes that name it**"))
    st.dataframe(edge_table(graph, edges, states), hide_index=True, width="stretch")
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
