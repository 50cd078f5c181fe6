"""Two models, or one without and with a system text, on the dilemmas that both answered."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from domain.errors import MoralGraphError
from domain.stance_reports import LabelDifference, RunComparison, RunReading
from services.steering_reports import quoted
from ui.figures.stances import DifferenceRow, difference_figure
from ui.plain import plain
from ui.runtime import services
from ui.theme import current_palette
from ui.widgets.point_items import choose_item, clicked_name
from ui.widgets.run_choice import choose_reading, choose_run, show_replies
from ui.widgets.stances_panel import THEORY_NAMES
from ui.widgets.states import show_failure, show_notice
from ui.widgets.steering import show_steering

MAX_ROWS = 16
SURE = 0.05
NOTHING = "nothing said beforehand"


class Shown(NamedTuple):
    """What stands in the picture, and the name of the point that was clicked."""

    labels: Sequence[LabelDifference]
    clicked: str | None


def show_comparison(*, key: str) -> None:
    """Draw the choice of two runs and where they differ."""
    left, right = st.columns(2)
    with left:
        first = choose_run(key=key, label="First run", parameter="first")
        first_system = _system(first, key=f"{key}.first", index=0)
    with right:
        second = choose_run(key=key, label="Second run", parameter="second", other_than=first)
        second_system = _system(second, key=f"{key}.second", index=-1 if second == first else 0)
    reading = choose_reading(key=key)
    try:
        with st.spinner("Holding the two side by side"):
            found = services().stance_readings.compare(
                first, second, reading=reading, first_system=first_system, second_system=second_system
            )
    except MoralGraphError as error:
        show_failure(str(error))
        return
    _show_words(found)
    shown = _show_differences(found, key=key)
    _show_items(first, second, found, shown.labels, shown.clicked, key=key)
    show_steering(first, second, found, reading=reading, key=f"{key}.steering")


def _system(name: str, *, key: str, index: int) -> str | None:
    texts = services().stance_readings.systems(name)
    if len(texts) <= 1:
        return None
    return st.selectbox(
        "Told beforehand", texts, index=index % len(texts), key=f"{key}.system.{name}",
        format_func=lambda text: text[:80] or NOTHING,
    )  # fmt: skip


def _show_words(found: RunComparison) -> None:
    if "not_to_be_read" in (found.first.verdict, found.second.verdict):
        show_failure(found.words)
    else:
        show_notice(found.words)
    for place, run in (("First", found.first), ("Second", found.second)):
        st.caption(f"{place}: {_side(run)}. {run.words}")


def _side(run: RunReading) -> str:
    return plain(f"{run.model}, told {quoted(run.system)}" if run.system else run.model)


def _show_differences(found: RunComparison, *, key: str) -> Shown:
    theories = list(dict.fromkeys(label.theory for label in found.labels))
    theory = st.pills(
        "Theory", theories, default=theories[0], key=f"{key}.theory", label_visibility="collapsed",
        format_func=lambda name: THEORY_NAMES.get(name, name),
    ) or theories[0]  # fmt: skip
    labels = [label for label in found.labels if label.theory == theory]
    tested = sorted((one for one in labels if one.q is not None), key=lambda one: (one.q or 0, -abs(one.difference)))
    if not tested:
        show_notice("No label of this theory is mentioned in ten shared dilemmas or more.")
        return Shown(labels, None)
    drawn = sorted(tested[:MAX_ROWS], key=lambda one: -one.difference)
    rows = [DifferenceRow(d.name, d.difference, d.interval, d.n_dilemmas, (d.q or 0) < SURE) for d in drawn]
    chosen = st.plotly_chart(
        difference_figure(rows, palette=current_palette()), width="stretch", key=f"{key}.picture.{theory}",
        on_select="rerun", selection_mode="points",
    )  # fmt: skip
    smallest = sorted(one.smallest_visible for one in drawn)[len(drawn) // 2]
    st.caption(
        "Point: preference of the second less that of the first. Line: 95 %, dilemmas drawn once for both. Filled: "
        "more than chance, corrected for all labels. A comparison of this size shows a difference of about "
        f"{smallest:.0f} four times out of five."
    )
    with st.expander("The same as a table"):
        st.dataframe(
            [
                {"Label": one.name, "First": round(one.first, 1), "First, 95 %": _ends(one.first_interval),
                 "Second": round(one.second, 1), "Second, 95 %": _ends(one.second_interval),
                 "Difference": round(one.difference, 1), "Difference, 95 %": _ends(one.interval),
                 "Corrected p": "–" if one.q is None else f"{one.q:.3f}", "n dilemmas": one.n_dilemmas}
                for one in labels
            ], hide_index=True, width="stretch",
        )  # fmt: skip
    return Shown(drawn, clicked_name(chosen))


def _ends(interval: tuple[float, float]) -> str:
    return f"{interval[0]:+.1f} to {interval[1]:+.1f}"


def _show_items(
    first: str, second: str, found: RunComparison, labels: Sequence[LabelDifference], clicked: str | None, *, key: str
) -> None:
    st.subheader("Items and raw replies")
    names = [(label.theory, label.name) for label in labels]
    at = next((at for at, one in enumerate(names) if one[1] == clicked), 0)
    label = st.selectbox(
        "Value or dimension (a click on a point chooses it here)", names, index=at, key=f"{key}.label.{clicked}",
        format_func=lambda one: one[1],
    )  # fmt: skip
    if label is None:
        return
    st.markdown(f"**{_side(found.first)}**")
    asked = {answer.item_id for answer in services().stance_readings.material(second).answers}
    items = [item for item in services().stance_readings.items_with(first, *label) if item.id in asked]
    item_id = choose_item(first, items, key=f"{key}.item")
    if item_id is None:
        return
    st.markdown(f"**{_side(found.second)}**")
    show_replies(services().stance_readings.item(second, item_id)[1])
