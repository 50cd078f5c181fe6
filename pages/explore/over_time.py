"""Over time: what rose, fell or flipped between two waves."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.waves_panel import show_waves, waves_of

_, setup = enter(
    Room.OVER_TIME, "What people find wiser, earlier and later. A change is only called one beyond chance."
)
found = waves_of(setup.study.id, key="waves")
show_waves(found, services().groups.titles(setup.study.id), key="waves")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
