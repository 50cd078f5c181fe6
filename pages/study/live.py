"""Watch a study live: who is where, who stopped, how long it takes, what waits for a person."""

import streamlit as st

from domain.people import REAL_SOURCES, Source
from ui.navigation import Room
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.live_board import show_board

_, setup = enter(Room.LIVE, "Who is taking part right now, and where they are.")
with_simulated = st.toggle("Include simulated people and rehearsals", key="live.simulated")
sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())


@st.fragment(run_every="10s")
def board() -> None:
    """Draw the figures anew every ten seconds."""
    show_board(services().live.view(setup.study.id, sources=sources), key="live.board")


board()
