"""The analysis of groups on a small study in a real database: sources, hiding, erasure, reading as of a moment."""

import threading
import time
from datetime import timedelta

import numpy as np
import pytest

from domain.cards import CardStatus, CardText, Placement, Policy
from domain.errors import StorageError
from domain.graphs import GraphQuery
from domain.ids import ClientId, new_id
from domain.people import JourneyStep, Participant, Source
from domain.votes import Draw, EdgeAnswer, EdgeVote, SurveyAnswer, SurveyQuestion
from graph.audit_words import NOT_RECORDED
from graph.simulated_voters import Electorate, simulate_voters
from services.analysis import Analyses
from services.analysis_groups import GroupAnalyses
from services.attributes import Attributes
from services.process_measures import TEXTS
from storage import Act

PAIRS = [(f"v{a}", f"v{b}") for a in range(1, 5) for b in range(5, 11)]
ANSWERS = list(EdgeAnswer)
REAL = frozenset({Source.PERSON})


@pytest.fixture
def write(rooms):
    def run(body, kind="test"):
        rooms.database.write(Act(ClientId(new_id()), "s1", "test", kind, rooms.clock()), body)

    return run


@pytest.fixture
def town(rooms, write, monkeypatch):
    """Two towns of 30 and 20 who disagree on twelve pairs and agree on twelve; four of a third; six who do not say."""
    monkeypatch.setattr("services.analysis_groups.N_RESAMPLES", 20)
    monkeypatch.setattr("services.analysis_groups.N_SHUFFLES", 199)
    plan = Electorate(first_camp=30, second_camp=20, random=10, good=6, split=12, bad=6, seen=0.7)
    simulated = simulate_voters(plan, rng=np.random.default_rng(7))
    now = rooms.clock()
    people = []
    for row, camp in enumerate(simulated.camp):
        name = {0: "North", 1: "South"}.get(int(camp), "West" if row < 54 else "")
        people.append(
            Participant(
                id=f"p{row}",
                study_id="s1",
                alias=f"calm-river-{row}",
                source=Source.PERSON,
                attributes={"town": name} if name else {},
                created_at=now,
            )
        )
    ballots = simulated.ballots
    votes = [
        EdgeVote(
            id=f"e{at}",
            study_id="s1",
            person_id=f"p{person}",
            src_id=PAIRS[item][0],
            wiser_id=PAIRS[item][1],
            context_id="c1",
            answer=ANSWERS[answer],
            created_at=now,
            updated_at=now,
        )
        for at, (person, item, answer) in enumerate(
            zip(ballots.person.tolist(), ballots.item.tolist(), ballots.answer.tolist(), strict=True)
        )
    ]

    def body(store):
        for person in people:
            store.people.add(person, receipt_hash=f"hash{person.id}")
            if person.attributes.get("town") != "West":
                store.people.set_step(person.id, JourneyStep.INTERVIEW, now)
        for vote in votes:
            store.votes.cast(vote)

    write(body)
    return GroupAnalyses(rooms.database)


def analysed(town, **fields):
    return town.analyse(GraphQuery(study_id="s1", **fields), attribute="town")


def test_towns_that_disagree_are_told_apart_and_the_third_is_not_named(town):
    found = analysed(town)
    assert [(size.name, size.n_people) for size in found.groups.sizes] == [("North", 30), ("South", 20)]
    assert (found.run.n_people, found.run.n_in_groups, found.run.n_not_given) == (60, 50, 10)
    assert found.groups.disagreement.excess > 0.15
    assert found.groups.disagreement.words.startswith("people of different groups differ more")
    assert "West" not in found.model_dump_json()


def test_what_both_towns_uphold_is_upheld_and_what_one_town_upholds_is_not(town):
    rows = {(row.src, row.wiser): row for row in analysed(town).bridging.edges}
    numbers = [(int(src[1:]), int(wiser[1:])) for src, wiser in PAIRS]
    assert sum(rows[pair].intercept > 0.32 for pair in numbers[:6]) >= 5
    assert not any(rows[pair].is_upheld for pair in numbers[6:])
    lowest = [rows[pair].lowest_group for pair in numbers[6:]]
    compared = [one for one in lowest if one is not None]
    assert len(compared) > 10, "where one to four people of no town answered, a town is hidden with them"
    assert all(one.share < 0.5 for one in compared)


def test_opinion_groups_are_found_and_hold_on_other_questions(town):
    opinion = analysed(town).groups.opinion
    assert opinion.sizes[:1] > (20,)
    assert opinion.excess > opinion.cross_fitted_excess > 0.05
    assert "differ on questions they were not made from" in opinion.words


def test_the_same_data_and_seed_give_the_same_bytes(town, rooms):
    again = GroupAnalyses(rooms.database).analyse(GraphQuery(study_id="s1"), attribute="town")
    assert again.model_dump_json() == analysed(town).model_dump_json()


def test_an_analysis_is_kept_until_something_is_written(town, rooms):
    first = analysed(town)
    assert analysed(town) is first
    rooms.clock.step()
    rooms.person("late")
    later = analysed(town)
    assert later is not first
    assert later.run.n_people == 61
    town.forget("s1")
    assert analysed(town) is not later


def test_simulated_people_never_count_unless_asked_for(town, rooms):
    rooms.person("machine", source=Source.SIMULATED)
    assert analysed(town).run.n_people == 60
    assert analysed(town, sources=frozenset(Source)).run.n_people == 61


def test_an_analysis_as_of_a_moment_before_the_study_has_no_one_in_it(town, rooms):
    found = analysed(town, until=rooms.clock() - timedelta(days=1))
    assert (found.run.n_people, found.run.n_votes, found.bridging.edges, found.audit.influence) == (0, 0, (), ())
    assert found.groups.disagreement is None
    assert {row.words for row in found.audit.rows} == {NOT_RECORDED}


def test_attributes_on_offer_have_two_groups_of_five(town):
    assert town.attributes("s1", sources=REAL) == {"town": 50}


def test_titles_are_read_anew_after_a_write_and_cannot_be_changed(town, rooms, write):
    titles = town.titles("s1")
    assert town.titles("s1") is titles
    assert titles[1] == "Patient listening"
    with pytest.raises(TypeError):
        titles[1] = "Other words"
    rooms.studies.add_seed_value("s1", title="Late", gist="", policies=["X"], staff="ada", client_id="late")
    assert (set(town.titles("s1").values()) - set(titles.values())) == {"Late"}
    held = town.titles("s1")
    town.forget("s1")
    assert town.titles("s1") is not held


def test_an_attribute_that_nobody_gave_has_no_groups_and_still_a_bridge(town):
    found = town.analyse(GraphQuery(study_id="s1"), attribute="age")
    assert found.groups.sizes == ()
    assert found.bridging.edges
    assert all(row.lowest_group is None for row in found.bridging.edges)


def test_every_measure_of_the_process_is_audited_in_the_order_it_is_read(town):
    assert [row.measure for row in analysed(town).audit.rows] == list(TEXTS)


def test_the_process_is_audited_from_what_was_recorded(town, rooms, write):
    """North finishes after ten minutes and is content, South stops at the card; shown and ticked as drawn."""

    def card_of(number):
        return {
            "id": f"k{number}",
            "study_id": "s1",
            "person_id": f"p{number}",
            "source": Source.PERSON,
            "status": CardStatus.CONFIRMED,
            "text": CardText(title="Two words", gist="", policies=(Policy(text="MOMENTS of rest"),)),
            "created_at": rooms.clock(),
            "updated_at": rooms.clock(),
        }

    from domain.cards import Card

    rooms.clock.step(minutes=10)
    now = rooms.clock()

    def body(store):
        for number in range(50):
            store.people.set_step(f"p{number}", JourneyStep.CARD, now)
            card = Card(**card_of(number))
            store.cards.add(card)
            store.values.place(
                Placement(
                    id=f"l{number}", study_id="s1", card_id=card.id, value_id="v1", author="person", created_at=now
                )
            )
            if number < 30:
                store.people.set_step(f"p{number}", JourneyStep.DONE, now)
                store.survey.save(
                    SurveyAnswer(person_id=f"p{number}", question=SurveyQuestion.REPRESENTED, score=5, at=now)
                )
        store.draws.add(
            Draw(
                id="d1",
                study_id="s1",
                person_id="p0",
                question_id="q1",
                value_ids=("v1", "v2"),
                chosen_ids=("v1",),
                drawn_at=now,
                answered_at=now,
            )
        )

    write(body)
    rows = {row.measure: row for row in analysed(town).audit.rows}
    assert [group.value for group in rows["finished"].groups] == [1.0, 0.0]
    assert rows["finished"].words == "a difference is shown: lowest South, highest North"
    assert [group.value for group in rows["reached_card"].groups] == [1.0, 1.0]
    assert rows["minutes"].groups[0].value == pytest.approx(10.0)
    assert rows["words_on_card"].groups[1].value == 5.0
    assert [group.n_yes for group in rows["cards_merged"].groups] == [30, 20]
    # Shown once, to p0 of North: that counts for all but p0.
    assert rows["times_shown"].groups[1].value == 1.0
    assert rows["votes_per_impression"].groups[1].value == 1.0
    assert rows["represented"].groups[0].n_yes == 30
    assert rows["represented"].groups[1].n_people == 0
    assert rows["fair_place"].words == NOT_RECORDED


def test_waves_begin_with_the_first_vote_at_a_date_or_with_rounds(town, rooms):
    query = GraphQuery(study_id="s1")
    start = rooms.clock()
    assert town.over_time(query).waves == (), "all votes are of one moment"
    (only,) = town.over_time(query, starts=[start - timedelta(days=3)]).waves
    assert only.n_people == 60
    early, late = town.over_time(query, starts=[start + timedelta(days=3)]).waves
    assert (early.n_people, late.n_people, late.n_votes) == (60, None, None)
    by_town = town.over_time(query, round_attribute="town")
    assert by_town.by == "town"
    assert [(wave.name, wave.n_people) for wave in by_town.waves] == [("North", 30), ("South", 20)], "West is too small"


def test_who_has_seen_an_analysis_sees_it_at_once_after_a_write_and_then_the_newer_one(town, rooms):
    query = GraphQuery(study_id="s1")
    first = town.at_hand(query, attribute="town")
    assert (first.is_older, first.found) == (False, analysed(town))
    rooms.clock.step()
    rooms.person("late")
    meanwhile = town.at_hand(query, attribute="town")
    assert (meanwhile.is_older, meanwhile.found, meanwhile.failure) == (True, first.found, "")
    assert analysed(town).run.n_people == 61, "waits for the one under way"
    assert town.at_hand(query, attribute="town") == (analysed(town), False, "")
    town.forget("s1")
    assert not town.at_hand(query, attribute="town").is_older, "nothing older is left to show"


def test_who_was_erased_is_in_no_analysis_that_is_shown_after_it_in_any_process(town, rooms):
    query = GraphQuery(study_id="s1")
    here, there = town, GroupAnalyses(rooms.database)
    for one in (here, there):
        assert one.at_hand(query, attribute="town").found.groups.sizes[0].n_people == 30
    rooms.clock.step()
    rooms.own_data.erase(rooms.participants.guest("p0").person, client_id="erase")  # tells neither of them
    rooms.person("late")
    for one in (here, there):
        shown = one.at_hand(query, attribute="town")
        assert (shown.is_older, shown.found.groups.sizes[0].n_people) == (False, 29)


def test_an_answer_taken_back_leaves_its_group_at_once(town, rooms):
    query = GraphQuery(study_id="s1")
    person = rooms.participants.guest("p0").person
    rooms.participants.give_consent(person, take_part=True, training=False, text_shown="?", client_id="consent")
    town.at_hand(query, attribute="town")
    rooms.clock.step()
    Attributes(rooms.desk).answer(person, {"town": None}, client_id="back")
    shown = town.at_hand(query, attribute="town")
    assert (shown.is_older, shown.found.groups.sizes[0].n_people) == (False, 29)
    rooms.person("late")
    assert town.at_hand(query, attribute="town").is_older, "made after it, so it may be shown"


def looked_at(town, is_meant):
    """Look until what is at hand is meant."""
    for _ in range(500):
        shown = town.at_hand(GraphQuery(study_id="s1"), attribute="town")
        if is_meant(shown):
            return shown
        time.sleep(0.02)
    pytest.fail("it never comes")


def test_a_renewal_that_failed_is_told_once_and_tried_again_at_the_next_look(town, rooms, monkeypatch):
    town.at_hand(GraphQuery(study_id="s1"), attribute="town")
    rooms.person("late")

    def fails(*_):
        raise StorageError("The database cannot be read.")

    with monkeypatch.context() as broken:
        broken.setattr("services.analysis_groups.read_material", fails)
        failed = looked_at(town, lambda shown: shown.failure)
    assert (failed.is_older, failed.failure) == (True, "The database cannot be read.")
    assert looked_at(town, lambda shown: not shown.is_older).found.run.n_people == 61


def test_a_renewal_asked_for_while_a_study_is_forgotten_is_forgotten_with_it(town, rooms, monkeypatch):
    town.at_hand(GraphQuery(study_id="s1"), attribute="town")
    rooms.person("late")
    forget, go_on = town._held.forget, threading.Event()

    def asked_before(is_meant):
        town.at_hand(GraphQuery(study_id="s1"), attribute="town")
        forget(is_meant)

    with monkeypatch.context() as held:
        held.setattr(town._held, "forget", asked_before)
        held.setattr(town, "_of", lambda key: go_on.wait(5))
        town.forget("s1")
        assert not town._anew._kept, "else it would be done, kept nowhere, and never asked for again"
        go_on.set()


def test_change_over_time_is_kept_until_something_is_written_or_erased(town, rooms):
    query = GraphQuery(study_id="s1")
    first = town.over_time(query)
    assert town.over_time(query) is first
    assert town.over_time(query, round_attribute="town") is not first
    town.forget("s1")
    again = town.over_time(query)
    assert again is not first
    rooms.clock.step()
    rooms.person("late")
    assert town.over_time(query) is not again


def test_an_analysis_as_of_a_moment_is_the_same_bytes_after_more_people_came(town, rooms):
    until = rooms.clock()
    groups, votes = GroupAnalyses(rooms.database), Analyses(rooms.database, town)
    query = GraphQuery(study_id="s1", until=until)
    before = votes.analyse(query, attribute="town").model_dump_json()
    rooms.clock.step(minutes=1)
    rooms.person("late")
    assert groups.analyse(GraphQuery(study_id="s1"), attribute="town").run.n_people == 61
    again = Analyses(rooms.database, groups).analyse(query, attribute="town")
    assert again.model_dump_json() == before
    assert again.run.data_version == again.group_run.data_version < rooms.database.version("s1")


def test_a_town_of_six_of_whom_one_voted_tells_nothing_anywhere(town, rooms, write):
    now = rooms.clock.step() or rooms.clock()

    def body(store):
        for number in range(6):
            store.people.add(
                Participant(
                    id=f"e{number}",
                    study_id="s1",
                    alias=f"still-lake-{number}",
                    source=Source.PERSON,
                    attributes={"town": "East"},
                    created_at=now,
                ),
                receipt_hash=f"hash-e{number}",
            )
        store.votes.cast(
            EdgeVote(
                id="late", study_id="s1", person_id="e0", src_id="v1", wiser_id="v5", context_id="c1",
                answer=EdgeAnswer.WISER, created_at=now, updated_at=now,
            )
        )  # fmt: skip

    write(body)
    found = analysed(town)
    east = next(size for size in found.groups.sizes if size.name == "East")
    assert (east.n_people, east.n_votes) == (6, None)
    assert "East" not in {one.group for one in found.audit.influence}
    rounds = town.over_time(GraphQuery(study_id="s1"), round_attribute="town").waves
    assert {wave.name: wave.n_people for wave in rounds}["East"] is None
    edge = next(edge for edge in found.groups.edges if (edge.src, edge.wiser) == (1, 5))
    assert {row.group: row.state for row in edge.groups}["East"] == "hidden"
