"""Set up a study: its words, questions, contexts, seed values and stories; rehearse, open, close."""

import streamlit as st

from ui.chrome import staff_frame
from ui.navigation import Room
from ui.rooms import require_sign_in, study_switch
from ui.runtime import services
from ui.widgets.study_setup import edit_parts, edit_study, new_study, state_and_link

require_sign_in()
chosen_slug = st.query_params.get("study")
studies = services().studies.all()
staff_frame(Room.STUDIES, "Set up a study, try it, open it, close it.", study=None, is_wide=False)
with st.expander("New study", expanded=not studies):
    new_study(key="studies.new")
study = study_switch(studies, key="studies.switch")
if study is not None:
    setup = services().studies.setup(study.id)
    state_and_link(setup, key="studies.state")
    edit_study(setup, key="studies.words")
    edit_parts(setup, key="studies.parts")
