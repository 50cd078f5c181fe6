"""The votes of a study as the analysis reads them: merges followed, values by number, people by what they said."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from domain.graphs import GraphQuery, VoteRow
from domain.ids import QuestionId, ValueId
from domain.studies import Question, Study
from domain.vote_columns import IntArray, VoteColumns
from graph.merging import apply_merges
from graph.vote_columns import people_by_content, vote_columns
from services.explore import vote_row
from storage import Store

DIGITS = 9
"""Numbers of values are written this long, so that their order as text is their order as numbers."""


class AnalysedVotes(NamedTuple):
    """What one analysis reads, in one go and as of one moment."""

    study: Study
    questions: tuple[Question, ...]
    contexts_of: dict[QuestionId, frozenset[str]]
    data_version: int
    rows: tuple[VoteRow, ...]
    """Votes that count; values bear their numbers instead of ids."""
    times: tuple[datetime, ...]
    """When each of ``rows`` was cast."""

    def columns(self) -> VoteColumns:
        """Return the votes as columns; the same study read in twice gives the same."""
        return people_by_content(vote_columns(self.rows))

    def of_question(self, question: Question) -> "AnalysedVotes":
        """Return the votes in contexts of one question."""
        contexts = self.contexts_of[question.id]
        chosen = [at for at, row in enumerate(self.rows) if row.context in contexts]
        return self._replace(rows=tuple(self.rows[at] for at in chosen), times=tuple(self.times[at] for at in chosen))

    def moment_numbers(self) -> IntArray:
        """Return a number for each of ``rows`` that grows with time, equal for votes of one moment."""
        place = {time: at for at, time in enumerate(sorted(set(self.times)))}
        return np.array([place[time] for time in self.times], dtype=np.int64)

    def moments(self) -> Iterator[list[VoteRow]]:
        """Yield the votes in order of time, those of one moment together."""
        ordered = sorted(zip(self.times, self.rows, strict=True), key=itemgetter(0))
        for _, some in groupby(ordered, key=itemgetter(0)):
            yield [row for _, row in some]


def number_of(value_id: ValueId) -> int:
    """Return the number of a value as it is named in an analysis."""
    return int(value_id)


def read_votes(store: Store, query: GraphQuery) -> AnalysedVotes:
    """Return what ``query`` selects."""
    roots = store.values.roots(query.study_id, until=query.until)
    values = store.values.list(query.study_id, include_withdrawn=True)
    name = {value.id: ValueId(f"{value.number:0{DIGITS}}") for value in values}
    stored = store.votes.rows(query)
    counted = apply_merges(
        [vote_row(vote) for vote in stored], roots=roots, withdrawn={v.id for v in values if v.is_withdrawn}
    )
    at = {
        (v.person_id, roots.get(v.src_id, v.src_id), roots.get(v.wiser_id, v.wiser_id), v.context): v.at for v in stored
    }
    contexts = store.studies.contexts(query.study_id)
    questions = store.studies.questions(query.study_id)
    return AnalysedVotes(
        study=store.studies.get(query.study_id),
        questions=tuple(questions),
        contexts_of={q.id: frozenset(c.text for c in contexts if q.id in c.question_ids) for q in questions},
        data_version=store.events.head(query.study_id, until=query.until).seq,
        rows=tuple(r._replace(src_id=name[r.src_id], wiser_id=name[r.wiser_id]) for r in counted.rows),
        times=tuple(at[row[:4]] for row in counted.rows),
    )
