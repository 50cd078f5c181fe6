"""What a language model says of a card beside a value: one marked line; nothing waits for it."""

from html import escape

import streamlit as st

from domain.cards import PlacementOpinion
from domain.ids import ValueId
from services.belonging import BelongingView
from services.opinions import Heard
from services.participants import Guest
from ui.messages import N_, t
from ui.runtime import services

POLL_EVERY = "0.8s"
VERDICTS = {
    PlacementOpinion.SAME: N_("reads it as the same"),
    PlacementOpinion.CLOSE: N_("reads it as close, but not the same"),
    PlacementOpinion.DIFFERENT: N_("reads it as something else"),
}


def show_opinion(heard: Heard, value_id: ValueId) -> None:
    """Draw the opinion on one value, if there is one."""
    opinion = heard.opinions.get(value_id)
    if opinion is None:
        return
    mark = escape(t("language model"))
    verdict, reason = escape(t(VERDICTS[opinion.verdict])), escape(opinion.reason)
    st.html(
        f'<p class="mg-opinion mg-machine" dir="auto"><span class="mg-mark mg-mark-machine" '
        f'title="{escape(opinion.model)}">{mark}</span> {verdict}. {reason}</p>'
    )


@st.fragment(run_every=POLL_EVERY)
def wait_for_opinions(guest: Guest, view: BelongingView) -> None:
    """Say that a model is reading; draw the page anew once all it has to say is there."""
    values = [near.value for near in view.nearest]
    if services().opinions.hear(guest.study.id, view.card.text, values).is_complete:
        st.rerun()
    st.caption(t("A language model is reading the cards too. You need not wait for it; you decide."))
