"""The participant's way after the card: placing, choosing, comparing, closing; each act once, each step in order."""

import pytest

from domain.cards import PlacementOpinion
from domain.errors import NotFoundError, StudyRuleError
from domain.people import ConsentScope, JourneyStep
from domain.studies import StudyState
from domain.votes import EdgeAnswer, SurveyQuestion, UnsureReason


def step_of(rooms, person):
    return rooms.participants.guest(person.id).person.step


def test_nothing_goes_on_without_consent(rooms):
    person = rooms.person()
    with pytest.raises(StudyRuleError, match="until you agree"):
        rooms.participants.give_consent(person, take_part=False, training=True, text_shown="?", client_id="x")
    assert step_of(rooms, person) is JourneyStep.WELCOME


def test_both_consents_are_kept_apart(rooms):
    person = rooms.consenting(training=False)
    given = rooms.participants.consents(person.id)
    assert given[ConsentScope.TAKE_PART].granted
    assert not given[ConsentScope.TRAINING].granted
    assert person.step is JourneyStep.INTERVIEW


def test_joining_twice_with_the_same_cookie_adds_one_person(rooms):
    assert rooms.person() == rooms.person()


def test_aliases_differ(rooms):
    assert len({rooms.person(f"p{n}").alias for n in range(40)}) == 40


def test_a_receipt_code_finds_its_person_and_no_one_else(rooms):
    person = rooms.person()
    code = rooms.participants.receipt(person.id)
    assert rooms.participants.by_receipt(code.lower().replace("-", " ")).id == person.id
    with pytest.raises(NotFoundError, match="No one has this receipt code"):
        rooms.participants.by_receipt("AAAAA-AAAAA-AAAAA")


def test_a_closed_study_stores_nothing_and_says_so(rooms):
    person = rooms.with_card()
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    with pytest.raises(StudyRuleError, match="is closed"):
        rooms.belonging.decide(person, opinions={}, client_id="x")
    assert step_of(rooms, person) is JourneyStep.BELONG


def test_the_nearest_value_is_shown_first(rooms):
    view = rooms.belonging.view(rooms.with_card(title="Shared laughter"))
    assert view.nearest[0].value.title == "Shared laughter"
    assert len(view.nearest) == 2


def test_a_card_called_the_same_is_placed_and_the_answer_kept(rooms):
    person = rooms.with_card(title="Shared laughter")
    (near, other) = rooms.belonging.view(person).nearest
    opinions = {
        near.value.id: (PlacementOpinion.SAME, near.similarity),
        other.value.id: (PlacementOpinion.CLOSE, other.similarity),
    }
    assert rooms.belonging.decide(person, opinions=opinions, client_id="x") == near.value.id
    landing = rooms.finishing.landing(person)
    assert (landing.value_title, landing.author, landing.n_people) == ("Shared laughter", "person", 1)
    with rooms.database.read() as store:
        assert {a.opinion for a in store.values.answers("s1")} == {PlacementOpinion.SAME, PlacementOpinion.CLOSE}
    assert step_of(rooms, person) is JourneyStep.CHOOSE


def test_a_card_like_no_other_founds_a_value_in_its_own_words_once(rooms):
    person = rooms.with_card(title="Singing to plants")
    first = rooms.belonging.decide(person, opinions={}, client_id="click")
    again = rooms.belonging.decide(person, opinions={}, client_id="click")
    assert first == again
    with rooms.database.read() as store:
        values = store.values.list("s1")
    assert [v.title for v in values].count("Singing to plants") == 1
    assert max(v.number for v in values) == 11


def test_two_values_cannot_both_be_the_same(rooms):
    person = rooms.with_card()
    both = dict.fromkeys(("v1", "v2"), (PlacementOpinion.SAME, 0.5))
    with pytest.raises(StudyRuleError, match="closest"):
        rooms.belonging.decide(person, opinions=both, client_id="x")


def choosing(rooms, name="p1"):
    person = rooms.with_card(name)
    rooms.belonging.decide(person, opinions={"v1": (PlacementOpinion.SAME, 0.9)}, client_id=f"place-{name}")
    return rooms.participants.guest(name).person


def test_six_cards_are_drawn_once_and_none_is_the_persons_own(rooms):
    person = choosing(rooms)
    draw, values = rooms.choosing.open_draw(person, client_id="d")
    assert len(values) == 6
    assert "v1" not in draw.value_ids
    assert rooms.choosing.open_draw(person, client_id="another")[0] == draw


def test_none_of_these_is_an_answer_and_impressions_are_kept(rooms):
    person = choosing(rooms)
    draw, _ = rooms.choosing.open_draw(person, client_id="d")
    rooms.choosing.answer(person, draw_id=draw.id, chosen=(), client_id="a")
    assert step_of(rooms, person) is JourneyStep.COMPARE
    with rooms.database.read() as store:
        counts = store.draws.value_counts("s1")
    assert sum(c.impressions for c in counts.values()) == 6
    assert sum(c.choices for c in counts.values()) == 0


def test_only_cards_that_were_shown_can_be_chosen(rooms):
    person = choosing(rooms)
    draw, _ = rooms.choosing.open_draw(person, client_id="d")
    with pytest.raises(StudyRuleError, match="not the ones shown"):
        rooms.choosing.answer(person, draw_id=draw.id, chosen=("v1",), client_id="a")


def comparing(rooms, name="p1"):
    person = choosing(rooms, name)
    draw, _ = rooms.choosing.open_draw(person, client_id=f"d-{name}")
    rooms.choosing.answer(person, draw_id=draw.id, chosen=draw.value_ids[:2], client_id=f"a-{name}")
    return rooms.participants.guest(name).person


def test_comparisons_start_from_the_persons_own_value_and_never_repeat_a_pair(rooms):
    person = comparing(rooms)
    seen = []
    while (now := rooms.comparing.next(person)) is not None:
        seen.append(frozenset((now.src.id, now.wiser.id)))
        rooms.comparing.vote(
            person, hypothesis_id=now.hypothesis.id, answer=EdgeAnswer.WISER, client_id=f"v{now.n_done}"
        )
    assert len(seen) == len(set(seen)) == 3
    assert "v1" in seen[0]


def test_looking_twice_shows_the_same_story_on_the_same_side(rooms):
    person = comparing(rooms)
    assert rooms.comparing.next(person) == rooms.comparing.next(person)


def test_the_story_that_is_shown_stays_until_it_is_answered(rooms):
    person = comparing(rooms)
    first = rooms.comparing.next(person).hypothesis
    with rooms.database.read() as store:
        other = next(h for h in store.hypotheses.list("s1") if h.id != first.id)
    assert rooms.comparing.next(person, shown=other.id).hypothesis == other
    rooms.comparing.vote(person, hypothesis_id=other.id, answer=EdgeAnswer.WISER, client_id="v")
    assert rooms.comparing.next(person, shown=other.id).hypothesis == first


def test_a_changed_vote_replaces_the_first_and_keeps_it_in_the_history(rooms):
    person = comparing(rooms)
    now = rooms.comparing.next(person)
    rooms.comparing.vote(person, hypothesis_id=now.hypothesis.id, answer=EdgeAnswer.WISER, client_id="1")
    rooms.comparing.vote(
        person,
        hypothesis_id=now.hypothesis.id,
        answer=EdgeAnswer.NOT_SURE,
        unsure_reason=UnsureReason.DEPENDS,
        client_id="2",
    )
    (given,) = rooms.finishing.contributions(person).votes
    assert given.vote.answer is EdgeAnswer.NOT_SURE
    with rooms.database.read() as store:
        assert [r.answer for r in store.votes.history(given.vote.id)] == [EdgeAnswer.WISER, EdgeAnswer.NOT_SURE]


def test_a_double_click_votes_once(rooms):
    person = comparing(rooms)
    now = rooms.comparing.next(person)
    for answer in (EdgeAnswer.WISER, EdgeAnswer.NOT_WISER):
        rooms.comparing.vote(person, hypothesis_id=now.hypothesis.id, answer=answer, client_id="same click")
    (given,) = rooms.finishing.contributions(person).votes
    assert given.vote.answer is EdgeAnswer.WISER


def test_the_way_ends_only_after_the_last_story(rooms):
    person = comparing(rooms)
    with pytest.raises(StudyRuleError, match="left to compare"):
        rooms.comparing.finish(person, client_id="f")
    while (now := rooms.comparing.next(person)) is not None:
        rooms.comparing.vote(
            person, hypothesis_id=now.hypothesis.id, answer=EdgeAnswer.NOT_WISER, client_id=f"v{now.n_done}"
        )
    rooms.comparing.finish(person, client_id="f")
    assert step_of(rooms, person) is JourneyStep.FINISH


def test_an_unanswered_closing_question_is_missing_and_not_zero(rooms):
    person = comparing(rooms)
    while (now := rooms.comparing.next(person)) is not None:
        rooms.comparing.vote(
            person, hypothesis_id=now.hypothesis.id, answer=EdgeAnswer.WISER, client_id=f"v{now.n_done}"
        )
    rooms.comparing.finish(person, client_id="f")
    scores = {SurveyQuestion.REPRESENTED: 4, SurveyQuestion.FAIR_PLACE: None}
    rooms.finishing.answer_survey(person, scores=scores, comment="", client_id="s")
    answers = rooms.finishing.contributions(person).survey
    assert [(a.question, a.score) for a in answers] == [(SurveyQuestion.REPRESENTED, 4)]
    assert step_of(rooms, person) is JourneyStep.DONE


def changed_text(rooms, name="p1", title="New words"):
    with rooms.database.read() as store:
        (card,) = store.cards.of_person(name)
    return card.text.model_copy(update={"title": title})


def founded_by(rooms, name):
    person = rooms.with_card(name, title="Rain on the roof")
    value_id = rooms.belonging.decide(person, opinions={}, client_id=f"place-{name}")
    return rooms.participants.guest(name).person, value_id


def test_a_placed_card_can_be_changed_and_its_own_value_takes_the_new_words(rooms):
    person, value_id = founded_by(rooms, "p1")
    rooms.upgrading.tell("s1", [value_id], chat=None)
    assert rooms.finishing.change_card(person, changed_text(rooms), client_id="change")
    with rooms.database.read() as store:
        assert store.values.get(value_id).title == "New words"
        old = [h for h in store.hypotheses.list("s1", include_archived=True) if value_id in {h.src_id, h.wiser_id}]
        assert all(h.story == "" for h in old)
    assert rooms.founded_values == [value_id, value_id]
    assert rooms.upgrading.tell("s1", [value_id], chat=None) > 0


def test_a_value_that_others_answered_to_keeps_its_words(rooms):
    person, value_id = founded_by(rooms, "p1")
    other = rooms.with_card("p2")
    near = {value_id: (PlacementOpinion.SAME, 0.9)}
    rooms.belonging.decide(other, opinions=near, client_id="place-p2")
    assert not rooms.finishing.change_card(person, changed_text(rooms), client_id="change")
    with rooms.database.read() as store:
        assert store.values.get(value_id).title == "Rain on the roof"
        (card,) = store.cards.of_person("p1")
        assert [text.title for text in store.cards.versions(card.id)] == ["Rain on the roof", "New words"]


def test_changing_a_card_twice_by_the_same_click_changes_it_once(rooms):
    person, _ = founded_by(rooms, "p1")
    rooms.finishing.change_card(person, changed_text(rooms), client_id="change")
    rooms.finishing.change_card(person, changed_text(rooms), client_id="change")
    with rooms.database.read() as store:
        (card,) = store.cards.of_person("p1")
    assert card.version == 2


def test_a_card_of_a_closed_study_stays_as_it_is(rooms):
    person, _ = founded_by(rooms, "p1")
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    with pytest.raises(StudyRuleError, match="is closed"):
        rooms.finishing.change_card(person, changed_text(rooms), client_id="change")
