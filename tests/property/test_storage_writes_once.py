"""Whatever is clicked twice, in whatever order: it is written once, and the log tells exactly what was written."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.cards import CanonicalValue
from domain.errors import StudyRuleError
from domain.ids import ClientId, ContextId, PersonId, StudyId, ValueId, new_id
from domain.people import Participant, Source
from domain.studies import Context, Study
from domain.votes import EdgeAnswer, EdgeVote
from storage import Act, Database

STUDY = StudyId("s")
START = datetime(2030, 1, 1, tzinfo=UTC)
client_ids = st.integers(0, 15).map(lambda number: ClientId(f"click-{number}"))


class Clicks(RuleBasedStateMachine):
    """Votes, refused acts and erasures under client ids that repeat; a plain dict is the judge."""

    def __init__(self):
        super().__init__()
        self.database = Database.open("sqlite://", retry_wait_s=0)
        self.seconds = 0
        self.written = ["set-up"]
        self.votes = {}
        self.people = []

    def teardown(self):
        self.database.close()

    def act(self, client_id, **fields):
        self.seconds += 1
        at = START + timedelta(seconds=self.seconds)
        return Act(client_id=client_id, study_id=STUDY, actor="person", kind="test", at=at, **fields)

    def write(self, act, body):
        is_new = self.database.write(act, body)
        assert is_new == (act.client_id not in self.written)
        if is_new:
            self.written.append(act.client_id)
        return is_new

    @initialize()
    def set_up(self):
        def body(store):
            store.studies.add(Study(id=STUDY, slug="s", title="S", created_at=START))
            store.studies.add_context(Context(id=ContextId("c"), study_id=STUDY, text="When"))
            for number in (1, 2):
                shared = {"title": "V", "policies": (), "source": Source.SEED}
                times = {"created_at": START, "updated_at": START}
                value_id = ValueId(f"v{number}")
                store.values.add(CanonicalValue(id=value_id, study_id=STUDY, number=number, **shared, **times))

        assert self.database.write(self.act(ClientId("set-up")), body)

    @rule(client_id=client_ids)
    def join(self, client_id):
        person_id = PersonId(new_id())
        person = Participant(id=person_id, study_id=STUDY, alias=person_id, source=Source.PERSON, created_at=START)
        if self.write(
            self.act(client_id, person_id=person_id, content="hello"),
            lambda store: store.people.add(person, receipt_hash=person_id),
        ):
            self.people.append(person_id)

    @precondition(lambda self: self.people)
    @rule(client_id=client_ids, answer=st.sampled_from(EdgeAnswer), data=st.data())
    def vote(self, client_id, answer, data):
        person_id = data.draw(st.sampled_from(self.people))
        act = self.act(client_id, person_id=person_id, content=answer)
        pair = {"src_id": ValueId("v1"), "wiser_id": ValueId("v2"), "context_id": ContextId("c")}
        times = {"created_at": act.at, "updated_at": act.at}
        vote = EdgeVote(id=new_id(), study_id=STUDY, person_id=person_id, answer=answer, **pair, **times)
        if self.write(act, lambda store: store.votes.cast(vote) and None):
            self.votes.setdefault(person_id, []).append(answer)

    @rule(client_id=client_ids)
    def be_refused(self, client_id):
        def body(store):
            store.studies.add_context(Context(id=ContextId(new_id()), study_id=STUDY, text="Never"))
            raise StudyRuleError("closed")

        try:
            assert not self.database.write(self.act(client_id), body)
        except StudyRuleError:
            assert client_id not in self.written

    @precondition(lambda self: self.people)
    @rule(client_id=client_ids, data=st.data())
    def erase(self, client_id, data):
        person_id = data.draw(st.sampled_from(self.people))
        act = self.act(client_id, person_id=person_id)
        if self.write(act, lambda store: store.erasure.erase_person(person_id, at=act.at)):
            self.people.remove(person_id)
            self.votes.pop(person_id, None)

    @invariant()
    def the_log_tells_what_was_written(self):
        with self.database.read() as store:
            assert store.events.verify(STUDY) is None
            logged = [event.client_id for event in store.events.list(STUDY)]
            assert logged == (self.written if logged else [])
            stored = {person_id: store.votes.of_person(person_id) for person_id in self.people}
            histories = {
                person_id: [entry.answer for vote in votes for entry in store.votes.history(vote.id)]
                for person_id, votes in stored.items()
                if votes
            }
            assert histories == self.votes
            assert all(len(votes) <= 1 for votes in stored.values())
            assert len(store.studies.contexts(STUDY)) <= 1
        assert self.database.version(STUDY) == len(logged)


TestClicks = Clicks.TestCase
TestClicks.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
