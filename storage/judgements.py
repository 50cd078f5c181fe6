"""Keeps what models said of two values, and what people ruled. Both speak of one wording and go when it goes."""

import builtins
from datetime import datetime

from sqlalchemy import or_

from domain.ids import RulingId, StudyId, ValueId
from domain.judging import PairRuling, ValueJudgement
from storage.mapping import to_row
from storage.rows import Rows, changed, found
from storage.tables import JUDGEMENT, RULING


class Judgements:
    """Judgements and rulings of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, judgement: ValueJudgement) -> None:
        """Store a judgement in the place of an earlier one on the same pair and wording."""
        self._rows.remove(
            JUDGEMENT,
            JUDGEMENT.c.first_id == judgement.first_id,
            JUDGEMENT.c.second_id == judgement.second_id,
            JUDGEMENT.c.wording == judgement.wording,
        )
        self._rows.add(JUDGEMENT, [to_row(judgement, JUDGEMENT)])

    def list(self, study_id: StudyId) -> builtins.list[ValueJudgement]:
        """Return the judgements of a study, oldest first."""
        order = (JUDGEMENT.c.at, JUDGEMENT.c.first_id, JUDGEMENT.c.second_id)
        return self._rows.nouns(ValueJudgement, JUDGEMENT, JUDGEMENT.c.study_id == study_id, order=order)

    def rule(self, ruling: PairRuling) -> None:
        """Store a person's word on a pair; what stood on the same pair and wording is undone by it."""
        same = (RULING.c.first_id == ruling.first_id) & (RULING.c.second_id == ruling.second_id)
        stands = same & (RULING.c.wording == ruling.wording) & RULING.c.undone_at.is_(None)
        self._rows.change(RULING, stands, undone_at=ruling.created_at)
        self._rows.add(RULING, [to_row(ruling, RULING)])

    def ruling(self, ruling_id: RulingId) -> PairRuling:
        """Return a ruling, undone or not; NotFoundError where there is none."""
        one = self._rows.noun(PairRuling, RULING, RULING.c.id == ruling_id)
        return found(one, what="ruling", key=ruling_id)

    def undo_ruling(self, ruling_id: RulingId, *, at: datetime) -> None:
        """Undo a ruling: the pair is open again."""
        changed(self._rows.change(RULING, RULING.c.id == ruling_id, undone_at=at), what="ruling", key=ruling_id)

    def rulings(self, study_id: StudyId, *, include_undone: bool = False) -> builtins.list[PairRuling]:
        """Return the rulings that stand, or with ``include_undone`` all there ever were, oldest first."""
        where = [RULING.c.study_id == study_id]
        if not include_undone:
            where.append(RULING.c.undone_at.is_(None))
        return self._rows.nouns(PairRuling, RULING, *where, order=(RULING.c.created_at, RULING.c.id))

    def forget_words(self, value_id: ValueId, *, at: datetime) -> None:
        """Delete what models said of a value's words, and undo what people ruled on them without their reason.

        Reasons may quote either value, and a judgement on other words says nothing of these.
        """
        self._rows.remove(JUDGEMENT, or_(JUDGEMENT.c.first_id == value_id, JUDGEMENT.c.second_id == value_id))
        on_it = or_(RULING.c.first_id == value_id, RULING.c.second_id == value_id)
        self._rows.change(RULING, on_it, reason="")
        self._rows.change(RULING, on_it, RULING.c.undone_at.is_(None), undone_at=at)
