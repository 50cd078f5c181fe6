"""The guided interviewer: it asks for what is missing, never twice, and quotes only what was said."""

import re

import pytest

from elicitation import guide_texts
from elicitation.events import Answered, AskRequest, Began, Judged, Skipped, Worded
from elicitation.guide import Message, can_ask_anew, next_topic, word_question
from elicitation.machine import step
from elicitation.states import MAX_QUESTIONS, Candidate, Exchange, InterviewState, Stage, Topic, Verdict

STORY = "Last winter my friend stood at my door and I noticed that her hands were shaking. I waited and made tea."
SHORT = "I helped her"


def state_of(*pairs, **more):
    return InterviewState(exchanges=tuple(Exchange(topic=t, question="q", answer=a) for t, a in pairs), **more)


def interview(answers):
    """Return the state after all ``answers`` (``None`` skips), worded by the guide; judges all "in itself"."""
    moved = step(InterviewState(subject="s"), Began())
    for answer in answers:
        if isinstance(moved.request, AskRequest):
            text = word_question(moved.request.topic, moved.state).render()
            moved = step(moved.state, Worded(text=text))
        if moved.state.open_exchange() is None:
            break
        moved = step(moved.state, Skipped() if answer is None else Answered(text=answer))
    while moved.state.to_test():
        moved = step(moved.state, Judged(place=moved.state.to_test()[0][0], verdict=Verdict.IN_ITSELF))
    return moved.state


def test_after_a_story_it_asks_what_was_noticed():
    assert next_topic(state_of((Topic.STORY_OPEN, STORY))) is Topic.NOTICED


def test_a_story_without_a_moment_is_asked_for_one():
    assert next_topic(state_of((Topic.STORY_OPEN, SHORT))) is Topic.STORY_MOMENT


@pytest.mark.parametrize("answer", ["", "idk", "I don't know", "no"])
def test_without_a_story_it_asks_for_someone_who_does_well(answer):
    assert next_topic(state_of((Topic.STORY_OPEN, answer))) is Topic.STORY_MODEL


def test_it_asks_for_a_story_no_third_time():
    assert next_topic(state_of((Topic.STORY_OPEN, ""), (Topic.STORY_MODEL, ""))) is Topic.NOTICED
    assert next_topic(state_of((Topic.STORY_OPEN, SHORT), (Topic.STORY_MOMENT, SHORT))) is Topic.NOTICED


def test_enough_things_named_end_the_questions():
    asked = ((Topic.STORY_OPEN, STORY), (Topic.NOTICED, "x"), (Topic.LOOK_FOR, "y"))
    named = tuple(Candidate(text=f"THING {n}") for n in range(4))
    assert next_topic(state_of(*asked, candidates=named)) is None
    refused = (*named[:3], Candidate(text="THING 4", verdict=Verdict.NOT_MINE))
    assert next_topic(state_of(*asked, candidates=refused)) is Topic.IN_OTHERS


def test_a_means_is_asked_what_it_is_for_once():
    asked = ((Topic.STORY_OPEN, STORY), (Topic.NOTICED, "x"), (Topic.LOOK_FOR, "y"))
    means = (Candidate(text="PAUSES of his", verdict=Verdict.MEANS),)
    assert next_topic(state_of(*asked, candidates=means)) is Topic.FOR_WHAT
    assert next_topic(state_of(*asked, (Topic.FOR_WHAT, ""), candidates=means)) is Topic.IN_OTHERS
    assert "PAUSES of his" in word_question(Topic.FOR_WHAT, state_of(candidates=means)).render()


@pytest.mark.parametrize(
    "answers",
    [
        [STORY] * 12,
        [SHORT] * 12,
        [None] * 12,
        ["honesty"] * 12,
        [STORY, None, "I look for the pause", None, "her face", None],
        ["idk", STORY, "We should always tell the truth", "I want to be good"],
        ["fuck this"] * 12,
        ["当我的朋友沉默的时候，我注意她的眼睛。"] * 12,
    ],
)
def test_no_question_is_asked_twice_and_every_interview_ends(answers):
    state = interview(answers)
    questions = [e.question for e in state.exchanges if e.question]
    assert len(questions) == len(set(questions)) <= MAX_QUESTIONS
    assert all(re.search(r"\?|Say it so", question) for question in questions)
    if len(answers) == 12:
        assert state.stage is Stage.DRAFTING


@pytest.mark.parametrize(
    ("said", "template"),
    [
        ("I just want to be a good friend to her", guide_texts.LOOK_FOR_GOAL),
        ("We should always tell the truth", guide_texts.LOOK_FOR_RULE),
        ("honesty and respect", guide_texts.LOOK_FOR_BIG_WORD),
        ("I noticed the small pause before she spoke", guide_texts.LOOK_FOR_QUOTE),
        ("idk", guide_texts.LOOK_FOR),
        ("you stupid idiot", guide_texts.LOOK_FOR),
    ],
)
def test_what_to_look_for_is_asked_by_what_was_said(said, template):
    message = word_question(Topic.LOOK_FOR, state_of((Topic.NOTICED, said)))
    assert message.template == template
    assert all(value in said for value in message.params.values())


@pytest.mark.parametrize("topic", list(Topic))
@pytest.mark.parametrize("said", [STORY, SHORT, "", "{quote} {subject}", "“quoted” words of mine"])
def test_every_question_is_whole_and_quotes_the_person_word_for_word(topic, said):
    state = state_of((Topic.STORY_OPEN, said), candidates=(Candidate(text="THINGS", verdict=Verdict.MEANS),))
    message = word_question(topic, state)
    assert message.render().strip()
    assert all(value in said or value == "THINGS" for value in message.params.values())
    if "{" not in said:
        assert "{" not in message.render()


def test_a_phrase_is_not_quoted_a_second_time():
    first = word_question(Topic.NOTICED, state_of((Topic.STORY_OPEN, STORY)))
    assert first.params
    again = InterviewState(exchanges=(Exchange(topic=Topic.NOTICED, question=first.render(), answer=STORY),))
    assert first.params["quote"] not in word_question(Topic.IN_SELF, again).render()


def test_words_of_a_person_are_filled_in_after_translation():
    message = Message("You wrote: “{quote}”.", {"quote": "You wrote"})
    assert message.render(lambda text: text.replace("You wrote", "Du schriebst")) == "Du schriebst: “You wrote”."


def test_the_guide_knows_when_it_would_repeat_itself():
    asked = word_question(Topic.LOOK_FOR, InterviewState()).render()
    state = InterviewState(exchanges=(Exchange(topic=Topic.LOOK_FOR, question=asked, answer=""),))
    assert not can_ask_anew(Topic.LOOK_FOR, state)
    assert can_ask_anew(Topic.IN_SELF, state)


def test_the_guide_neither_praises_nor_advises():
    for name, text in vars(guide_texts).items():
        if name.isupper() and isinstance(text, str):
            assert "!" not in text
            assert not re.search(r"\b(?:great|wonderful|thank|you should|you must|try to|I suggest)\b", text, re.I), (
                name
            )
