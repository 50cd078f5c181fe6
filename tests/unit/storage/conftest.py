"""Nouns with defaults, for the tests of storage."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from domain.cards import CanonicalValue, Card, CardStatus, CardText, Placement, Policy
from domain.ids import (
    CardId,
    ClientId,
    ContextId,
    DrawId,
    HypothesisId,
    PersonId,
    PlacementId,
    QuestionId,
    StudyId,
    ValueId,
    VoteId,
    new_id,
)
from domain.people import Consent, ConsentScope, Participant, Source
from domain.studies import Context, Question, Study
from domain.votes import Draw, EdgeAnswer, EdgeVote, UpgradeHypothesis
from storage import Act, Database, Store

N = TypeVar("N")
START = datetime(2030, 1, 1, 9, 0, 0, 123456, tzinfo=UTC)


class Make:
    """Makes nouns of one study with defaults; every moment is a second after the one before."""

    def __init__(self) -> None:
        self._seconds = itertools.count()
        self._numbers = itertools.count(1)
        self.study_id = StudyId(new_id())
        self.question_id = QuestionId(new_id())
        self.context_id = ContextId(new_id())

    def moment(self) -> datetime:
        return START + timedelta(seconds=next(self._seconds))

    def act(self, kind: str = "test.act", **fields: object) -> Act:
        defaults = {"client_id": ClientId(new_id()), "study_id": self.study_id, "actor": "system", "at": self.moment()}
        return Act(kind=kind, **(defaults | fields))  # type: ignore[arg-type]

    def study(self, **fields: object) -> Study:
        return _made(Study, fields, id=self.study_id, slug="a-study", title="A study", created_at=self.moment())

    def question(self, **fields: object) -> Question:
        shared = {"study_id": self.study_id, "slug": "a-question", "title": "A question", "text": "What to do?"}
        return _made(Question, fields, id=self.question_id, **shared)

    def context(self, **fields: object) -> Context:
        shared = {"study_id": self.study_id, "text": "When in doubt", "question_ids": (self.question_id,)}
        return _made(Context, fields, id=self.context_id, **shared)

    def person(self, **fields: object) -> Participant:
        person_id = PersonId(new_id())
        shared = {"study_id": self.study_id, "source": Source.PERSON, "created_at": self.moment()}
        return _made(Participant, fields, id=person_id, alias=f"calm-river-{person_id}", **shared)

    def consent(self, person_id: PersonId, **fields: object) -> Consent:
        shared = {"scope": ConsentScope.TRAINING, "granted": True, "text_hash": "0" * 64, "at": self.moment()}
        return _made(Consent, fields, person_id=person_id, **shared)

    def card(self, person_id: PersonId | None = None, *, title: str = "Patience", **fields: object) -> Card:
        at = self.moment()
        policies = (Policy(text="MOMENTS when waiting helps"), Policy(text="SIGNS that a friend wants to talk"))
        shared = {"study_id": self.study_id, "source": Source.PERSON, "status": CardStatus.CONFIRMED}
        text = CardText(title=title, gist="Waiting with somebody", policies=policies)
        times = {"created_at": at, "updated_at": at}
        return _made(Card, fields, id=CardId(new_id()), person_id=person_id, text=text, **shared, **times)

    def value(self, **fields: object) -> CanonicalValue:
        number, at = next(self._numbers), self.moment()
        shared = {"study_id": self.study_id, "number": number, "title": f"Value {number}", "policies": ("ROOM",)}
        times = {"created_at": at, "updated_at": at}
        return _made(CanonicalValue, fields, id=ValueId(new_id()), source=Source.SEED, **shared, **times)

    def placement(self, card: Card, value: CanonicalValue, **fields: object) -> Placement:
        shared = {"study_id": self.study_id, "card_id": card.id, "value_id": value.id, "created_at": self.moment()}
        return _made(Placement, fields, id=PlacementId(new_id()), author="person", **shared)

    def vote(self, person_id: PersonId, src_id: ValueId, wiser_id: ValueId, **fields: object) -> EdgeVote:
        at = self.moment()
        shared = {"study_id": self.study_id, "context_id": self.context_id, "answer": EdgeAnswer.WISER}
        pair = {"person_id": person_id, "src_id": src_id, "wiser_id": wiser_id}
        return _made(EdgeVote, fields, id=VoteId(new_id()), created_at=at, updated_at=at, **shared, **pair)

    def hypothesis(self, src_id: ValueId, wiser_id: ValueId, **fields: object) -> UpgradeHypothesis:
        pair = {"src_id": src_id, "wiser_id": wiser_id, "context_id": self.context_id, "study_id": self.study_id}
        told = {"story": "Somebody learned to wait.", "source": Source.SEED, "created_at": self.moment()}
        return _made(UpgradeHypothesis, fields, id=HypothesisId(new_id()), **pair, **told)

    def draw(self, person_id: PersonId, value_ids: tuple[ValueId, ...], **fields: object) -> Draw:
        shared = {"study_id": self.study_id, "person_id": person_id, "question_id": self.question_id}
        return _made(Draw, fields, id=DrawId(new_id()), value_ids=value_ids, drawn_at=self.moment(), **shared)


def _made(noun_type: Callable[..., N], fields: dict[str, object], **defaults: object) -> N:
    return noun_type(**(defaults | fields))


@pytest.fixture
def make() -> Make:
    """Makes nouns of one study."""
    return Make()


@pytest.fixture
def write(database: Database, make: Make) -> Callable[[Callable[[Store], object]], None]:
    """Write in an act of its own, so that a test says only what is written."""

    def write_now(body: Callable[[Store], object]) -> None:
        def run(store: Store) -> None:
            body(store)

        assert database.write(make.act(), run)

    return write_now


@pytest.fixture
def study(write: Callable[[Callable[[Store], object]], None], make: Make) -> Study:
    """A stored study with one question and one context."""
    study = make.study()

    def body(store: Store) -> None:
        store.studies.add(study)
        store.studies.add_question(make.question())
        store.studies.add_context(make.context())

    write(body)
    return study
