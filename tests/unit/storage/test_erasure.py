import sqlite3
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from domain.cards import CardText, Origin, PlacementAnswer, PlacementOpinion, Policy, ValueMerge, embedding_text
from domain.errors import NotFoundError
from domain.gathered import PairAnswer, PairOpinion
from domain.ids import InterviewId, MergeId, RulingId, TurnId
from domain.interviews import InterviewRecord, Speaker, Turn
from domain.judging import PairRuling, Ruling, ValueJudgement
from domain.nouns import content_hash
from domain.people import JourneyStep
from domain.votes import EdgeAnswer, SurveyAnswer, SurveyQuestion
from storage import Database
from storage.tables import METADATA

SECRET = "ZEBRAFISH"
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


class Life:
    """One person who did everything there is to do, and wrote SECRET wherever words go."""

    def __init__(self, write, make):
        self.person = make.person(attributes={"party": f"{SECRET} party"}, alias=f"{SECRET}-1")
        self.card = make.card(self.person.id, title=f"{SECRET} title", description=f"{SECRET} long")
        policy = Policy(text=f"{SECRET} policy", origin=Origin.OWN)
        self.text = CardText(title=f"{SECRET} two", gist=f"{SECRET} gist", policies=(policy,))
        self.value = make.value(
            title=f"{SECRET} two",
            gist=f"{SECRET} gist",
            description=f"{SECRET} long",
            policies=(policy.text,),
            founded_by_card_id=self.card.id,
        )
        self.starter = make.value()
        self.hypothesis = make.hypothesis(self.starter.id, self.value.id, story=f"A story of {SECRET}")
        self.vote = make.vote(self.person.id, self.starter.id, self.value.id, reason=f"{SECRET} because")
        self.text_hash = content_hash(embedding_text(self.text.title, self.text.policy_texts()))
        write(lambda store: self._join(store, make))
        write(lambda store: self._talk(store, make))
        write(lambda store: self._place(store, make))
        write(lambda store: self._judge(store, make))
        write(lambda store: self._vote(store, make))

    def _join(self, store, make):
        store.people.add(self.person, receipt_hash=f"{SECRET} receipt")
        store.people.add_consent(make.consent(self.person.id))
        store.people.set_step(self.person.id, JourneyStep.INTERVIEW, make.moment())
        store.people.set_note(self.person.id, f"{SECRET} note")

    def _talk(self, store, make):
        interview_id, at = InterviewId("interview"), make.moment()
        record = InterviewRecord(
            id=interview_id,
            study_id=make.study_id,
            person_id=self.person.id,
            question_id=make.question_id,
            stage="story",
            state_json=f'{{"said": "{SECRET}"}}',
            revision=1,
            started_at=at,
            updated_at=at,
        )
        said = {"interview_id": interview_id, "position": 1, "speaker": Speaker.PERSON, "at": at}
        turn = Turn(id=TurnId("turn"), text=f"{SECRET} said at length " * 400, **said)
        store.interviews.save_step(record, turns=[turn])
        store.embeddings.put_many(
            make.study_id,
            embedder_name="e",
            vectors={"turn-hash": np.ones(3, np.float32), self.text_hash: np.zeros(3, np.float32)},
            person_id=self.person.id,
        )

    def _place(self, store, make):
        store.cards.add(self.card)
        store.cards.revise(self.card.model_copy(update={"text": self.text, "version": 2}))
        store.values.add(self.value)
        store.values.add(self.starter)
        store.values.place(make.placement(self.card, self.value, reason=f"{SECRET} fits"))
        opinion = {"opinion": PlacementOpinion.CLOSE, "similarity": 0.5, "at": make.moment()}
        store.values.add_answer(PlacementAnswer(card_id=self.card.id, value_id=self.starter.id, **opinion))

    def _judge(self, store, make):
        """Two words that machines and staff say of the person's value, each holding what it quotes."""
        pair = {"study_id": make.study_id, "first_id": self.starter.id, "second_id": self.value.id, "wording": "w"}
        quote = PairAnswer(opinion=PairOpinion.SAME, reason=f"both say {SECRET}")
        said = {"likeness": 0.5, "opinion": PairOpinion.SAME, "answers": (quote, quote), "at": make.moment()}
        named = {"backend": "m", "prompt_id": "p", "prompt_hashes": ("one", "other")}
        store.judgements.put(ValueJudgement(**pair, **said, **named))
        word = {"ruling": Ruling.APART, "author": "staff:ada", "reason": f"{SECRET} is more"}
        store.judgements.rule(PairRuling(id=RulingId("r1"), **pair, **word, created_at=make.moment()))

    def _vote(self, store, make):
        store.hypotheses.add(self.hypothesis)
        store.votes.cast(self.vote)
        store.votes.cast(self.vote.model_copy(update={"reason": f"{SECRET} after all", "answer": EdgeAnswer.NOT_WISER}))
        draw = make.draw(self.person.id, (self.value.id, self.starter.id))
        store.draws.add(draw)
        store.draws.answer(draw.id, chosen_ids=[self.starter.id], at=make.moment())
        comment = {"question": SurveyQuestion.COMMENT, "comment": f"{SECRET} opinion", "at": make.moment()}
        store.survey.save(SurveyAnswer(person_id=self.person.id, **comment))


@pytest.fixture
def life(study, write, make):
    return Life(write, make)


def erase(database, make, person_id):
    act = make.act("person.erased", person_id=person_id, content=f"{SECRET} farewell")
    return database.write(act, lambda store: store.erasure.erase_person(person_id, at=act.at))


def rows_left(database, person_id):
    """Count the rows that name the person, in every table that can."""
    with database._engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(table.c.person_id == person_id)
            ).scalar_one()
            for table in METADATA.sorted_tables
            if "person_id" in table.c
        }


def all_cells(database):
    with database._engine.connect() as connection:
        return [
            str(cell) for table in METADATA.sorted_tables for row in connection.execute(select(table)) for cell in row
        ]


def test_the_test_itself_writes_to_every_table_of_a_person(database, life):
    assert all(count for count in rows_left(database, life.person.id).values())
    with database._engine.connect() as connection:
        empty = {
            table.name
            for table in METADATA.sorted_tables
            if not connection.execute(select(func.count()).select_from(table)).scalar_one()
        }
    assert empty == {"value_merge"}


def test_an_erased_person_is_in_no_row_of_any_table(database, make, life):
    assert erase(database, make, life.person.id)
    assert set(rows_left(database, life.person.id).values()) == {0}
    assert not [cell for cell in all_cells(database) if SECRET in cell]
    with database.read() as store, pytest.raises(NotFoundError):
        store.people.get(life.person.id)
    with database.read() as store:
        assert store.embeddings.get_many("e", text_hashes=["turn-hash", life.text_hash]) == {}


def names_with_secret(database_url):
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    return [path.name for path in folder.iterdir() if SECRET.encode() in path.read_bytes()]


@only_sqlite
def test_no_byte_of_an_erased_person_is_left_in_the_files(database, database_url, make, life):
    assert names_with_secret(database_url)
    assert erase(database, make, life.person.id)
    assert names_with_secret(database_url) == []


@only_sqlite
def test_a_reader_in_the_way_delays_the_cleaning_to_the_next_write(database, database_url, make, life):
    with database.read() as store:
        assert store.people.get(life.person.id).alias == life.person.alias
        assert erase(database, make, life.person.id)
        assert names_with_secret(database_url)
    database.write(make.act(), lambda store: None)
    assert names_with_secret(database_url) == []


@only_sqlite
def test_a_writer_in_the_way_delays_the_cleaning_but_not_the_erasure(database, database_url, make, life, monkeypatch):
    def blocked(engine):
        raise OperationalError("VACUUM", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr("storage.database.scrub", blocked)
    assert erase(database, make, life.person.id)
    monkeypatch.undo()
    database.write(make.act(), lambda store: None)
    assert names_with_secret(database_url) == []


@only_sqlite
def test_a_crash_before_the_cleaning_is_made_good_when_the_database_is_opened(
    database, database_url, make, life, monkeypatch
):
    monkeypatch.setattr("storage.database.scrub", lambda engine: False)
    assert erase(database, make, life.person.id)
    monkeypatch.undo()
    again = Database.open(database_url)
    assert names_with_secret(database_url) == []
    again.close()


@only_sqlite
def test_the_file_is_written_anew_so_that_copies_of_moved_rows_go_too(database, make, life):
    """Rows move from page to page as tables grow; rarely, and hard to bring about, an old copy stays readable.

    A file that was written anew has no free pages, which without it the long interview would have left.
    """
    erase(database, make, life.person.id)
    with database._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0


def test_the_log_still_verifies_and_tells_of_the_erasure(database, make, life):
    erase(database, make, life.person.id)
    with database.read() as store:
        assert store.events.verify(make.study_id) is None
        last = store.events.list(make.study_id)[-1]
    assert (last.kind, last.refs) == ("person.erased", {"person": life.person.id})


def test_a_value_nobody_else_holds_is_withdrawn_and_its_stories_are_emptied(database, make, life):
    erase(database, make, life.person.id)
    with database.read() as store:
        value = store.values.get(life.value.id)
        assert (value.title, value.policies, value.is_withdrawn) == ("", (), True)
        assert value.number == life.value.number
        assert store.values.list(make.study_id) == [life.starter]
        hypothesis = store.hypotheses.get(life.hypothesis.id)
        assert (hypothesis.story, hypothesis.is_archived) == ("", True)


def test_a_value_others_hold_takes_the_words_of_their_earliest_card(database, write, make, life):
    others = [make.person(), make.person()]
    cards = [make.card(other.id, title=f"Other {number}") for number, other in enumerate(others)]

    def body(store):
        for number, (other, card) in enumerate(zip(others, cards, strict=True)):
            store.people.add(other, receipt_hash=str(number))
            store.cards.add(card)
        for card in reversed(cards):
            store.values.place(make.placement(card, life.value))

    write(body)
    erase(database, make, life.person.id)
    with database.read() as store:
        value = store.values.get(life.value.id)
    assert not value.is_withdrawn
    assert (value.title, value.founded_by_card_id) == (cards[0].text.title, cards[0].id)
    assert value.policies == cards[0].text.policy_texts()
    assert not [cell for cell in all_cells(database) if SECRET in cell]


def test_values_merged_into_a_withdrawn_one_count_for_themselves_again(database, write, make, life):
    merge = ValueMerge(
        id=MergeId("m"),
        study_id=make.study_id,
        value_id=life.starter.id,
        into_id=life.value.id,
        author="staff:a",
        reason="alike",
        created_at=make.moment(),
    )
    write(lambda store: store.values.merge(merge))
    erase(database, make, life.person.id)
    with database.read() as store:
        assert store.values.roots(make.study_id)[life.starter.id] == life.starter.id


def test_other_people_keep_everything(database, write, make, life):
    other = make.person()
    write(lambda store: store.people.add(other, receipt_hash="other"))
    vote = make.vote(other.id, life.starter.id, life.value.id, reason="mine")
    write(lambda store: store.votes.cast(vote))
    erase(database, make, life.person.id)
    with database.read() as store:
        assert store.people.by_receipt("other") == other
        assert store.votes.get(vote.id) == vote
        assert len(store.votes.history(vote.id)) == 1


def test_erasing_twice_in_one_act_writes_once_and_in_another_finds_nobody(database, make, life):
    act = make.act("person.erased", person_id=life.person.id)
    assert database.write(act, lambda store: store.erasure.erase_person(life.person.id, at=act.at))
    assert not database.write(act, lambda store: store.erasure.erase_person(life.person.id, at=act.at))
    with pytest.raises(NotFoundError):
        erase(database, make, life.person.id)
