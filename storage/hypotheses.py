"""Keeps upgrade hypotheses: pairs worth asking about, each told as a story in a context."""

import builtins

from sqlalchemy import or_

from domain.ids import HypothesisId, StudyId, ValueId
from domain.votes import UpgradeHypothesis
from storage.mapping import to_row
from storage.rows import Rows, changed, found
from storage.tables import HYPOTHESIS


class Hypotheses:
    """Hypotheses of all studies."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, hypothesis: UpgradeHypothesis) -> None:
        """Store a new hypothesis."""
        self._rows.add(HYPOTHESIS, [to_row(hypothesis, HYPOTHESIS)])

    def get(self, hypothesis_id: HypothesisId) -> UpgradeHypothesis:
        """Return a hypothesis, archived or not; NotFoundError where there is none."""
        one = self._rows.noun(UpgradeHypothesis, HYPOTHESIS, HYPOTHESIS.c.id == hypothesis_id)
        return found(one, what="hypothesis", key=hypothesis_id)

    def list(self, study_id: StudyId, *, include_archived: bool = False) -> builtins.list[UpgradeHypothesis]:
        """Return the hypotheses of a study, oldest first."""
        where = [HYPOTHESIS.c.study_id == study_id]
        if not include_archived:
            where.append(HYPOTHESIS.c.is_archived.is_(False))
        order = (HYPOTHESIS.c.created_at, HYPOTHESIS.c.id)
        return self._rows.nouns(UpgradeHypothesis, HYPOTHESIS, *where, order=order)

    def archive(self, hypothesis_id: HypothesisId) -> None:
        """Stop asking about it; votes given on it stay."""
        count = self._rows.change(HYPOTHESIS, HYPOTHESIS.c.id == hypothesis_id, is_archived=True)
        changed(count, what="hypothesis", key=hypothesis_id)

    def forget_words(self, value_id: ValueId, *, of_machines_only: bool = False) -> None:
        """Empty and put aside the stories told from a value's words; votes given on them stay."""
        where = [or_(HYPOTHESIS.c.src_id == value_id, HYPOTHESIS.c.wiser_id == value_id)]
        for one in self._rows.nouns(UpgradeHypothesis, HYPOTHESIS, *where, order=(HYPOTHESIS.c.id,)):
            if one.provenance is not None or not of_machines_only:
                self._rows.change(HYPOTHESIS, HYPOTHESIS.c.id == one.id, story="", is_archived=True)
