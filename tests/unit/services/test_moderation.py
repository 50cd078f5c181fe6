"""What staff hide is read by nobody else, in no place; and it comes back whole."""

import pytest

from domain.bundles import StudyBundle
from domain.cards import CardText, PlacementOpinion, Policy
from domain.errors import StudyRuleError, UserInputError
from domain.graphs import GraphQuery, Thresholds
from domain.people import REAL_SOURCES, Source
from domain.studies import Study
from domain.votes import EdgeAnswer, EdgeVote
from storage import Act
from storage.interchange import study_document

WORDS = "Rain on the roof"


def founded(rooms, name="p1", title=WORDS):
    """A person whose card founded a value; the value's id."""
    person = rooms.with_card(name, title=title)
    return rooms.belonging.decide(person, opinions={}, client_id=f"found-{name}")


def joined(rooms, name, value_id, title):
    person = rooms.with_card(name, title=title)
    rooms.belonging.decide(person, opinions={value_id: (PlacementOpinion.SAME, 0.9)}, client_id=f"join-{name}")


def voted(rooms, name, src_id, wiser_id):
    person, now = rooms.consenting(name), rooms.clock()
    vote = EdgeVote(
        id=f"vote-{name}", study_id="s1", person_id=person.id, src_id=src_id, wiser_id=wiser_id, context_id="c1",
        answer=EdgeAnswer.WISER, created_at=now, updated_at=now,
    )  # fmt: skip
    act = Act(f"vote:{name}", "s1", f"person:{name}", "vote.cast", now, person_id=person.id)
    rooms.database.write(act, lambda store: store.votes.cast(vote))


def hide(rooms, name="p1", client_id="hide"):
    rooms.moderation.hide("s1", f"card-{name}", reason="Names a person.", staff="ada", client_id=client_id)


def show_again(rooms, name="p1", client_id="show"):
    rooms.moderation.show_again("s1", f"card-{name}", reason="It was no name.", staff="ada", client_id=client_id)


def graph_of(rooms):
    return rooms.explore.moral_graph(GraphQuery(study_id="s1", thresholds=Thresholds(min_wiser=1)))


def stored(rooms, value_id):
    with rooms.database.read() as store:
        return store.values.get(value_id)


def test_hiding_a_card_takes_the_value_that_it_founded_out_of_every_place(rooms):
    value_id = founded(rooms)
    voted(rooms, "p2", "v1", value_id)
    assert value_id in {n.value.id for n in graph_of(rooms).nodes}
    hide(rooms)
    graph = graph_of(rooms)
    assert value_id not in {n.value.id for n in graph.nodes}
    assert (graph.n_votes, graph.n_votes_withdrawn) == (0, 1)
    with rooms.database.read() as store:
        assert value_id not in {v.id for v in store.values.list("s1")}
        every = {v.id: v for v in store.values.list("s1", include_withdrawn=True)}
        value = store.values.get(value_id)
        document = study_document(store.bundles.load("s1"))["study"]
    assert every[value_id] == value
    assert (value.title, value.policies, value.is_withdrawn, value.hidden_by) == ("", (), True, "staff:ada")
    assert WORDS not in str(document["values"])
    near = rooms.meaning.nearest("s1", [WORDS], k=20, seen_by=Source.PERSON)
    assert value_id not in {n.value.id for n in near}


def test_a_value_comes_back_as_it_was_when_its_card_is_shown_again(rooms):
    value_id = founded(rooms)
    voted(rooms, "p2", "v1", value_id)
    rooms.upgrading.tell("s1", [value_id], chat=None)
    with rooms.database.read() as store:
        stories = store.hypotheses.list("s1")
    before, graph = stored(rooms, value_id), graph_of(rooms)
    hide(rooms)
    show_again(rooms)
    after = stored(rooms, value_id)
    assert after == before.model_copy(update={"updated_at": after.updated_at})
    assert graph_of(rooms).edges == graph.edges
    with rooms.database.read() as store:
        assert store.hypotheses.list("s1") == stories


def test_a_hidden_value_comes_back_in_the_words_that_staff_looked_at(rooms):
    value_id = founded(rooms)
    rooms.upgrading.tell("s1", [value_id], chat=None)
    hide(rooms)
    new = CardText(title="Rain somewhere", policies=(Policy(text="MOMENTS of rain"),))
    rooms.finishing.change_card(rooms.participants.guest("p1").person, new, client_id="change")
    show_again(rooms)
    assert stored(rooms, value_id).title == "Rain somewhere"
    with rooms.database.read() as store:
        assert not [h for h in store.hypotheses.list("s1") if value_id in (h.src_id, h.wiser_id)]
    assert rooms.reworded == [value_id]


def test_a_value_that_others_hold_takes_their_words_and_keeps_its_votes(rooms):
    value_id = founded(rooms)
    joined(rooms, "p2", value_id, "Rain on leaves")
    voted(rooms, "p3", "v1", value_id)
    rooms.upgrading.tell("s1", [value_id], chat=None)
    hide(rooms)
    value = stored(rooms, value_id)
    assert (value.title, value.founded_by_card_id, value.is_withdrawn) == ("Rain on leaves", "card-p2", False)
    assert graph_of(rooms).n_votes == 1
    with rooms.database.read() as store:
        assert not [h for h in store.hypotheses.list("s1") if value_id in (h.src_id, h.wiser_id)]
    assert rooms.reworded == [value_id]
    show_again(rooms)
    assert stored(rooms, value_id).title == "Rain on leaves"


def test_the_words_of_a_second_hidden_card_do_not_come_in(rooms):
    value_id = founded(rooms)
    joined(rooms, "p2", value_id, "Rain on leaves")
    hide(rooms, "p2", "hide-2")
    hide(rooms, "p1", "hide-1")
    assert stored(rooms, value_id).hidden_at is not None
    show_again(rooms, "p2", "show-2")
    assert (stored(rooms, value_id).title, stored(rooms, value_id).hidden_at) == ("Rain on leaves", None)


def test_the_author_still_has_their_card_and_reads_the_reason(rooms):
    founded(rooms)
    hide(rooms)
    guest = rooms.participants.guest("p1")
    card = rooms.finishing.contributions(guest.person).cards[0]
    assert (card.text.title, card.moderation_reason) == (WORDS, "Names a person.")
    assert guest.person.moderation_note == "Names a person."


def test_staff_still_read_the_words_of_a_hidden_value(rooms):
    founded(rooms)
    hide(rooms)
    assert [item.value.title for item in rooms.moderation.cards("s1", sources=REAL_SOURCES)] == [WORDS]


def test_a_draw_that_waits_loses_a_value_that_is_hidden(rooms):
    value_id = founded(rooms)
    person = rooms.with_card("p2", title=WORDS)
    rooms.belonging.decide(person, opinions={value_id: (PlacementOpinion.DIFFERENT, 0.9)}, client_id="x")
    draw, shown = rooms.choosing.open_draw(person, client_id="draw")
    assert value_id in {v.id for v in shown}
    hide(rooms)
    draw, shown = rooms.choosing.open_draw(person, client_id="draw")
    assert value_id not in draw.value_ids
    assert all(v.title for v in shown)


def test_votes_on_a_value_merged_into_a_hidden_one_count_for_itself_meanwhile(rooms):
    value_id = founded(rooms)
    voted(rooms, "p2", "v1", "v2")
    rooms.moderation.merge("s1", "v2", into=value_id, reason="The same.", staff="ada", client_id="merge")
    hide(rooms)
    assert {n.value.id for n in graph_of(rooms).nodes} == {"v1", "v2"}
    show_again(rooms)
    assert {n.value.id for n in graph_of(rooms).nodes} == {"v1", value_id}


def test_a_person_who_erases_a_hidden_card_leaves_no_words(rooms):
    value_id = founded(rooms)
    hide(rooms)
    rooms.own_data.erase(rooms.participants.guest("p1").person, client_id="erase")
    with rooms.database.read() as store:
        value = {v.id: v for v in store.values.list("s1", include_withdrawn=True, with_hidden_words=True)}[value_id]
    assert (value.title, value.is_withdrawn, value.hidden_at) == ("", True, None)


@pytest.fixture
def stranger(rooms):
    """The id of another study in the same database."""
    study = Study(id="s2", slug="other", title="Another study", created_at=rooms.clock())
    act = Act("other", "s2", "test", "study.imported", rooms.clock())
    rooms.database.write(act, lambda store: store.bundles.save(StudyBundle(study=study)))
    return study.id


def test_cards_and_values_of_another_study_are_left_alone(rooms, stranger):
    moderation, told = rooms.moderation, {"reason": "It fits.", "staff": "ada"}
    value_id = founded(rooms)
    moderation.move("s1", "card-p1", to="v1", **told, client_id="m")
    merge_id = moderation.merge("s1", "v2", into="v1", **told, client_id="merge")
    placement = moderation.placements("s1")[0].placement
    acts = (
        lambda: moderation.move(stranger, "card-p1", to=value_id, **told, client_id="1"),
        lambda: moderation.split(stranger, "card-p1", **told, client_id="2"),
        lambda: moderation.merge(stranger, "v3", into="v4", **told, client_id="3"),
        lambda: moderation.undo_merge(stranger, merge_id, staff="ada", client_id="4"),
        lambda: moderation.undo_placement(stranger, placement.id, **told, client_id="5"),
    )
    for act in acts:
        with pytest.raises(StudyRuleError, match="this study"):
            act()
    assert moderation.merges("s1")[0].undone_at is None
    assert moderation.placements("s1") == [(placement, *moderation.placements("s1")[0][1:])]
    with rooms.database.read() as store:
        assert not store.values.list(stranger, include_withdrawn=True)
        assert store.events.head(stranger).seq == 1


def test_a_card_is_not_moved_under_a_hidden_value_nor_a_hidden_one_made_a_value(rooms):
    value_id = founded(rooms)
    founded(rooms, "p2", "Wind in trees")
    hide(rooms)
    with pytest.raises(StudyRuleError, match="hidden"):
        rooms.moderation.move("s1", "card-p2", to=value_id, reason="It fits.", staff="ada", client_id="m")
    with pytest.raises(StudyRuleError, match="hidden"):
        rooms.moderation.split("s1", "card-p1", reason="It is new.", staff="ada", client_id="s")


def test_taking_back_a_move_puts_the_card_where_it_lay_and_logs_why(rooms):
    value_id = founded(rooms)
    rooms.moderation.move("s1", "card-p1", to="v1", reason="It fits.", staff="ada", client_id="m")
    item = rooms.moderation.placements("s1")[0]
    assert (item.card.id, item.value.id, item.placement.reason) == ("card-p1", "v1", "It fits.")
    undo = {"staff": "ada", "client_id": "u"}
    with pytest.raises(UserInputError, match="reason"):
        rooms.moderation.undo_placement("s1", item.placement.id, reason=" ", **undo)
    rooms.moderation.undo_placement("s1", item.placement.id, reason="A slip.", **undo)
    with rooms.database.read() as store:
        assert store.values.placement_of("card-p1").value_id == value_id
        event = store.events.list("s1")[-1]
    assert (event.kind, event.actor) == ("card.placement_undone", "staff:ada")
    assert event.content_hash
    assert rooms.moderation.placements("s1")[0].placement.undone_at is not None
    with pytest.raises(StudyRuleError, match="taken back"):
        rooms.moderation.undo_placement("s1", item.placement.id, reason="Again.", staff="ada", client_id="u2")


def test_where_a_person_put_their_card_is_not_for_staff_to_take_back(rooms):
    founded(rooms)
    with rooms.database.read() as store:
        own = store.values.placement_of("card-p1")
    with pytest.raises(StudyRuleError, match="Only what staff"):
        rooms.moderation.undo_placement("s1", own.id, reason="A slip.", staff="ada", client_id="u")
