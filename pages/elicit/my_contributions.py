"""What I gave, by receipt code or on this device: see it, change it, fetch it, delete it."""

import streamlit as st

from domain.people import ConsentScope
from domain.studies import StudyState
from ui import session, way
from ui.chrome import participant_header
from ui.messages import t
from ui.navigation import STEP_ROOMS, page_of
from ui.runtime import services
from ui.widgets.about_me import edit_about_me
from ui.widgets.cards import show_card
from ui.widgets.contributions import delete_all, edit_placed_card, edit_votes, show_links
from ui.widgets.states import show_empty

guest = session.guest()
if guest is None:
    show_empty(
        t("Nothing is stored for this device"),
        t("You are not in a study here, or you deleted your data."),
        t("If you have a receipt code, open /resume and type it in."),
    )
    st.stop()

participant_header(guest)
st.header(t("What I gave"))
way.closed_notice(guest)
step = services().interview.current_step(guest.person)
st.page_link(page_of(STEP_ROOMS[step]), label=t("Go on where I was"))

given = services().finishing.contributions(guest.person)
for place, card in enumerate(given.cards):
    show_card(card.text, byline=guest.person.alias, size="medium", key=f"mine.card.{place}")
    if card.moderation_reason:
        st.caption(t("Note from the people who run the study: {reason}").format(reason=card.moderation_reason))
    if given.landing is not None and given.study.state is not StudyState.CLOSED:
        edit_placed_card(guest, card, key=f"mine.card.{place}")
edit_votes(guest, given, key="mine.votes")
edit_about_me(guest, key="mine.about")

training = given.consents.get(ConsentScope.TRAINING)
is_granted = training is not None and training.granted
# What is stored names the widget: a consent taken back on another device is never given again by this one.
wish = st.toggle(
    t("My card and votes may be used to train language models."), value=is_granted, key=f"mine.training.{is_granted}"
)
if training is not None and wish != is_granted:
    person, consent_text = guest.person, guest.study.consent_text
    is_stored = way.act(
        "mine.training",
        lambda: services().participants.set_training_consent(
            person,
            granted=wish,
            text_shown=consent_text,
            client_id=session.client_id("mine.training"),
        ),
    )
    if is_stored:
        st.rerun()
st.code(services().participants.receipt(guest.person.id), language=None)
show_links()
delete_all(guest, key="mine.delete")
