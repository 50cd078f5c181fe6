"""Groups side by side, how far they disagree, and what is upheld across them."""

import streamlit as st

from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES, Source
from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.groups_panel import show_bridging, show_download, show_groups
from ui.widgets.states import show_empty

_, setup = enter(Room.GROUPS, "What groups of people answer, and what people of different camps uphold alike.")
with_simulated = st.toggle("Include simulated people", key="groups.simulated")
sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
offered = services().groups.attributes(setup.study.id, sources=sources)
if not offered:
    show_empty(
        "There are no groups to compare",
        "A group needs at least five people who gave the same answer about themselves, and there must be two.",
        "Add a column such as a region or a party to the study link or the imported file.",
    )
    st.stop()

attribute = st.selectbox(
    "Groups by",
    list(offered),
    format_func=lambda name: f"{name} ({offered[name]} people)",
    key="groups.attribute",
    bind="query-params",
)
with st.spinner("Counting, shuffling and resampling people"):
    found = services().groups.analyse(GraphQuery(study_id=setup.study.id, sources=sources), attribute=attribute)
titles = services().groups.titles(setup.study.id)
show_groups(found, titles, key="groups.sides")
show_bridging(found, titles, key="groups.bridge")
show_download(found, slug=setup.study.slug, key="groups.download")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
