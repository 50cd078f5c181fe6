"""Keeps draws: which values a person was shown together, and which they ticked."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import RowMapping, Table, func, select

from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from domain.ids import DrawId, PersonId, QuestionId, StudyId, ValueId
from domain.people import REAL_SOURCES, Source
from domain.votes import Draw
from storage.mapping import to_noun, to_row
from storage.rows import Rows, Where, found, one_of
from storage.tables import CHOICE, DRAW, IMPRESSION, PARTICIPANT, VALUE
from storage.votes import Votes


class ValueCounts(NamedTuple):
    """How often a value was shown and how often it was ticked."""

    impressions: int
    choices: int


class Draws:
    """Draws of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, draw: Draw) -> None:
        """Store a draw when its cards are shown: what was seen counts as seen, answered or not."""
        self._rows.add(DRAW, [to_row(draw, DRAW)])
        self._rows.add(IMPRESSION, shown_rows(draw.id, draw.value_ids))
        self._rows.add(CHOICE, shown_rows(draw.id, draw.chosen_ids))

    def answer(self, draw_id: DrawId, *, chosen_ids: Sequence[ValueId], at: datetime) -> None:
        """Store which of the shown values were ticked; a later answer replaces an earlier one.

        Raises:
            StudyRuleError: a value was ticked that was not shown.
        """
        draw = self.get(draw_id)
        if unseen := [value_id for value_id in chosen_ids if value_id not in draw.value_ids]:
            raise StudyRuleError(f"These values were not among the cards shown: {unseen!r}. Reload the page.")
        self._rows.change(DRAW, DRAW.c.id == draw_id, answered_at=at)
        self._rows.remove(CHOICE, CHOICE.c.draw_id == draw_id)
        self._rows.add(CHOICE, shown_rows(draw_id, chosen_ids))

    def get(self, draw_id: DrawId) -> Draw:
        """Return a draw; NotFoundError where there is none."""
        row = found(self._rows.first(DRAW, DRAW.c.id == draw_id), what="draw", key=draw_id)
        return self._nouns([row], DRAW.c.id == draw_id)[0]

    def of_person(self, person_id: PersonId) -> list[Draw]:
        """Return the draws of one person, oldest first."""
        return self.where(DRAW.c.person_id == person_id)

    def of_study(self, study_id: StudyId) -> list[Draw]:
        """Return the draws of everybody in a study, oldest first."""
        return self.where(DRAW.c.study_id == study_id)

    def open_draw(self, person_id: PersonId) -> Draw | None:
        """Return the newest draw that the person has not answered yet, without values withdrawn or hidden since."""
        waiting = self.where(DRAW.c.person_id == person_id, DRAW.c.answered_at.is_(None))
        if not waiting:
            return None
        gone = select(VALUE.c.id).where(VALUE.c.study_id == waiting[-1].study_id, VALUE.c.is_withdrawn.is_(True))
        left_out = {row["id"] for row in self._rows.mappings(gone)}
        return waiting[-1].model_copy(
            update={"value_ids": tuple(v for v in waiting[-1].value_ids if v not in left_out)}
        )

    def value_counts(
        self,
        study_id: StudyId,
        *,
        question_id: QuestionId | None = None,
        sources: Collection[Source] = REAL_SOURCES,
    ) -> dict[ValueId, ValueCounts]:
        """Return how often each value was shown and ticked, in all or one question; never shown ones are absent."""
        shown = self._count(IMPRESSION, study_id, question_id, sources)
        chosen = self._count(CHOICE, study_id, question_id, sources)
        every = shown | chosen
        return {value_id: ValueCounts(shown.get(value_id, 0), chosen.get(value_id, 0)) for value_id in every}

    def counts_for_graph(self, query: GraphQuery) -> dict[ValueId, ValueCounts]:
        """Return how often each value was shown and ticked by the people whose votes the query counts.

        Draws belong to questions, not to contexts, so ``context_ids`` restricts nothing here.
        """
        people = Votes(self._rows).people_counted(query)
        shown: Counter[ValueId] = Counter()
        chosen: Counter[ValueId] = Counter()
        for table, moment, total in ((IMPRESSION, DRAW.c.drawn_at, shown), (CHOICE, DRAW.c.answered_at, chosen)):
            counts = (
                select(table.c.value_id, DRAW.c.person_id, func.count().label("n"))
                .join(DRAW, DRAW.c.id == table.c.draw_id)
                .join(PARTICIPANT, PARTICIPANT.c.id == DRAW.c.person_id)
                .where(DRAW.c.study_id == query.study_id, one_of(PARTICIPANT.c.source, query.sources))
                .group_by(table.c.value_id, DRAW.c.person_id)
            )
            if query.question_ids:
                counts = counts.where(one_of(DRAW.c.question_id, query.question_ids))
            if query.until is not None:
                counts = counts.where(moment <= query.until)
            for value_id, person_id, n in self._rows.tuples(counts):
                if people is None or person_id in people:
                    total[value_id] += n
        return {value_id: ValueCounts(shown[value_id], chosen[value_id]) for value_id in shown | chosen}

    def where(self, *where: Where) -> list[Draw]:
        """Return the draws that match conditions on the table of draws, oldest first."""
        query = select(DRAW).where(*where).order_by(DRAW.c.drawn_at, DRAW.c.id)
        return self._nouns(self._rows.mappings(query), *where)

    def _nouns(self, rows: Sequence[RowMapping], *where: Where) -> list[Draw]:
        shown, chosen = self._values(IMPRESSION, *where), self._values(CHOICE, *where)
        return [
            to_noun(row, Draw, value_ids=shown.get(row["id"], ()), chosen_ids=chosen.get(row["id"], ())) for row in rows
        ]

    def _values(self, table: Table, *where: Where) -> dict[str, list[str]]:
        query = select(table).join(DRAW, DRAW.c.id == table.c.draw_id).where(*where)
        values: dict[str, list[str]] = {}
        for row in self._rows.mappings(query.order_by(table.c.draw_id, table.c.position)):
            values.setdefault(row["draw_id"], []).append(row["value_id"])
        return values

    def _count(
        self, table: Table, study_id: StudyId, question_id: QuestionId | None, sources: Collection[Source]
    ) -> dict[ValueId, int]:
        query = (
            select(table.c.value_id, func.count().label("n"))
            .join(DRAW, DRAW.c.id == table.c.draw_id)
            .join(PARTICIPANT, PARTICIPANT.c.id == DRAW.c.person_id)
            .where(DRAW.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
            .group_by(table.c.value_id)
        )
        if question_id is not None:
            query = query.where(DRAW.c.question_id == question_id)
        return {row["value_id"]: int(row["n"]) for row in self._rows.mappings(query)}


def shown_rows(draw_id: DrawId, value_ids: Sequence[ValueId]) -> list[dict[str, object]]:
    """Return the rows of impressions or choices of one draw, in order."""
    return [
        {"draw_id": draw_id, "position": position, "value_id": value_id} for position, value_id in enumerate(value_ids)
    ]
