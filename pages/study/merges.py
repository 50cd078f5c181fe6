"""Values that say the same: link one to another with a reason, and take it back; and cards that staff moved."""

import streamlit as st

from services.moderation import StaffPlacement
from services.studies import StudySetup
from ui import session
from ui.navigation import Room
from ui.plain import plain
from ui.rooms import enter, staff_act
from ui.runtime import services
from ui.widgets.merging import merge_form, show_merge
from ui.widgets.pair_review import review_pairs


def show_placement(setup: StudySetup, item: StaffPlacement, *, key: str) -> None:
    """Draw one card that staff moved, with the way to take it back."""
    state = "undone" if item.placement.undone_at else "standing"
    value = f"{item.value.number} · {item.value.title or 'a withdrawn value'}"
    st.markdown(f"**{plain(item.card.text.title)}** under **{plain(value)}** ({state}): {plain(item.placement.reason)}")
    if item.placement.undone_at is not None:
        return
    with st.popover("Take back"):
        reason = st.text_input("Reason (logged)", key=f"{key}.reason")
        if st.button("Put it where it lay before", key=f"{key}.go") and staff_act(
            key,
            lambda who: services().moderation.undo_placement(
                setup.study.id, item.placement.id, reason=reason, staff=who.name, client_id=session.client_id(key)
            ),
        ):
            st.rerun()


_, setup = enter(Room.MERGES, "A merge is a link: no text is touched, votes count together, and it can be taken back.")
st.subheader("Pairs that may say the same")
review_pairs(setup, key="merges.review")
st.subheader("Merge any two values")
merge_form(setup, key="merges.new")
st.subheader("Merges so far")
merges = services().moderation.merges(setup.study.id)
if not merges:
    st.markdown("None yet.")
for merge in merges:
    show_merge(setup, merge, key=f"merges.undo.{merge.id}")
st.subheader("Cards that staff moved")
moved = services().moderation.placements(setup.study.id)
if not moved:
    st.markdown("None yet.")
for item in moved:
    show_placement(setup, item, key=f"merges.placement.{item.placement.id}")
