"""How the tests of the interview walk through one."""

import time

import pytest

from elicitation.states import MAX_QUESTIONS, Stage
from services.interview import InterviewService, Verdict

STORY = "Last winter my friend gave me her novel. She kept turning her cup while I read. I knew it was not good yet."
MORE = ("I noticed how her hands shook.", "I looked for the lines where she sounded like herself.", "her tired eyes")


def service(rooms, chat=None):
    return InterviewService(
        rooms.desk, chat_for=lambda name: chat, chat_of_study=lambda study: chat, meaning=rooms.meaning
    )


def begun(rooms, chat=None, name="p1"):
    person = rooms.consenting(name)
    interview = service(rooms, chat)
    interview.start(person, question_id="q1", client_id=f"{name}:start")
    return interview, person


def told(rooms, chat, name="p1"):
    """An interview in which the story was told and the model words the question after it; the first is the guide's."""
    interview, person = begun(rooms, chat, name)
    view = interview.view(person)
    interview.answer(person, STORY, revision=view.revision, client_id=f"{name}:story")
    return interview, person


class Clicks:
    """Fresh client ids."""

    def __init__(self):
        self.n = 0

    def __call__(self):
        self.n += 1
        return f"click-{self.n}"


def settled(interview, person, *, seconds=5):
    """The view once nothing is being written any more; fails when that takes too long."""
    for _ in range(int(seconds / 0.02)):
        view = interview.view(person)
        if not view.is_waiting:
            return view
        time.sleep(0.02)
    pytest.fail("the interview waits for ever")


def go_to_card(interview, person, answers, click):
    waiting = list(answers)
    for _ in range(MAX_QUESTIONS * 3):
        view = settled(interview, person)
        if view.stage is Stage.EDIT:
            return view
        if view.policies_to_test:
            interview.judge(
                person, view.policies_to_test[0].place, Verdict.IN_ITSELF, revision=view.revision, client_id=click()
            )
        elif waiting:
            interview.answer(person, waiting.pop(0), revision=view.revision, client_id=click())
        else:
            interview.skip(person, revision=view.revision, client_id=click())
    pytest.fail("the interview never ends")
