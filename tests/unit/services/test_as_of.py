"""The graph of a past moment is the same file whenever it is made, whatever was voted, merged or hidden since."""

import json
from datetime import timedelta

import pytest

from domain.cards import Card, CardStatus, CardText, Placement, Policy
from domain.graphs import GraphQuery
from domain.ids import ClientId, new_id
from domain.people import Participant, Source
from domain.votes import Draw, EdgeAnswer, EdgeVote
from services.acts import Desk
from services.analysis_votes import read_votes
from services.explore import Explore
from services.interchange import Interchange
from services.moderation import Moderation
from storage import Act

WHY = {"reason": "A test.", "staff": "tester"}


class Study:
    """A study with people who vote on pairs, and staff who move things about."""

    def __init__(self, database, clock, bundle):
        self.desk = Desk(database=database, clock=clock)
        self.explore = Explore(database)
        self.interchange = Interchange(self.desk, self.explore, prompt_hashes={})
        self.moderation = Moderation(self.desk)
        self.write("study.imported", lambda store: store.bundles.save(bundle))

    def write(self, kind, body, **refs):
        self.desk.clock.step(minutes=1)

        act = Act(ClientId(new_id()), "s1", "test", kind, self.desk.clock(), refs=refs)
        self.desk.database.write(act, body)

    def join(self, name):
        at = self.desk.clock()
        person = Participant(id=name, study_id="s1", alias=name, source=Source.PERSON, created_at=at)
        self.write("person.joined", lambda store: store.people.add(person, receipt_hash=None))

    def vote(self, name, src, wiser, answer=EdgeAnswer.WISER):
        at = self.desk.clock() + timedelta(seconds=60)
        vote = EdgeVote(
            id=new_id(), study_id="s1", person_id=name, src_id=src, wiser_id=wiser, context_id="c1", answer=answer,
            created_at=at, updated_at=at,
        )  # fmt: skip
        self.write("vote.cast", lambda store: store.votes.cast(vote))

    def card(self, name, value_id):
        at = self.desk.clock() + timedelta(seconds=60)
        card = Card(
            id=f"card-{name}", study_id="s1", person_id=name, source=Source.PERSON, status=CardStatus.CONFIRMED,
            text=CardText(title="Patience", policies=(Policy(text="MOMENTS when waiting helps"),)),
            created_at=at, updated_at=at,
        )  # fmt: skip
        placement = Placement(
            id=new_id(), study_id="s1", card_id=card.id, value_id=value_id, author="person", created_at=at
        )
        self.write("card.placed", lambda store: (store.cards.add(card), store.values.place(placement)))

    def tick(self, name, shown, chosen):
        draw = Draw(id=f"draw-{name}", study_id="s1", person_id=name, question_id="q1", value_ids=shown,
                    drawn_at=self.desk.clock())  # fmt: skip
        self.write("draw.shown", lambda store: store.draws.add(draw))
        self.desk.clock.step(minutes=1)
        at = self.desk.clock()
        self.write("draw.answered", lambda store: store.draws.answer(draw.id, chosen_ids=chosen, at=at))

    def act(self, method, *args, **kwargs):
        self.desk.clock.step(minutes=1)
        return getattr(self.moderation, method)("s1", *args, client_id=ClientId(new_id()), **(WHY | kwargs))

    def export(self, until=None):
        """The file as bytes, made from nothing that is kept in memory."""
        self.explore.forget("s1")
        document = self.interchange.graph_document(GraphQuery(study_id="s1", until=until))
        return json.dumps(document, ensure_ascii=False).encode()


@pytest.fixture
def study(database, clock, bundle):
    made = Study(database, clock, bundle)
    for n in range(6):
        made.join(f"p{n}")
        made.vote(f"p{n}", "v1", "v2")
        made.vote(f"p{n}", "v3", "v4", EdgeAnswer.WISER if n < 4 else EdgeAnswer.NOT_SURE)
        made.card(f"p{n}", f"v{1 + n % 4}")
    made.tick("p1", ("v1", "v2", "v3"), ("v2",))
    made.act("merge", "v4", into="v5")
    made.act("hide", "card-p5")
    made.desk.clock.step(minutes=1)
    return made


@pytest.fixture
def moment(study):
    return study.desk.clock()


LATER = {
    "more votes on the same pair and on a new one": lambda s: (
        s.join("late"), s.vote("late", "v1", "v2"), s.vote("late", "v6", "v7")),
    "a vote changed": lambda s: s.vote("p0", "v1", "v2", EdgeAnswer.NOT_WISER),
    "values merged": lambda s: s.act("merge", "v1", into="v3"),
    "a merge taken back": lambda s: s.moderation.undo_merge(
        "s1", s.moderation.merges("s1")[0].id, staff="tester", client_id=ClientId(new_id())),
    "a card hidden": lambda s: s.act("hide", "card-p2"),
    "a card shown again": lambda s: s.act("show_again", "card-p5"),
    "a card moved": lambda s: s.act("move", "card-p1", to="v8"),
    "a card made a value of its own": lambda s: s.act("split", "card-p3"),
    "one more card": lambda s: (s.join("late"), s.card("late", "v1")),
    "another draw answered": lambda s: (s.join("late"), s.tick("late", ("v1", "v2"), ("v1",))),
}  # fmt: skip


@pytest.mark.parametrize("name", LATER)
def test_what_comes_later_changes_no_byte_of_the_past(study, moment, name):
    before, present = study.export(moment), study.export()
    study.desk.clock.step(minutes=1)
    LATER[name](study)
    assert study.export(moment) == before
    assert json.loads(study.export())["allEdges"] != json.loads(present)["allEdges"] or (
        json.loads(study.export())["allValues"] != json.loads(present)["allValues"]
    ), "the present is another graph"


def test_all_of_it_together_changes_no_byte_of_the_past_either(study, moment):
    before = study.export(moment)
    for change in (*LATER.values(),)[:8]:
        study.desk.clock.step(minutes=1)
        change(study)
    assert study.export(moment) == before


def test_a_file_of_now_and_one_as_of_now_hold_the_same_graph(study, moment):
    now, then = json.loads(study.export()), json.loads(study.export(moment))
    assert now["meta"]["data"] == then["meta"]["data"]
    assert {k: v for k, v in now.items() if k != "meta"} == {k: v for k, v in then.items() if k != "meta"}
    assert then["meta"]["madeAt"] == "2026-03-01T" + moment.strftime("%H:%M:%S") + ".000Z"


def test_what_an_analysis_reads_of_the_past_follows_the_merges_of_then(study, moment):
    def read():
        with study.desk.database.read() as store:
            return read_votes(store, GraphQuery(study_id="s1", until=moment)).rows

    before = read()
    study.act("merge", "v1", into="v3")
    assert read() == before


def test_words_that_were_hidden_since_leave_the_past_too(study):
    founded = study.act("split", "card-p0")
    study.vote("p0", "v1", founded)
    study.desk.clock.step(minutes=1)
    moment = study.desk.clock()
    assert founded in study.export(moment).decode()
    study.act("hide", "card-p0")
    assert founded not in study.export(moment).decode()


def test_a_value_shows_the_cards_that_lie_under_it_now_and_those_of_merged_values(study):
    def under(value_id):
        detail = study.explore.value_detail("s1", value_id, sources=frozenset(Source))
        return [card.id for card in detail.cards]

    assert under("v2") == ["card-p1"], "the other one is hidden"
    assert under("v5") == ["card-p3"], "of a value merged into it"
    study.act("move", "card-p1", to="v8")
    assert (under("v2"), under("v8")) == ([], ["card-p1"])
