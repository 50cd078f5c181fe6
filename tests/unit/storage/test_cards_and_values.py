import numpy as np
import pytest

from domain.cards import CardStatus, PlacementAnswer, PlacementOpinion, ValueMerge
from domain.errors import NotFoundError, StorageError, StudyRuleError
from domain.people import Source
from domain.provenance import Provenance


@pytest.fixture
def person(write, make, study):
    person = make.person()
    write(lambda store: store.people.add(person, receipt_hash="r"))
    return person


@pytest.fixture
def values(write, make, study):
    values = [make.value() for _ in range(4)]
    write(lambda store: [store.values.add(value) for value in values])
    return values


def merge(make, value, into):
    ids = {"id": f"{value.number}>{into.number}", "value_id": value.id, "into_id": into.id}
    return ValueMerge(**ids, study_id=make.study_id, author="staff:a", reason="alike", created_at=make.moment())


def test_a_card_keeps_all_its_versions(database, write, make, person):
    made = Provenance(backend="template:t", made_at=make.moment())
    card = make.card(person.id, provenance=made, question_id=make.question_id, number=7)
    second = card.model_copy(
        update={
            "version": 2,
            "text": card.text.model_copy(update={"title": "Slow patience"}),
            "updated_at": make.moment(),
        }
    )
    write(lambda store: store.cards.add(card))
    with database.read() as store:
        assert store.cards.get(card.id) == card
    write(lambda store: store.cards.revise(second))
    with database.read() as store:
        assert store.cards.get(card.id) == second
        assert store.cards.versions(card.id) == [card.text, second.text]
        assert store.cards.of_person(person.id) == [second]


@pytest.mark.parametrize("version", [1, 3])
def test_a_revision_made_from_another_version_is_refused(write, make, person, version):
    card = make.card(person.id)
    write(lambda store: store.cards.add(card))
    with pytest.raises(StudyRuleError, match="version 1 is stored"):
        write(lambda store: store.cards.revise(card.model_copy(update={"version": version})))


def test_cards_are_listed_by_status_and_source_in_pages(database, write, make, person):
    cards = [make.card(person.id) for _ in range(4)]
    draft = make.card(person.id, status=CardStatus.DRAFT)
    imported = make.card(None, source=Source.IMPORTED)
    write(lambda store: [store.cards.add(card) for card in (*cards, draft, imported)])
    with database.read() as store:
        first = store.cards.list(make.study_id, statuses=[CardStatus.CONFIRMED], sources=[Source.PERSON], limit=3)
        assert first == cards[:3]
        assert store.cards.list(make.study_id, after=first[-1].id) == [cards[3], draft, imported]
        assert store.cards.list(make.study_id, statuses=[CardStatus.HIDDEN]) == []


def test_the_questions_of_cards_are_read_without_their_words(database, write, make, person):
    answers = make.card(person.id, question_id=make.question_id)
    draft = make.card(person.id, status=CardStatus.DRAFT, question_id=make.question_id)
    names_none = make.card(person.id)
    imported = make.card(None, source=Source.IMPORTED, question_id=make.question_id)
    write(lambda store: [store.cards.add(card) for card in (answers, draft, names_none, imported)])
    with database.read() as store:
        found = store.cards.questions(make.study_id, statuses=[CardStatus.CONFIRMED], sources=[Source.PERSON])
    assert found == {answers.id: make.question_id}


def test_moderation_hides_a_card_with_a_reason_and_leaves_its_words(database, write, make, person):
    card, at = make.card(person.id), make.moment()
    write(lambda store: store.cards.add(card))
    hidden = {"status": CardStatus.HIDDEN, "moderation_reason": "names somebody"}
    write(lambda store: store.cards.set_status(card.id, at=at, **hidden))
    with database.read() as store:
        assert store.cards.get(card.id) == card.model_copy(update={**hidden, "updated_at": at})
        totals = store.live.totals(make.study_id, sources=[Source.PERSON])
    assert (totals.n_people, totals.n_hidden, totals.n_confirmed) == (1, 1, 0)
    with pytest.raises(NotFoundError):
        write(lambda store: store.cards.set_status("nothing", at=at, **hidden))


def test_values_have_numbers_of_their_own(database, write, make, values):
    with database.read() as store:
        assert store.values.list(make.study_id) == values
        assert store.values.by_number(make.study_id, 2) == values[1]
        assert store.values.by_number(make.study_id, 99) is None
        assert store.values.next_number(make.study_id) == 5
        assert store.values.next_number("empty") == 1
    with pytest.raises(StorageError):
        write(lambda store: store.values.add(make.value(number=2)))


def test_a_withdrawn_value_has_no_words_and_keeps_its_number(database, write, make, values):
    write(lambda store: store.values.withdraw(values[3].id, at=make.moment()))
    with database.read() as store:
        assert store.values.list(make.study_id) == values[:3]
        withdrawn = store.values.list(make.study_id, include_withdrawn=True)[3]
        assert (withdrawn.title, withdrawn.is_withdrawn, withdrawn.number) == ("", True, 4)
        assert store.values.next_number(make.study_id) == 5


def test_the_newest_placement_that_stands_counts(database, write, make, person, values):
    card = make.card(person.id)
    first, second = make.placement(card, values[0]), make.placement(card, values[1], author="staff:a")
    write(lambda store: [store.cards.add(card), store.values.place(first), store.values.place(second)])
    with database.read() as store:
        assert store.values.placement_of(card.id) == second
        assert store.values.placements(make.study_id) == [second]
    at = make.moment()
    write(lambda store: store.values.undo_placement(second.id, at=at))
    with database.read() as store:
        undone = second.model_copy(update={"undone_at": at})
        assert store.values.placement_of(card.id) == first
        assert store.values.placements(make.study_id) == [first]
        assert store.values.placements(make.study_id, include_undone=True) == [first, undone]
        assert store.values.placement_of("nothing") is None


def test_opinions_about_placements_are_kept_in_order(database, write, make, person, values):
    card = make.card(person.id)
    answers = [
        PlacementAnswer(card_id=card.id, value_id=value.id, opinion=opinion, similarity=1 / 3, at=make.moment())
        for value, opinion in zip(values, PlacementOpinion, strict=False)
    ]
    write(lambda store: [store.cards.add(card), *(store.values.add_answer(answer) for answer in answers)])
    with database.read() as store:
        assert store.values.answers(make.study_id) == answers


def test_merges_are_followed_to_the_end_and_can_be_undone(database, write, make, values):
    one, two, three, four = values
    inner, outer = merge(make, one, two), merge(make, two, three)
    write(lambda store: [store.values.merge(inner), store.values.merge(outer)])
    with database.read() as store:
        roots = store.values.roots(make.study_id)
    assert roots == {one.id: three.id, two.id: three.id, three.id: three.id, four.id: four.id}
    write(lambda store: store.values.undo_merge(outer.id, at=make.moment()))
    with database.read() as store:
        assert store.values.roots(make.study_id)[one.id] == two.id
        assert store.values.merges(make.study_id) == [inner]
        assert len(store.values.merges(make.study_id, include_undone=True)) == 2


def test_merges_in_a_circle_are_refused(write, make, values):
    one, two, three, _ = values
    write(lambda store: [store.values.merge(merge(make, one, two)), store.values.merge(merge(make, two, three))])
    for value, into in ((three, one), (three, two), (three, three), (one, three)):
        with pytest.raises(StudyRuleError):
            write(lambda store, value=value, into=into: store.values.merge(merge(make, value, into)))


def test_vectors_come_back_bit_by_bit_and_belong_to_one_embedder(database, write, make, study):
    rng = np.random.default_rng(0)
    vectors = {str(number): rng.normal(size=8).astype(np.float32) for number in range(700)}
    for _ in range(2):
        write(lambda store: store.embeddings.put_many(study.id, embedder_name="e1", vectors=vectors))
    with database.read() as store:
        found = store.embeddings.get_many("e1", text_hashes=[*vectors, "unknown"])
        assert store.embeddings.get_many("e2", text_hashes=vectors) == {}
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) and found[key].dtype == np.float32 for key in vectors)
    write(lambda store: store.embeddings.forget(vectors.keys()))
    with database.read() as store:
        assert store.embeddings.get_many("e1", text_hashes=vectors) == {}
