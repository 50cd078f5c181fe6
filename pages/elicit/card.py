"""Your card, live: every line can be changed in place; hints stand under the line they concern; nothing blocks."""

import streamlit as st

from domain.people import JourneyStep
from ui import way
from ui.chrome import participant_header
from ui.messages import t
from ui.widgets.card_editor import edit_card

guest = way.here(JourneyStep.CARD)
participant_header(guest)
st.header(t("Your card"))
st.markdown(
    t(
        "These lines say what you pay attention to. The first words, in capitals, name the thing. Change whatever does "
        "not sound like you."
    )
)
edit_card(guest, key="elicit.card")
