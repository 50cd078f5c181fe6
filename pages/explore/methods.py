"""How these numbers are made: every measure with its formula, the run card of the study, and the parts in use."""

import streamlit as st

from ui import session
from ui.chrome import staff_frame, testing_banner
from ui.messages import t
from ui.navigation import Room
from ui.widgets.methods import show_methods
from ui.widgets.parts import show_parts
from ui.widgets.run_card import show_run_card

if session.staff() is not None:
    staff_frame(Room.METHODS, t("Every number of the app, its formula and its source."), is_wide=False)
else:
    testing_banner()
    st.html('<div class="mg-participant"></div>')
    st.header(t("How these numbers are made"))

st.markdown(
    t(
        "Each number has five lines: what it says, its formula, how to read it, what it does not say, and where it comes "
        "from. Most pairs of values were never compared: no arrow means no answer, not that two values are equal."
    )
)
study_id = session.visible_study()
if study_id is not None:
    st.header(t("Run card"), anchor="run-card")
    show_run_card(study_id, key="methods.card")
show_methods()
st.header(t("Parts in use"), anchor="parts")
show_parts(study_id)
