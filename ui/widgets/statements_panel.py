"""Statements: topic by place as a heat map with n, refusals, what the asking does, and the way to raw replies."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.statement_reports import StatementCell, StatementReport
from services.statement_reports import By
from ui.figures.stances import HeatCell, heat_figure
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.people_panel import show_own_people, show_own_stories
from ui.widgets.point_items import choose_item
from ui.widgets.run_choice import run_label
from ui.widgets.states import show_empty, show_failure

PLACES: dict[By, str] = {"locale": "Language and country", "language": "Language", "publisher": "Publisher",
                          "organisation_type": "Kind of publisher"}  # fmt: skip
MAX_TEXT = 120
MAX_COLUMNS = 6
"""Topics drawn side by side; of more of them each gets a row."""
MAX_PLACES = 10
"""Rows drawn: the places with most statements. The table has all."""


def show_statements(study_id: StudyId | None = None, *, key: str) -> None:
    """Draw a run over statements."""
    runs = [entry for entry in services().stance_readings.runs()
            if services().stance_readings.is_over_statements(entry.name)]  # fmt: skip
    if not runs:
        show_empty(
            "There is no run over statements yet",
            "Statements are agreed or disagreed with; refusals are a class of their own.",
            "Start one on the page Runs with the starter statements.",
        )
        return
    names = {entry.name: run_label(entry.card) for entry in runs}
    left, right = st.columns(2)
    name = left.selectbox("Run", list(names), format_func=names.__getitem__, key=f"{key}.run")
    by = right.selectbox("Topic by", list(PLACES), format_func=PLACES.__getitem__, key=f"{key}.by")
    has_calibrated = any(answer.calibrated for answer in services().stance_readings.material(name).answers)
    is_calibrated = has_calibrated and st.toggle(
        "Take out the model's taste for a word", key=f"{key}.calibrated",
        help="What the model says to a statement without content is divided out of its probabilities.",
    )  # fmt: skip
    try:
        report = services().stance_readings.statements(name, by=by, is_calibrated=is_calibrated)
    except MoralGraphError as error:
        show_failure(str(error))
        return
    st.markdown(f"**{report.words}**")
    _show_cells(report, key=key)
    _show_items(name, report, key=key)
    if study_id is not None:
        show_own_stories(name, study_id, key=f"{key}.stories")
    show_own_people(name, key=f"{key}.own")


def _show_cells(report: StatementReport, *, key: str) -> None:
    sizes: dict[str, int] = {}
    for cell in report.cells:
        sizes[cell.place] = sizes.get(cell.place, 0) + cell.n
    places = sorted(sizes, key=lambda place: (-sizes[place], place))[:MAX_PLACES]
    topics = sorted({cell.topic for cell in report.cells})
    heat = [
        HeatCell(cell.place, cell.topic, 100 * cell.score, cell.n, cell.is_few)
        for cell in report.cells
        if cell.score is not None and cell.place in places
    ]
    rows, columns = places, topics
    if len(topics) > MAX_COLUMNS and len(places) < len(topics):  # long names have room beside the rows alone
        rows, columns = topics, places
        heat = [cell._replace(row=cell.column, column=cell.row) for cell in heat]
    st.plotly_chart(
        heat_figure(heat, rows=rows, columns=columns, palette=current_palette()), width="stretch", key=f"{key}.heat"
    )
    st.caption(
        "Mean agreement from -100 (disagrees) to 100 (agrees) and n. Cells of fewer than ten statements show n alone. "
        "Topic, language and country hang together in such sets: hold models against each other inside a cell, never "
        "languages against each other."
    )
    with st.expander("The same as a table, with refusals and spread"):
        st.dataframe([_row(cell) for cell in report.cells], hide_index=True, width="stretch")
    if report.translation_gap is not None:
        st.markdown(
            f"Original less translation: {report.translation_gap:+.2f} over {report.n_translated} statements "
            "that have both."
        )


def _row(cell: StatementCell) -> dict[str, object]:
    ends = cell.refusal_interval
    return {
        "Topic": cell.topic,
        "Place": cell.place,
        "n": cell.n,
        "Agreement": None if cell.score is None else round(cell.score, 2),
        "Said most": ", ".join(f"{name} {count}" for name, count in cell.stances.items()),
        "Refused": f"{cell.refusal_share:.0%}",
        "Refused 95 %": "–" if ends is None else f"{ends[0]:.0%} to {ends[1]:.0%}",
        "Spread over ways of asking": None if cell.sd_over_prompts is None else round(cell.sd_over_prompts, 2),
        "Spread over models": None if cell.sd_over_models is None else round(cell.sd_over_models, 2),
        "": "too few" if cell.is_few else "",
    }


def _show_items(name: str, report: StatementReport, *, key: str) -> None:
    st.subheader("Statements and raw replies")
    items = {item.id: item for item in services().stance_readings.material(name).items}
    cells = {f"{cell.topic} · {cell.place} (n = {cell.n})": cell for cell in report.cells}
    cell = cells.get(
        st.selectbox("Cell of the picture", list(cells), index=None, placeholder="all", key=f"{key}.cell") or ""
    )
    spread = dict(report.contested)
    chosen = [item_id for item_id in (cell.items if cell else items) if item_id in items]
    chosen.sort(key=lambda item_id: (-spread.get(item_id, -1.0), item_id))
    if spread:
        st.caption(f"First stand those on which the {report.n_models} models here differ most.")
        with st.expander("Most contested statements as a table"):
            st.dataframe(
                [
                    {"Statement": f"{item_id}: {items[item_id].text[:MAX_TEXT]}",
                     "Spread over models": round(spread[item_id], 2)}
                    for item_id in chosen if item_id in spread
                ], hide_index=True, width="stretch",
            )  # fmt: skip
    choose_item(name, [items[item_id] for item_id in chosen], key=f"{key}.item", label="Statement")
