"""The frame of a page: the participant's thin header, the researcher's sidebar, the heading sentence."""

from html import escape

import streamlit as st

from domain.people import JourneyStep
from domain.studies import Study
from services.participants import Guest
from ui.messages import N_, t
from ui.navigation import SCRIPTS, Room, page_of
from ui.runtime import services

STAGES: tuple[tuple[str, tuple[JourneyStep, ...], int], ...] = (
    (N_("Interview"), (JourneyStep.WELCOME, JourneyStep.INTERVIEW), 5),
    (N_("Your card"), (JourneyStep.CARD, JourneyStep.BELONG), 3),
    (N_("Choose"), (JourneyStep.CHOOSE,), 1),
    (N_("Compare"), (JourneyStep.COMPARE,), 3),
    (N_("Done"), (JourneyStep.FINISH, JourneyStep.DONE), 0),
)
"""What the person sees of the steps, with the minutes each is planned to take (twelve in all)."""

SIDEBAR: tuple[tuple[str, tuple[Room, ...]], ...] = (
    (N_("Study"), (Room.STUDIES, Room.LIVE, Room.MODERATION, Room.MERGES)),
    (
        N_("Explore"),
        (
            Room.MORAL_GRAPH,
            Room.ENTAILED,
            Room.GROUPS,
            Room.AUDIT,
            Room.OVER_TIME,
            Room.KALEIDOSCOPE,
            Room.METHODS,
        ),
    ),
    (N_("Models"), (Room.STANCES, Room.COMPARE_MODELS, Room.MODEL_AND_GRAPH, Room.RUNS)),
    (N_("Data"), (Room.EXPORT,)),
)


def participant_header(guest: Guest) -> None:
    """Draw where the person is, how long it still takes, and the way out that loses nothing."""
    testing_banner()
    st.html(header_html(guest.study.title, guest.person.step))
    with st.container(key="mg-header-links", horizontal=True, gap="medium", vertical_alignment="center"):
        st.page_link(page_of(Room.MY_CONTRIBUTIONS), label=t("Save and come back"), width="content")
        with st.popover(t("What happens with my words"), type="tertiary", width="content"):
            st.markdown(guest.study.consent_text)
            if guest.study.moderation_policy:
                st.caption(guest.study.moderation_policy)


def header_html(title: str, step: JourneyStep) -> str:
    """Return the header's HTML; the current stage is marked by weight, a line, and for screen readers."""
    place = next(i for i, (_, steps, _) in enumerate(STAGES) if step in steps)
    items = []
    for i, (name, _, _) in enumerate(STAGES):
        state = "mg-now" if i == place else "mg-done" if i < place else ""
        current = ' aria-current="step"' if i == place else ""
        items.append(f'<li class="{state}"{current}>{escape(t(name))}</li>')
    left = sum(minutes for _, _, minutes in STAGES[place:])
    time = t("about {minutes} minutes left").format(minutes=left) if left else ""
    return (
        '<div class="mg-participant"></div><div class="mg-header">'
        f'<span class="mg-header-name" dir="auto">{escape(title)}</span>'
        f'<ol class="mg-steps">{"".join(items)}</ol><span class="mg-time">{escape(time)}</span></div>'
    )


def staff_frame(room: Room, sentence: str, *, study: Study | None = None, is_wide: bool = True) -> None:
    """Draw the sidebar, the breadcrumb and the heading of a researcher's room."""
    testing_banner()
    with st.sidebar:
        st.markdown("**Moral Graph Explorer**")
        for name, rooms in SIDEBAR:
            st.caption(t(name))
            for each in rooms:
                query = {"study": study.slug} if study is not None else None
                st.page_link(page_of(each), label=SCRIPTS[each][1], query_params=query)
        st.html('<form method="post" action="/sign-out"><button>Sign out</button></form>')
    wide = '<div class="mg-wide"></div>' if is_wide else ""
    crumbs = f"{escape(study.title)} › " if study is not None else ""
    st.html(f'{wide}<p class="mg-crumbs">{crumbs}{escape(SCRIPTS[room][1])}</p>')
    st.header(SCRIPTS[room][1])
    st.markdown(sentence)


def public_header(study: Study, sentence: str, *, title: str) -> None:
    """Draw the heading of a page that anyone may see."""
    testing_banner()
    st.html(
        f'<div class="mg-wide"></div><div class="mg-participant"></div><p class="mg-crumbs">{escape(study.title)}</p>'
    )
    st.header(title)
    st.markdown(sentence)


def testing_banner() -> None:
    """Say on every page that fakes may be in use, where testing is on."""
    if services().settings.testing:
        st.html(f'<div class="mg-testing">{escape(t("Testing: parts of this app may be fakes"))}</div>')
