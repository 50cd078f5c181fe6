"""Kaleidoscope: how relevant each value of a study is in a situation, and which way it pulls."""

import streamlit as st

from ui.navigation import Room, page_of
from ui.rooms import enter
from ui.runtime import services
from ui.widgets.kaleidoscope_panel import (
    choose_situation,
    scored_or_wait,
    scorer_in_use,
    show_comparison,
    show_scorer,
)
from ui.widgets.kaleidoscope_values import show_situation
from ui.widgets.states import show_empty, show_notice

_, setup = enter(Room.KALEIDOSCOPE, "How relevant each value of the study is in a situation, and which way it pulls.")
info = scorer_in_use()
if info is None:
    st.stop()
values = services().kaleido.scoring.values_of(setup.study.id)
if not values:
    show_empty("No values yet", "This study has no values to score.", "They come with its seeds and its first cards.")
    st.stop()
one, two = st.tabs(["One situation", "Two actions"])
with one:
    given = [*(question.text for question in setup.questions), *(context.text for context in setup.contexts)]
    situation = choose_situation(setup.study, given, key="kaleidoscope")
    found = scored_or_wait(situation, values, key="kaleidoscope.one") if situation else None
    if found is not None:
        show_situation(situation, values, found, info, key="kaleidoscope")
with two:
    if info.chance:
        show_notice(f"{info.chance} Two actions are not compared by them.")
    elif info.has_valence:
        actions = [
            st.text_input(f"The {word} action", key=f"kaleidoscope.{word}", max_chars=400).strip()
            for word in ("first", "second")
        ]
        both = (
            [scored_or_wait(a, values, key=f"kaleidoscope.{n}") for n, a in enumerate(actions)] if all(actions) else []
        )
        scored = [one for one in both if one is not None]
        if len(scored) == len(actions):
            show_comparison(*scored)
    else:
        show_notice(f"Two actions are compared by which way each value pulls. {info.valence_line}")
show_scorer(info)
st.page_link(page_of(Room.METHODS), label="How these numbers are made")
