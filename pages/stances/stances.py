"""One model's stance over a set of dilemmas."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.stances_panel import run_controls, show_report
from ui.widgets.statements_panel import show_statements

_, setup = enter(
    Room.STANCES, "What a model acts on when values pull apart, how surely, and beside doing nothing clever."
)
dilemmas, statements = st.tabs(["Dilemmas", "Statements"], on_change="rerun", key="stances.kind")
if statements.open:
    with statements:
        show_statements(setup.study.id, key="statements")
else:
    with dilemmas:
        show_report(run_controls(key="stances"), key="stances")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
