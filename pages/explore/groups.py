"""Groups side by side, how far they disagree, and what is upheld across them."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.groups_panel import group_controls, show_bridging, show_download, show_groups

_, setup = enter(Room.GROUPS, "What groups of people answer, and what people of different camps uphold alike.")
asked = group_controls(setup.study.id, key="groups")
show_groups(asked.found, asked.titles, key="groups.sides")
show_bridging(asked.found, asked.titles, key="groups.bridge")
show_download(asked.found, slug=setup.study.slug, key="groups.download")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
