"""The guided interview over a real database: to the end, and stored at every step."""

import pytest

from domain.cards import CardStatus, Origin
from domain.errors import StudyRuleError
from domain.interviews import Speaker
from domain.people import JourneyStep
from elicitation.states import MAX_QUESTIONS, Stage
from services.simulate import read_scripts
from tests.unit.services.interviewing import MORE, STORY, Clicks, begun, go_to_card, service


def test_a_whole_guided_interview_ends_with_a_card_in_the_persons_words(rooms):
    interview, person = begun(rooms)
    click = Clicks()
    view = go_to_card(interview, person, (STORY, *MORE), click)
    lines = view.card.policy_texts()
    assert "SIGNS of how her hands shook" in lines
    assert "LINES where she sounded like herself" in lines
    assert all(p.origin is Origin.OWN for p in view.card.policies)
    assert interview.current_step(person) is JourneyStep.CARD
    interview.confirm(person, view.card, revision=view.revision, client_id=click())
    assert interview.current_step(person) is JourneyStep.BELONG
    with rooms.database.read() as store:
        (card,) = store.cards.of_person(person.id)
    assert card.status is CardStatus.CONFIRMED
    assert card.text == view.card


@pytest.mark.parametrize("script", read_scripts(), ids=lambda s: s.name)
def test_scripted_people_get_a_card_within_twelve_questions(rooms, script):
    interview, person = begun(rooms, name=script.name.replace(" ", "-"))
    view = go_to_card(interview, person, script.answers, Clicks())
    assert view.n_asked <= MAX_QUESTIONS
    said = " ".join(script.answers).casefold()
    for policy in view.card.policies:
        own = [
            w for w in policy.text.casefold().split() if w not in {"signs", "moments", "people", "places", "of", "when"}
        ]
        assert all(word.strip(",.") in said for word in own)


@pytest.mark.parametrize("answers", [(), ("idk",), ("no", "no"), ("אני מקשיב לשקט שלה", "הידיים שלה"), ("x" * 8000,)])
def test_no_one_is_ever_stuck(rooms, answers):
    interview, person = begun(rooms)
    view = go_to_card(interview, person, answers, Clicks())
    assert view.card.policies


def test_no_question_comes_twice(rooms):
    interview, person = begun(rooms)
    go_to_card(interview, person, ("idk", "no", "hm", "nothing", "x", "y", "z"), Clicks())
    with rooms.database.read() as store:
        turns = store.interviews.turns(store.interviews.of_person(person.id).id)
    asked = [t.text for t in turns if t.speaker is Speaker.GUIDE]
    assert len(asked) == len(set(asked))


def test_the_card_can_be_seen_from_the_second_answer_on(rooms):
    interview, person = begun(rooms)
    click = Clicks()
    view = interview.view(person)
    with pytest.raises(StudyRuleError, match="after two answers"):
        interview.show_card(person, revision=view.revision, client_id=click())
    for text in (STORY, MORE[0]):
        view = interview.view(person)
        assert not view.can_show_card
        interview.answer(person, text, revision=view.revision, client_id=click())
    view = interview.view(person)
    assert view.can_show_card
    assert not view.is_card_made
    interview.show_card(person, revision=view.revision, client_id=click())
    made = interview.view(person)
    assert made.stage is Stage.EDIT
    assert made.is_card_made


def test_a_refresh_and_a_new_process_open_the_same_question(rooms):
    interview, person = begun(rooms)
    view = interview.view(person)
    interview.answer(person, STORY, revision=view.revision, client_id="a")
    assert service(rooms).view(person) == interview.view(person)


def test_a_double_click_answers_once(rooms):
    interview, person = begun(rooms)
    view = interview.view(person)
    for _ in range(2):
        interview.answer(person, STORY, revision=view.revision, client_id="same")
    assert interview.view(person).n_asked == 2


def test_a_second_tab_cannot_answer_an_old_question(rooms):
    interview, person = begun(rooms)
    old = interview.view(person)
    interview.answer(person, STORY, revision=old.revision, client_id="first tab")
    with pytest.raises(StudyRuleError, match="another window"):
        interview.answer(person, "something else", revision=old.revision, client_id="second tab")
    assert [t.text for t in interview.view(person).earlier if t.speaker is Speaker.PERSON] == [STORY]


def test_starting_twice_starts_once(rooms):
    interview, person = begun(rooms)
    interview.start(person, question_id="q1", client_id="again")
    assert interview.view(person).n_asked == 1


def test_a_line_of_another_card_stays_marked(rooms):
    interview, person = begun(rooms)
    click = Clicks()
    story = "Once I noticed moments of patient listening that people notice."
    view = go_to_card(interview, person, (story, "patient listening that people notice"), click)
    assert view.neighbours
    near = view.neighbours[0]
    interview.accept_neighbour(person, near, revision=view.revision, client_id=click())
    line = interview.view(person).card.policies[-1]
    assert (line.text, line.origin, line.borrowed_from) == (near.text, Origin.BORROWED, near.value_id)


def test_one_can_go_back_from_the_card_and_is_asked_something_new(rooms):
    interview, person = begun(rooms)
    click = Clicks()
    for text in (STORY, MORE[0]):
        interview.answer(person, text, revision=interview.view(person).revision, client_id=click())
    interview.show_card(person, revision=interview.view(person).revision, client_id=click())
    interview.reopen(person, revision=interview.view(person).revision, client_id=click())
    view = interview.view(person)
    assert view.stage is Stage.ATTENTION
    assert interview.current_step(person) is JourneyStep.INTERVIEW
    assert view.newest.text not in [t.text for t in view.earlier]


def test_a_confirmed_card_can_be_changed_until_it_has_its_place(rooms):
    interview, person = begun(rooms)
    click = Clicks()
    view = go_to_card(interview, person, (STORY, *MORE), click)
    interview.confirm(person, view.card, revision=view.revision, client_id=click())
    interview.reopen(person, revision=interview.view(person).revision, client_id=click())
    assert interview.current_step(person) is JourneyStep.CARD
    changed = view.card.model_copy(update={"title": "Her hands"})
    interview.confirm(person, changed, revision=interview.view(person).revision, client_id=click())
    with rooms.database.read() as store:
        (card,) = store.cards.of_person(person.id)
        assert [text.title for text in store.cards.versions(card.id)] == [view.card.title, "Her hands"]
    assert card.version == 2
    rooms.belonging.decide(person, opinions={}, client_id=click())
    with pytest.raises(StudyRuleError, match="has its place"):
        interview.reopen(person, revision=interview.view(person).revision, client_id=click())
