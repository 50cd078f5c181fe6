"""Over time: what rose, fell or flipped between two waves."""

from datetime import UTC, datetime, time

import streamlit as st

from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES, Source
from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.waves_panel import show_waves

_, setup = enter(
    Room.OVER_TIME, "What people find wiser, earlier and later. A change is only called one beyond chance."
)
with_simulated = st.toggle("Include simulated people", key="waves.simulated")
day = st.date_input(
    "The later wave starts on (UTC); left empty, the votes are cut into two halves", value=None, key="waves.day"
)
sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
starts = () if day is None else (datetime.combine(day, time.min, tzinfo=UTC),)
found = services().groups.over_time(GraphQuery(study_id=setup.study.id, sources=sources), starts=starts)
show_waves(found, services().groups.titles(setup.study.id), key="waves")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
