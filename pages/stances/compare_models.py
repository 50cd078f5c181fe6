"""Two models on the dilemmas that both answered."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.compare_models import show_comparison

enter(Room.COMPARE_MODELS, "Two models, or one without and with a system text, on the dilemmas that both answered.")
show_comparison(key="compare_models")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
