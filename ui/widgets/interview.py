"""The interview on the screen. What a model writes appears as it is written; nothing typed is lost when it fails."""

from html import escape
from typing import NamedTuple

import streamlit as st

from domain.errors import MoralGraphError
from services.interview import InterviewView
from services.participants import Guest
from ui import session, way
from ui.messages import N_, t
from ui.navigation import Room, go
from ui.runtime import services
from ui.widgets.conversation import show_conversation
from ui.widgets.food_for_thought import offer_food
from ui.widgets.policy_judging import judge_policies
from ui.widgets.states import show_failure, show_notice

POLL_EVERY = "0.4s"
FAILED = "interview.unsent"
SHOWN_AT_ONCE = 2
"""Earlier turns shown open: the last question and answer."""


class Unsent(NamedTuple):
    """An answer that could not be stored, and why."""

    sentence: str
    text: str


def show_interview(guest: Guest, *, key: str) -> None:
    """Draw the conversation and what can be done now."""
    view = services().interview.view(guest.person)
    if view.is_waiting:
        _tail(guest)
        return
    if view.is_card_made:  # by a model, after this page read where the person is
        go(Room.CARD)
    title, text = escape(view.question.title), escape(view.question.text)
    st.html(f'<p class="mg-turn mg-turn-asked" dir="auto"><b>{title}.</b> {text}</p>')
    _earlier(view, key=key)
    if view.notice:
        show_notice(t(view.notice))
    if view.policies_to_test:
        show_conversation((), view.newest)
        judge_policies(guest, view, key=key)
    else:
        show_conversation((), view.newest)
        _answer_box(guest, view, key=key)
    _ways_on(guest, view, key=key)
    if not view.policies_to_test:
        offer_food(guest, view.revision, key=f"{key}.food")


@st.fragment(run_every=POLL_EVERY)
def _tail(guest: Guest) -> None:
    """Show the reply as it is written; draw the whole page anew once it is there."""
    view = services().interview.view(guest.person)
    if not view.is_waiting:
        st.rerun()
    show_conversation(view.earlier[-2:], view.newest)
    st.caption(t("The interviewer is writing …"))


def _earlier(view: InterviewView, *, key: str) -> None:
    if not view.earlier:
        return
    with st.container(key=f"{key}-earlier".replace(".", "-")):
        if len(view.earlier) > SHOWN_AT_ONCE:
            with st.expander(t("Earlier in this conversation")):
                show_conversation(view.earlier[:-SHOWN_AT_ONCE], None)
        show_conversation(view.earlier[-SHOWN_AT_ONCE:], None)


def _answer_box(guest: Guest, view: InterviewView, *, key: str) -> None:
    """Draw the answer box; what could not be stored stands in it again, under the reason."""
    failed = st.session_state.pop(FAILED, None)
    if failed is not None:
        show_failure(t(failed.sentence))
    with st.form(f"{key}.form.{view.revision}", border=False):
        st.text_area(
            t("Your answer"),
            value=failed.text if failed is not None else "",
            key=f"{key}.text.{view.revision}",
            height=140,
            max_chars=8000,
            placeholder=t("Write as you would tell a friend."),
        )
        st.form_submit_button(
            t("Send"),
            type="primary",
            key=f"{key}.send.{view.revision}",
            on_click=_send,
            args=(guest, view.revision, f"{key}.text.{view.revision}"),
        )


def _send(guest: Guest, revision: int, text_key: str) -> None:
    """Store the answer before the page is drawn anew: after that, another window may have brought another question."""
    text = str(st.session_state.get(text_key, ""))
    if not text.strip():
        st.session_state[FAILED] = Unsent(N_("Write a few words, or skip the question."), text)
        return
    act = f"interview.answer.{revision}"
    try:
        services().interview.answer(guest.person, text, revision=revision, client_id=session.client_id(act))
    except MoralGraphError as error:
        st.session_state[FAILED] = Unsent(str(error), text)
    session.spend(act)


def _ways_on(guest: Guest, view: InterviewView, *, key: str) -> None:
    skip, card = st.columns(2)
    if not view.policies_to_test and skip.button(
        t("Skip this question"), key=f"{key}.skip.{view.revision}", width="stretch"
    ):
        act = f"interview.skip.{view.revision}"
        way.act(
            act,
            lambda: services().interview.skip(guest.person, revision=view.revision, client_id=session.client_id(act)),
            then=Room.INTERVIEW,
        )
    if view.can_show_card and card.button(t("Show my card now"), key=f"{key}.card.{view.revision}", width="stretch"):
        act = f"interview.card.{view.revision}"
        way.act(
            act,
            lambda: services().interview.show_card(
                guest.person, revision=view.revision, client_id=session.client_id(act)
            ),
            then=Room.INTERVIEW,
        )
    st.caption(t("Question {n} of at most {most}").format(n=view.n_asked, most=view.n_max))
