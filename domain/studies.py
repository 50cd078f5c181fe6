"""A study: its questions, the contexts in which values are compared, and its set-up."""

from enum import StrEnum

from pydantic import Field

from domain.ids import ContextId, QuestionId, StudyId
from domain.nouns import Moment, Noun, Text

SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"
MAX_ATTRIBUTE_QUESTIONS = 3
"""More would be a questionnaire, and cells too small to show."""


class StudyState(StrEnum):
    """Draft: being set up. Rehearsal: staff try it. Open: people take part. Closed: nothing more is written."""

    DRAFT = "draft"
    REHEARSAL = "rehearsal"
    OPEN = "open"
    CLOSED = "closed"


class AttributeQuestion(Noun):
    """What a study may ask of a person beside the interview, with the answers to choose from."""

    name: str = Field(pattern=SLUG_PATTERN, max_length=30)
    """Name of the attribute, such as ``town``; analyses group people by it."""
    text: Text = Field(min_length=1, max_length=300)
    answers: tuple[Text, ...] = Field(min_length=2, max_length=12)


class Study(Noun):
    """One deliberation."""

    id: StudyId
    slug: str = Field(pattern=SLUG_PATTERN)
    title: Text = Field(min_length=1, max_length=200)
    introduction: Text = ""
    consent_text: Text = ""
    moderation_policy: Text = ""
    state: StudyState = StudyState.DRAFT
    n_comparisons: int = Field(default=5, ge=0, le=20)
    is_graph_public: bool = False
    is_listed: bool = False
    """Whether the landing page shows a link to take part to anyone who comes by."""
    language: str = "en"
    chat_backend: str = ""
    """Interviewer of this study, such as ``guided``; empty follows the setting ``MORALGRAPH_CHAT``."""
    offers_values: bool = False
    """Whether the interview offers values of the graph as food for thought, once the person has told something."""
    attribute_questions: tuple[AttributeQuestion, ...] = Field(default=(), max_length=MAX_ATTRIBUTE_QUESTIONS)
    """What people are asked about themselves, each as they like; nothing unless the researcher wrote it."""
    created_at: Moment


class Question(Noun):
    """What the participants are asked about."""

    id: QuestionId
    study_id: StudyId
    slug: str = Field(pattern=SLUG_PATTERN)
    title: Text = Field(min_length=1)
    text: Text = Field(min_length=1)
    position: int = 0
    is_archived: bool = False


class Context(Noun):
    """A kind of situation, such as "When giving advice"; linked to the questions in which it occurs."""

    id: ContextId
    study_id: StudyId
    text: Text = Field(min_length=1, max_length=300)
    question_ids: tuple[QuestionId, ...] = ()
