"""Audit of the process by group: shares with ranges, every measure as a table, and the sentence the rule chose."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from domain.plurality import AuditRow, GroupAnalysis
from ui.drawn import once
from ui.figures.groups import GroupPoint, GroupRow, side_by_side_figure
from ui.theme import current_palette
from ui.widgets.group_words import HIDDEN, HIDDEN_LINE, MISSING_LINE
from ui.widgets.states import show_empty, show_notice


def show_audit(found: GroupAnalysis, *, key: str) -> None:
    """Draw what was recorded of the process, and name what was not."""
    recorded = [row for row in found.audit.rows if row.n_people]
    missing = [row.title for row in found.audit.rows if not row.n_people]
    if not recorded:
        show_empty(
            "Nothing was recorded of the process yet",
            "The audit reads who came how far, what they were shown, and what they said at the end.",
            "It fills as people take part.",
        )
        return
    differing = [row for row in recorded if row.words.startswith("a difference")]
    st.markdown(
        f"**{len(differing)} of {len(recorded)} measures show a difference** by {found.run.attribute} "
        f"(n = {found.run.n_in_groups} people in groups, corrected for {len(recorded)} tests)."
    )
    for row in recorded:
        st.markdown(f"- {row.title} (n = {_n_shown(row)}): {row.words}.")
    drawn = [row for row in recorded if _is_drawn(row)]
    if drawn:
        palette = current_palette()
        names = [size.name for size in found.groups.sizes]
        rows = [GroupRow(row.title, _points(row)) for row in drawn]
        figure = once(found, ("shares", palette), lambda: side_by_side_figure(rows, names, palette=palette))
        st.plotly_chart(figure, width="stretch", key=f"{key}.shares")
        st.caption(f"Point: share or rate of the group. Line: 95 % interval. {MISSING_LINE}")
    with st.expander("The same as a table, with all measures"):
        st.dataframe(pd.DataFrame([_table_row(row) for row in recorded]), hide_index=True, width="stretch")
        st.caption(HIDDEN_LINE)
    if missing:
        show_notice("Not recorded in this study: " + "; ".join(missing) + ".")


def show_influence(found: GroupAnalysis, titles: Mapping[int, str]) -> None:
    """Say what each group changes on the map."""
    st.subheader("What changes when a group is left out")
    if not found.audit.influence:
        show_notice("There is no group yet whose number of voters may be shown.")
        return
    for one in found.audit.influence:
        st.markdown(
            f"- Without **{one.group}** (n = {one.n_people}) the map loses {one.edges_lost} and gains "
            f"{one.edges_gained} of its edges. Without as many people by lot, {one.usual[0]:.0f} to {one.usual[1]:.0f} "
            f"edges change. {_sentence(one.words)}"
        )
    rows = [
        {
            "Group": one.group,
            "People": one.n_people,
            "Votes": HIDDEN if one.n_votes is None else str(one.n_votes),
            "Edges lost": one.edges_lost,
            "Edges gained": one.edges_gained,
            "Leave the top ten": "; ".join(titles.get(n, str(n)) for n in one.top_left) or "–",
            "Enter the top ten": "; ".join(titles.get(n, str(n)) for n in one.top_entered) or "–",
        }
        for one in found.audit.influence
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _n_shown(row: AuditRow) -> int:
    return sum(group.n_people or 0 for group in row.groups)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _is_drawn(row: AuditRow) -> bool:
    known = [g.value for g in row.groups if g.value is not None]
    return row.kind != "median" and len(known) > 1 and max(known) <= 1


def _points(row: AuditRow) -> tuple[GroupPoint, ...]:
    return tuple(
        GroupPoint(g.group, g.value, *g.interval, n=g.n_people)
        for g in row.groups
        if g.value is not None and g.interval is not None and g.n_people
    )


def _table_row(row: AuditRow) -> dict[str, object]:
    cells: dict[str, object] = {"Measure": row.title, "Unit": row.unit}
    for group in row.groups:
        if group.n_people is None:
            cells[group.group] = HIDDEN
        elif group.value is None or group.interval is None:
            cells[group.group] = "–"
        else:
            cells[group.group] = _amount(row, group.value, *group.interval) + f", n = {group.n_people}"
    cells["Corrected p"] = "–" if row.q is None else f"{row.q:.2f}"
    return cells


def _amount(row: AuditRow, value: float, low: float, high: float) -> str:
    if row.kind == "median":
        return f"{value:.1f} ({low:.1f} to {high:.1f})"
    return f"{value:.0%} ({low:.0%} to {high:.0%})"
