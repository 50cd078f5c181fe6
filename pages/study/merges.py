"""Values that say the same: link one to another with a reason, and take it back."""

import streamlit as st

from ui.navigation import Room
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.merging import merge_form, show_merge

_, setup = enter(Room.MERGES, "A merge is a link: no text is touched, votes count together, and it can be taken back.")
merge_form(setup, key="merges.new")
st.subheader("Merges so far")
merges = services().moderation.merges(setup.study.id)
if not merges:
    st.markdown("None yet.")
for merge in merges:
    show_merge(setup, merge, key=f"merges.undo.{merge.id}")
