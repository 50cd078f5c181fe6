"""Explore the moral graph of a study: picture, table twin, and all there is to read about a value or an edge."""

import streamlit as st

from domain.errors import StudyRuleError
from ui import chrome, session
from ui.messages import t
from ui.navigation import Room, page_of
from ui.runtime import services
from ui.widgets.graph_panel import graph_controls, show_detail, show_graph
from ui.widgets.states import show_empty

study_id = session.visible_study()
if study_id is None:
    show_empty(
        t("There is no map to show here"),
        t("The study named in the address does not exist, or its map is not public."),
        t("Ask the people who run the study, or sign in."),
    )
    st.stop()

options = services().explore.options(study_id)
sentence = t("Each circle is a value. An arrow goes to the one that people found wiser. Wiser is up.")
if session.staff() is not None:
    chrome.staff_frame(Room.MORAL_GRAPH, sentence, study=options.study)
else:
    chrome.public_header(options.study, sentence, title=t("Moral graph"))

query = graph_controls(options, key="explore.graph")
try:
    graph = services().explore.moral_graph(query, data_version=options.data_version)
    states = services().pair_states.of(query, data_version=options.data_version)
except StudyRuleError as error:
    show_empty(t("Too few people"), t(str(error)), "")
    st.stop()
found = services().analyses.held(query, data_version=options.data_version)
show_graph(graph, options, states, found, data_version=options.data_version, key="explore.graph")
show_detail(graph, states, found, key="explore.graph.detail")
st.page_link(page_of(Room.METHODS), label=t("How these numbers are made"))
