"""Who is looking at this page: a participant, staff, or anyone. Session state is never asked; cookies and rows are."""

from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from domain.errors import AccessError, NotFoundError
from domain.ids import ClientId, PersonId, StudyId, new_id
from domain.studies import Study
from services.participants import Guest
from services.tokens import ParticipantTicket
from ui.runtime import services

PARTICIPANT_COOKIE = "moralgraph_participant"
STAFF_COOKIE = "moralgraph_staff"
TEST_COOKIES = "testing.cookies"


class Staff(NamedTuple):
    """A signed-in researcher."""

    name: str


def cookie(name: str) -> str | None:
    """Return a cookie of this session; page tests put theirs in session state, which counts only in testing."""
    if services().settings.testing and TEST_COOKIES in st.session_state:
        return dict(st.session_state[TEST_COOKIES]).get(name)
    return st.context.cookies.get(name)


def ticket() -> ParticipantTicket | None:
    """Return whom the participant cookie speaks for; ``None`` without a valid one."""
    token = cookie(PARTICIPANT_COOKIE)
    if not token:
        return None
    try:
        return services().tokens.read_participant(token)
    except AccessError:
        return None


def guest() -> Guest | None:
    """Return the participant of this browser, added on the first page they really open."""
    who = ticket()
    if who is None:
        return None
    try:
        return services().participants.guest(who.person_id)
    except NotFoundError:
        return None


def staff() -> Staff | None:
    """Return who is signed in as staff: the administrator, or an address that the settings list."""
    token = cookie(STAFF_COOKIE)
    if token:
        try:
            who = services().tokens.read_staff(token)
        except AccessError:
            who = None
        if who is not None and who.epoch == services().staff_epoch():
            return Staff(name=who.name)
    return _oidc_staff()


def require_staff() -> Staff:
    """Return who is signed in; AccessError otherwise. Called by every action of the researcher's rooms."""
    who = staff()
    if who is None:
        raise AccessError("This room is for the people who run the study. Sign in first.")
    return who


def _oidc_staff() -> Staff | None:
    """An address counts only when the provider says that it is verified and the settings list it."""
    if not services().has_login_provider() or not getattr(st.user, "is_logged_in", False):
        return None
    email = str(st.user.get("email", "")).lower()
    is_verified = st.user.get("email_verified", False) is True
    return Staff(name=email) if is_verified and email in services().settings.staff_addresses() else None


def client_id(act: str) -> ClientId:
    """Return the id of the act that the next click stands for: the same until ``spend`` is called.

    A double click or a rerun in mid-act carries the same id and is written once.
    """
    key = f"client.{act}"
    if key not in st.session_state:
        st.session_state[key] = new_id()
    return ClientId(str(st.session_state[key]))


def spend(act: str) -> None:
    """Make the next click on ``act`` a new act."""
    st.session_state.pop(f"client.{act}", None)


def person_id() -> PersonId | None:
    """Return the id of the participant cookie."""
    who = ticket()
    return who.person_id if who else None


def chosen_study() -> StudyId | None:
    """Return the study named in the address (``?study=SLUG``), else the newest one."""
    study = _asked_study()
    return study.id if study is not None else None


def visible_study() -> StudyId | None:
    """Return the chosen study if this visitor may see its graph: staff always, others where it is public."""
    study = _asked_study()
    return study.id if study is not None and (study.is_graph_public or staff() is not None) else None


def _asked_study() -> Study | None:
    slug = st.query_params.get("study")
    if slug:
        return services().explore.study_of(slug)
    return next(iter(services().studies.all()), None)


def address() -> str:
    """Return the address under which this app is reached: as set, else as this browser sees it."""
    seen = urlsplit(st.context.url or "")
    return services().settings.public_url.rstrip("/") or f"{seen.scheme}://{seen.netloc}"
