"""Cards of participants: hide one with a reason, show it again, move it to another value."""

import streamlit as st

from domain.people import REAL_SOURCES, Source
from ui.navigation import Room
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.moderation import review_card
from ui.widgets.states import show_empty

PER_PAGE = 10

_, setup = enter(
    Room.MODERATION, "Every card, newest first. What is hidden stays stored; its author can read your reason."
)
st.caption(f"The policy of this study: {setup.study.moderation_policy or 'none written yet'}")
with_simulated = st.toggle("Include simulated people and rehearsals", key="moderation.simulated")
sources = REAL_SOURCES | ({Source.SIMULATED} if with_simulated else frozenset())
cards = services().moderation.cards(setup.study.id, sources=sources)
if not cards:
    show_empty("No cards yet", "Cards appear here when people confirm them.", "Send the link on the page Studies.")
    st.stop()
n_pages = -(-len(cards) // PER_PAGE)
page = int(st.number_input(f"Page (of {n_pages})", 1, n_pages, 1, key="moderation.page"))
for item in cards[(page - 1) * PER_PAGE : page * PER_PAGE]:
    review_card(setup, item, key=f"moderation.{item.card.id}")
