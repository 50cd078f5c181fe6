"""Each thing the person named, tested: do they attend to it in itself, or is it a means to something else?"""

from html import escape

import streamlit as st

from services.interview import InterviewView, Verdict
from services.participants import Guest
from ui import session, way
from ui.messages import N_, t
from ui.navigation import Room
from ui.runtime import services

VERDICTS = {
    Verdict.IN_ITSELF: N_("It counts in itself"),
    Verdict.MEANS: N_("It is for something else"),
    Verdict.NOT_MINE: N_("Leave it out"),
}


def judge_policies(guest: Guest, view: InterviewView, *, key: str) -> None:
    """Draw the next thing to test with three buttons of equal weight."""
    place, text = view.policies_to_test[0]
    st.html(f'<div class="mg-story">{escape(text)}</div>')
    for column, (verdict, words) in zip(st.columns(len(VERDICTS)), VERDICTS.items(), strict=True):
        if column.button(t(words), key=f"{key}.judge.{view.revision}.{verdict.value}", width="stretch"):
            _judge(guest, view, place, verdict)


def _judge(guest: Guest, view: InterviewView, place: int, verdict: Verdict) -> None:
    act = f"interview.judge.{view.revision}"
    way.act(
        act,
        lambda: services().interview.judge(
            guest.person, place, verdict, revision=view.revision, client_id=session.client_id(act)
        ),
        then=Room.INTERVIEW,
    )
