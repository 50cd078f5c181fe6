"""What this is, what is asked, what happens with the words; two consents; one button."""

import streamlit as st

from domain.errors import MoralGraphError
from domain.ids import QuestionId
from domain.people import JourneyStep
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import STEP_ROOMS, Room, go
from ui.runtime import services
from ui.widgets.about_me import ask_about_me, store_about_me
from ui.widgets.states import show_empty

who = session.ticket()
if who is None:
    show_empty(
        t("You are not in a study on this device"),
        t("People take part by a link. If you began on another device, your receipt code brings you back."),
        t("Open your link again, or go to /resume and type your code."),
    )
    st.stop()

try:
    person = services().participants.join(who.study_id, person_id=who.person_id)
except MoralGraphError as error:
    show_empty(t("This study takes no one in right now"), t(str(error)), t("Ask the people who sent you the link."))
    st.stop()
guest = services().participants.guest(person.id)
step = services().interview.current_step(guest.person)
if step is not JourneyStep.WELCOME:
    go(STEP_ROOMS[step])

participant_header(guest)
st.title(guest.study.title)
st.markdown(guest.study.introduction)
st.subheader(t("What happens with your words"))
st.markdown(guest.study.consent_text)
if guest.study.moderation_policy:
    st.caption(guest.study.moderation_policy)
agrees = st.checkbox(t("I want to take part."), key="elicit.welcome.take_part")
trains = st.checkbox(
    t("My card and votes may also be used to train language models. (You can say no and still take part.)"),
    key="elicit.welcome.training",
)
questions = services().studies.setup(guest.study.id).questions
chosen: QuestionId = questions[0].id
if len(questions) > 1:
    titles = {q.id: q.title for q in questions}
    chosen = st.radio(
        t("Which question would you like to talk about?"),
        list(titles),
        format_func=lambda key: titles[key],
        captions=[q.text for q in questions],
        key="elicit.welcome.question",
    )
about = ask_about_me(guest.study, key="elicit.welcome.about")
if st.button(t("Begin"), type="primary", key="elicit.welcome.begin", disabled=not agrees):
    consented = way.act(
        "welcome.consent",
        lambda: services().participants.give_consent(
            guest.person,
            take_part=agrees,
            training=trains,
            text_shown=guest.study.consent_text,
            client_id=session.client_id("welcome.consent"),
        ),
    )
    if consented:
        store_about_me(person, about)
        way.act(
            "welcome.start",
            lambda: services().interview.start(
                services().participants.guest(person.id).person,
                question_id=chosen,
                client_id=session.client_id("welcome.start"),
            ),
            then=Room.INTERVIEW,
        )
