"""The researcher's set-up: a new study, its words, its parts, its state and its link."""

import streamlit as st
from pydantic import ValidationError

from domain.errors import UserInputError
from domain.ids import ContextId, HypothesisId, QuestionId, StudyId, ValueId, new_id
from domain.people import Source
from domain.studies import Study, StudyState
from domain.votes import UpgradeHypothesis
from services.studies import NEXT_STATES, StudySetup
from ui import session
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.session import Staff
from ui.widgets.attribute_questions import edit_attribute_questions
from ui.widgets.states import show_failure, show_notice
from ui.widgets.stories import edit_stories

STATE_WORDS = {
    StudyState.DRAFT: "Back to draft",
    StudyState.REHEARSAL: "Rehearse (answers count as simulated)",
    StudyState.OPEN: "Open to participants",
    StudyState.CLOSED: "Close",
}


def new_study(*, key: str) -> None:
    """Ask for title and short name, and make a study in draft."""
    title = st.text_input("Title", key=f"{key}.title", max_chars=200)
    slug = st.text_input("Short name (lower-case letters, digits, hyphens)", key=f"{key}.slug", max_chars=60)
    if not st.button("Make the study", key=f"{key}.make"):
        return

    def make(who: Staff) -> None:
        try:
            study = Study(id=StudyId(new_id()), slug=slug, title=title, created_at=services().clock())
        except ValidationError as error:
            raise UserInputError("Give a title, and a short name of lower-case letters, digits and hyphens.") from error
        services().studies.create(study, staff=who.name, client_id=session.client_id("study.new"))

    if staff_act("study.new", make):
        st.query_params["study"] = slug
        st.rerun()


def state_and_link(setup: StudySetup, *, key: str) -> None:
    """Show the state with the steps allowed from it, what is missing, and the link for participants."""
    study = setup.study
    st.markdown(f"State: **{study.state.value}**")
    with st.container():  # there with or without the note: what follows keeps its place, and its open tab
        if setup.missing and study.state is StudyState.DRAFT:
            show_notice("Before it can open: " + " ".join(setup.missing))
    for to in sorted(NEXT_STATES[study.state]):
        _state_button(study, to, key=f"{key}.{to.value}")
    if study.state in {StudyState.OPEN, StudyState.REHEARSAL}:
        st.markdown("Link for participants:")
        st.code(f"{session.address()}/join/{services().tokens.study_link(study.id)}", language=None, wrap_lines=True)


def _state_button(study: Study, to: StudyState, *, key: str) -> None:
    act = f"study.state.{study.id}.{to.value}"
    if st.button(STATE_WORDS[to], key=key) and staff_act(
        act,
        lambda who: services().studies.change_state(study.id, to, staff=who.name, client_id=session.client_id(act)),
    ):
        st.rerun()


def edit_study(setup: StudySetup, *, key: str) -> None:
    """Edit the words and options of a study."""
    study = setup.study
    with st.expander("Words and options"), st.form(f"{key}.{study.id}", border=False):
        values = {
            "title": st.text_input("Title", study.title, max_chars=200),
            "introduction": st.text_area("Introduction", study.introduction, height=140),
            "consent_text": st.text_area("Consent text", study.consent_text, height=160),
            "moderation_policy": st.text_area("What may be hidden and why", study.moderation_policy),
            "n_comparisons": int(st.number_input("Stories to compare", 0, 20, study.n_comparisons)),
            "is_graph_public": st.checkbox("Anyone may look at the map", study.is_graph_public),
            "is_listed": st.checkbox("List it on the start page", study.is_listed),
            "offers_values": st.checkbox(
                "Offer values of the map in the interview, as food for thought",
                study.offers_values,
                help="A closed fold beside the questions, from the first answer on. Who opens it sees at most three "
                "values that come near their story; their card then says so. The story goes to the scorer of this "
                f"installation ({services().settings.scorer}).",
            ),
            "chat_backend": st.text_input(
                "Interviewer (empty: the installation's own)", study.chat_backend, placeholder="openai:MODEL@URL"
            ),
        }
        is_sent = st.form_submit_button("Save", type="primary")
    if st.button("Test the connection to the interviewer", key=f"{key}.{study.id}.test"):
        answer = services().interview.test_connection(study.chat_backend or services().settings.chat)
        (show_notice if answer.is_well else show_failure)(answer.sentence)
    if is_sent and staff_act(
        f"study.words.{study.id}",
        lambda who: services().studies.update(
            Study.model_validate({**study.model_dump(), **values}),
            staff=who.name,
            client_id=session.client_id(f"study.words.{study.id}"),
        ),
    ):
        st.rerun()


def edit_parts(setup: StudySetup, *, key: str) -> None:
    """Edit questions, contexts, seed values, stories and what is asked about people."""
    questions, contexts, values, stories, people = st.tabs(
        ["Questions", "Contexts", "Seed values", "Stories", "About people"]
    )
    with questions:
        for question in setup.questions:
            st.markdown(f"**{question.title}** — {question.text}")
        _new_question(setup, key=f"{key}.question")
    with contexts:
        titles = {q.id: q.title for q in setup.questions}
        for context in setup.contexts:
            linked = ", ".join(titles[q] for q in context.question_ids if q in titles) or "no question yet"
            st.markdown(f"**{context.text}** — {linked}")
        _new_context(setup, titles, key=f"{key}.context")
    with values:
        for value in setup.values:
            st.markdown(f"{value.number} · **{plain(value.title)}** — {plain(value.gist)} ({value.source.value})")
        _new_value(setup, key=f"{key}.value")
    with stories:
        edit_stories(setup, key=f"{key}.stories")
        _new_story(setup, key=f"{key}.story")
    with people:
        edit_attribute_questions(setup.study, key=f"{key}.people")


def _new_question(setup: StudySetup, *, key: str) -> None:
    with st.form(key, clear_on_submit=True):
        title = st.text_input("Title of a new question")
        text = st.text_area("The question, with a concrete situation")
        is_sent = st.form_submit_button("Add the question")
    if is_sent and staff_act(
        key,
        lambda who: services().studies.add_question(
            setup.study.id, title=title, text=text, staff=who.name, client_id=session.client_id(key)
        ),
    ):
        st.rerun()


def _new_context(setup: StudySetup, titles: dict[QuestionId, str], *, key: str) -> None:
    with st.form(key, clear_on_submit=True):
        text = st.text_input("A new context, such as “When a friend asks for help”")
        linked = st.multiselect("Questions in which it occurs", list(titles), format_func=lambda q: titles[q])
        is_sent = st.form_submit_button("Add the context")
    if is_sent and staff_act(
        key,
        lambda who: services().studies.add_context(
            setup.study.id, text=text, question_ids=tuple(linked), staff=who.name, client_id=session.client_id(key)
        ),
    ):
        st.rerun()


def _new_value(setup: StudySetup, *, key: str) -> None:
    with st.form(key, clear_on_submit=True):
        title = st.text_input("Title of a new seed value")
        gist = st.text_input("One line that says what it is")
        policies = st.text_area("What people attend to, one a line, each starting with a CAPITALISED thing")
        is_sent = st.form_submit_button("Add the value")
    if is_sent and staff_act(
        key,
        lambda who: services().studies.add_seed_value(
            setup.study.id,
            title=title,
            gist=gist,
            policies=policies.splitlines(),
            staff=who.name,
            client_id=session.client_id(key),
        ),
    ):
        st.rerun()


def _new_story(setup: StudySetup, *, key: str) -> None:
    if len(setup.values) < 2 or not setup.contexts:  # noqa: PLR2004 - a pair
        st.markdown("A story needs two values and a context.")
        return
    titles: dict[ValueId, str] = {v.id: f"{v.number} · {v.title}" for v in setup.values}
    contexts: dict[ContextId, str] = {c.id: c.text for c in setup.contexts}
    with st.form(key, clear_on_submit=True):
        src = st.selectbox("At first the person looked at", list(titles), format_func=lambda v: titles[v])
        wiser = st.selectbox("Later the person looked at", list(titles), index=1, format_func=lambda v: titles[v])
        context = st.selectbox("Context", list(contexts), format_func=lambda c: contexts[c])
        story = st.text_area("The story, told by the person")
        is_sent = st.form_submit_button("Add the story")
    if not is_sent or src is None or wiser is None or context is None:
        return
    hypothesis = UpgradeHypothesis(
        id=HypothesisId(session.client_id(key)),
        study_id=setup.study.id,
        src_id=src,
        wiser_id=wiser,
        context_id=context,
        story=story,
        source=Source.SEED,
        created_at=services().clock(),
    )
    if staff_act(
        key,
        lambda who: services().studies.add_hypothesis(hypothesis, staff=who.name, client_id=session.client_id(key)),
    ):
        st.rerun()
