"""What a system text changed: one model without and with it, which choices went over, and what a principle gained."""

import streamlit as st
from pydantic import ValidationError

from domain.errors import MoralGraphError
from domain.stance_reports import Reading, RunComparison
from domain.steering_reports import PrincipleSteering, StatedPrinciple, SteeringReport
from ui.plain import plain
from ui.runtime import services
from ui.widgets.point_items import choose_item
from ui.widgets.run_choice import show_replies
from ui.widgets.states import show_failure, show_notice

OWN = "The principle picked here"
WAYS = {"doing": "Now for doing it", "leaving": "Now against doing it"}
WAYS_OF_PRINCIPLE = {"toward": "Towards the principle", "away": "Away from the principle"}


def show_steering(before: str, after: str, found: RunComparison, *, reading: Reading, key: str) -> None:
    """Draw what changed from one run to another of the same model; nothing where the models differ."""
    if found.first.model != found.second.model:
        return
    st.subheader("What the system text changed")
    principle = _choose_principle(before, key=key)
    try:
        report = services().stance_readings.steer(
            before, after, reading=reading, before_system=found.first.system, after_system=found.second.system,
            principle=principle,
        )  # fmt: skip
    except MoralGraphError as error:
        show_notice(str(error))
        return
    (show_failure if report.verdict == "not_to_be_read" else show_notice)(report.words)
    if report.principle is not None:
        _show_principle(report.principle)
    _show_changed(before, after, report, key=key)


def _choose_principle(name: str, *, key: str) -> StatedPrinciple | None:
    labels = services().stance_readings.labels(name)
    with st.expander("Was the text meant to strengthen a value?"):
        left, right = st.columns(2)
        upheld = left.multiselect("Values it upholds", labels, key=f"{key}.upheld")
        given_up = right.multiselect(
            "Values it gives up for them", labels, key=f"{key}.given_up",
            help="Then only dilemmas in which both sides meet are counted. Left empty: all in which one action alone "
            "names a value that it upholds.",
        )  # fmt: skip
    if not upheld and not given_up:
        return None
    try:
        return StatedPrinciple(name=OWN, supporting=dict.fromkeys(upheld, 1.0), opposing=dict.fromkeys(given_up, 1.0))
    except ValidationError:
        show_failure("A value stands on both sides. Take it from one of them.")
        return None


def _show_principle(found: PrincipleSteering) -> None:
    show_notice(found.words)
    rows = [
        ("Score of what was chosen, before", found.before, found.before_interval),
        ("Score of what was chosen, after", found.after, found.after_interval),
        ("Difference", found.difference, found.difference_interval),
        ("Share that went towards it less share that went away", found.net, found.net_interval),
    ]
    st.dataframe(
        [
            {"": name, "Value": f"{value:+.2f}", "n dilemmas": found.n,
             "95 %": "fewer than ten dilemmas" if ends is None else f"{ends[0]:+.2f} to {ends[1]:+.2f}"}
            for name, value, ends in rows
        ], hide_index=True, width="stretch",
    )  # fmt: skip


def _show_changed(before: str, after: str, report: SteeringReport, *, key: str) -> None:
    ways = {"doing": report.changed_to_do, "leaving": report.changed_to_leave}
    words = WAYS
    if report.principle is not None:
        ways, words = {"toward": report.principle.toward, "away": report.principle.away}, WAYS_OF_PRINCIPLE
    held = [way for way, ids in ways.items() if ids]
    if not held:
        st.caption("No choice changed here, so there is no dilemma to look at.")
        return
    way = st.pills(
        "Choices that changed", held, default=held[0], key=f"{key}.way.{'.'.join(held)}",
        format_func=lambda one: f"{words[one]} ({len(ways[one])})",
    ) or held[0]  # fmt: skip
    asked = set(ways[way])
    items = [item for item in services().stance_readings.material(before).items if item.id in asked]
    item_id = choose_item(before, items, key=f"{key}.changed.{way}", label="Dilemma whose choice changed")
    if item_id is not None and after != before:
        st.markdown(f"**Told beforehand: {plain(report.compared.second.system)}**")
        show_replies(services().stance_readings.item(after, item_id)[1])
