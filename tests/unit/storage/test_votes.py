import pytest

from domain.errors import NotFoundError, StudyRuleError
from domain.graphs import GraphQuery
from domain.people import Source
from domain.votes import EdgeAnswer, SurveyAnswer, SurveyQuestion, UnsureReason
from storage import AnswerCounts, Edge, StoredVote, ValueCounts


@pytest.fixture
def people(write, make, study):
    people = [make.person(attributes={"party": party}) for party in ("red", "blue")]
    people.append(make.person(source=Source.SIMULATED))
    write(lambda store: [store.people.add(person, receipt_hash=person.id) for person in people])
    return people


@pytest.fixture
def values(write, make, study):
    values = [make.value() for _ in range(3)]
    write(lambda store: [store.values.add(value) for value in values])
    return [value.id for value in values]


@pytest.fixture
def votes(write, make, people, values):
    """One vote of each person, the second in a context that occurs in no question."""
    elsewhere = make.context(id="elsewhere", text="Elsewhere", question_ids=())
    votes = [make.vote(person.id, *values[:2]) for person in people]
    votes[1] = votes[1].model_copy(update={"context_id": "elsewhere", "answer": EdgeAnswer.NOT_WISER})
    write(lambda store: [store.studies.add_context(elsewhere), *(store.votes.cast(vote) for vote in votes)])
    return votes


def found(database, make, **query):
    with database.read() as store:
        return [row.vote_id for row in store.votes.rows(GraphQuery(study_id=make.study_id, **query))]


def test_a_second_answer_replaces_the_first_and_both_stay_in_the_history(database, write, make, people, values):
    first = make.vote(people[0].id, *values[:2], reason="at first")
    second = make.vote(
        people[0].id, *values[:2], answer=EdgeAnswer.NOT_SURE, unsure_reason=UnsureReason.DEPENDS, was_flipped=True
    )
    stored = []
    write(lambda store: [stored.append(store.votes.cast(vote)) for vote in (first, second)])
    expected = second.model_copy(update={"id": first.id, "created_at": first.created_at})
    assert stored == [first, expected]
    with database.read() as store:
        assert store.votes.get(first.id) == expected
        assert store.votes.of_person(people[0].id) == [expected]
        history = store.votes.history(first.id)
        with pytest.raises(NotFoundError):
            store.votes.get(second.id)
    assert [(entry.seq, entry.answer, entry.reason, entry.at) for entry in history] == [
        (1, EdgeAnswer.WISER, "at first", first.updated_at),
        (2, EdgeAnswer.NOT_SURE, "", second.updated_at),
    ]
    assert history[1].unsure_reason == UnsureReason.DEPENDS


def test_the_reverse_pair_and_another_context_are_votes_of_their_own(database, write, make, people, values):
    pair = make.vote(people[0].id, values[0], values[1])
    reverse = make.vote(people[0].id, values[1], values[0])
    write(lambda store: [store.votes.cast(pair), store.votes.cast(reverse)])
    assert found(database, make) == [pair.id, reverse.id]


def test_rows_carry_what_the_graph_needs(database, make, votes):
    with database.read() as store:
        row = store.votes.rows(GraphQuery(study_id=make.study_id))[0]
    vote = votes[0]
    text = "When in doubt"
    ids = (vote.id, vote.person_id, vote.src_id, vote.wiser_id, vote.context_id)
    assert row == StoredVote(*ids, text, vote.answer, vote.updated_at)


def test_rows_are_of_real_people_unless_asked_otherwise(database, make, votes):
    assert found(database, make) == [votes[0].id, votes[1].id]
    assert found(database, make, sources=frozenset(Source)) == [vote.id for vote in votes]
    assert found(database, make, sources=frozenset()) == []


def test_rows_can_be_restricted_to_questions_contexts_and_attributes(database, make, votes):
    assert found(database, make, question_ids=(make.question_id,)) == [votes[0].id]
    assert found(database, make, context_ids=("elsewhere",)) == [votes[1].id]
    assert found(database, make, attributes=(("party", "blue"),)) == [votes[1].id]
    assert found(database, make, attributes=(("party", "blue"), ("region", "north"))) == []


def test_training_takes_the_newest_consent_of_each_person(database, write, make, people, votes):
    answers = [(people[0], True), (people[1], True), (people[1], False)]
    for person, granted in answers:
        consent = make.consent(person.id, granted=granted)
        write(lambda store, consent=consent: store.people.add_consent(consent))
    assert found(database, make, training_only=True) == [votes[0].id]
    blue = (("party", "blue"),)
    assert found(database, make, training_only=True, attributes=blue) == []
    query = GraphQuery(study_id=make.study_id, training_only=True)
    with database.read() as store:
        agreed = store.votes.people_counted(query)
        assert agreed == {people[0].id}
        asked_before = list(store.votes.vote_rows(query, people=agreed))
        assert asked_before == list(store.votes.vote_rows(query))
        assert len(asked_before) == 1
        assert list(store.votes.vote_rows(query, people=frozenset())) == []


def test_vote_rows_are_the_rows_without_what_leads_back(database, make, votes):
    with database.read() as store:
        for restricted in ({}, {"sources": frozenset(Source)}, {"until": make.study().created_at.replace(year=2100)}):
            query = GraphQuery(study_id=make.study().id, **restricted)
            rows = store.votes.rows(query)
            assert [tuple(row) for row in store.votes.vote_rows(query)] == [
                (row.person_id, row.src_id, row.wiser_id, row.context, row.answer) for row in rows
            ]
            assert rows


def test_rows_tell_how_votes_stood_at_a_time(database, write, make, people, values):
    first = make.vote(people[0].id, *values[:2])
    between = make.moment()
    second = make.vote(people[0].id, *values[:2], answer=EdgeAnswer.NOT_WISER)
    other = make.vote(people[1].id, *values[:2])
    write(lambda store: [store.votes.cast(vote) for vote in (first, second, other)])

    def answers(**query):
        with database.read() as store:
            return [row.answer for row in store.votes.rows(GraphQuery(study_id=make.study_id, **query))]

    assert answers() == [EdgeAnswer.NOT_WISER, EdgeAnswer.WISER]
    assert answers(until=between) == [EdgeAnswer.WISER]
    assert answers(until=second.updated_at) == [EdgeAnswer.NOT_WISER]
    assert answers(until=make.study().created_at.replace(year=2000)) == []


def test_counts_and_reasons_of_a_pair(database, write, make, people, votes):
    values = [votes[0].src_id, votes[0].wiser_id]
    unsure = make.vote(
        people[1].id, *values[:2], answer=EdgeAnswer.NOT_SURE, reason="hm", unsure_reason=UnsureReason.DEPENDS
    )
    write(lambda store: store.votes.cast(unsure))
    with database.read() as store:
        counts = store.votes.hypothesis_counts(make.study_id)
        query = GraphQuery(study_id=make.study_id)
        naming = store.votes.rows(query, naming=values)
        assert naming == [row for row in store.votes.rows(query) if {row.src_id, row.wiser_id} & set(values)]
        assert store.votes.rows(query, naming=["elsewhere"]) == []
        reasons = store.votes.reasons([row.vote_id for row in naming])
        assert store.votes.reasons([]) == []
    assert counts == {
        Edge(values[0], values[1], make.context_id): AnswerCounts(wiser=1, not_sure=1),
        Edge(values[0], values[1], "elsewhere"): AnswerCounts(not_wiser=1),
    }
    assert [(reason.vote_id, reason.reason, reason.unsure_reason) for reason in reasons] == [
        (unsure.id, "hm", UnsureReason.DEPENDS)
    ]


def test_hypotheses_are_archived_not_deleted(database, write, make, values):
    kept, archived = make.hypothesis(values[0], values[1]), make.hypothesis(values[1], values[2])
    write(lambda store: [store.hypotheses.add(kept), store.hypotheses.add(archived)])
    write(lambda store: store.hypotheses.archive(archived.id))
    with database.read() as store:
        assert store.hypotheses.list(make.study_id) == [kept]
        assert store.hypotheses.list(make.study_id, include_archived=True)[1].id == archived.id
        assert store.hypotheses.get(archived.id).is_archived


def test_a_draw_is_open_until_answered_even_with_none_of_these(database, write, make, people, values):
    draw, at = make.draw(people[0].id, tuple(reversed(values))), make.moment()
    write(lambda store: store.draws.add(draw))
    with database.read() as store:
        assert store.draws.open_draw(people[0].id) == store.draws.get(draw.id) == draw
        assert store.draws.of_study(make.study_id) == [draw]
        assert store.draws.of_study("another") == []
    write(lambda store: store.draws.answer(draw.id, chosen_ids=[], at=at))
    with database.read() as store:
        assert store.draws.open_draw(people[0].id) is None
        assert store.draws.of_person(people[0].id) == [draw.model_copy(update={"answered_at": at})]


def test_a_later_answer_to_a_draw_replaces_the_earlier(database, write, make, people, values):
    draw = make.draw(people[0].id, tuple(values))
    write(lambda store: store.draws.add(draw))
    for chosen in ([values[0], values[1]], [values[2], values[0]]):
        write(lambda store, chosen=chosen: store.draws.answer(draw.id, chosen_ids=chosen, at=make.moment()))
    with database.read() as store:
        assert store.draws.get(draw.id).chosen_ids == (values[2], values[0])


def test_ticking_what_was_not_shown_is_refused(write, make, people, values):
    draw = make.draw(people[0].id, tuple(values[:2]))
    write(lambda store: store.draws.add(draw))
    with pytest.raises(StudyRuleError, match="not among the cards shown"):
        write(lambda store: store.draws.answer(draw.id, chosen_ids=[values[2]], at=make.moment()))


def test_impressions_and_choices_are_counted_by_value_and_question(database, write, make, people, values):
    draws = [
        make.draw(people[0].id, (values[0], values[1]), chosen_ids=(values[0],)),
        make.draw(people[1].id, (values[0],), question_id=None),
        make.draw(people[2].id, (values[2],)),
    ]
    write(lambda store: [store.draws.add(draw) for draw in draws])
    with database.read() as store:
        assert store.draws.value_counts(make.study_id) == {values[0]: ValueCounts(2, 1), values[1]: ValueCounts(1, 0)}
        counts = store.draws.value_counts(make.study_id, question_id=make.question_id)
        assert counts[values[0]] == ValueCounts(1, 1)
        assert store.draws.value_counts(make.study_id, sources=[Source.SIMULATED]) == {values[2]: ValueCounts(1, 0)}


def test_for_a_graph_those_are_counted_whose_votes_count(database, write, make, people, values):
    early = make.draw(people[0].id, (values[0], values[1]), chosen_ids=(values[0],))
    early = early.model_copy(update={"answered_at": make.moment()})
    draws = [
        early,
        make.draw(people[1].id, (values[0],), question_id=None),
        make.draw(people[2].id, (values[2],)),
    ]
    write(lambda store: [store.draws.add(draw) for draw in draws])
    write(lambda store: store.people.add_consent(make.consent(people[1].id)))

    def counts(**query):
        with database.read() as store:
            return store.draws.counts_for_graph(GraphQuery(study_id=make.study_id, **query))

    assert counts() == {values[0]: ValueCounts(2, 1), values[1]: ValueCounts(1, 0)}
    assert counts(question_ids=(make.question_id,))[values[0]] == ValueCounts(1, 1)
    assert counts(until=early.drawn_at) == {values[0]: ValueCounts(1, 0), values[1]: ValueCounts(1, 0)}
    assert counts(training_only=True) == {values[0]: ValueCounts(1, 0)}
    assert counts(sources=frozenset({Source.SIMULATED})) == {values[2]: ValueCounts(1, 0)}


def test_the_newest_survey_answer_to_a_question_counts(database, write, make, people):
    at = make.moment()
    first = SurveyAnswer(person_id=people[0].id, question=SurveyQuestion.FAIR_PLACE, score=2, at=at)
    second = first.model_copy(update={"score": 5, "at": make.moment()})
    comment = SurveyAnswer(person_id=people[0].id, question=SurveyQuestion.COMMENT, comment="🙂", at=make.moment())
    write(lambda store: [store.survey.save(answer) for answer in (first, comment, second)])
    with database.read() as store:
        assert store.survey.of_person(people[0].id) == [second, comment]
        assert store.survey.list(make.study_id) == [second, comment]
        assert store.survey.list(make.study_id, sources=[Source.SIMULATED]) == []
