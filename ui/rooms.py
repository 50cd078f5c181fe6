"""The researcher's rooms: each page asks here who is signed in and which study is meant."""

from collections.abc import Callable

import streamlit as st

from domain.errors import AccessError, MoralGraphError
from domain.studies import Study
from services.studies import StudySetup
from ui import session
from ui.chrome import staff_frame
from ui.navigation import Room
from ui.runtime import services
from ui.session import Staff
from ui.widgets.links import plain_link
from ui.widgets.states import show_empty, show_failure


def enter(room: Room, sentence: str, *, is_wide: bool = True) -> tuple[Staff, StudySetup]:
    """Draw the frame of a room for the study in the address; stop when no one is signed in or there is no study."""
    who = require_sign_in()
    study_id = session.chosen_study()
    if study_id is None:
        staff_frame(room, sentence, is_wide=is_wide)
        show_empty(
            "No such study", "The address names a study that is not here.", "Choose a study on the page Studies."
        )
        st.stop()
    setup = services().studies.setup(study_id)
    staff_frame(room, sentence, study=setup.study, is_wide=is_wide)
    return who, setup


def require_sign_in() -> Staff:
    """Return who is signed in, or show the way in and stop."""
    try:
        return session.require_staff()
    except AccessError as error:
        show_empty(
            "For the people who run the study", str(error), "Your receipt code is for /resume, not for this room."
        )
        plain_link("Sign in", "/sign-in", is_primary=True)
        if services().has_login_provider() and st.button("Sign in with your organisation", key="rooms.oidc"):
            st.login()
        st.stop()


def staff_act(name: str, doing: Callable[[Staff], object]) -> bool:
    """Do one act of staff, checking again that they are signed in; show its failure in one sentence."""
    try:
        doing(session.require_staff())
    except MoralGraphError as error:
        show_failure(str(error))
        return False
    session.spend(name)
    return True


def study_switch(studies: list[Study], *, key: str) -> Study | None:
    """Draw the list of studies; return the chosen one, which then stands in the address."""
    slugs = [s.slug for s in studies]
    asked = st.query_params.get("study")
    index = slugs.index(asked) if asked in slugs else (0 if slugs else None)
    chosen = st.selectbox(
        "Study",
        slugs,
        index=index,
        format_func=lambda slug: next(f"{s.title} ({s.state.value})" for s in studies if s.slug == slug),
        # A study that was just made stands in the address: a new list is a new widget and follows it.
        key=f"{key}.{len(slugs)}",
    )
    if chosen is None:
        return None
    st.query_params["study"] = chosen
    return next(s for s in studies if s.slug == chosen)
