"""All tables in one place, as SQLAlchemy Core sees them; the columns are declared in the ``tables_`` modules."""

from sqlalchemy import Table

from storage.columns import Row
from storage.tables_events import EventHeadRow, EventRow
from storage.tables_judging import JudgementRow, RulingRow
from storage.tables_people import ConsentRow, InterviewRow, ParticipantRow, StepEntryRow, SurveyRow, TurnRow
from storage.tables_studies import ContextQuestionRow, ContextRow, QuestionRow, StudyRow
from storage.tables_values import (
    CardRow,
    CardVersionRow,
    EmbeddingRow,
    MergeRow,
    PlacementAnswerRow,
    PlacementRow,
    ValueRow,
)
from storage.tables_votes import ChoiceRow, DrawRow, HypothesisRow, ImpressionRow, VoteRevisionRow, VoteRow

METADATA = Row.metadata


def _table(row_type: type[Row]) -> Table:
    return METADATA.tables[str(row_type.__tablename__)]


STUDY = _table(StudyRow)
QUESTION = _table(QuestionRow)
CONTEXT = _table(ContextRow)
CONTEXT_QUESTION = _table(ContextQuestionRow)
PARTICIPANT = _table(ParticipantRow)
CONSENT = _table(ConsentRow)
STEP_ENTRY = _table(StepEntryRow)
INTERVIEW = _table(InterviewRow)
TURN = _table(TurnRow)
SURVEY = _table(SurveyRow)
CARD = _table(CardRow)
CARD_VERSION = _table(CardVersionRow)
VALUE = _table(ValueRow)
PLACEMENT = _table(PlacementRow)
PLACEMENT_ANSWER = _table(PlacementAnswerRow)
MERGE = _table(MergeRow)
JUDGEMENT = _table(JudgementRow)
RULING = _table(RulingRow)
EMBEDDING = _table(EmbeddingRow)
HYPOTHESIS = _table(HypothesisRow)
VOTE = _table(VoteRow)
VOTE_REVISION = _table(VoteRevisionRow)
DRAW = _table(DrawRow)
IMPRESSION = _table(ImpressionRow)
CHOICE = _table(ChoiceRow)
EVENT = _table(EventRow)
EVENT_HEAD = _table(EventHeadRow)
