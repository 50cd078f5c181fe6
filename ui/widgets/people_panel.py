"""A model beside people who answered the same: the deliberation itself, or counts from a file."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import StudyId
from domain.population_reports import PopulationComparison, PopulationGroup
from domain.stance_reports import GraphComparison
from ui.runtime import services
from ui.widgets.states import show_failure

MAX_TEXT = 80


def show_deliberation(found: GraphComparison, study_id: StudyId, *, key: str) -> None:
    """Draw the decisions of a run beside the votes, edge by edge."""
    st.subheader("Its decisions beside the people's votes")
    attributes = services().stance_readings.attributes(study_id)
    by = ""
    if attributes:
        by = st.selectbox("Groups by", ["", *attributes], format_func=lambda name: name or "all people as one",
                          key=f"{key}.by")  # fmt: skip
    try:
        _show(services().stance_readings.beside_deliberation(found, study_id, by=by), key=key)
    except MoralGraphError as error:
        st.markdown(str(error))


def show_own_stories(name: str, study_id: StudyId, *, key: str) -> None:
    """Draw a run over the stories of this study beside its people; nothing for another run."""
    try:
        found = services().stance_readings.beside_stories(name, study_id)
    except MoralGraphError as error:
        show_failure(str(error))
        return
    if found is not None:
        st.subheader("Beside the people of this study")
        _show(found, key=key)


def show_own_people(name: str, *, key: str) -> None:
    """Draw the upload of counts and the run beside them."""
    st.subheader("Beside people of your own")
    st.markdown(
        "A CSV file with the columns `item_id`, `option`, `count` and, where groups are to be told apart, `group`. "
        "Options are named as in the run, such as `to_do` or `agree`. The file is read and not kept."
    )
    file = st.file_uploader("Counts (CSV)", type="csv", key=f"{key}.file")
    if file is None:
        return
    try:
        text = file.getvalue().decode("utf-8-sig")
        _show(services().stance_readings.beside_people(name, text, file=file.name), key=key)
    except UnicodeDecodeError:
        show_failure("The file is no text in UTF-8.")
    except MoralGraphError as error:
        show_failure(str(error))


def _show(found: PopulationComparison, *, key: str) -> None:
    st.markdown(f"**{found.words}**")
    st.dataframe([group_row(group) for group in found.groups], hide_index=True, width="stretch", key=f"{key}.groups")
    with st.expander("Item by item, furthest apart first"):
        st.dataframe(
            [
                {"Item": f"{item.item_id}: {item.text[:MAX_TEXT]}", "Model": shares(item.model),
                 "People": shares(item.people), "n people": item.n_people, "Distance": round(item.js_distance, 2)}
                for item in found.items
            ], hide_index=True, width="stretch",
        )  # fmt: skip


def group_row(group: PopulationGroup) -> dict[str, object]:
    """Return one group as a row of the table."""
    ends = group.reached_interval
    return {
        "People": group.group or "all",
        "n items": group.n_items,
        "n people at most": group.n_people,
        "Jensen-Shannon": round(group.js_distance, 3),
        "Along the options": round(group.ordinal, 3),
        "Entropy less theirs": f"{group.entropy_gap:+.2f}",
        "Of the way to the ceiling": "–" if group.reached is None else f"{group.reached:.0%}",
        "95 %": "–" if ends is None else f"{ends[0]:.0%} to {ends[1]:.0%}",
    }


def shares(weights: dict[str, float]) -> str:
    """Return shares as words.

    >>> shares({"to_do": 0.75, "not_to_do": 0.25})
    'to_do 75%, not_to_do 25%'
    """
    return ", ".join(f"{key} {share:.0%}" for key, share in weights.items())
