"""The card in editing: title, gist and lines in place, with hints; and lines of others that come near."""

import streamlit as st

from domain.cards import MAX_POLICIES, CardText, Origin, Policy
from services.interview import InterviewView
from services.participants import Guest
from ui import session, way
from ui.messages import t
from ui.navigation import Room
from ui.plain import plain
from ui.runtime import services
from ui.widgets.cards import show_card
from ui.widgets.states import show_notice


def edit_card(guest: Guest, *, key: str) -> None:
    """Draw the card beside its fields; confirm it when the person says so."""
    view = services().interview.view(guest.person)
    if view.card is None:
        show_notice(t("There is no card yet. Go back to the interview."))
        return
    if view.notice:
        show_notice(t(view.notice))
    st.html('<div class="mg-roomy"></div>')
    fields, seen = st.columns([6, 5], gap="large")
    with fields:
        text = card_fields(view.card, key=f"{key}.{view.revision}")
        _neighbours(guest, view, key=key)
    with seen, st.container(key="mg-live-card"):
        st.markdown(t("This is how others will see it:"))
        model = view.card_provenance.backend if view.card_provenance else ""
        show_card(text or view.card, byline=guest.person.alias, size="medium", key=f"{key}.preview", model=model)
    save, back = st.columns(2)
    if save.button(
        t("This is my card"),
        type="primary",
        key=f"{key}.confirm.{view.revision}",
        disabled=text is None,
        width="stretch",
    ):
        _confirm(guest, view, text)
    if back.button(t("Back to the interview"), key=f"{key}.back.{view.revision}", width="stretch"):
        act = f"card.reopen.{view.revision}"
        way.act(
            act,
            lambda: services().interview.reopen(guest.person, revision=view.revision, client_id=session.client_id(act)),
            then=Room.INTERVIEW,
        )


def card_fields(card: CardText, *, key: str) -> CardText | None:
    """Draw the fields; return the card as it stands in them, ``None`` where a title or every line is missing."""
    title = st.text_input(t("Title"), card.title, max_chars=120, key=f"{key}.title")
    gist = st.text_area(t("In one sentence (if you like)"), card.gist, max_chars=600, height=80, key=f"{key}.gist")
    lines: list[Policy] = []
    n_lines = min(MAX_POLICIES, len(card.policies) + 1)
    for place in range(n_lines):
        old = card.policies[place] if place < len(card.policies) else None
        label = t("What you pay attention to, {n}").format(n=place + 1)
        typed = st.text_area(
            label, old.text if old else "", max_chars=400, height="content", key=f"mg-line-{key}.line.{place}"
        )
        text = " ".join(typed.split())
        if text:
            lines.append(old if old is not None and old.text == text else Policy(text=text, origin=Origin.OWN))
            for finding in services().interview.hints(text, [line.text for line in lines[:-1]]):
                st.caption(f"💡 {t(finding)}")
    if not title.strip() or not lines:
        show_notice(t("A card needs a title and at least one line. Nothing is lost; fill them in and go on."))
        return None
    return CardText(
        title=title.strip(),
        title_origin=card.title_origin if title == card.title else Origin.OWN,
        gist=gist.strip(),
        gist_origin=card.gist_origin if gist == card.gist else Origin.OWN,
        policies=tuple(lines),
    )


def _neighbours(guest: Guest, view: InterviewView, *, key: str) -> None:
    """Offer lines of others that come near, marked as theirs."""
    if not view.neighbours:
        return
    with st.expander(t("Lines of others that come near yours")):
        st.markdown(t("Take one over only if you pay attention to it too. It stays marked as taken from another card."))
        for place, near in enumerate(view.neighbours):
            words, take = st.columns([4, 1])
            words.markdown(plain(near.text))
            if take.button(t("Take over"), key=f"{key}.near.{view.revision}.{place}"):
                _take_over(guest, view, place)


def _take_over(guest: Guest, view: InterviewView, place: int) -> None:
    act = f"card.neighbour.{view.revision}.{place}"
    near = view.neighbours[place]
    way.act(
        act,
        lambda: services().interview.accept_neighbour(
            guest.person, near, revision=view.revision, client_id=session.client_id(act)
        ),
        then=Room.CARD,
    )


def _confirm(guest: Guest, view: InterviewView, text: CardText | None) -> None:
    if text is None:
        return
    act = f"card.confirm.{view.revision}"
    way.act(
        act,
        lambda: services().interview.confirm(
            guest.person, text, revision=view.revision, client_id=session.client_id(act)
        ),
        then=Room.BELONG,
    )
