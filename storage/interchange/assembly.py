"""Putting a study together while its files are read: internal ids, references checked, identities left behind."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue, Card, CardStatus, CardText, Placement, Policy
from domain.errors import DataError
from domain.people import JourneyStep, Participant, Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import Draw, EdgeAnswer, EdgeVote
from storage.interchange.tables import Row

T = TypeVar("T")
NAMESPACE = uuid.UUID("6f1d5c1e-7d0e-4a70-9f0b-1d6f4f0c7a11")
"""Of ids made from a study's slug and a key of the file: importing twice makes the same ids."""


class Assembly:
    """A study in the making."""

    def __init__(self, *, slug: str, title: str, now: datetime) -> None:
        self._slug = slug
        self._now = now
        try:
            self.study = Study(
                id=self.id_of("study", slug), slug=slug, title=title, state=StudyState.CLOSED, created_at=now
            )
        except ValidationError as error:
            raise DataError(
                "the short name may hold lower-case letters, digits and hyphens only", file="--slug", value=slug
            ) from error
        self.questions: dict[str, Question] = {}
        self.contexts: dict[str, Context] = {}
        self._are_contexts_known = False
        self.people: dict[str, Participant] = {}
        self.values: dict[str, CanonicalValue] = {}
        self.cards: list[Card] = []
        self._card_numbers: set[int] = set()
        self.placements: list[Placement] = []
        self.draws: dict[str, Draw] = {}
        self.votes: dict[tuple[str, str, str, str], EdgeVote] = {}

    def id_of(self, kind: str, key: object) -> str:
        """Return the internal id of a thing in the file."""
        return uuid.uuid5(NAMESPACE, f"{self._slug}/{kind}/{key}").hex

    def add_question(self, row: Row) -> None:
        """Add a question and the contexts it names."""
        slug = row.text("id", "slug")
        if slug in self.questions:
            raise row.error("this id was used before", column="id", value=slug)
        question = checked(
            row,
            lambda: Question(
                id=self.id_of("question", slug),
                study_id=self.study.id,
                slug=slug,
                title=row.text("title"),
                text=row.text("question", "text"),
                position=len(self.questions),
            ),
        )
        self.questions[slug] = question
        for text in row.lines("contexts") if "contexts" in row.columns() else ():
            context = self.add_context(row, text)
            if question.id not in context.question_ids:
                linked = (*context.question_ids, question.id)
                self.contexts[text] = context.model_copy(update={"question_ids": linked})

    def add_context(self, row: Row, text: str) -> Context:
        """Return the context with these words, added when it is new."""
        if text not in self.contexts:
            self.contexts[text] = checked(
                row, lambda: Context(id=self.id_of("context", text), study_id=self.study.id, text=text)
            )
        return self.contexts[text]

    def close_contexts(self) -> None:
        """Take the contexts so far, if any, as all there are: a vote in another one is a mistake in the file."""
        self._are_contexts_known = bool(self.contexts)

    def add_value(self, row: Row) -> None:
        """Add a canonical value, in either spelling of its fields."""
        number = row.whole("id")
        if str(number) in self.values:
            raise row.error("this id was used before", column="id", value=number)
        made = row.moment("created_at", "createdAt") if row.has("created_at") or row.has("createdAt") else self._now
        changed = row.moment("updated_at", "updatedAt") if row.has("updated_at") or row.has("updatedAt") else made
        self.values[str(number)] = checked(
            row,
            lambda: CanonicalValue(
                id=self.id_of("value", number),
                study_id=self.study.id,
                number=number,
                title=row.text("title"),
                gist=row.text("summary", "instructionsShort", default=""),
                description=row.text("instructionsDetailed", "description", default=""),
                policies=row.lines("policies", "evaluationCriteria"),
                source=Source.IMPORTED,
                created_at=made,
                updated_at=changed,
            ),
        )

    def add_card(self, row: Row) -> None:
        """Add a participant's card and the value it was put under, where the file says so."""
        number = row.whole("id")
        if number in self._card_numbers:
            raise row.error("this id was used before", column="id", value=number)
        self._card_numbers.add(number)
        who = row.text("participant", "userId", default="")
        card = checked(
            row,
            lambda: Card(
                id=self.id_of("card", number),
                study_id=self.study.id,
                person_id=self.person(who).id if who else None,
                source=Source.IMPORTED,
                number=number,
                status=CardStatus.CONFIRMED,
                text=CardText(
                    title=row.text("title"),
                    gist=row.text("summary", "instructionsShort", default=""),
                    policies=tuple(Policy(text=line) for line in row.lines("policies", "evaluationCriteria")),
                ),
                description=row.text("instructionsDetailed", "description", default=""),
                created_at=self._now,
                updated_at=self._now,
            ),
        )
        self.cards.append(card)
        if row.has("canonical_id") or row.has("canonicalCardId"):
            self.placements.append(
                Placement(
                    id=self.id_of("placement", number),
                    study_id=self.study.id,
                    card_id=card.id,
                    value_id=self.value(row, "canonical_id", "canonicalCardId").id,
                    author="import",
                    reason="As the imported study had it.",
                    created_at=self._now,
                )
            )

    def value(self, row: Row, *columns: str) -> CanonicalValue:
        """Return the value that a row names; DataError when there is none of this id."""
        key = row.text(*columns)
        if key not in self.values:
            raise row.error("there is no value with this id", column=columns[0], value=key)
        return self.values[key]

    def person(self, key: str) -> Participant:
        """Return the participant of a key, added under a fresh number when new; the key itself is not kept."""
        if key not in self.people:
            self.people[key] = Participant(
                id=uuid.uuid4().hex,  # random: an id made from a panel's key would let its holder find the person
                study_id=self.study.id,
                alias=f"Imported {len(self.people) + 1}",
                source=Source.IMPORTED,
                step=JourneyStep.DONE,
                created_at=self._now,
            )
        return self.people[key]

    def add_vote(self, row: Row, *, answer: EdgeAnswer, src: CanonicalValue, wiser: CanonicalValue) -> None:
        """Add an edge vote; the same person, pair and context twice is refused."""
        person = self.person(row.text("participant", "userId"))
        text = row.text("context", "contextId")
        if self._are_contexts_known and text not in self.contexts:
            raise row.error("this context is not among those of the study", column="context", value=text)
        context = self.add_context(row, text)
        key = (person.id, src.id, wiser.id, context.id)
        if key in self.votes:
            raise row.error(
                "this person voted on this pair in this context before", column="context", value=context.text
            )
        if src.id == wiser.id:
            raise row.error("a value cannot be wiser than itself", column="wiser_value_id", value=wiser.number)
        at = row.moment("created_at", "createdAt")
        self.votes[key] = EdgeVote(
            id=self.id_of("vote", "/".join(key)),
            study_id=self.study.id,
            person_id=person.id,
            src_id=src.id,
            wiser_id=wiser.id,
            context_id=context.id,
            answer=answer,
            created_at=at,
            updated_at=at,
        )

    def bundle(self) -> StudyBundle:
        """Return the finished study."""
        return StudyBundle(
            study=self.study,
            questions=tuple(self.questions.values()),
            contexts=tuple(self.contexts.values()),
            participants=tuple(self.people.values()),
            values=tuple(self.values.values()),
            cards=tuple(self.cards),
            placements=tuple(self.placements),
            draws=tuple(self.draws.values()),
            votes=tuple(self.votes.values()),
        )


def checked(row: Row, make: Callable[[], T]) -> T:
    """Return what ``make`` makes; a field that its noun refuses is a complaint about the row."""
    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        raise row.error(first["msg"], column=str(first["loc"][0]) if first["loc"] else None) from error
