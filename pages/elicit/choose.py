"""Six cards: which are wise to consider for this question?"""

import streamlit as st

from domain.people import JourneyStep
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import Room
from ui.runtime import services
from ui.widgets.choosing import card_grid

guest = way.here(JourneyStep.CHOOSE)
participant_header(guest)
st.header(t("Which of these are wise to consider?"))
st.markdown(t("Tick every card that someone should keep in mind here. It need not be your own view."))

draw, values = services().choosing.open_draw(guest.person, client_id=session.client_id("choose.draw"))
chosen = card_grid(values, key=f"elicit.choose.{draw.id}")
label = t("Go on with {count} chosen").format(count=len(chosen)) if chosen else t("None of these")
if st.button(label, key="elicit.choose.send", type="primary" if chosen else "secondary"):
    way.act(
        "choose.answer",
        lambda: services().choosing.answer(
            guest.person, draw_id=draw.id, chosen=chosen, client_id=session.client_id("choose.answer")
        ),
        then=Room.COMPARE,
    )
