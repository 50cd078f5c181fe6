"""Upgrade stories, one at a time, after one worked example: did the person become wiser?"""

import streamlit as st

from domain.people import JourneyStep
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import Room
from ui.runtime import services
from ui.widgets.comparing import ask_answer, show_comparison, show_example
from ui.widgets.states import show_empty

SHOWN = "elicit.compare.shown"

guest = way.here(JourneyStep.COMPARE)
participant_header(guest)
now = services().comparing.next(guest.person, shown=st.session_state.get(SHOWN))
st.session_state[SHOWN] = now.hypothesis.id if now is not None else None

if now is None:
    if guest.study.n_comparisons and not services().finishing.contributions(guest.person).votes:
        show_empty(
            t("There are no stories to compare yet"),
            t("You are early: stories are made from the values of several people."),
            t("You can finish now and come back later with your receipt code."),
        )
    if st.button(t("Go on to the last step"), type="primary", key="elicit.compare.finish"):
        way.act(
            "compare.finish",
            lambda: services().comparing.finish(guest.person, client_id=session.client_id("compare.finish")),
            then=Room.FINISHED,
        )
    st.stop()

if now.n_done == 0 and not show_example(key="elicit.compare.example"):
    st.stop()

story = now.hypothesis.id
act = f"compare.vote.{story}"
st.caption(t("Story {number} of up to {planned}").format(number=now.n_done + 1, planned=now.n_planned))
show_comparison(now, key="elicit.compare")
reason = st.text_input(t("Why? (if you like)"), key=f"elicit.compare.reason.{story}", max_chars=2000)
given = ask_answer(key=f"elicit.compare.{story}")
if given is None:
    st.stop()
answer, why = given
if way.act(
    act,
    lambda: services().comparing.vote(
        guest.person,
        hypothesis_id=story,
        answer=answer,
        unsure_reason=why,
        reason=reason,
        client_id=session.client_id(act),
    ),
):
    st.rerun()
