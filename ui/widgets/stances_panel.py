"""One model's stance: preferences with baselines, topic groups, who wins, and the way back to item and raw reply."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from domain.errors import MoralGraphError
from domain.stance_reports import LabelStance, StanceReport
from domain.stances import ProbeItem
from ui.figures.stances import ForestRow, HeatCell, forest_figure, heat_figure
from ui.plain import plain
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.point_items import choose_item, clicked_name
from ui.widgets.run_choice import ChosenRun, choose_reading, choose_run, show_state
from ui.widgets.states import show_failure, show_notice

THEORY_NAMES = {
    "value": "Single values",
    "WVS": "World Values Survey",
    "MFT": "Moral Foundations",
    "Virtue": "Aristotle's virtues",
    "Emotion": "Plutchik's wheel",
    "Maslow": "Maslow's needs",
}
MAX_ROWS = 16
MATRIX = 8
"""Values in the win matrix: those that fought in most dilemmas."""
MAX_COLUMNS = 6
"""Dimensions drawn side by side: what fits on a phone. The table has all."""
FEW = 10
SURE = 0.05


def run_controls(*, key: str) -> ChosenRun:
    """Draw the choice of run and reading."""
    left, right = st.columns(2)
    with left:
        name = choose_run(key=key)
    with right:
        reading = choose_reading(key=key)
    return ChosenRun(name, reading)


def load_report(chosen: ChosenRun) -> StanceReport | None:
    """Return the report of a run, or say why there is none."""
    try:
        with st.spinner("Counting, and drawing dilemmas again"):
            return services().stance_readings.report(chosen.name, reading=chosen.reading)
    except MoralGraphError as error:
        show_failure(str(error))
        return None


def show_preferences(report: StanceReport, *, key: str) -> str | None:
    """Draw the forest of one theory and its table; return the label that was clicked, ``None`` without a click."""
    st.subheader("What it acts on")
    theories = list(dict.fromkeys(label.theory for label in report.labels))
    if not theories:
        show_notice("No answered item mentions a value.")
        return None
    theory = st.pills(
        "Theory", theories, default=theories[min(2, len(theories) - 1)], key=f"{key}.theory",
        format_func=lambda name: THEORY_NAMES.get(name, name), label_visibility="collapsed",
    ) or theories[0]  # fmt: skip
    labels = [label for label in report.labels if label.theory == theory]
    st.markdown(preference_sentence(labels))
    drawn = sorted(sorted(labels, key=lambda label: -label.n_dilemmas)[:MAX_ROWS], key=lambda label: -label.preference)
    chosen = st.plotly_chart(
        forest_figure([_row(label) for label in drawn], palette=current_palette()),
        width="stretch", key=f"{key}.forest.{theory}", on_select="rerun", selection_mode="points",
    )  # fmt: skip
    more = f" Drawn are the {len(drawn)} most mentioned of {len(labels)}." if len(drawn) < len(labels) else ""
    st.caption(
        "Point: mentions on the side chosen less those on the other, in percent of both. Line: 95 %, dilemmas drawn "
        "again. Grey band: where 95 % of coin tossers lie. Upright stroke: a policy that always does it. Diamond: a "
        f"policy that knows the topic group and reads nothing.{more}"
    )
    with st.expander("The same as a table, with bounds for refusals"):
        st.dataframe(preference_table(labels), hide_index=True, width="stretch")
    return clicked_name(chosen)


def preference_sentence(labels: Sequence[LabelStance]) -> str:
    """Return in one sentence what stands out from coin tossing."""
    sure = [one for one in labels if one.p_random is not None and one.p_random < SURE]
    n = max((one.n_dilemmas for one in labels), default=0)
    if not sure:
        return f"**Nothing here lies further from 0 than coin tossing would put it** (n up to {n} dilemmas)."
    up = [one.name for one in sorted(sure, key=lambda one: -one.preference) if one.preference > 0][:3]
    down = [one.name for one in sorted(sure, key=lambda one: one.preference) if one.preference < 0][:3]
    parts = [f"acts for **{plain(', '.join(up))}**"] if up else []
    parts += [f"against **{plain(', '.join(down))}**"] if down else []
    return (
        f"More often than coin tossing would, it {' and '.join(parts)} "
        f"({len(sure)} of {len(labels)} labels stand out, corrected for looking at all; n up to {n} dilemmas)."
    )


def preference_table(labels: Sequence[LabelStance]) -> pd.DataFrame:
    """Return every label as a row, most mentioned first."""
    return pd.DataFrame(
        [
            {
                "Label": one.name,
                "Preference": round(one.preference, 1),
                "95 %": "too few" if one.interval is None else f"{one.interval[0]:+.1f} to {one.interval[1]:+.1f}",
                "n dilemmas": one.n_dilemmas,
                "Selected": one.selected,
                "Neglected": one.neglected,
                "Always to do": round(one.always_to_do, 1),
                "Coin tossers": f"±{one.random[1]:.1f}",
                "Topic only": None if one.majority is None else round(one.majority, 1),
                "If unanswered went either way": f"{one.if_refused[0]:+.1f} to {one.if_refused[1]:+.1f}",
                "Corrected p": "–" if one.p_random is None else f"{one.p_random:.3f}",
            }
            for one in sorted(labels, key=lambda one: -one.n_dilemmas)
        ]
    )


def show_topic_groups(report: StanceReport, *, key: str) -> None:
    """Draw dimensions by topic group, n in each cell."""
    st.subheader("By topic group")
    theories = list(dict.fromkeys(cell.theory for cell in report.cells))
    if not theories:
        show_notice("The values of this data set belong to no theory, so there is nothing to lay out by topic.")
        return
    theory = st.selectbox(
        "Dimensions of", theories, key=f"{key}.heat", format_func=lambda name: THEORY_NAMES.get(name, name)
    )
    cells = [cell for cell in report.cells if cell.theory == theory]
    mentioned: dict[str, int] = {}
    for cell in cells:
        mentioned[cell.name] = mentioned.get(cell.name, 0) + cell.n_dilemmas
    names = sorted(sorted(mentioned, key=lambda name: -mentioned[name])[:MAX_COLUMNS])
    groups = [group.group for group in report.groups]
    most, least = report.groups[0], report.groups[-1]
    st.markdown(
        f"It does the action most in **{_group(most.group)}** ({most.share:.0%} of {most.n}) and least in "
        f"**{_group(least.group)}** ({least.share:.0%} of {least.n})."
    )
    heat = [
        HeatCell(_group(c.group), c.name, c.preference, c.n_dilemmas, c.n_dilemmas < FEW)
        for c in cells if c.name in names
    ]  # fmt: skip
    figure = heat_figure(heat, rows=[_group(group) for group in groups], columns=names, palette=current_palette())
    st.plotly_chart(figure, width="stretch", key=f"{key}.heat.figure")
    st.caption(f"Cells with fewer than {FEW} dilemmas show n alone. Green: acts for it; brown: against it.")
    with st.expander("All dimensions as a table"):
        st.dataframe(
            [
                {"Topic group": _group(c.group), "Dimension": c.name, "Preference": round(c.preference, 1),
                 "n dilemmas": c.n_dilemmas} for c in cells
            ], hide_index=True, width="stretch",
        )  # fmt: skip
    with st.expander("Topic groups as a table"):
        st.dataframe(
            [
                {"Topic group": _group(g.group), "Done": g.n_to_do, "n": g.n, "Share": f"{g.share:.0%}",
                 "95 %": f"{g.interval[0]:.0%} to {g.interval[1]:.0%}"} for g in report.groups
            ], hide_index=True, width="stretch",
        )  # fmt: skip


def show_battles(chosen: ChosenRun, report: StanceReport, *, key: str) -> None:
    """Draw who wins where two values stand on different sides."""
    st.subheader("Value against value")
    if not report.strengths:
        show_notice("No value fought in ten dilemmas or more, so no strength can be given.")
        return
    first, last = report.strengths[0], report.strengths[-1]
    st.markdown(
        f"Where values stand on different sides, **{plain(first.value)}** is strongest and **{plain(last.value)}** "
        f"weakest of {len(report.strengths)} values that fought in ten dilemmas or more."
    )
    drawn = sorted(sorted(report.strengths, key=lambda one: -one.n_dilemmas)[:MATRIX], key=lambda one: -one.strength)
    names = [one.value for one in drawn]
    cells = []
    for battle in report.battles:
        n = battle.first_wins + battle.second_wins
        if battle.first in names and battle.second in names and n:
            lead = 100 * (battle.first_wins - battle.second_wins) / n
            cells += [HeatCell(battle.first, battle.second, lead, round(n), n < FEW),
                      HeatCell(battle.second, battle.first, -lead, round(n), n < FEW)]  # fmt: skip
    figure = heat_figure(cells, rows=names, columns=names, palette=current_palette())
    st.plotly_chart(figure, width="stretch", key=f"{key}.matrix")
    st.caption(
        "Row against column: wins less losses in percent, n battles. Strongest on top. Green: the row wins more. "
        f"Fewer than {FEW} battles show n alone."
    )
    with st.expander("All strengths as a table"):
        st.dataframe(
            [
                {"Value": one.value, "Strength (log-odds)": round(one.strength, 2),
                 "95 %": f"{one.interval[0]:+.2f} to {one.interval[1]:+.2f}", "Battles": one.n_battles,
                 "n dilemmas": one.n_dilemmas} for one in report.strengths
            ], hide_index=True, width="stretch",
        )  # fmt: skip
    _show_battle_items(chosen, report, names, key=key)


def _show_battle_items(chosen: ChosenRun, report: StanceReport, names: list[str], *, key: str) -> None:
    """Lead from a cell of the win matrix to its dilemmas."""
    drawn = [one for one in report.battles if one.first in names and one.second in names]
    if not drawn or not services().stance_readings.material(chosen.name).items:
        return
    drawn.sort(key=lambda one: (-(one.first_wins + one.second_wins), one.first, one.second))
    place = st.selectbox(
        "Dilemmas of a cell", range(len(drawn)), index=None, placeholder="choose two values", key=f"{key}.battle",
        format_func=lambda at: f"{drawn[at].first} {drawn[at].first_wins:g} : {drawn[at].second_wins:g} "
        f"{drawn[at].second}",
    )  # fmt: skip
    if place is not None:
        pair = drawn[place]
        items = services().stance_readings.items_of_battle(chosen.name, pair.first, pair.second)
        choose_item(chosen.name, items, key=f"{key}.battle.item")


def show_sources(chosen: ChosenRun, report: StanceReport, *, clicked: str | None, key: str) -> None:
    """Lead from a value or dimension to its items, and from an item to the raw replies."""
    st.subheader("Items and raw replies")
    if not services().stance_readings.material(chosen.name).items:
        show_notice("This run holds numbers alone: the items and raw replies are not kept with it.")
        return
    labels = [(label.theory, label.name) for label in sorted(report.labels, key=lambda one: -one.n_dilemmas)]
    theory = st.session_state.get(f"{key}.theory")
    asked = next((at for at, one in enumerate(labels) if one == (theory, clicked)), 0)
    label = st.selectbox(
        "Value or dimension", labels, index=asked, key=f"{key}.label.{clicked}",
        format_func=lambda one: f"{one[1]} ({THEORY_NAMES.get(one[0], one[0])})",
    )  # fmt: skip
    if label is None:
        return
    items = services().stance_readings.items_with(chosen.name, *label)
    groups = sorted({_topic_group(item) for item in items} - {""})
    if groups:
        group = st.selectbox("Topic group", groups, index=None, placeholder="all", format_func=_group,
                             key=f"{key}.group")  # fmt: skip
        items = tuple(item for item in items if group is None or _topic_group(item) == group)
    st.caption(f"{len(items)} items mention it. A click on a point in the first picture chooses it here.")
    choose_item(chosen.name, items, key=f"{key}.item")


def _topic_group(item: ProbeItem) -> str:
    return item.groups.get("topic_group") or item.groups.get("topic", "")


def show_report_download(report: StanceReport, *, key: str) -> None:
    """Offer the whole report as a file."""
    st.download_button(
        "Download the report (JSON)",
        lambda: report.model_dump_json(indent=1),
        file_name=f"stances-{report.run.run_id}.json",
        mime="application/json",
        key=f"{key}.json",
    )
    st.caption(f"Run {report.run.run_id}, seed {report.run.seed}, {report.run.n_resamples} resamples of dilemmas.")


def show_report(chosen: ChosenRun, *, key: str) -> None:
    """Draw everything about one run."""
    report = load_report(chosen)
    if report is None:
        return
    show_state(report.run)
    clicked = show_preferences(report, key=key)
    show_topic_groups(report, key=key)
    show_battles(chosen, report, key=key)
    show_sources(chosen, report, clicked=clicked, key=key)
    show_report_download(report, key=key)


def _row(label: LabelStance) -> ForestRow:
    return ForestRow(
        label.name, label.preference, label.interval, label.random[1], label.always_to_do, label.majority,
        label.n_dilemmas,
    )  # fmt: skip


def _group(name: str) -> str:
    """Return a topic group as words; one is misspelt in the published files."""
    return name.replace("comitted", "committed").replace("issue_", "").replace("_", " ")
