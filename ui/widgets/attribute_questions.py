"""Questions about people in the researcher's set-up: none by default, added and dropped one by one."""

import streamlit as st

from domain.studies import MAX_ATTRIBUTE_QUESTIONS, AttributeQuestion, Study
from services.attributes import attribute_question
from ui import session
from ui.plain import plain
from ui.rooms import staff_act
from ui.runtime import services
from ui.session import Staff

WHAT_FOR = (
    "People are asked once, below the consents and before the interview, so that those who stop early are counted by "
    "group too. “I would rather not say” is chosen beforehand, and nothing is stored for it. Do not ask about what the "
    "interview is about: that could colour the answers. No group below five people is ever shown."
)
STAYS = (
    "A question cannot be changed, only dropped and asked anew. Answers that were given stay, so a question of the "
    "same name has to offer all of them."
)


def edit_attribute_questions(study: Study, *, key: str) -> None:
    """List the questions about people with a button that drops each, and a form for a further one."""
    st.markdown(WHAT_FOR)
    n_answered = services().attributes.n_answered(study.id) if study.attribute_questions else {}
    for question in study.attribute_questions:
        _one_question(study, question, n_answered=n_answered[question.name], key=f"{key}.{question.name}")
    if len(study.attribute_questions) < MAX_ATTRIBUTE_QUESTIONS:
        _new_question(study, key=f"{key}.new")
    st.caption(STAYS)


def _one_question(study: Study, question: AttributeQuestion, *, n_answered: int, key: str) -> None:
    answers = " · ".join(plain(answer) for answer in question.answers)
    st.markdown(f"**{question.name}** — {plain(question.text)}  \n{answers}")
    st.caption(f"Answered by {n_answered} people (simulated ones do not count).")
    act = f"{key}.drop"
    if st.button("Ask it no more", key=act) and staff_act(
        act,
        lambda who: services().attributes.drop_question(
            study.id, question.name, staff=who.name, client_id=session.client_id(act)
        ),
    ):
        st.rerun()


def _new_question(study: Study, *, key: str) -> None:
    # What was typed stays when it is refused; once it is stored the form is a new one.
    with st.form(f"{key}.{len(study.attribute_questions)}"):
        name = st.text_input("Name, as analyses will call it", placeholder="town", max_chars=30)
        text = st.text_input("The question", placeholder="Where do you live?", max_chars=300)
        answers = st.text_area("Answers to choose from, one a line (2 to 12)")
        is_sent = st.form_submit_button("Ask it")

    def add(who: Staff) -> None:
        question = attribute_question(name, text, answers.splitlines())
        services().attributes.add_question(study.id, question, staff=who.name, client_id=session.client_id(key))

    if is_sent and staff_act(key, add):
        st.rerun()
