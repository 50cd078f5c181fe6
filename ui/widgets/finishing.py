"""The end of the way on the screen: landing, closing questions, receipt."""

from typing import NamedTuple

import streamlit as st

from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES
from domain.votes import Landing, SurveyQuestion
from services.participants import Guest
from ui.messages import N_, t
from ui.plain import plain
from ui.runtime import services
from ui.widgets.landing_place import landing_place_html
from ui.widgets.states import show_notice

QUESTIONS = {
    SurveyQuestion.REPRESENTED: N_("Do the values you gave and voted for say what you care about?"),
    SurveyQuestion.FAIR_PLACE: N_("Is the place where your card landed fair?"),
    SurveyQuestion.ENJOYED: N_("Did you enjoy taking part?"),
}
FACES = {1: N_("😟 Not at all"), 2: N_("🙁 A little"), 3: N_("😐 Partly"), 4: N_("🙂 Mostly"), 5: N_("😀 Fully")}


class ClosingAnswers(NamedTuple):
    """What was answered; a question left out is ``None``."""

    scores: dict[SurveyQuestion, int | None]
    comment: str


def show_landing(guest: Guest, landing: Landing | None, *, key: str) -> None:
    """Say where the card lies and who else is there."""
    if guest.person.moderation_note:
        show_notice(
            t("Staff have hidden your card from others. Their reason: {reason}").format(
                reason=guest.person.moderation_note
            )
        )
    if landing is None:
        show_notice(t("Your card has no place yet."))
        return
    others = landing.n_people - 1
    with st.container(key=key):
        st.markdown(t("Your card lies under the value **“{title}”**.").format(title=plain(landing.value_title)))
        if others == 0:
            st.markdown(t("You are the first to hold it. Others will see it among the cards they choose from."))
        elif others == 1:
            st.markdown(t("One other person holds it too."))
        else:
            st.markdown(t("{count} other people hold it too.").format(count=others))
        if landing.author == "person":
            st.caption(t("You placed it there yourself. Your own words stay as you wrote them."))
        else:
            st.caption(t("It was placed there by the people who run the study. Your own words stay as you wrote them."))
        sources = REAL_SOURCES | {guest.person.source}
        graph = services().explore.moral_graph(GraphQuery(study_id=guest.study.id, sources=sources))
        st.html(landing_place_html(graph, landing.value_id, title=landing.value_title))


def closing_questions(*, key: str) -> ClosingAnswers | None:
    """Draw the closing questions; return the answers once they are sent."""
    with st.form(key, border=False):
        scores = {
            question: st.radio(
                t(words),
                list(FACES),
                index=None,
                horizontal=True,
                format_func=lambda n: t(FACES[n]),
                key=f"{key}.{question}",
            )
            for question, words in QUESTIONS.items()
        }
        comment = st.text_area(
            t("Anything else you want to tell us? (if you like)"), key=f"{key}.comment", max_chars=4000
        )
        is_sent = st.form_submit_button(t("Send and finish"), type="primary", key=f"{key}.send")
    return ClosingAnswers(scores=scores, comment=comment) if is_sent else None


def show_receipt(code: str, *, key: str) -> None:
    """Show the receipt code large, ready to copy."""
    with st.container(key=key):
        st.subheader(t("Your receipt code"))
        st.code(code, language=None)
        st.markdown(
            t(
                "Write it down or copy it. With this code you can come back on any device, and change, fetch or delete "
                "what you gave."
            )
        )
