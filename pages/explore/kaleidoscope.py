"""Kaleidoscope: how relevant each value of a study is in a situation, and which way it pulls."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.kaleidoscope_actions import FILLED_BY, show_actions
from ui.widgets.kaleidoscope_panel import choose_situation, scorer_in_use
from ui.widgets.kaleidoscope_proposals import can_propose
from ui.widgets.kaleidoscope_quality import show_chance, show_scorer
from ui.widgets.kaleidoscope_values import show_situation
from ui.widgets.states import show_empty

_, setup = enter(Room.KALEIDOSCOPE, "How relevant each value of the study is in a situation, and which way it pulls.")
info = scorer_in_use()
if info is None:
    st.stop()
values = services().kaleido.scoring.values_of(setup.study.id)
source = None
if info.chance:
    show_chance(info)
elif not values and not can_propose():
    show_empty("No values yet", "This study has no values to score.", FILLED_BY)
else:
    one, two = st.tabs(["One situation", "Two actions"])
    with one:
        given = [*(question.text for question in setup.questions), *(context.text for context in setup.contexts)]
        situation = choose_situation(setup.study, given, key="kaleidoscope")
        source = show_situation(situation, values, info, key="kaleidoscope") if situation else None
    with two:
        source = show_actions(values, info, key="kaleidoscope.two") or source
show_scorer(info, source, key="kaleidoscope")
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
