import pytest

from domain.bundles import StudyBundle
from domain.cards import CardText, Policy, ValueMerge
from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from domain.people import Source
from storage import HEAD_REVISION

UGLY = "שלום 👩‍👩‍👧 \u200f עולם\t“quotes” \\ ' \" %s {0} \U0001f30d\nnew line ZWJ\u200d end"


def merge(make, value, into, **fields):
    ends = {"value_id": value.id, "into_id": into.id, "study_id": make.study_id}
    told = {"author": "staff:ada", "reason": UGLY, "created_at": make.moment()}
    return ValueMerge(**{"id": f"merge-{value.number}", **ends, **told, **fields})


@pytest.fixture
def bundle(make):
    """A small study with words that are hard to keep, and people of three sources."""
    people = [make.person(alias=f"a-{source}", source=source, attributes={UGLY: UGLY}) for source in Source][:3]
    values = [make.value(title=UGLY, policies=(UGLY, "")), make.value(), make.value(source=Source.SIMULATED)]
    text = CardText(title=UGLY[:60], policies=(Policy(text=UGLY),))
    cards = [make.card(person.id, text=text, source=person.source) for person in people]
    cards.append(make.card(None, source=Source.IMPORTED, number=5, interview_id="elsewhere", description=UGLY))
    hypotheses = [
        make.hypothesis(values[0].id, values[1].id, story=UGLY),
        make.hypothesis(values[1].id, values[2].id, source=Source.SIMULATED, is_archived=True),
    ]
    votes = [make.vote(person.id, values[0].id, values[1].id, reason=UGLY) for person in people]
    votes[0] = votes[0].model_copy(update={"hypothesis_id": hypotheses[0].id})
    return StudyBundle(
        study=make.study(title=UGLY, introduction=UGLY),
        questions=(make.question(text=UGLY),),
        contexts=(make.context(text=UGLY), make.context(id="none", question_ids=())),
        participants=tuple(people),
        consents=tuple(make.consent(person.id) for person in people),
        values=tuple(values),
        cards=tuple(cards),
        placements=tuple(make.placement(card, values[0], reason=UGLY) for card in cards),
        draws=(
            make.draw(
                people[0].id, (values[1].id, values[0].id), chosen_ids=(values[0].id,), answered_at=make.moment()
            ),
            make.draw(people[1].id, (), question_id=None),
        ),
        hypotheses=tuple(hypotheses),
        votes=tuple(votes),
        merges=(merge(make, values[0], values[1]), merge(make, values[1], values[2], undone_at=make.moment())),
    )


def test_what_is_loaded_equals_what_was_saved(database, write, make, bundle):
    write(lambda store: store.bundles.save(bundle))
    with database.read() as store:
        assert store.bundles.load(make.study_id) == bundle
        assert len(store.votes.rows(GraphQuery(study_id=make.study_id, sources=frozenset(Source)))) == 3


def test_a_bundle_can_be_loaded_for_some_sources(database, write, make, bundle):
    write(lambda store: store.bundles.save(bundle))
    with database.read() as store:
        real = store.bundles.load(make.study_id, sources=[Source.PERSON, Source.SEED])
    assert {person.source for person in real.participants} == {Source.PERSON, Source.SEED}
    known = {person.id for person in real.participants}
    assert {thing.person_id for thing in (*real.votes, *real.draws, *real.consents)} == known
    assert {card.person_id for card in real.cards} == known
    assert {placement.card_id for placement in real.placements} == {card.id for card in real.cards}
    assert [value.source for value in real.values] == [Source.SEED, Source.SEED]
    assert [hypothesis.source for hypothesis in real.hypotheses] == [Source.SEED]
    assert [merge.value_id for merge in real.merges] == [bundle.values[0].id]


def test_a_value_that_others_count_for_is_loaded_with_them(database, write, make, bundle):
    onto_simulated = (merge(make, bundle.values[1], bundle.values[2]),)
    write(lambda store: store.bundles.save(bundle.model_copy(update={"merges": onto_simulated})))
    with database.read() as store:
        real = store.bundles.load(make.study_id, sources=[Source.PERSON, Source.SEED])
    assert real.merges == onto_simulated
    assert real.values == bundle.values


def test_a_slug_in_use_is_refused_with_advice_and_nothing_is_imported(database, write, make, bundle, study):
    other = bundle.model_copy(update={"study": make.study(id="other")})
    with pytest.raises(StudyRuleError, match=r"another short name.*Nothing was imported"):
        write(lambda store: store.bundles.save(other))
    with database.read() as store:
        assert store.studies.list() == [study]


def test_a_bundle_that_breaks_a_reference_leaves_nothing_behind(database, write, make, bundle):
    broken = bundle.model_copy(update={"votes": (make.vote("nobody", *[value.id for value in bundle.values[:2]]),)})
    with pytest.raises(Exception, match="nothing was written"):
        write(lambda store: store.bundles.save(broken))
    with database.read() as store:
        assert store.studies.list() == []
    assert database.version(make.study_id) == 0
    assert database.schema_revision() == HEAD_REVISION


def test_an_imported_person_can_be_erased(database, write, make, bundle):
    write(lambda store: store.bundles.save(bundle))
    person = bundle.participants[0]
    write(lambda store: store.erasure.erase_person(person.id, at=make.moment()))
    with database.read() as store:
        left = store.bundles.load(make.study_id)
    assert person.id not in {thing.person_id for thing in (*left.votes, *left.draws, *left.cards, *left.consents)}
    assert left.values == bundle.values
