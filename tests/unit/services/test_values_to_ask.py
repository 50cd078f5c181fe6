"""Values that can be asked about: with a card or a vote, in contexts of their votes or of the question they answer."""

import pytest

from domain.cards import Card, CardStatus, CardText, Placement, Policy
from domain.graphs import GraphQuery
from domain.ids import ClientId, new_id
from domain.people import Source
from domain.votes import EdgeAnswer, EdgeVote
from services.analysis import Analyses
from services.analysis_groups import GroupAnalyses
from services.values_to_ask import contexts_by_cards
from storage import Act

QUERY = GraphQuery(study_id="s1")
HERE = frozenset({"When a friend asks"})


@pytest.fixture
def write(rooms):
    def run(body):
        rooms.database.write(Act(ClientId(new_id()), "s1", "test", "test", rooms.clock()), body)

    return run


@pytest.fixture
def analyses(rooms, write):
    """Twelve people find value 2 wiser than 1; a card lies under 1, for the question, and under 9, for none."""
    now = rooms.clock()

    def body(store):
        for name, value_id, question_id in (("one", "v1", "q1"), ("nine", "v9", None)):
            text = CardText(title=f"Card {name}", policies=(Policy(text="MOMENTS that last"),))
            store.cards.add(
                Card(
                    id=name, study_id="s1", person_id=None, source=Source.IMPORTED, status=CardStatus.CONFIRMED,
                    question_id=question_id, text=text, created_at=now, updated_at=now,
                )
            )  # fmt: skip
            store.values.place(
                Placement(id=name, study_id="s1", card_id=name, value_id=value_id, author="person", created_at=now)
            )
        for n in range(12):
            store.votes.cast(
                EdgeVote(
                    id=f"e{n}", study_id="s1", person_id=f"p{n}", src_id="v1", wiser_id="v2", context_id="c1",
                    answer=EdgeAnswer.WISER, created_at=now, updated_at=now,
                )
            )  # fmt: skip

    for n in range(12):
        rooms.person(f"p{n}")
    write(body)
    return Analyses(rooms.database, GroupAnalyses(rooms.database))


def test_values_with_a_card_can_be_asked_about_where_their_question_is(rooms, analyses):
    with rooms.database.read() as store:
        assert contexts_by_cards(store, QUERY) == {"000000001": HERE, "000000009": HERE}
        elsewhere = QUERY.model_copy(update={"context_ids": ("c9",)})
        assert contexts_by_cards(store, elsewhere) == {}


def test_a_value_with_a_card_and_no_edge_is_joined_to_the_order(analyses):
    order = analyses.entailed(QUERY).order
    assert (order.values, order.values_outside) == (2, 1)
    assert [(pair.first, pair.second, pair.contexts) for pair in order.next_pairs_outside] == [
        (1, 9, ("When a friend asks",))
    ]


def test_an_analysis_is_only_handed_out_once_it_was_made_of_these_votes(rooms, analyses):
    version = rooms.database.version("s1")
    assert analyses.held(QUERY, data_version=version) is None
    made = analyses.entailed(QUERY)
    assert analyses.held(QUERY, data_version=version) is made
    assert analyses.held(QUERY, data_version=version + 1) is None
    assert [one.value_id for one in made.ranks] == [2, 1]


def test_the_run_card_knows_the_votes_by_their_hash(rooms, write, analyses):
    before = analyses.entailed(QUERY).run
    assert len(before.data_hash) == 64
    assert before.code_version.startswith("0.")
    now = rooms.clock()
    rooms.person("late")
    unchanged = analyses.entailed(QUERY).run
    assert unchanged.data_version > before.data_version
    assert unchanged.data_hash == before.data_hash
    write(
        lambda store: store.votes.cast(
            EdgeVote(
                id="late", study_id="s1", person_id="late", src_id="v1", wiser_id="v2", context_id="c1",
                answer=EdgeAnswer.NOT_WISER, created_at=now, updated_at=now,
            )
        )
    )  # fmt: skip
    assert analyses.entailed(QUERY).run.data_hash != before.data_hash
