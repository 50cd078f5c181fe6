"""Keeps edge votes: the newest answer of each person on each pair in each context, and all earlier answers."""

import builtins
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select

from domain.graphs import GraphQuery, VoteRow
from domain.ids import ContextId, PersonId, StudyId, ValueId, VoteId
from domain.people import REAL_SOURCES, ConsentScope, Source
from domain.votes import EdgeAnswer, EdgeVote, UnsureReason
from storage.mapping import to_row
from storage.rows import Rows, chunks, found, one_of
from storage.tables import CONSENT, CONTEXT, CONTEXT_QUESTION, PARTICIPANT, VOTE, VOTE_REVISION

ENDS = ("person_id", "src_id", "wiser_id")


class StoredVote(NamedTuple):
    """One vote as the graph needs it, with the ids that lead back to it."""

    vote_id: VoteId
    person_id: PersonId
    src_id: ValueId
    wiser_id: ValueId
    context_id: ContextId
    context: str
    answer: EdgeAnswer
    at: datetime
    """When this answer was given."""


class TimedRow(NamedTuple):
    """One vote as the graph needs it, and the number of its moment."""

    row: VoteRow
    moment: int


class VoteRevision(NamedTuple):
    """One answer in the history of a vote."""

    seq: int
    """1 is the first answer."""
    answer: EdgeAnswer
    reason: str
    unsure_reason: UnsureReason | None
    at: datetime


class Edge(NamedTuple):
    """A pair in a context."""

    src_id: ValueId
    wiser_id: ValueId
    context_id: ContextId


class AnswerCounts(NamedTuple):
    """How often each answer was given."""

    wiser: int = 0
    not_wiser: int = 0
    not_sure: int = 0


class VoteReason(NamedTuple):
    """Why somebody answered as they did, in their words."""

    vote_id: VoteId
    context_id: ContextId
    answer: EdgeAnswer
    reason: str
    unsure_reason: UnsureReason | None
    at: datetime


class Votes:
    """Votes of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def cast(self, vote: EdgeVote) -> EdgeVote:
        """Store an answer and return the vote as stored.

        A second answer of the same person on the same pair in the same context replaces the first:
        the vote keeps its id and the time of its first answer.
        """
        key = [VOTE.c[name] == getattr(vote, name) for name in ("person_id", "src_id", "wiser_id", "context_id")]
        stored = self._rows.noun(EdgeVote, VOTE, *key)
        if stored is None:
            self._rows.add(VOTE, [to_row(vote, VOTE)])
        else:
            vote = vote.model_copy(update={"id": stored.id, "created_at": stored.created_at})
            self._rows.change(VOTE, VOTE.c.id == stored.id, **to_row(vote, VOTE))
        self._rows.add(VOTE_REVISION, [revision_row(vote, seq=len(self.history(vote.id)) + 1)])
        return vote

    def get(self, vote_id: VoteId) -> EdgeVote:
        """Return a vote; NotFoundError where there is none."""
        return found(self._rows.noun(EdgeVote, VOTE, VOTE.c.id == vote_id), what="vote", key=vote_id)

    def of_person(self, person_id: PersonId) -> builtins.list[EdgeVote]:
        """Return the votes of one person, oldest first."""
        return self._rows.nouns(EdgeVote, VOTE, VOTE.c.person_id == person_id, order=(VOTE.c.created_at, VOTE.c.id))

    def history(self, vote_id: VoteId) -> builtins.list[VoteRevision]:
        """Return all answers of a vote, the newest last."""
        query = select(VOTE_REVISION).where(VOTE_REVISION.c.vote_id == vote_id).order_by(VOTE_REVISION.c.seq)
        return [
            VoteRevision(row["seq"], EdgeAnswer(row["answer"]), row["reason"], _unsure(row["unsure_reason"]), row["at"])
            for row in self._rows.mappings(query)
        ]

    def rows(self, query: GraphQuery, *, naming: Collection[ValueId] | None = None) -> builtins.list[StoredVote]:
        """Return the votes that go into a graph, oldest answer first; votes on withdrawn values are among them.

        With ``naming`` only those that name one of these values on either side.
        """
        kept = self.people_counted(query)
        answers = {answer.value: answer for answer in EdgeAnswer}
        votes = _votes_of(query)
        if naming is not None:
            votes = votes.where(one_of(VOTE.c.src_id, naming) | one_of(VOTE.c.wiser_id, naming))
        every = self._rows.tuples(votes)
        return [
            StoredVote(vote_id, person_id, src_id, wiser_id, context_id, context, answers[answer], at)
            for vote_id, person_id, src_id, wiser_id, context_id, context, answer, at in every
            if kept is None or person_id in kept
        ]

    def vote_rows(self, query: GraphQuery, *, people: Collection[str] | None = None) -> Iterator[VoteRow]:
        """Yield the votes of ``rows`` without what leads back to them, one at a time and in the same order.

        With ``people`` those of these people: what ``people_counted`` found, where it was asked before.
        """
        kept = self.people_counted(query) if people is None else people
        answers = {answer.value: answer for answer in EdgeAnswer}
        every = self._rows.tuples(_votes_of(query, is_bare=True))
        for person_id, src_id, wiser_id, text, said in every:
            if kept is None or person_id in kept:
                yield VoteRow(person_id, src_id, wiser_id, text, answers[said])

    def timed_rows(self, query: GraphQuery) -> Iterator[TimedRow]:
        """Yield the votes of ``vote_rows`` with the number of the moment of each, from 1; equal moments share one."""
        kept = self.people_counted(query)
        answers = {answer.value: answer for answer in EdgeAnswer}
        every = self._rows.tuples(_votes_of(query, is_bare=True, has_moments=True))
        for person_id, src_id, wiser_id, text, said, moment in every:
            if kept is None or person_id in kept:
                yield TimedRow(VoteRow(person_id, src_id, wiser_id, text, answers[said]), moment)

    def hypothesis_counts(
        self, study_id: StudyId, *, sources: Collection[Source] = REAL_SOURCES
    ) -> dict[Edge, AnswerCounts]:
        """Return how each pair in each context was answered so far; pairs without votes are absent."""
        columns = (VOTE.c.src_id, VOTE.c.wiser_id, VOTE.c.context_id, VOTE.c.answer)
        query = (
            select(*columns, func.count().label("n"))
            .join(PARTICIPANT, PARTICIPANT.c.id == VOTE.c.person_id)
            .where(VOTE.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
            .group_by(*columns)
        )
        counts: dict[Edge, AnswerCounts] = {}
        for row in self._rows.mappings(query):
            edge = Edge(row["src_id"], row["wiser_id"], row["context_id"])
            counts[edge] = counts.get(edge, AnswerCounts())._replace(**{row["answer"]: int(row["n"])})
        return counts

    def reasons(self, vote_ids: Collection[VoteId]) -> builtins.list[VoteReason]:
        """Return the reasons given with these votes, oldest first; votes without any reason are left out."""
        has_reason = (VOTE.c.reason != "") | VOTE.c.unsure_reason.is_not(None)
        said = [
            row
            for some in chunks(vote_ids)
            for row in self._rows.mappings(select(VOTE).where(one_of(VOTE.c.id, some), has_reason))
        ]
        return [
            VoteReason(
                row["id"],
                row["context_id"],
                EdgeAnswer(row["answer"]),
                row["reason"],
                _unsure(row["unsure_reason"]),
                row["updated_at"],
            )
            for row in sorted(said, key=lambda row: (row["updated_at"], row["id"]))
        ]

    def people_counted(self, query: GraphQuery) -> frozenset[str] | None:
        """Return who may be counted where attributes or training restrict it, else ``None``."""
        if not query.attributes and not query.training_only:
            return None
        kept = self._training_people(query) if query.training_only else None
        if not query.attributes:
            return kept
        people = select(PARTICIPANT.c.id, PARTICIPANT.c.attributes).where(PARTICIPANT.c.study_id == query.study_id)
        wanted = set(query.attributes)
        bearers = (key for key, attributes in self._rows.tuples(people) if wanted <= set(attributes.items()))
        return frozenset(bearers if kept is None else (key for key in bearers if key in kept))

    def _training_people(self, query: GraphQuery) -> frozenset[str]:
        """Return the people of the study whose newest answer about training is yes."""
        answers = (
            select(CONSENT.c.person_id, CONSENT.c.granted)
            .join(PARTICIPANT, PARTICIPANT.c.id == CONSENT.c.person_id)
            .where(PARTICIPANT.c.study_id == query.study_id, CONSENT.c.scope == ConsentScope.TRAINING.value)
            .order_by(CONSENT.c.at, CONSENT.c.number)
        )
        newest = dict(self._rows.tuples(answers))
        return frozenset(person_id for person_id, granted in newest.items() if granted)


def revision_row(vote: EdgeVote, *, seq: int) -> dict[str, object]:
    """Return the row that keeps this answer in the history of the vote."""
    return to_row(vote, VOTE_REVISION, vote_id=vote.id, seq=seq, at=vote.updated_at)


def _votes_of(query: GraphQuery, *, is_bare: bool = False, has_moments: bool = False) -> Select[*tuple[object, ...]]:
    """Return the question for votes; bare, without ids and times that lead back to them, which take long to read.

    With moments the number of each moment stands at the end, which is quicker to read than the time itself.
    """
    newest = VOTE_REVISION.alias() if query.until is not None else None
    answer, at = (VOTE.c.answer, VOTE.c.updated_at) if newest is None else (newest.c.answer, newest.c.at)
    votes = (
        select(
            *((VOTE.c[name] for name in ENDS) if is_bare else (VOTE.c[name] for name in ("id", *ENDS, "context_id")))
        )
        .add_columns(CONTEXT.c.text, answer, *(() if is_bare else (at,)))
        .join(PARTICIPANT, PARTICIPANT.c.id == VOTE.c.person_id)
        .join(CONTEXT, CONTEXT.c.id == VOTE.c.context_id)
        .where(VOTE.c.study_id == query.study_id, one_of(PARTICIPANT.c.source, query.sources))
        .order_by(at, VOTE.c.id)
    )
    if newest is not None:
        # Times of answers follow their numbers, so the highest number in time is the answer that stood then.
        stood = (
            select(VOTE_REVISION.c.vote_id, func.max(VOTE_REVISION.c.seq).label("seq"))
            .where(VOTE_REVISION.c.at <= query.until)
            .group_by(VOTE_REVISION.c.vote_id)
            .subquery()
        )
        votes = votes.join(stood, stood.c.vote_id == VOTE.c.id).join(
            newest, (newest.c.vote_id == stood.c.vote_id) & (newest.c.seq == stood.c.seq)
        )
    if has_moments:
        votes = votes.add_columns(func.dense_rank().over(order_by=at))
    if query.context_ids:
        votes = votes.where(one_of(VOTE.c.context_id, query.context_ids))
    if query.question_ids:
        linked = select(CONTEXT_QUESTION.c.context_id).where(one_of(CONTEXT_QUESTION.c.question_id, query.question_ids))
        votes = votes.where(VOTE.c.context_id.in_(linked))
    return votes


def _unsure(reason: str | None) -> UnsureReason | None:
    return None if reason is None else UnsureReason(reason)
