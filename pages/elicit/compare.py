"""Upgrade stories, one at a time, after one worked example: did the person become wiser?"""

import streamlit as st

from domain.people import JourneyStep
from domain.votes import EdgeAnswer
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import Room
from ui.runtime import services
from ui.widgets.comparing import show_comparison, show_example, unsure_reason
from ui.widgets.states import show_empty

guest = way.here(JourneyStep.COMPARE)
participant_header(guest)
now = services().comparing.next(guest.person)

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

act = f"compare.vote.{now.hypothesis.id}"
st.caption(t("Story {number} of up to {planned}").format(number=now.n_done + 1, planned=now.n_planned))
show_comparison(now, key="elicit.compare")
reason = st.text_input(t("Why? (if you like)"), key=f"elicit.compare.reason.{now.hypothesis.id}", max_chars=2000)


def send(answer: EdgeAnswer, **more: object) -> None:
    """Store the answer and show the next story."""
    done = way.act(
        act,
        lambda: services().comparing.vote(
            guest.person,
            hypothesis_id=now.hypothesis.id,
            answer=answer,
            reason=reason,
            client_id=session.client_id(act),
            **more,
        ),
    )
    if done:
        st.rerun()


yes, no, unsure = st.columns(3)
if yes.button(t("Yes, wiser"), key="elicit.compare.yes", width="stretch"):
    send(EdgeAnswer.WISER)
if no.button(t("No"), key="elicit.compare.no", width="stretch"):
    send(EdgeAnswer.NOT_WISER)
if unsure.button(t("Not sure"), key="elicit.compare.unsure", width="stretch"):
    st.session_state["elicit.compare.asking"] = now.hypothesis.id
if st.session_state.get("elicit.compare.asking") == now.hypothesis.id:
    why = unsure_reason(key=f"elicit.compare.why.{now.hypothesis.id}")
    if why is not None:
        send(EdgeAnswer.NOT_SURE, unsure_reason=why.reason)
