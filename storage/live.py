"""Counts for the page on which a researcher watches a study."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, Table, func, select

from domain.cards import CardStatus
from domain.ids import StudyId
from domain.people import JourneyStep, Source
from storage.rows import Rows, one_of
from storage.tables import CARD, DRAW, PARTICIPANT, VOTE


class StudyTotals(NamedTuple):
    """What there is in a study, of the sources asked for."""

    n_people: int
    n_done: int
    """People who came to the last step."""
    n_drafts: int
    n_confirmed: int
    n_hidden: int
    n_draws_answered: int
    n_votes: int


class Live:
    """Counts as they stand now."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def funnel(self, study_id: StudyId, *, sources: Collection[Source]) -> dict[JourneyStep, int]:
        """Return how many people are at each step now, in the order of the steps; 0 where nobody is."""
        query = (
            select(PARTICIPANT.c.step, func.count().label("n"))
            .where(PARTICIPANT.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
            .group_by(PARTICIPANT.c.step)
        )
        counts = {row["step"]: int(row["n"]) for row in self._rows.mappings(query)}
        return {step: counts.get(step.value, 0) for step in JourneyStep}

    def totals(self, study_id: StudyId, *, sources: Collection[Source]) -> StudyTotals:
        """Return the totals of a study."""
        funnel = self.funnel(study_id, sources=sources)
        query = (
            select(CARD.c.status, func.count().label("n"))
            .where(CARD.c.study_id == study_id, one_of(CARD.c.source, sources))
            .group_by(CARD.c.status)
        )
        cards = {row["status"]: int(row["n"]) for row in self._rows.mappings(query)}
        answered = _of_people(DRAW, study_id, sources)
        return StudyTotals(
            n_people=sum(funnel.values()),
            n_done=funnel[JourneyStep.DONE],
            n_drafts=cards.get(CardStatus.DRAFT.value, 0),
            n_confirmed=cards.get(CardStatus.CONFIRMED.value, 0),
            n_hidden=cards.get(CardStatus.HIDDEN.value, 0),
            n_draws_answered=self._rows.scalar(answered.where(DRAW.c.answered_at.is_not(None))),
            n_votes=self._rows.scalar(_of_people(VOTE, study_id, sources)),
        )


def _of_people(table: Table, study_id: StudyId, sources: Collection[Source]) -> Select[int]:
    return (
        select(func.count())
        .select_from(table)
        .join(PARTICIPANT, PARTICIPANT.c.id == table.c.person_id)
        .where(table.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
    )
