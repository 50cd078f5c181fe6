"""Simulated people stay among themselves, small groups stay unseen, and rights hold whatever became of a study."""

import pytest

from domain.cards import PlacementOpinion, ValueMerge
from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from domain.people import REAL_SOURCES, ConsentScope, JourneyStep, Source
from domain.studies import StudyState
from domain.votes import EdgeAnswer
from storage import Act


def founded(rooms, name, *, source=Source.PERSON, title="Rain on the roof"):
    person = rooms.with_card(name, source=source, title=title)
    value_id = rooms.belonging.decide(person, opinions={}, client_id=f"place-{name}")
    return rooms.participants.guest(name).person, value_id


def voted(rooms, name, *, attributes=None, answer=EdgeAnswer.WISER, reason=""):
    """A person who voted on story h1 (v1 to v2)."""
    person = rooms.participants.join("s1", person_id=name, attributes=attributes)
    rooms.participants.give_consent(person, take_part=True, training=False, text_shown="?", client_id=f"c-{name}")
    rooms.comparing.vote(person, hypothesis_id="h1", answer=answer, reason=reason, client_id=f"v-{name}")
    return person


def test_who_joins_a_rehearsal_counts_as_simulated_for_good(rooms):
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    with rooms.database.read() as store:
        study = store.studies.get("s1")
    act = Act("rehearse", "s1", "test", "study.state", rooms.clock())
    rehearsal = study.model_copy(update={"state": StudyState.REHEARSAL})
    rooms.database.write(act, lambda store: store.studies.update(rehearsal))
    assert rooms.person("tester").source is Source.SIMULATED
    rooms.studies.change_state("s1", StudyState.OPEN, staff="ada", client_id="open")
    assert rooms.participants.guest("tester").person.source is Source.SIMULATED
    assert rooms.person("someone").source is Source.PERSON


def test_people_never_meet_a_simulated_value(rooms):
    _, simulated = founded(rooms, "robot", source=Source.SIMULATED)
    rooms.upgrading.tell("s1", [simulated], chat=None)
    person = rooms.with_card("p1", title="Rain on the roof")
    assert simulated not in {n.value.id for n in rooms.belonging.view(person).nearest}
    rooms.belonging.decide(person, opinions={}, client_id="place-p1")
    person = rooms.participants.guest("p1").person
    draw, _ = rooms.choosing.open_draw(person, client_id="draw")
    assert simulated not in draw.value_ids
    rooms.choosing.answer(person, draw_id=draw.id, chosen=(), client_id="choose")
    while (now := rooms.comparing.next(rooms.participants.guest("p1").person)) is not None:
        assert simulated not in {now.src.id, now.wiser.id}
        rooms.comparing.vote(
            person, hypothesis_id=now.hypothesis.id, answer=EdgeAnswer.WISER, client_id=f"v{now.n_done}"
        )


def test_simulated_people_meet_everything(rooms):
    _, value_id = founded(rooms, "p1")
    robot = rooms.with_card("robot", source=Source.SIMULATED, title="Rain on the roof")
    assert value_id in {n.value.id for n in rooms.belonging.view(robot).nearest}


def test_simulated_holders_are_not_counted_for_people(rooms):
    person, value_id = founded(rooms, "p1")
    robot = rooms.with_card("robot", source=Source.SIMULATED)
    rooms.belonging.decide(robot, opinions={value_id: (PlacementOpinion.SAME, 0.9)}, client_id="place-robot")
    assert rooms.finishing.landing(person).n_people == 1
    assert rooms.finishing.landing(rooms.participants.guest("robot").person).n_people == 2


def test_cards_of_simulated_people_are_not_counted_in_the_graph_of_people(rooms):
    for name, source in (("p1", Source.PERSON), ("robot", Source.SIMULATED)):
        person = rooms.with_card(name, source=source)
        rooms.belonging.decide(person, opinions={"v1": (PlacementOpinion.SAME, 0.9)}, client_id=f"place-{name}")
    voted(rooms, "p2")
    n_cards = {}
    for sources in (REAL_SOURCES, REAL_SOURCES | {Source.SIMULATED}):
        graph = rooms.explore.moral_graph(GraphQuery(study_id="s1", sources=sources))
        n_cards[len(sources)] = next(n.n_cards for n in graph.nodes if n.value.id == "v1")
    assert n_cards == {2: 1, 3: 2}


@pytest.mark.parametrize(
    ("n_group", "n_others", "is_shown"), [(4, 6, False), (5, 5, True), (5, 0, True), (5, 1, False)]
)
def test_a_group_is_shown_from_five_voters_on_unless_that_tells_what_a_few_others_said(
    rooms, n_group, n_others, is_shown
):
    for number in range(n_group + n_others):
        voted(rooms, f"p{number}", attributes={"age": "old" if number < n_group else "young"})
    query = GraphQuery(study_id="s1", attributes=(("age", "old"),))
    if is_shown:
        assert rooms.explore.moral_graph(query).n_people == n_group
    else:
        with pytest.raises(StudyRuleError, match="Fewer than 5 people"):
            rooms.explore.moral_graph(query)


def test_a_context_does_not_cut_a_group_below_five(rooms):
    for number in range(6):
        voted(rooms, f"p{number}", attributes={"age": "old"})
    query = GraphQuery(study_id="s1", attributes=(("age", "old"),), context_ids=("elsewhere",))
    with pytest.raises(StudyRuleError, match="Fewer than 5 people"):
        rooms.explore.moral_graph(query)


def test_pairs_that_few_people_of_a_group_answered_are_left_out_of_all_that_is_counted(rooms):
    for number in range(12):
        name = f"p{number}"
        person = voted(rooms, name, attributes={"age": "old" if number < 6 else "young"})
        if number < 4:
            rooms.comparing.vote(
                person, hypothesis_id="h5", answer=EdgeAnswer.WISER, reason="", client_id=f"second-{name}"
            )
    query = GraphQuery(study_id="s1", attributes=(("age", "old"),))
    graph = rooms.explore.moral_graph(query)
    assert [(e.src_id, e.wiser_id) for e in graph.edges] == [("v1", "v2")]
    assert {n.value.id for n in graph.nodes} == {"v1", "v2"}
    assert (graph.n_votes, graph.n_people, graph.n_pairs_withheld) == (6, 6, 1)
    everybody = rooms.explore.moral_graph(GraphQuery(study_id="s1"))
    assert len(everybody.edges) == 2
    assert everybody.n_pairs_withheld == 0


def test_a_small_group_does_not_follow_from_filtering_for_each_of_the_others(rooms):
    for team, n in (("blue", 9), ("green", 12), ("red", 3)):
        for number in range(n):
            voted(rooms, f"{team}{number}", attributes={"team": team})
    rooms.participants.join("s1", person_id="idle", attributes={"team": "red"})

    def counted(team):
        return rooms.explore.moral_graph(GraphQuery(study_id="s1", attributes=(("team", team),)))

    assert counted("green").n_votes == 12
    with pytest.raises(StudyRuleError):  # 24 less 12 and 9 would leave the three of red
        counted("blue")
    with pytest.raises(StudyRuleError):
        counted("red")


def test_reasons_follow_merges_and_filters(rooms):
    voted(rooms, "p1", reason="She asked first.")
    rooms.clock.step(minutes=1)
    voted(rooms, "p2", reason="He did not.")
    query = GraphQuery(study_id="s1")
    for value_id in ("v1", "v2"):
        said = rooms.explore.reasons(query, value_id)
        assert {pair: [r.reason for r in reasons] for pair, reasons in said.items()} == {
            ("v1", "v2"): ["She asked first.", "He did not."]
        }
    merge = ValueMerge(
        id="m", study_id="s1", value_id="v2", into_id="v5", author="ada", reason="one", created_at=rooms.clock()
    )
    act = Act("merge", "s1", "test", "merged", rooms.clock())
    rooms.database.write(act, lambda store: store.values.merge(merge))
    assert [len(said) for said in rooms.explore.reasons(query, "v1").values()] == [2]
    assert list(rooms.explore.reasons(query, "v5")) == [("v1", "v5")]
    assert rooms.explore.reasons(query, "v2") == {}
    assert rooms.explore.reasons(query.model_copy(update={"context_ids": ("elsewhere",)}), "v1") == {}


def test_who_just_answered_has_not_stopped(rooms):
    person = rooms.consenting("p1")
    rooms.clock.step(minutes=31)
    rooms.comparing.vote(person, hypothesis_id="h1", answer=EdgeAnswer.WISER, client_id="v")
    stages = rooms.live.view("s1", sources=REAL_SOURCES).stages
    assert next(s for s in stages if s.step is JourneyStep.INTERVIEW).n_stopped == 0
    rooms.clock.step(minutes=31)
    stages = rooms.live.view("s1", sources=REAL_SOURCES).stages
    assert next(s for s in stages if s.step is JourneyStep.INTERVIEW).n_stopped == 1


def test_training_consent_can_be_taken_back_after_closing(rooms):
    person = rooms.consenting("p1", training=True)
    rooms.studies.change_state("s1", StudyState.CLOSED, staff="ada", client_id="close")
    rooms.participants.set_training_consent(person, granted=False, text_shown="?", client_id="back")
    assert not rooms.participants.consents("p1")[ConsentScope.TRAINING].granted


def test_my_data_holds_every_answer_and_every_step(rooms):
    person = voted(rooms, "p1")
    rooms.comparing.vote(person, hypothesis_id="h1", answer=EdgeAnswer.NOT_WISER, client_id="again")
    rooms.participants.set_training_consent(person, granted=True, text_shown="?", client_id="more")
    data = rooms.own_data.fetch(rooms.participants.guest("p1").person)
    assert [a["answer"] for a in data["votes"][0]["answers"]] == ["wiser", "not_wiser"]
    assert [c["granted"] for c in data["consents"] if c["scope"] == "training"] == [False, True]
    assert [s["step"] for s in data["steps"]] == ["welcome", "interview"]
