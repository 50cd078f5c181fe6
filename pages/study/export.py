"""Take the graph or the whole study out as files, and bring a study in."""

import json

import streamlit as st

from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES, Source
from services.logbook import state_of_log
from ui.navigation import Room
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.exporting import export_study
from ui.widgets.importing import import_study

_, setup = enter(
    Room.EXPORT, "The moral graph as JSON for training and study, checked against its schema.", is_wide=False
)
study = setup.study
training = st.checkbox("Only people who agreed to training", value=True, key="export.training")
simulated = st.checkbox("Include simulated people (marked in the files)", key="export.simulated")
query = GraphQuery(
    study_id=study.id,
    sources=REAL_SOURCES | ({Source.SIMULATED} if simulated else frozenset()),
    training_only=training,
)
graph = services().explore.moral_graph(query)
st.markdown(f"{len(graph.kept_edges())} edges from {graph.n_votes} votes of {graph.n_people} people.")
if training and graph.n_votes == 0:
    st.caption(
        "No one with votes has agreed to training. Imported studies carry no consent; untick the box to study them."
    )
st.download_button(
    "Download the moral graph (JSON)",
    lambda: json.dumps(services().interchange.graph_document(query), ensure_ascii=False, indent=1),
    file_name=f"{study.slug}-moral-graph.json",
    mime="application/json",
    key="export.graph",
)
st.download_button(
    "Download the whole study (JSON; people's words: handle with care)",
    lambda: services().interchange.study_json(study.id, has_simulated=simulated),
    file_name=f"{study.slug}-study.json",
    mime="application/json",
    key="export.study",
)
if st.button("Check that the log is whole", key="export.log"):
    st.caption(state_of_log(services().database, study.id).sentence())
st.subheader("Other forms and training files")
export_study(study, query, key="export.job")
st.subheader("Bring in a study")
import_study(key="export.import")
