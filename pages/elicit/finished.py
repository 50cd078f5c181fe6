"""Where my card landed, the closing questions, the receipt code, and what happens next."""

import streamlit as st

from domain.people import JourneyStep
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import Room, page_of
from ui.runtime import services
from ui.widgets.finishing import closing_questions, show_landing, show_receipt

guest = way.here(JourneyStep.FINISH, JourneyStep.DONE)
participant_header(guest)
st.header(t("Where your card landed"))
landing = services().finishing.landing(guest.person)
show_landing(guest, landing, key="elicit.finished.landing")

if guest.person.step is JourneyStep.FINISH:
    st.subheader(t("Three last questions"))
    answers = closing_questions(key="elicit.finished.questions")
    if answers is not None:
        scores, comment = answers
        way.act(
            "finish.survey",
            lambda: services().finishing.answer_survey(
                guest.person,
                scores=scores,
                comment=comment,
                client_id=session.client_id("finish.survey"),
            ),
            then=Room.FINISHED,
        )

show_receipt(services().participants.receipt(guest.person.id), key="elicit.finished.receipt")
st.subheader(t("What happens next"))
st.markdown(
    t(
        "The votes of all people together make a map of values. Until the study closes you can come back with your "
        "code, see what you gave and change it."
    )
)
st.page_link(page_of(Room.MY_CONTRIBUTIONS), label=t("See and change what I gave"))
if guest.study.is_graph_public:
    st.page_link(page_of(Room.MORAL_GRAPH), label=t("Look at the map of values"))
