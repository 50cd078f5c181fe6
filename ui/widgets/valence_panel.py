"""The second route beside the graph: values placed in dilemmas by a scorer's valence, on demand."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.kaleido import ScorerInfo
from domain.stance_reports import EdgeTest, Reading
from domain.valence_reports import ValenceComparison
from services.stance_graph import Score
from ui.figures.model_and_graph import Route, routes_figure
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.run_choice import show_item
from ui.widgets.states import show_failure, show_notice

EVERY_S = 1.0
FIRST = 30
MOST = 200
LEADS = (0.1, 0.25, 0.5)
LEAST_LEAD = 0.25


def show_valence(name: str, study_id: StudyId, *, score: Score, reading: Reading, key: str) -> None:
    """Draw the second route, or the line that gets a scorer for it."""
    st.subheader("The second route: by valence")
    st.markdown(
        "Instead of linking words, a scorer reads each action and says which values of the graph it supports or "
        "opposes. A value then stands on the side of the action that it speaks for more clearly."
    )
    info = _info()
    if info is None:
        return
    try:
        n_dilemmas = _scoring(name, study_id, info, reading=reading, key=key)
    except MoralGraphError as error:
        show_failure(str(error))
        return
    if n_dilemmas:
        _show_report(name, study_id, n_dilemmas=n_dilemmas, score=score, reading=reading, key=key)


def _info() -> ScorerInfo | None:
    try:
        info = services().valence.info()
    except MoralGraphError as error:
        show_failure(str(error))
        return None
    if not info.has_valence:
        show_notice(f"The scorer in use, {info.name}, tells no valence. {info.valence_line}")
        return None
    if info.chance:
        show_notice(f"{info.chance} Nothing is read from them here.")
        return None
    known = "; ".join(f"{one.measure} {one.figure:.2f} on {one.data}" for one in info.quality)
    st.caption(f"Scorer: {info.name}. {info.summary} How good it is: {known or 'not measured'}.")
    return info


def _scoring(name: str, study_id: StudyId, info: ScorerInfo, *, reading: Reading, key: str) -> int:
    """Draw how many dilemmas, the button and the watch; return the dilemmas to read, 0 while there are no scores."""
    run = services().stance_readings.prepared(name, reading=reading)
    n_answered = run.reading.n_answered
    if n_answered < 1:
        show_notice("The run has no answered dilemma.")
        return 0
    asked = st.number_input(
        f"Dilemmas, drawn from the {n_answered} answered ones", 1, min(MOST, n_answered), min(FIRST, n_answered),
        key=f"{key}.n.{name}", help="More dilemmas take longer and narrow the ranges.",
    )  # fmt: skip
    n_dilemmas = int(asked)
    plan = services().valence.plan(run, study_id, n_dilemmas=n_dilemmas)
    job = services().valence.job(name, study_id)
    if job is not None and not job.is_over:
        _watch(name, study_id, key=key)
        return 0
    if job is not None and job.error:
        show_notice(job.error)
    if not plan.n_pairs:
        show_notice("The graph keeps no edge, so there are no two values to hold against each other.")
        return 0
    st.markdown(
        f"{plan.n_dilemmas} dilemmas with two actions and {plan.n_values} values of kept edges are "
        f"**{plan.n_pairs} pairs; {plan.n_scored} of them are scored**."
    )
    if (
        plan.n_scored < plan.n_pairs
        and st.button(
            f"Score {plan.n_pairs - plan.n_scored} pairs with {info.name}", key=f"{key}.start", type="primary"
        )
        and staff_act("valence.start", lambda _: services().valence.start(name, study_id, n_dilemmas=n_dilemmas))
    ):
        st.rerun()
    return n_dilemmas if plan.n_scored else 0


@st.fragment(run_every=EVERY_S)
def _watch(name: str, study_id: StudyId, *, key: str) -> None:
    job = services().valence.job(name, study_id)
    if job is None or job.is_over:
        st.rerun()
    st.progress(job.n_done / max(1, job.n_all), text=f"{job.n_done} of {job.n_all} pairs scored")
    if st.button("Stop the scoring", key=f"{key}.stop"):
        services().valence.stop(name, study_id)


def _show_report(name: str, study_id: StudyId, *, n_dilemmas: int, score: Score, reading: Reading, key: str) -> None:
    lead = st.select_slider(
        "Least lead of one action over the other", LEADS, LEAST_LEAD, key=f"{key}.lead",
        help="A pull is relevance times (supports less opposes), -1 to 1. With less between the two, a value stands "
        "on neither side.",
    )  # fmt: skip
    try:
        found = services().valence.report(
            name, study_id, n_dilemmas=n_dilemmas, score=score, reading=reading, least_lead=float(lead)
        )
    except MoralGraphError as error:
        show_failure(str(error))
        return
    st.markdown(f"**{found.words}**")
    _show_routes(found, key=key)
    edges = sorted(found.compared.edges, key=lambda one: (-(one.n_wiser + one.n_less), one.src, one.wiser))
    _show_edges(found, edges)
    _show_dilemma(name, study_id, edges, key=key)


def _show_routes(found: ValenceComparison, *, key: str) -> None:
    both = [
        Route(row.title, row.by_nearness, row.by_valence)
        for row in found.rows
        if row.by_nearness is not None and row.by_valence is not None
    ]
    if both:
        st.plotly_chart(routes_figure(both, palette=current_palette()), width="stretch", key=f"{key}.routes")
        st.caption("Each point is a value that both routes reach. On the line they say the same of the model.")
    said = f"{found.n_pairs} pairs by {found.scorer} ({found.checkpoint})"
    without = f"; {found.n_without} have no valence" if found.n_without else ""
    cut = f"; in {found.n_shortened} the situation was too long and was cut at its end" if found.n_shortened else ""
    st.caption(f"{said}{without}{cut}.")
    with st.expander("Values by both routes as a table"):
        st.dataframe(
            [
                {"Value": row.title, "By nearness": _figure(row.by_nearness), "By valence": _figure(row.by_valence),
                 "n by nearness": row.n_nearness, "n by valence": row.n_valence} for row in found.rows
            ], hide_index=True, width="stretch",
        )  # fmt: skip


def _figure(preference: float | None) -> float | None:
    return None if preference is None else round(preference, 1)


def _show_edges(found: ValenceComparison, edges: list[EdgeTest]) -> None:
    whole = found.compared.overall
    if whole is None:
        st.markdown("By valence no answered dilemma sets the two values of a kept edge against each other.")
        return
    st.markdown(f"{len(edges)} of {found.compared.n_edges} edges are met; {whole.n_undecided} decisions are undecided.")
    with st.expander("Edges by valence as a table"):
        st.dataframe(
            [
                {"Edge": _edge_name(e), "Wiser": e.n_wiser, "Other": e.n_less, "Undecided": e.n_undecided,
                 "95 %": "–" if e.interval is None else f"{e.interval[0]:.0%} to {e.interval[1]:.0%}"} for e in edges
            ], hide_index=True, width="stretch",
        )  # fmt: skip


def _show_dilemma(name: str, study_id: StudyId, edges: list[EdgeTest], *, key: str) -> None:
    """Lead from an edge to a dilemma, what the scorer says of its actions, and the raw replies."""
    if not edges:
        return
    place = st.selectbox(
        "Dilemmas of an edge, by valence", range(len(edges)), format_func=lambda at: _edge_name(edges[at]),
        key=f"{key}.edge",
    )  # fmt: skip
    if place is None:
        return
    item_id = st.selectbox("Item, by valence", edges[place].dilemmas, key=f"{key}.item")
    if item_id is None:
        return
    pulls = services().valence.pulls(services().stance_readings.prepared(name), study_id, item_id)
    with st.expander(f"What the scorer says of its two actions ({len(pulls)} values)"):
        st.dataframe(
            [{"Value": p.title, "To do": _pull(p.to_do), "Not to do": _pull(p.not_to_do)} for p in pulls],
            hide_index=True, width="stretch",
        )  # fmt: skip
    show_item(name, item_id)


def _pull(pull: float | None) -> float | None:
    return None if pull is None else round(pull, 2)


def _edge_name(edge: EdgeTest) -> str:
    return plain(f"{edge.src_title} → {edge.wiser_title}")
