"""Every founded value gets stories: in both directions, marked, once, and by the template when the model fails."""

import pytest

from backends.fakes import ScriptedChat
from domain.cards import MachineOpinion, PlacementOpinion
from domain.ids import ClientId
from domain.people import Source
from domain.studies import StudyState
from elicitation.upgrades import TEMPLATE
from services.upgrading import N_NEAR

STORY = (
    "My neighbour came by and asked what I thought of his plan. In the beginning I looked at how he held his hands. "
    "These days I look at what he has tried before, and I ask him about that first. He sat down and told me more."
)


def found_value(rooms, name="p1", title="Rain on the roof"):
    person = rooms.with_card(name, title=title)
    view = rooms.belonging.view(person)
    opinions = {n.value.id: (PlacementOpinion.DIFFERENT, n.similarity) for n in view.nearest}
    return rooms.belonging.decide(person, opinions=opinions, client_id=ClientId(f"place-{name}"))


def stories_of(rooms, value_id):
    with rooms.database.read() as store:
        return [h for h in store.hypotheses.list("s1") if value_id in {h.src_id, h.wiser_id}]


def test_founding_a_value_asks_for_stories_once(rooms):
    value_id = found_value(rooms)
    assert rooms.founded_values == [value_id]
    rooms.belonging.decide(rooms.participants.guest("p1").person, opinions={}, client_id=ClientId("place-p1"))
    assert rooms.founded_values == [value_id]


def test_a_new_value_is_told_beside_its_nearest_in_both_directions(rooms):
    value_id = found_value(rooms)
    assert rooms.upgrading.tell("s1", [value_id], chat=None) == 2 * N_NEAR
    stories = stories_of(rooms, value_id)
    assert {(h.src_id, h.wiser_id) for h in stories} == {(h.wiser_id, h.src_id) for h in stories}
    assert all(h.provenance is not None and h.provenance.backend == TEMPLATE for h in stories)
    assert all(h.source is Source.PERSON for h in stories)


def test_telling_twice_stores_once(rooms):
    value_id = found_value(rooms)
    rooms.upgrading.tell("s1", [value_id], chat=None)
    assert rooms.upgrading.tell("s1", [value_id], chat=None) == 0
    assert len(stories_of(rooms, value_id)) == 2 * N_NEAR


def test_a_model_tells_the_story_and_what_it_was_asked_is_kept(rooms):
    value_id = found_value(rooms)
    rooms.upgrading.tell("s1", [value_id], chat=ScriptedChat([STORY] * 2 * N_NEAR))
    for told in stories_of(rooms, value_id):
        assert told.story == STORY
        assert told.provenance.prompt_id.startswith("tell_upgrade@")
        assert told.provenance.prompt_hash


def test_a_story_of_a_model_that_breaks_a_rule_is_replaced_by_the_template(rooms):
    value_id = found_value(rooms)
    ugly = ["", "Too short.", STORY + " So I became wiser.", "- a\n- b " * 20, STORY[:-1], STORY.replace("I ", "he ")]
    rooms.upgrading.tell("s1", [value_id], chat=ScriptedChat(ugly))
    backends = [h.provenance.backend for h in stories_of(rooms, value_id)]
    assert backends.count(TEMPLATE) >= 5


def test_a_withdrawn_value_is_not_told(rooms):
    value_id = found_value(rooms)
    rooms.own_data.erase(rooms.participants.guest("p1").person, client_id=ClientId("erase"))
    assert rooms.upgrading.tell("s1", [value_id], chat=None) == 0
    assert stories_of(rooms, value_id) == []


def test_words_that_went_while_a_model_wrote_are_not_kept_in_a_story(rooms):
    value_id = found_value(rooms, "p1")
    other = rooms.with_card("p2", title="Snow on the hill")
    rooms.belonging.decide(other, opinions={value_id: (PlacementOpinion.SAME, 0.9)}, client_id=ClientId("join"))
    founder = rooms.participants.guest("p1").person

    def write(_request):
        if rooms.database.version("s1") and not erased:
            erased.append(True)
            rooms.own_data.erase(founder, client_id=ClientId("erase"))
        return STORY + " Rain on the roof."

    erased = []
    assert rooms.upgrading.tell("s1", [value_id], chat=ScriptedChat(write)) == 0
    with rooms.database.read() as store:
        assert store.values.get(value_id).title == "Snow on the hill"
        assert not [h for h in store.hypotheses.list("s1", include_archived=True) if "Rain on the roof" in h.story]
    assert rooms.upgrading.tell("s1", [value_id], chat=None) > 0


def test_erasing_the_founder_takes_the_words_out_of_the_stories(rooms):
    value_id = found_value(rooms, title="Rain on the roof")
    rooms.upgrading.tell("s1", [value_id], chat=None)
    rooms.own_data.erase(rooms.participants.guest("p1").person, client_id=ClientId("erase"))
    with rooms.database.read() as store:
        told = [h for h in store.hypotheses.list("s1", include_archived=True) if value_id in {h.src_id, h.wiser_id}]
    assert told
    assert all(h.story == "" and h.is_archived for h in told)


def test_untold_values_are_told_when_the_study_opens_and_after_a_restart(rooms):
    value_id = found_value(rooms)
    assert rooms.upgrading.untold("s1") == [value_id]
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id=ClientId("close"))
    rooms.studies.change_state("s1", StudyState.OPEN, staff="ada", client_id=ClientId("open"))
    assert rooms.upgrading.untold("s1") == []
    other = found_value(rooms, "p2", title="Snow on the hill")
    rooms.upgrading.recover()
    rooms.upgrading._pool.shutdown(wait=True)
    assert stories_of(rooms, other)


def test_simulated_people_get_their_stories_at_once(rooms):
    value_id = found_value(rooms)
    rooms.upgrading.founded("s1", value_id, source=Source.SIMULATED)
    assert stories_of(rooms, value_id)


def hear_all(rooms, person):
    view = rooms.belonging.view(person)
    values = [n.value for n in view.nearest]
    rooms.opinions.hear("s1", view.card.text, values)
    rooms.opinions._pool.shutdown(wait=True)
    return view, rooms.opinions.hear("s1", view.card.text, values)


def test_without_a_model_there_is_no_opinion_and_nothing_to_wait_for(rooms):
    view = rooms.belonging.view(rooms.with_card("p1"))
    heard = rooms.opinions.hear("s1", view.card.text, [n.value for n in view.nearest])
    assert (heard.opinions, heard.n_failed, heard.is_complete) == ({}, 0, True)


def test_a_models_opinion_is_heard_and_stored_beside_the_persons_own(rooms):
    reply = '{"reason": "Both look at hands.", "verdict": "close"}'
    rooms.chat = ScriptedChat([reply, reply])
    person = rooms.with_card("p1")
    view, heard = hear_all(rooms, person)
    assert heard.is_complete
    assert {o.verdict for o in heard.opinions.values()} == {PlacementOpinion.CLOSE}
    opinions = {n.value.id: (PlacementOpinion.DIFFERENT, n.similarity) for n in view.nearest}
    rooms.belonging.decide(person, opinions=opinions, seen=heard.opinions, client_id=ClientId("place"))
    with rooms.database.read() as store:
        answers = store.values.answers("s1")
    assert [(a.opinion, a.machine_verdict) for a in answers] == [
        (PlacementOpinion.DIFFERENT, PlacementOpinion.CLOSE)
    ] * len(view.nearest)
    assert all(a.machine_name for a in answers)


@pytest.mark.parametrize("reply", ["", "same", '{"verdict": "maybe", "reason": "x"}', '{"reason": "x"}', "{"])
def test_a_verdict_off_the_menu_is_counted_as_failed_never_guessed(rooms, reply):
    rooms.chat = ScriptedChat([reply, reply])
    _, heard = hear_all(rooms, rooms.with_card("p1"))
    assert heard.opinions == {}
    assert heard.n_failed == 2


def test_erasing_a_person_empties_what_is_kept_of_opinions(rooms):
    reply = '{"reason": "Both look at hands.", "verdict": "same"}'
    rooms.chat = ScriptedChat([reply, reply])
    person = rooms.with_card("p1")
    _, heard = hear_all(rooms, person)
    assert all(isinstance(o, MachineOpinion) for o in heard.opinions.values())
    rooms.own_data.erase(person, client_id=ClientId("erase"))
    assert not rooms.opinions._kept
