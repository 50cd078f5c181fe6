"""Noun to row to noun is the identity, for any legal study and any text a person can type."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue, Card, CardStatus, CardText, Origin, Placement, Policy, ValueMerge
from domain.ids import ClientId, new_id
from domain.nouns import clean_text
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from domain.provenance import Provenance
from domain.studies import AttributeQuestion, Context, Question, Study, StudyState
from domain.votes import Draw, EdgeAnswer, EdgeVote, UnsureReason, UpgradeHypothesis
from storage import Act, Database
from storage.interchange import read_study, study_document, write_json

NOW = datetime(2030, 1, 1, tzinfo=UTC)
HARD_TEXTS = (
    "שלום עולם",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u200fمرحبا\u200e",
    "nul\x00l",
    "a\r\nb",
    "' OR 1=1 --",
    "{{x}} %s \\u0000",
    "\u202eabc",
)
texts = st.one_of(st.sampled_from(HARD_TEXTS), st.text(max_size=40, alphabet=st.characters(exclude_categories=["Cs"])))
filled = texts.filter(lambda text: bool(clean_text(text)))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001
sources = st.sampled_from(Source)
provenances = st.none() | st.builds(
    Provenance,
    backend=filled,
    parameters=st.dictionaries(texts, texts, max_size=2),
    not_honoured=st.lists(texts, max_size=2).map(tuple),
    made_at=moments,
)
policies = st.builds(Policy, text=filled, origin=st.sampled_from(Origin))
card_texts = st.builds(
    CardText,
    title=filled,
    title_origin=st.sampled_from(Origin),
    gist=texts,
    policies=st.lists(policies, min_size=1, max_size=3).map(tuple),
)
attribute_questions = st.builds(
    AttributeQuestion,
    name=st.sampled_from(["town", "age-2"]),
    text=filled,
    answers=st.lists(texts, min_size=2, max_size=3).map(tuple),
)


def several(strategy, least=0, most=3):
    return st.lists(strategy, min_size=least, max_size=most)


@st.composite
def bundles(draw):
    """Draw a study in which every reference leads somewhere, in the order in which a study is loaded."""
    study_id = new_id()
    study = draw(
        st.builds(
            Study,
            id=st.just(study_id),
            slug=st.just(study_id),
            title=filled,
            introduction=texts,
            consent_text=texts,
            state=st.sampled_from(StudyState),
            is_graph_public=st.booleans(),
            attribute_questions=st.lists(attribute_questions, max_size=3).map(tuple),
            created_at=moments,
        )
    )
    questions = [
        Question(id=new_id(), study_id=study_id, slug=f"q{n}", title=title, text=title, position=n)
        for n, title in enumerate(draw(several(filled)))
    ]
    question_ids = [question.id for question in questions]
    some_question = st.sampled_from([None, *question_ids])
    linked = st.lists(st.sampled_from(question_ids), unique=True).map(tuple) if questions else st.just(())
    contexts = [
        Context(id=new_id(), study_id=study_id, text=text, question_ids=draw(linked))
        for text in draw(several(filled, least=1))
    ]
    people = [
        draw(
            st.builds(
                Participant,
                id=st.just(new_id()),
                study_id=st.just(study_id),
                alias=st.just(f"alias-{n}"),
                source=sources,
                attributes=st.dictionaries(texts, texts, max_size=2),
                step=st.sampled_from(JourneyStep),
                created_at=moments,
                moderation_note=texts,
            )
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    values = [
        draw(
            st.builds(
                CanonicalValue,
                id=st.just(new_id()),
                study_id=st.just(study_id),
                number=st.just(n),
                title=texts,
                gist=texts,
                description=texts,
                policies=several(texts).map(tuple),
                source=sources,
                is_withdrawn=st.booleans(),
                created_at=moments,
                updated_at=moments,
            )
        )
        for n in range(1, draw(st.integers(1, 3)) + 1)
    ]
    some_value = st.sampled_from([value.id for value in values])
    cards = [
        draw(
            st.builds(
                Card,
                id=st.just(new_id()),
                study_id=st.just(study_id),
                person_id=st.sampled_from([None, *(person.id for person in people)]),
                source=sources,
                question_id=some_question,
                number=st.none() | st.integers(1, 9),
                status=st.sampled_from(CardStatus),
                version=st.integers(1, 3),
                text=card_texts,
                description=texts,
                provenance=provenances,
                created_at=moments,
                updated_at=moments,
            )
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    placements = [
        Placement(
            id=new_id(),
            study_id=study_id,
            card_id=card.id,
            value_id=draw(some_value),
            author="person",
            reason=draw(texts),
            created_at=draw(moments),
            undone_at=draw(st.none() | moments),
        )
        for card in cards
    ]
    hypotheses = [
        UpgradeHypothesis(
            id=new_id(),
            study_id=study_id,
            src_id=draw(some_value),
            wiser_id=draw(some_value),
            context_id=contexts[0].id,
            story=draw(texts),
            source=draw(sources),
            provenance=draw(provenances),
            is_archived=draw(st.booleans()),
            created_at=draw(moments),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    votes = [
        EdgeVote(
            id=new_id(),
            study_id=study_id,
            person_id=person.id,
            src_id=draw(some_value),
            wiser_id=draw(some_value),
            context_id=context.id,
            hypothesis_id=draw(st.sampled_from([None, *(hypothesis.id for hypothesis in hypotheses)])),
            answer=draw(st.sampled_from(EdgeAnswer)),
            reason=draw(texts),
            unsure_reason=draw(st.none() | st.sampled_from(UnsureReason)),
            was_flipped=draw(st.booleans()),
            created_at=draw(moments),
            updated_at=draw(moments),
        )
        for person in people
        for context in contexts
    ]
    draws = [
        Draw(
            id=new_id(),
            study_id=study_id,
            person_id=person.id,
            question_id=draw(some_question),
            value_ids=draw(several(some_value).map(tuple)),
            chosen_ids=draw(several(some_value).map(tuple)),
            drawn_at=draw(moments),
            answered_at=draw(st.none() | moments),
        )
        for person in people
    ]
    consents = [
        Consent(
            person_id=person.id,
            scope=draw(st.sampled_from(ConsentScope)),
            granted=draw(st.booleans()),
            text_hash="0" * 64,
            at=draw(moments),
        )
        for person in people
    ]

    merges = [
        ValueMerge(
            id=new_id(),
            study_id=study_id,
            value_id=value.id,
            into_id=values[0].id,
            author="staff:x",
            reason=draw(texts),
            created_at=draw(moments),
            undone_at=draw(st.none() | moments),
        )
        for value in values[1:]
    ]

    def by_time(things):
        return tuple(sorted(things, key=lambda thing: (thing.created_at, thing.id)))

    return StudyBundle(
        study=study,
        questions=tuple(questions),
        contexts=tuple(contexts),
        participants=by_time(people),
        consents=tuple(sorted(consents, key=lambda consent: consent.at)),
        values=tuple(values),
        cards=by_time(cards),
        placements=by_time(placements),
        draws=tuple(sorted(draws, key=lambda one: (one.drawn_at, one.id))),
        hypotheses=by_time(hypotheses),
        votes=by_time(votes),
        merges=by_time(merges),
    )


@settings(max_examples=40, deadline=None)
@given(bundle=bundles())
def test_a_study_loaded_equals_the_study_saved(bundle):
    database = Database.open("sqlite://")
    act = Act(ClientId("import"), bundle.study.id, "import", "study.imported", NOW)
    assert database.write(act, lambda store: store.bundles.save(bundle))
    with database.read() as store:
        assert store.bundles.load(bundle.study.id) == bundle
    database.close()


@settings(max_examples=40, deadline=None)
@given(bundle=bundles())
def test_a_study_written_to_a_file_and_read_back_is_the_same_study(tmp_path_factory, bundle):
    path = tmp_path_factory.mktemp("study") / "study.json"
    write_json(path, study_document(bundle))
    assert read_study(path, slug=bundle.study.slug, clock=lambda: NOW) == bundle


@settings(max_examples=40, deadline=None)
@given(
    vectors=st.dictionaries(
        st.text("0123456789abcdef", min_size=1, max_size=8),
        st.lists(st.floats(width=32, allow_nan=False), min_size=3, max_size=3),
        max_size=4,
    )
)
def test_vectors_come_back_bit_by_bit(vectors):
    arrays = {key: np.array(numbers, dtype=np.float32) for key, numbers in vectors.items()}
    database = Database.open("sqlite://")
    study = Study(id=new_id(), slug="s", title="S", created_at=NOW)

    def body(store):
        store.studies.add(study)
        store.embeddings.put_many(study.id, embedder_name="e", vectors=arrays)

    database.write(Act(ClientId("c"), study.id, "system", "test", NOW), body)
    with database.read() as store:
        found = store.embeddings.get_many("e", text_hashes=arrays.keys())
    assert {key: vector.tobytes() for key, vector in found.items()} == {k: v.tobytes() for k, v in arrays.items()}
    database.close()
