"""Keeps the answers to the survey at the end."""

import builtins
from collections.abc import Collection

from sqlalchemy import select

from domain.ids import PersonId, StudyId
from domain.people import REAL_SOURCES, Source
from domain.votes import SurveyAnswer
from storage.mapping import to_noun, to_row
from storage.rows import Rows, one_of
from storage.tables import PARTICIPANT, SURVEY


class Surveys:
    """Survey answers of all studies; the newest of each person and question."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def save(self, answer: SurveyAnswer) -> None:
        """Store an answer; a later one to the same question replaces it."""
        key = (SURVEY.c.person_id == answer.person_id) & (SURVEY.c.question == answer.question.value)
        row = to_row(answer, SURVEY)
        if not self._rows.change(SURVEY, key, **row):
            self._rows.add(SURVEY, [row])

    def of_person(self, person_id: PersonId) -> builtins.list[SurveyAnswer]:
        """Return what one person answered, in the order they answered."""
        return self._rows.nouns(
            SurveyAnswer, SURVEY, SURVEY.c.person_id == person_id, order=(SURVEY.c.at, SURVEY.c.question)
        )

    def list(self, study_id: StudyId, *, sources: Collection[Source] = REAL_SOURCES) -> builtins.list[SurveyAnswer]:
        """Return all answers of a study, in the order they were given."""
        query = (
            select(SURVEY)
            .join(PARTICIPANT, PARTICIPANT.c.id == SURVEY.c.person_id)
            .where(PARTICIPANT.c.study_id == study_id, one_of(PARTICIPANT.c.source, sources))
            .order_by(SURVEY.c.at, SURVEY.c.person_id, SURVEY.c.question)
        )
        return [to_noun(row, SurveyAnswer) for row in self._rows.mappings(query)]
