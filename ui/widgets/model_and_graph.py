"""A model beside the graph: scatter, largest gaps, the test of edges, and the links between both vocabularies."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.stance_reports import EdgeTest, GraphComparison, GraphPoint, ValueLink
from services.stance_graph import FEWEST_DECISIONS, Score
from services.value_links import LEAST, VALUE
from ui.figures.model_and_graph import Beside, beside_figure
from ui.figures.shares import Share, share_figure
from ui.plain import plain
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.people_panel import show_deliberation, show_own_people
from ui.widgets.point_items import choose_item, clicked_name
from ui.widgets.run_choice import choose_reading, choose_run, dilemma_runs, run_label, show_item
from ui.widgets.states import show_empty, show_failure, show_notice
from ui.widgets.valence_panel import show_valence

SCORES = {"wisdom": "Wisdom", "page_rank": "PageRank"}
MAX_EDGES = 8
MAX_GAPS = 10


def show_beside(study_id: StudyId, *, key: str) -> None:
    """Draw the whole page."""
    left, right = st.columns(2)
    with left:
        name = choose_run(key=key)
        score = st.selectbox("Score of the graph", list(SCORES), format_func=SCORES.__getitem__, key=f"{key}.score")
    with right:
        reading = choose_reading(key=key)
        least = st.slider("Links count from this nearness on", 0.3, 0.9, LEAST, 0.05, key=f"{key}.least")
    second = _second_run(name, key=key)
    try:
        with st.spinner("Linking values, drawing people and dilemmas again"):
            graph_score: Score = "page_rank" if score == "page_rank" else "wisdom"
            found, other = (
                services().stance_readings.beside_graph(one, study_id, score=graph_score, reading=reading, least=least)
                if one
                else None
                for one in (name, second)
            )
    except MoralGraphError as error:
        show_failure(str(error))
        return
    if found is None:
        return
    for one in (found, other):
        if one is not None:
            _show_words(one)
    if not found.points:
        show_empty(
            "Nothing is linked",
            f"No value of this graph lies near one of the data set's (nearness {least:.2f} or more).",
            "Lower the nearness, or link values by hand below.",
        )
    else:
        clicked = _show_scatter(found, other, key=key)
        _show_point_items(found, name, clicked, key=key)
        _show_edges(found, name, key=key)
        show_deliberation(found, study_id, key=f"{key}.people")
    _show_links(name, study_id, least=least, key=key)
    show_valence(name, study_id, score=graph_score, reading=reading, key=f"{key}.valence")
    show_own_people(name, key=f"{key}.own")


def _second_run(first: str, *, key: str) -> str | None:
    names = {entry.name: run_label(entry.card) for entry in dilemma_runs() if entry.name != first}
    asked = st.query_params.get("second")
    chosen = st.selectbox(
        "Second run, drawn beside it",
        list(names),
        index=list(names).index(asked) if asked in names else None,
        format_func=names.__getitem__,
        placeholder="none",
        key=f"{key}.second",
    )
    if chosen:
        st.query_params["second"] = chosen
    return chosen


def _show_words(found: GraphComparison) -> None:
    if found.run.verdict == "not_to_be_read":
        show_failure(f"{found.run.model}: this stance is not to be read. {found.run.words}")
    else:
        show_notice(f"{found.run.model}: {found.run.words}")
    st.markdown(f"**{found.words}**")


def _show_scatter(found: GraphComparison, other: GraphComparison | None, *, key: str) -> str | None:
    """Draw the scatter, its table and sentence; return the value that was clicked."""
    st.subheader("What people found wiser, what the model acts on")
    points = [_beside(point) for point in found.points]
    second = [_beside(point) for point in other.points] if other is not None else []
    figure = beside_figure(points, score_name=SCORES[found.score], second=second, palette=current_palette())
    chosen = st.plotly_chart(figure, width="stretch", key=f"{key}.scatter", on_select="rerun", selection_mode="points")
    st.caption(
        f"Each point is one of {found.n_linked} linked values out of {found.n_graph_values} in the graph. Lines are "
        "95 %: people drawn again across, dilemmas drawn again upward. Named are those placed most apart."
    )
    gaps = sorted(found.points, key=lambda point: -abs(point.gap))
    with st.expander("All values as a table, largest gaps first", expanded=False):
        st.dataframe([_gap_row(point) for point in gaps], hide_index=True, width="stretch")
    up = [plain(p.title) for p in gaps[:MAX_GAPS] if p.gap > 0][:3]
    down = [plain(p.title) for p in gaps[:MAX_GAPS] if p.gap < 0][:3]
    st.markdown(
        f"Placed higher by the model than by the people: {', '.join(up) or 'none'}. "
        f"Placed lower: {', '.join(down) or 'none'}."
    )
    return clicked_name(chosen)


def _show_point_items(found: GraphComparison, name: str, clicked: str | None, *, key: str) -> None:
    """Lead from a point to the dilemmas that mention what it is taken to mean."""
    points = sorted(found.points, key=lambda point: -abs(point.gap))
    at = next((at for at, point in enumerate(points) if point.title == clicked), None)
    place = st.selectbox(
        "Dilemmas of a value (a click on a point chooses it here)", range(len(points)), index=at,
        placeholder="choose a value", format_func=lambda at: points[at].title, key=f"{key}.value.{clicked}",
    )  # fmt: skip
    if place is not None:
        labels = [(VALUE, label) for label in points[place].labels]
        items = services().stance_readings.items_with_any(name, labels)
        choose_item(name, items, key=f"{key}.value.item")


def _show_edges(found: GraphComparison, name: str, *, key: str) -> None:
    st.subheader("Where two values conflict, does it act on the wiser one?")
    if found.overall is None or found.overall_interval is None:
        show_notice("No answered dilemma sets the two values of a kept edge against each other.")
        return
    whole, (low, high) = found.overall, found.overall_interval
    n = whole.n_wiser + whole.n_less
    policy = "" if whole.always_to_do is None else f" A policy that always does it would in {whole.always_to_do:.0%}."
    spread = f"{whole.n_wiser / n:.0%}, 95 % {low:.0%} to {high:.0%} over dilemmas"
    st.markdown(
        f"In **{whole.n_wiser} of {n}** decisions it does ({spread if n >= FEWEST_DECISIONS else 'too few to read'}). "
        f"{whole.n_undecided} more are undecided.{policy} "
        f"{len(found.edges)} of {found.n_edges} edges are met."
    )
    edges = sorted(found.edges, key=lambda edge: (-(edge.n_wiser + edge.n_less), edge.src, edge.wiser))
    rows = [
        Share(_edge_name(edge), edge.n_wiser, edge.n_wiser + edge.n_less, edge.interval) for edge in edges[:MAX_EDGES]
    ]
    figure = share_figure(rows, palette=current_palette())
    figure.add_vline(x=0.5, line={"color": current_palette().edge, "width": 1.5, "dash": "dash"})
    st.plotly_chart(figure, width="stretch", key=f"{key}.edges")
    st.caption("Share of conflicts in which it acts on the wiser value, with Wilson 95 %. Dashes: what a coin does.")
    with st.expander("All edges as a table"):
        st.dataframe(
            [
                {"Edge": _edge_name(e), "Wiser": e.n_wiser, "Other": e.n_less, "Undecided": e.n_undecided,
                 "95 %": "–" if e.interval is None else f"{e.interval[0]:.0%} to {e.interval[1]:.0%}",
                 "Always to do": "–" if e.always_to_do is None else f"{e.always_to_do:.0%}"} for e in edges
            ], hide_index=True, width="stretch",
        )  # fmt: skip
    _show_edge_items(edges, name, key=key)


def _show_edge_items(edges: list[EdgeTest], name: str, *, key: str) -> None:
    place = st.selectbox(
        "Dilemmas of an edge", range(len(edges)), format_func=lambda at: _edge_name(edges[at]), key=f"{key}.edge"
    )
    if place is None:
        return
    item_id = st.selectbox("Item", edges[place].dilemmas, key=f"{key}.item")
    if item_id is not None:
        show_item(name, item_id)


def _show_links(name: str, study_id: StudyId, *, least: float, key: str) -> None:
    st.subheader("What is taken to mean what")
    links = services().stance_readings.links(name, study_id, least=least)
    n_none = sum(not link.labels for link in links)
    st.markdown(
        "The links are guesses from nearness in meaning, and everything above hangs on them. "
        f"{sum(link.is_corrected for link in links)} were decided by a person; {n_none} values have none."
    )
    with st.expander("All links as a table"):
        st.dataframe([_link_row(link) for link in links], hide_index=True, width="stretch")
    by_number = {link.number: link for link in links}
    number = st.selectbox(
        "Correct a value", list(by_number), format_func=lambda n: by_number[n].title, key=f"{key}.correct"
    )
    if number is None:
        return
    link = by_number[number]
    near = ", ".join(f"{one.name} ({one.similarity:.2f})" for one in link.candidates if one.similarity is not None)
    st.caption(f"Nearest: {plain(near) or 'none'}")
    chosen = st.multiselect(
        "It means", list(services().stance_readings.labels(name)), [label.name for label in link.labels],
        key=f"{key}.means.{number}", help="Leave it empty where none of them does.",
    )  # fmt: skip
    keep, back = st.columns(2)
    if keep.button("Keep this link", key=f"{key}.keep", type="primary"):
        services().stance_readings.correct_link(name, study_id, number, chosen)
        st.rerun()
    if link.is_corrected and back.button("Back to the proposal", key=f"{key}.back"):
        services().stance_readings.correct_link(name, study_id, number, None)
        st.rerun()


def _beside(point: GraphPoint) -> Beside:
    near = "chosen by a person" if point.confidence is None else f"nearness {point.confidence:.2f}"
    said = f"{point.title}<br>{', '.join(point.labels)} ({near})<br>n = {point.n_dilemmas} dilemmas"
    return Beside(point.title, said, point.score, point.score_interval, point.preference, point.preference_interval,
                  point.gap)  # fmt: skip


def _gap_row(point: GraphPoint) -> dict[str, object]:
    ends = point.preference_interval
    return {
        "Value": point.title,
        "Taken to mean": ", ".join(point.labels),
        "Nearness": point.confidence,
        "Score": round(point.score, 2),
        "Score 95 %": f"{point.score_interval[0]:.2f} to {point.score_interval[1]:.2f}",
        "Preference": round(point.preference, 1),
        "Preference 95 %": "too few" if ends is None else f"{ends[0]:+.0f} to {ends[1]:+.0f}",
        "n dilemmas": point.n_dilemmas,
        "Places apart": f"{point.gap:+.0%}",
    }


def _link_row(link: ValueLink) -> dict[str, object]:
    near = [label.similarity for label in link.labels if label.similarity is not None]
    return {
        "Value of the graph": link.title,
        "Taken to mean": ", ".join(label.name for label in link.labels) or "–",
        "Nearness": round(max(near), 2) if near else None,
        "Decided by": "a person" if link.is_corrected else "nearness",
    }


def _edge_name(edge: EdgeTest) -> str:
    return f"{edge.src_title} → {edge.wiser_title}"
