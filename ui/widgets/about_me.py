"""Questions about the person: asked once beside the consents, and changed or deleted under "What I gave"."""

import streamlit as st

from domain.people import JourneyStep, Participant
from domain.studies import Study, StudyState
from services.participants import Guest
from ui import session, way
from ui.messages import N_, t
from ui.plain import plain
from ui.runtime import services
from ui.widgets.states import show_notice

WHY = N_(
    "This helps us see if the study works well for all kinds of people. On our pages an answer is only shown as part "
    "of a group of five people or more. Those who run the study can also save a file that holds the answer of each "
    "person."
)
NOT_SAID = N_("I would rather not say")
NOTHING = ""
"""The choice that stands for no answer."""
CHANGED, DELETED = N_("Your answer was changed."), N_("Your answer was deleted.")


def ask_about_me(study: Study, *, key: str) -> dict[str, str]:
    """Ask what the study wants to know about people; return the answers given, nothing where none was."""
    if not study.attribute_questions:
        return {}
    st.subheader(t("About you, if you like"))
    answers: dict[str, str] = {}
    for place, question in enumerate(study.attribute_questions):
        answer = _choice(question.text, question.answers, given=None, key=f"{key}.{place}")
        if answer is not None:
            answers[question.name] = answer
    st.caption(t(WHY) + " " + t("You can change or delete yours at any time under “Save and come back”."))
    return answers


def store_about_me(person: Participant, answers: dict[str, str]) -> None:
    """Store what was said beside the consents, once these are given."""
    if answers:
        client_id = session.client_id("welcome.about")
        way.act("welcome.about", lambda: services().attributes.answer(person, answers, client_id=client_id))


def edit_about_me(guest: Guest, *, key: str) -> None:
    """Show what the person said about themselves; another choice is stored at once, and not to say deletes it."""
    if guest.person.step is JourneyStep.WELCOME:  # nothing is stored before the consents
        return
    notice = st.session_state.pop(f"{key}.notice", None)
    if notice is not None:
        show_notice(t(notice))
    asked = {question.name: question for question in guest.study.attribute_questions}
    names = [*asked, *(name for name in guest.person.attributes if name not in asked)]
    is_closed = guest.study.state is StudyState.CLOSED
    shown = [name for name in names if not is_closed or name in guest.person.attributes]
    if not shown:
        return
    st.subheader(t("About me"))
    if is_closed:
        st.caption(t("The study is closed, so you can delete your answer but not change it."))
    for name in shown:
        given = guest.person.attributes.get(name)
        offered = asked[name].answers if name in asked and not is_closed else ()
        answers = offered if given is None or given in offered else (given, *offered)
        text = asked[name].text if name in asked else name
        # What is stored names the widget: a choice made on another device is never undone by this one.
        answer = _choice(text, answers, given=given, key=f"{key}.{name}.{given}")
        if answer != given and _store(guest, name, answer):
            st.session_state[f"{key}.notice"] = DELETED if answer is None else CHANGED
            st.rerun()  # until the widget bears the name of the new answer, the next choice would be lost
    st.caption(t(WHY))


def _choice(text: str, answers: tuple[str, ...], *, given: str | None, key: str) -> str | None:
    """Draw one question; not to say is an answer like the others, and the first."""
    options = [NOTHING, *answers]
    chosen = st.radio(
        plain(text),
        options,
        index=options.index(given or NOTHING),
        format_func=lambda answer: plain(answer) or t(NOT_SAID),
        horizontal=True,
        key=key,
    )
    return chosen or None


def _store(guest: Guest, name: str, answer: str | None) -> bool:
    act = f"mine.about.{name}.{answer}"
    return way.act(
        act, lambda: services().attributes.answer(guest.person, {name: answer}, client_id=session.client_id(act))
    )
