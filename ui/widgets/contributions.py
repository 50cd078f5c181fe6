"""Changing votes, fetching and deleting one's own data."""

import streamlit as st

from domain.cards import Card
from domain.errors import NotFoundError
from domain.studies import StudyState
from domain.votes import EdgeAnswer
from services.finishing import Contributions, GivenVote
from services.participants import Guest
from ui import session, way
from ui.messages import N_, t
from ui.plain import plain
from ui.runtime import services
from ui.widgets.card_editor import card_fields
from ui.widgets.links import plain_link
from ui.widgets.states import show_notice

ANSWERS = {
    EdgeAnswer.WISER: N_("Yes, wiser"),
    EdgeAnswer.NOT_WISER: N_("No"),
    EdgeAnswer.NOT_SURE: N_("Not sure"),
}
NEW_WORDS = N_("Your card was changed, and so was its place on the map. The earlier version stays in your data.")
OLD_WORDS = N_(
    "Your card was changed. Others have answered to the earlier words, so the map keeps those. To take them off the "
    "map, delete your data."
)


def edit_placed_card(guest: Guest, card: Card, *, key: str) -> None:
    """Let the person change a card that has its place; what the map then shows is said."""
    changed = st.session_state.pop(f"{key}.changed", None)
    if changed is not None:
        show_notice(t(NEW_WORDS if changed else OLD_WORDS))
    with st.expander(t("Change my card")):
        text = card_fields(card.text, key=f"{key}.{card.version}")
        is_new = text is not None and text != card.text
        if not st.button(t("Save my card"), key=f"{key}.save.{card.version}", disabled=not is_new) or text is None:
            return
    act = f"mine.card.{card.id}.{card.version}"

    def change() -> None:
        client_id = session.client_id(act)
        st.session_state[f"{key}.changed"] = services().finishing.change_card(guest.person, text, client_id=client_id)

    if way.act(act, change):
        st.rerun()


def edit_votes(guest: Guest, given: Contributions, *, key: str) -> None:
    """Show every vote with its words; while the study is open a changed answer is stored at once."""
    if not given.votes:
        return
    st.subheader(t("My votes"))
    is_closed = given.study.state is StudyState.CLOSED
    for vote in given.votes:
        _edit_vote(guest, vote, is_closed=is_closed, key=f"{key}.{vote.vote.id}")


def _edit_vote(guest: Guest, given: GivenVote, *, is_closed: bool, key: str) -> None:
    label = t("{context}: from “{src}” to “{wiser}”. Wiser?").format(
        context=given.context.text, src=plain(given.src.title), wiser=plain(given.wiser.title)
    )
    answer = st.radio(
        label,
        list(ANSWERS),
        index=list(ANSWERS).index(given.vote.answer),
        format_func=lambda a: t(ANSWERS[a]),
        horizontal=True,
        disabled=is_closed or given.vote.hypothesis_id is None,
        key=key,
    )
    hypothesis_id = given.vote.hypothesis_id
    if answer is None or answer is given.vote.answer or hypothesis_id is None:
        return
    act = f"mine.vote.{given.vote.id}.{answer}"
    if way.act(
        act,
        lambda: services().comparing.vote(
            guest.person,
            hypothesis_id=hypothesis_id,
            answer=answer,
            reason=given.vote.reason,
            client_id=session.client_id(act),
        ),
    ):
        show_notice(t("Your vote was changed. The earlier answer stays in the history."))


def show_links() -> None:
    """Offer the download of everything stored."""
    plain_link(t("Download all my data (JSON)"), "/my-data.json", download=True)


def delete_all(guest: Guest, *, key: str) -> None:
    """Ask once more, then delete everything and say so."""
    st.subheader(t("Delete everything"))
    st.markdown(
        t("Your interview, card, votes and answers are removed for good, and the map is made anew without them.")
    )
    is_sure = st.checkbox(t("Yes, delete all I gave. I know that this cannot be undone."), key=f"{key}.sure")
    if st.button(t("Delete my data"), disabled=not is_sure, key=f"{key}.go"):
        try:
            services().own_data.erase(guest.person, client_id=session.client_id("mine.delete"))
        except NotFoundError:
            show_notice(t("It was deleted before."))
        st.success(t("All you gave has been deleted. You can close this page."))
        st.stop()
