"""A model beside the moral graph of a study."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.widgets.model_and_graph import show_beside

_, setup = enter(Room.MODEL_AND_GRAPH, "How far what a model acts on is from what these people found wiser.")
show_beside(setup.study.id, key="beside")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
