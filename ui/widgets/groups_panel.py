"""Groups and bridging: pictures, the same as tables, and a plain sentence with n for each."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st

from domain.graphs import GraphQuery
from domain.ids import StudyId
from domain.people import REAL_SOURCES, Source
from domain.plurality import BridgingRow, BridgingSection, EdgeByGroups, GroupAnalysis, GroupsSection
from ui.drawn import once, words_of
from ui.figures.groups import BridgePoint, GroupPoint, GroupRow, bridging_figure, side_by_side_figure
from ui.palette import Palette
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.disagreement_panel import show_disagreement, show_opinion_groups
from ui.widgets.group_words import HIDDEN, HIDDEN_LINE, MISSING_LINE
from ui.widgets.states import show_empty, show_failure, show_notice, show_waiting

POLL_EVERY = "1s"
FAILURE = "groups.failure"
"""In the session: the sentence of a newer analysis that failed while a page waited for it."""
MAX_ROWS = 12
"""Pairs drawn; the table beside holds all."""
Titles = Mapping[int, str]


class Asked(NamedTuple):
    """The analysis that the controls ask for, and the titles of the values it names by number."""

    found: GroupAnalysis
    titles: Titles


def group_controls(study_id: StudyId, *, key: str) -> Asked:
    """Draw the choice of an attribute and return its analysis; stop with an explanation where there are no groups."""
    with_simulated = st.toggle("Include simulated people", key=f"{key}.simulated")
    sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
    offered = services().groups.attributes(study_id, sources=sources)
    if not offered:
        show_empty(
            "There are no groups to compare",
            "A group needs at least five people who gave the same answer about themselves, and there must be two.",
            "Ask people about it (Studies, About people), or add a column such as a party to the imported file.",
        )
        st.stop()
    attribute = st.selectbox(
        "Groups by",
        list(offered),
        format_func=lambda name: f"{name} ({offered[name]} people)",
        key=f"{key}.attribute",
    )
    query = GraphQuery(study_id=study_id, sources=sources)
    with st.spinner("Counting, shuffling and resampling people"):
        at_hand = services().groups.at_hand(query, attribute=attribute)
    failure = st.session_state.pop(FAILURE, "") or at_hand.failure
    if at_hand.is_older and failure:
        show_failure(failure)
    elif at_hand.is_older:
        _await_newer(query, attribute, at_hand.found.run.data_version)
    return Asked(found=at_hand.found, titles=services().groups.titles(study_id))


@st.fragment(run_every=POLL_EVERY)
def _await_newer(query: GraphQuery, attribute: str, version: int) -> None:
    """Say that the figures below are older than the data, and draw the page anew once newer ones are there.

    A failure is said by the page, which asks no more by itself: the next look tries again.
    """
    at_hand = services().groups.at_hand(query, attribute=attribute)
    if at_hand.failure:
        st.session_state[FAILURE] = at_hand.failure
    if at_hand.failure or not at_hand.is_older or at_hand.found.run.data_version != version:
        st.rerun()
    show_waiting("The data changed since these figures were made. They are being made anew; this page follows.")


def show_groups(found: GroupAnalysis, titles: Titles, *, key: str) -> None:
    """Draw who the groups are, how far they disagree, and the pairs on which two or more may be shown."""
    run, section = found.run, found.groups
    st.subheader("Groups side by side")
    sizes = ", ".join(f"{size.name} ({size.n_people})" for size in section.sizes)
    st.markdown(
        f"By {run.attribute}: **{sizes}**. {run.n_not_given} of {run.n_people} people are in none: "
        "they did not say, or their group is too small."
    )
    if section.disagreement is None:
        show_notice(
            "How far groups disagree cannot be measured yet: there is no question on which answers of two groups may "
            f"be shown. {HIDDEN_LINE}"
        )
    else:
        show_disagreement(section.disagreement)
    _show_sides(found, titles, key=key)
    with st.expander("The same as a table, with all pairs"):
        table = once(found, ("pairs", words_of(titles)), lambda: _edge_table(section.edges, titles))
        st.dataframe(table, hide_index=True, width="stretch")
        st.caption(HIDDEN_LINE)
    show_opinion_groups(section.opinion)


def _show_sides(found: GroupAnalysis, titles: Titles, *, key: str) -> None:
    section, palette = found.groups, current_palette()
    n_shown = sum(edge.p is not None for edge in section.edges)
    if not n_shown:
        show_notice("There is no pair yet on which answers of two groups may be shown, so none can be compared.")
        return
    st.markdown(
        f"On {n_shown} of {len(section.edges)} pairs answers of at least two groups may be shown. "
        f"Drawn are the {min(MAX_ROWS, n_shown)} that most people answered."
    )
    figure = once(found, ("sides", palette, words_of(titles)), lambda: _sides_figure(section, titles, palette))
    st.plotly_chart(figure, width="stretch", key=f"{key}.sides")
    st.caption(f"Point: share who said “wiser”. Line: 95 % interval. {MISSING_LINE}")


def _sides_figure(section: GroupsSection, titles: Titles, palette: Palette) -> go.Figure:
    shown = sorted((edge for edge in section.edges if edge.p is not None), key=_most_shown)
    rows = [GroupRow(_pair(e.src, e.wiser, titles), _points(e)) for e in shown[:MAX_ROWS]]
    return side_by_side_figure(rows, [size.name for size in section.sizes], palette=palette)


def show_bridging(found: GroupAnalysis, titles: Titles, *, key: str) -> None:
    """Draw what is upheld across camps."""
    section, palette = found.bridging, current_palette()
    st.subheader("Upheld across camps")
    st.markdown(f"**{section.words[:1].upper()}{section.words[1:]}** (n = {found.run.n_voters} people).")
    by_group = once(found, "lowest groups", lambda: [row.lowest_group for row in section.edges if row.lowest_group])
    n_by_all = sum(one.is_upheld for one in by_group)
    st.markdown(
        "By the group that upholds it least: "
        f"{n_by_all} of the {len(by_group)} edges that can be compared are upheld in every group shown."
    )
    if any(row.is_upheld is not None for row in section.edges):
        drawn = ("bridge", palette, words_of(titles))
        figure = once(found, drawn, lambda: _bridging_figure(section, titles, palette))
        st.plotly_chart(figure, width="stretch", key=f"{key}.bridge")
        st.caption(
            "Each point is an edge that at least five people answered, its line the 95 % interval. It counts as upheld "
            "where all of the line lies above the dashes and one more voter could not change that."
        )
    for name, rows in (("Edges as a table", section.edges), ("Values as a table", section.values)):
        table = once(found, (name, words_of(titles)), partial(_bridging_table, rows, titles))
        with st.expander(name):
            st.dataframe(table, hide_index=True, width="stretch")


def _bridging_figure(section: BridgingSection, titles: Titles, palette: Palette) -> go.Figure:
    points = [_bridge_point(row, titles) for row in section.edges if row.is_upheld is not None]
    return bridging_figure(points, needed=section.intercept_needed, palette=palette)


def show_download(found: GroupAnalysis, *, slug: str, key: str) -> None:
    """Offer the whole analysis as a file, with what it was made from."""
    run = found.run
    st.download_button(
        "Download the analysis (JSON)",
        lambda: found.model_dump_json(indent=1),
        file_name=f"{slug}-by-{run.attribute}.json",
        mime="application/json",
        key=f"{key}.json",
    )
    st.caption(
        f"Made from {run.n_votes} votes, data version {run.data_version}, seed {run.seed}, "
        f"{run.n_shuffles} shuffles, {run.n_resamples} resamples of people."
    )


def _most_shown(edge: EdgeByGroups) -> tuple[int, int, int]:
    return -sum(group.n_people or 0 for group in edge.groups), edge.src, edge.wiser


def _pair(src: int | None, wiser: int, titles: Titles) -> str:
    name = titles.get(wiser, str(wiser))
    return name if src is None else f"{titles.get(src, str(src))} → {name}"


def _points(edge: EdgeByGroups) -> tuple[GroupPoint, ...]:
    return tuple(
        GroupPoint(group.group, group.share, *group.interval, n=group.n_people)
        for group in edge.groups
        if group.share is not None and group.interval is not None and group.n_people
    )


def _edge_table(edges: tuple[EdgeByGroups, ...], titles: Titles) -> pa.Table:
    rows = []
    for edge in sorted(edges, key=_most_shown):
        row: dict[str, object] = {"Pair": _pair(edge.src, edge.wiser, titles)}
        for group in edge.groups:
            row[group.group] = _cell(group.n_people, group.wiser, group.not_wiser, group.unsure)
        row["Corrected p"] = "–" if edge.q is None else f"{edge.q:.2f}"
        rows.append(row)
    return pa.Table.from_pylist(rows)


def _cell(n_people: int | None, *counts: int | None) -> str:
    if n_people is None:
        return HIDDEN
    return "{} wiser, {} not, {} unsure".format(*counts) if n_people else "–"


def _bridge_point(row: BridgingRow, titles: Titles) -> BridgePoint:
    name = f"{_pair(row.src, row.wiser, titles)} · {row.context}"
    return BridgePoint(name, abs(row.side), row.intercept, *row.interval, n=row.n_people, is_upheld=bool(row.is_upheld))


def _bridging_table(rows: tuple[BridgingRow, ...], titles: Titles) -> pa.Table:
    words = {True: "yes", False: "not shown", None: "too few"}
    cells = [
        {
            "Item": _pair(row.src, row.wiser, titles),
            "Context": row.context or "–",
            "n": row.n_people,
            "Plain share": f"{row.share:.0%}",
            "Upheld across camps": words[row.is_upheld],
            "Intercept": f"{row.intercept:.2f} ({row.interval[0]:.2f} to {row.interval[1]:.2f})",
            "With one more voter": f"{row.with_one_more[0]:.2f} to {row.with_one_more[1]:.2f}",
            "Lowest group": f"{row.lowest_group.group}: {row.lowest_group.share:.0%}" if row.lowest_group else "–",
        }
        for row in rows
    ]
    return pa.Table.from_pylist(cells)
