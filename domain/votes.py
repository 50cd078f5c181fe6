"""What participants are shown and what they answer: choices among cards, comparisons, survey."""

from enum import StrEnum

from pydantic import Field

from domain.ids import CardId, ContextId, DrawId, HypothesisId, PersonId, QuestionId, StudyId, ValueId, VoteId
from domain.nouns import Moment, Noun, Text
from domain.people import Source
from domain.provenance import Provenance


class EdgeAnswer(StrEnum):
    """Did the person in the story become wiser?"""

    WISER = "wiser"
    NOT_WISER = "not_wiser"
    NOT_SURE = "not_sure"


class UnsureReason(StrEnum):
    """One tap after "not sure"."""

    BOTH_THE_SAME = "both_the_same"
    DEPENDS = "depends"
    STORY_UNCLEAR = "story_unclear"
    NOT_MY_TOPIC = "not_my_topic"


class UpgradeHypothesis(Noun):
    """A guess that people who live by ``src_id`` may come to find ``wiser_id`` wiser in a context, told as a story."""

    id: HypothesisId
    study_id: StudyId
    src_id: ValueId
    wiser_id: ValueId
    context_id: ContextId
    story: Text
    source: Source
    provenance: Provenance | None = None
    """What wrote the story; ``None`` for stories that people wrote or that come from a file."""
    is_archived: bool = False
    created_at: Moment


class EdgeVote(Noun):
    """One person's newest answer on one pair in one context; earlier answers stay in the history."""

    id: VoteId
    study_id: StudyId
    person_id: PersonId
    src_id: ValueId
    wiser_id: ValueId
    context_id: ContextId
    hypothesis_id: HypothesisId | None = None
    answer: EdgeAnswer
    reason: Text = Field(default="", max_length=2000)
    unsure_reason: UnsureReason | None = None
    was_flipped: bool = False
    """Whether the wiser card stood on the left: sides are drawn at random and recorded."""
    created_at: Moment
    updated_at: Moment


class Draw(Noun):
    """Six cards (or so) shown together; each shown value is an impression, each ticked one a choice."""

    id: DrawId
    study_id: StudyId
    person_id: PersonId
    question_id: QuestionId | None
    value_ids: tuple[ValueId, ...]
    chosen_ids: tuple[ValueId, ...] = ()
    drawn_at: Moment
    answered_at: Moment | None = None
    """``None`` while unanswered. Answered with no choice means "none of these"."""


class SurveyQuestion(StrEnum):
    """The questions asked at the end, the first two as in the 2023 study."""

    REPRESENTED = "represented"
    FAIR_PLACE = "fair_place"
    ENJOYED = "enjoyed"
    COMMENT = "comment"


class SurveyAnswer(Noun):
    """One answer of the survey."""

    person_id: PersonId
    question: SurveyQuestion
    score: int | None = Field(default=None, ge=1, le=5)
    """1 (not at all) to 5 (completely); ``None`` for free text."""
    comment: Text = Field(default="", max_length=4000)
    at: Moment


class Landing(Noun):
    """Where a person's card ended up."""

    card_id: CardId
    value_id: ValueId
    value_title: Text
    author: str
    n_people: int = Field(ge=1)
    """People whose cards lie under this value, this person included."""
