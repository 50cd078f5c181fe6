"""The state of a pair on a page is the one that the analysis gives, read without drawing anybody again."""

import pytest

from domain.cards import ValueMerge
from domain.graphs import GraphQuery
from domain.people import Participant, Source
from domain.votes import EdgeAnswer, EdgeVote
from graph.provisional import EdgeState, states_over_time
from services.analysis_votes import read_votes
from services.pair_states import PairStates
from storage import Act

QUERY = GraphQuery(study_id="s1")


@pytest.fixture
def voted(database, clock, bundle):
    """Write votes by ``voted(name, src, wiser, answer)``, a minute apart."""
    database.write(Act("import", "s1", "test", "study.imported", clock()), lambda store: store.bundles.save(bundle))
    joined = set()

    def vote(name, src="v1", wiser="v2", answer=EdgeAnswer.WISER, minutes=1):
        at = clock.step(minutes=minutes)
        cast = EdgeVote(
            id=f"{name}/{src}/{wiser}", study_id="s1", person_id=name, src_id=src, wiser_id=wiser, context_id="c1",
            answer=answer, created_at=at, updated_at=at,
        )  # fmt: skip

        def body(store):
            if name not in joined:
                person = Participant(id=name, study_id="s1", alias=name, source=Source.PERSON, created_at=at)
                store.people.add(person, receipt_hash=None)
            store.votes.cast(cast)

        database.write(Act(f"{name}{src}{wiser}{answer}", "s1", "test", "vote.cast", at), body)
        joined.add(name)

    return vote


def test_votes_settle_a_pair_and_one_odd_vote_does_not_loosen_it(database, voted):
    states = PairStates(database)
    for n in range(4):
        voted(f"p{n}")
    assert states.of(QUERY) == {("v1", "v2"): EdgeState.PROVISIONAL}
    voted("p4")
    assert states.of(QUERY) == {("v1", "v2"): EdgeState.ABOVE}
    voted("p5", answer=EdgeAnswer.NOT_WISER)
    assert states.of(QUERY) == {("v1", "v2"): EdgeState.ABOVE}


def test_states_are_those_of_the_analysis_after_merges_and_at_equal_moments(database, clock, voted):
    for n in range(9):
        voted(f"p{n}", "v1" if n % 2 else "v3", "v2", minutes=n % 3)
        voted(f"p{n}", "v2", "v4", EdgeAnswer.NOT_WISER, minutes=0)
    merge = ValueMerge(id="m", study_id="s1", value_id="v3", into_id="v1", author="staff:t", reason="same",
                       created_at=clock())  # fmt: skip
    database.write(Act("merge", "s1", "test", "value.merged", clock()), lambda store: store.values.merge(merge))
    with database.read() as store:
        analysed = states_of_analysis(read_votes(store, QUERY))
    found = PairStates(database).of(QUERY)
    assert {(int(src[1:]), int(wiser[1:])): state for (src, wiser), state in found.items()} == analysed
    assert analysed == {(1, 2): EdgeState.ABOVE, (2, 4): EdgeState.BELOW}


def states_of_analysis(votes):
    states = states_over_time(votes.moments(), thresholds=QUERY.thresholds)
    return {(int(key.src_id), int(key.wiser_id)): state for key, state in states.items()}


def test_nothing_is_read_again_until_something_is_written_and_forgetting_drops_it(database, voted):
    states = PairStates(database)
    voted("p0")
    first = states.of(QUERY)
    assert states.of(QUERY) is first
    states.forget("s1")
    assert states.of(QUERY) is not first
    assert states.of(QUERY) == first


def test_the_past_has_its_own_states(database, clock, voted):
    for n in range(5):
        voted(f"p{n}")
    moment = clock()
    for n in range(5):
        voted(f"p{n}", answer=EdgeAnswer.NOT_WISER)
    states = PairStates(database)
    assert states.of(QUERY) == {("v1", "v2"): EdgeState.PROVISIONAL}
    assert states.of(QUERY.model_copy(update={"until": moment})) == {("v1", "v2"): EdgeState.ABOVE}
