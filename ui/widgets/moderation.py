"""One card in review: what it says, where it lies, and what staff can do with it."""

import streamlit as st

from domain.cards import CardStatus
from services.moderation import CardInReview
from services.studies import StudySetup
from ui import session
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.widgets.cards import show_card


def review_card(setup: StudySetup, item: CardInReview, *, key: str) -> None:
    """Draw a card with its actions; each needs a reason."""
    card, study_id = item.card, setup.study.id
    show_card(card.text, byline=item.alias, size="small", key=f"{key}.card", source=card.source)
    place = f"under {item.value.number} · {plain(item.value.title)}" if item.value else "not placed yet"
    state = f" · HIDDEN: {card.moderation_reason}" if card.status is CardStatus.HIDDEN else ""
    seen = " · looked at values of the map in the interview" if card.saw_values else ""
    st.caption(f"{card.source.value} · {place}{seen}{state}")
    with st.popover("Act on this card"):
        reason = st.text_input("Reason (logged; the author can read it)", key=f"{key}.reason")
        if card.status is CardStatus.HIDDEN:
            doing, label = services().moderation.show_again, "Show again"
        else:
            doing, label = services().moderation.hide, "Hide"
        if st.button(label, key=f"{key}.status") and staff_act(
            f"{key}.status",
            lambda who: doing(
                study_id, card.id, reason=reason, staff=who.name, client_id=session.client_id(f"{key}.status")
            ),
        ):
            st.rerun()
        titles = {v.id: f"{v.number} · {v.title}" for v in setup.values}
        to = st.selectbox("Move under", list(titles), index=None, format_func=lambda v: titles[v], key=f"{key}.to")
        if (
            to is not None
            and st.button("Move", key=f"{key}.move")
            and staff_act(
                f"{key}.move",
                lambda who: services().moderation.move(
                    study_id, card.id, to=to, reason=reason, staff=who.name, client_id=session.client_id(f"{key}.move")
                ),
            )
        ):
            st.rerun()
        if st.button("Make it a value of its own", key=f"{key}.split") and staff_act(
            f"{key}.split",
            lambda who: services().moderation.split(
                study_id, card.id, reason=reason, staff=who.name, client_id=session.client_id(f"{key}.split")
            ),
        ):
            st.rerun()
