"""The runs: start, watch, resume, and read."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.runs_panel import show_runs

_, setup = enter(Room.RUNS, "A run is what one model answered to one set of items, each asked in both orders.")
show_runs(setup.study.id, key="runs")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
