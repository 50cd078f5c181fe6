"""Keeps studies, their questions and their contexts."""

import builtins

from sqlalchemy import func, select

from domain.errors import StudyRuleError
from domain.ids import ContextId, QuestionId, StudyId
from domain.studies import Context, Question, Study
from storage.mapping import to_noun, to_row
from storage.rows import Rows, changed, found
from storage.tables import CONTEXT, CONTEXT_QUESTION, QUESTION, STUDY


class Studies:
    """Studies with what belongs to their set-up."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, study: Study) -> None:
        """Store a new study. A slug in use raises StudyRuleError."""
        if self.by_slug(study.slug) is not None:
            raise StudyRuleError(f"There is already a study {study.slug!r}. Choose another short name for this one.")
        self._rows.add(STUDY, [to_row(study, STUDY)])

    def update(self, study: Study) -> None:
        """Replace the set-up of a study."""
        other = self.by_slug(study.slug)
        if other is not None and other.id != study.id:
            raise StudyRuleError(f"There is already a study {study.slug!r}. Choose another short name for this one.")
        changed(self._rows.change(STUDY, STUDY.c.id == study.id, **to_row(study, STUDY)), what="study", key=study.id)

    def get(self, study_id: StudyId) -> Study:
        """Return a study; NotFoundError where there is none."""
        return found(self._rows.noun(Study, STUDY, STUDY.c.id == study_id), what="study", key=study_id)

    def by_slug(self, slug: str) -> Study | None:
        """Return the study of this short name, if there is one."""
        return self._rows.noun(Study, STUDY, STUDY.c.slug == slug)

    def list(self) -> builtins.list[Study]:
        """Return all studies, oldest first."""
        return self._rows.nouns(Study, STUDY, order=(STUDY.c.created_at, STUDY.c.id))

    def questions(self, study_id: StudyId, *, include_archived: bool = False) -> builtins.list[Question]:
        """Return the questions of a study in their order."""
        where = [QUESTION.c.study_id == study_id]
        if not include_archived:
            where.append(QUESTION.c.is_archived.is_(False))
        return self._rows.nouns(Question, QUESTION, *where, order=(QUESTION.c.position, QUESTION.c.id))

    def add_question(self, question: Question) -> None:
        """Store a new question."""
        self._rows.add(QUESTION, [to_row(question, QUESTION)])

    def update_question(self, question: Question) -> None:
        """Replace a question."""
        count = self._rows.change(QUESTION, QUESTION.c.id == question.id, **to_row(question, QUESTION))
        changed(count, what="question", key=question.id)

    def contexts(self, study_id: StudyId, *, question_id: QuestionId | None = None) -> builtins.list[Context]:
        """Return the contexts of a study in the order they were added, or those that occur in one question."""
        query = select(CONTEXT).where(CONTEXT.c.study_id == study_id).order_by(CONTEXT.c.position, CONTEXT.c.id)
        links = self._links(study_id)
        contexts = [to_noun(row, Context, question_ids=links.get(row["id"], ())) for row in self._rows.mappings(query)]
        return [c for c in contexts if question_id is None or question_id in c.question_ids]

    def add_context(self, context: Context) -> None:
        """Store a new context after the others, with its links to questions."""
        self._rows.add(CONTEXT, [to_row(context, CONTEXT, position=self._next_position(context.study_id))])
        self._rows.add(CONTEXT_QUESTION, link_rows(context))

    def update_context(self, context: Context) -> None:
        """Replace the text of a context and its links to questions."""
        count = self._rows.change(CONTEXT, CONTEXT.c.id == context.id, text=context.text)
        changed(count, what="context", key=context.id)
        self._rows.remove(CONTEXT_QUESTION, CONTEXT_QUESTION.c.context_id == context.id)
        self._rows.add(CONTEXT_QUESTION, link_rows(context))

    def _next_position(self, study_id: StudyId) -> int:
        query = select(func.max(CONTEXT.c.position).label("last")).where(CONTEXT.c.study_id == study_id)
        last = self._rows.mappings(query)[0]["last"]
        return 0 if last is None else int(last) + 1

    def _links(self, study_id: StudyId) -> dict[ContextId, tuple[QuestionId, ...]]:
        query = (
            select(CONTEXT_QUESTION)
            .join(CONTEXT, CONTEXT.c.id == CONTEXT_QUESTION.c.context_id)
            .where(CONTEXT.c.study_id == study_id)
            .order_by(CONTEXT_QUESTION.c.position)
        )
        links: dict[ContextId, tuple[QuestionId, ...]] = {}
        for row in self._rows.mappings(query):
            links[row["context_id"]] = (*links.get(row["context_id"], ()), row["question_id"])
        return links


def link_rows(context: Context) -> list[dict[str, object]]:
    """Return the rows that link ``context`` to its questions."""
    return [
        {"context_id": context.id, "question_id": question_id, "position": position}
        for position, question_id in enumerate(context.question_ids)
    ]
