from datetime import timedelta

import pytest

from domain.errors import NotFoundError, StorageError, StudyRuleError
from domain.people import REAL_SOURCES, ConsentScope, JourneyStep, Source
from domain.studies import AttributeQuestion, StudyState
from storage import StepEntry


def test_a_study_is_found_by_id_and_by_slug_and_can_be_changed(database, write, make, study):
    opened = study.model_copy(update={"state": StudyState.OPEN, "title": "Neu 🌱"})
    write(lambda store: store.studies.update(opened))
    with database.read() as store:
        assert store.studies.get(study.id) == store.studies.by_slug(study.slug) == opened
        assert store.studies.list() == [opened]


def test_a_slug_in_use_is_refused_with_advice(database, write, make, study):
    other = make.study(id="other", slug="other")
    with pytest.raises(StudyRuleError, match="another short name"):
        write(lambda store: store.studies.add(make.study(id="x")))
    write(lambda store: store.studies.add(other))
    with pytest.raises(StudyRuleError, match="another short name"):
        write(lambda store: store.studies.update(other.model_copy(update={"slug": study.slug})))


def test_archived_questions_are_shown_on_demand_only(database, write, make, study):
    archived = make.question(id="old", slug="old", position=-1)
    write(lambda store: store.studies.add_question(archived))
    write(lambda store: store.studies.update_question(archived.model_copy(update={"is_archived": True})))
    with database.read() as store:
        assert [q.id for q in store.studies.questions(study.id)] == [make.question_id]
        assert [q.id for q in store.studies.questions(study.id, include_archived=True)] == ["old", make.question_id]


def test_contexts_keep_their_order_and_their_questions(database, write, make, study):
    second = make.question(id="second", slug="second")
    context = make.context(id="0", text="Later added", question_ids=("second", make.question_id))
    write(lambda store: [store.studies.add_question(second), store.studies.add_context(context)])
    with database.read() as store:
        assert [c.text for c in store.studies.contexts(study.id)] == ["When in doubt", "Later added"]
        assert store.studies.contexts(study.id)[1] == context
        assert store.studies.contexts(study.id, question_id="second") == [context]
    write(lambda store: store.studies.update_context(context.model_copy(update={"question_ids": ()})))
    with database.read() as store:
        assert store.studies.contexts(study.id, question_id="second") == []


def test_a_participant_is_found_by_receipt_until_it_changes(database, write, make, study):
    person = make.person(attributes={"party": "none", "région": "été 🌊"})
    write(lambda store: store.people.add(person, receipt_hash="first"))
    write(lambda store: store.people.set_receipt(person.id, "second"))
    with database.read() as store:
        assert store.people.get(person.id) == store.people.by_receipt("second") == person
        assert store.people.by_receipt("first") is None
        assert store.people.aliases(study.id) == {person.alias}


def test_what_a_person_said_about_themselves_is_replaced_as_a_whole(database, write, make, study):
    person = make.person(attributes={"town": "North", "age": "old"})
    write(lambda store: store.people.add(person, receipt_hash="first"))
    write(lambda store: store.people.set_attributes(person.id, {"town": "été 🌊"}))
    with database.read() as store:
        assert store.people.get(person.id).attributes == {"town": "été 🌊"}
    with pytest.raises(NotFoundError):
        write(lambda store: store.people.set_attributes("nobody", {}))


def test_what_people_said_about_themselves_is_read_by_source_and_held_once(database, write, make, study):
    said = ({"party": "red"}, {"party": "red"}, {})
    people = [make.person(attributes=attributes) for attributes in said]
    made_up = make.person(source=Source.SIMULATED, attributes={"party": "blue"})
    write(lambda store: [store.people.add(person, receipt_hash=person.id) for person in (*people, made_up)])
    with database.read() as store:
        found = store.people.attributes(study.id, sources=REAL_SOURCES)
        everybody = store.people.attributes(study.id, sources=tuple(Source))
    assert found == {person.id: attributes for person, attributes in zip(people, said, strict=True)}
    assert found[people[0].id] is found[people[1].id]
    assert everybody == {**found, made_up.id: {"party": "blue"}}


def test_questions_about_people_come_back_as_they_were_asked(database, write, make, study):
    question = AttributeQuestion(name="town", text="Où ? 🌱", answers=("North", "Süd"))
    asking = study.model_copy(update={"attribute_questions": (question,)})
    write(lambda store: store.studies.update(asking))
    with database.read() as store:
        assert store.studies.get(study.id) == asking


def test_an_alias_belongs_to_one_person_of_a_study(database, write, make, study):
    write(lambda store: store.people.add(make.person(alias="calm-river-1"), receipt_hash="1"))
    with pytest.raises(StorageError):
        write(lambda store: store.people.add(make.person(alias="calm-river-1"), receipt_hash="2"))


def test_people_are_listed_by_source_in_pages(database, write, make, study):
    people = [make.person() for _ in range(5)] + [make.person(source=Source.SIMULATED)]
    write(lambda store: [store.people.add(person, receipt_hash=person.id) for person in people])
    with database.read() as store:
        first = store.people.list(study.id, sources=REAL_SOURCES, limit=2)
        rest = store.people.list(study.id, sources=REAL_SOURCES, after=first[-1].id)
        assert first + rest == people[:5]
        assert store.people.list(study.id, sources=[Source.SIMULATED]) == people[5:]
        assert store.people.list(study.id, sources=[]) == []
        counts = store.people.counts_by_source(study.id)
    assert counts == {Source.PERSON: 5, Source.SIMULATED: 1, Source.SEED: 0, Source.IMPORTED: 0}


def test_steps_are_noted_with_the_time_they_were_reached(database, write, make, study):
    person, later = make.person(), make.moment()
    write(lambda store: store.people.add(person, receipt_hash="r"))
    for _ in range(2):
        write(lambda store: store.people.set_step(person.id, JourneyStep.INTERVIEW, later))
    with database.read() as store:
        assert store.people.get(person.id).step == JourneyStep.INTERVIEW
        assert store.people.step_entries(study.id, sources=REAL_SOURCES) == [
            StepEntry(person.id, JourneyStep.WELCOME, person.created_at),
            StepEntry(person.id, JourneyStep.INTERVIEW, later),
        ]
        funnel = store.live.funnel(study.id, sources=REAL_SOURCES)
        assert funnel[JourneyStep.INTERVIEW] == 1
        assert sum(funnel.values()) == 1
        assert list(funnel) == list(JourneyStep)


def test_the_newest_answer_about_consent_counts(database, write, make, study):
    person = make.person()
    old = make.consent(person.id, granted=True)
    new = make.consent(person.id, granted=False)
    write(lambda store: store.people.add(person, receipt_hash="r"))
    write(lambda store: [store.people.add_consent(new), store.people.add_consent(old)])
    with database.read() as store:
        assert store.people.consents(person.id) == {ConsentScope.TRAINING: new}


def test_a_note_of_staff_is_stored_with_the_person(database, write, make, study):
    person = make.person()
    write(lambda store: [store.people.add(person, receipt_hash="r"), store.people.set_note(person.id, "Please look")])
    with database.read() as store:
        assert store.people.get(person.id).moderation_note == "Please look"


def test_changing_somebody_who_does_not_exist_is_not_found(database, write, make, study):
    with pytest.raises(NotFoundError):
        write(lambda store: store.people.set_note("nobody", "x"))
    with pytest.raises(NotFoundError):
        write(lambda store: store.people.set_step("nobody", JourneyStep.CARD, make.moment()))


def test_a_moment_from_another_zone_comes_back_as_the_same_instant(database, write, make, study):
    from datetime import timezone

    there = make.moment().astimezone(timezone(timedelta(hours=-7, minutes=-30)))
    person = make.person(created_at=there)
    write(lambda store: store.people.add(person, receipt_hash="r"))
    with database.read() as store:
        stored = store.people.get(person.id).created_at
    assert stored == there
    assert stored.utcoffset() == timedelta(0)
    assert stored.microsecond == 123456
