"""Two values of one study that may say the same: what a language model said of them, and what people ruled."""

from enum import StrEnum

from pydantic import Field

from domain.cards import CanonicalValue
from domain.gathered import PairAnswer, PairOpinion
from domain.ids import RulingId, StudyId, ValueId
from domain.nouns import Moment, Noun, Text, content_hash


class ValueJudgement(Noun):
    """What a model says of two values, asked twice, each of them first once. Made once for each wording of both."""

    study_id: StudyId
    first_id: ValueId
    """The value of the lower number."""
    second_id: ValueId
    wording: str
    """See ``wording_of``: a judgement speaks of these words and of no others."""
    likeness: float = Field(ge=0, le=1.0001)
    opinion: PairOpinion
    """Of both answers together."""
    answers: tuple[PairAnswer, PairAnswer]
    """With the first value first, with the second value first."""
    backend: str
    prompt_id: str
    prompt_hashes: tuple[str, str]
    at: Moment


class Ruling(StrEnum):
    """What a person says of a pair. Putting together is no ruling but a merge (``domain.cards.ValueMerge``)."""

    APART = "apart"
    LATER = "later"


class PairRuling(Noun):
    """A person's word on a pair, over that of any model, until undone."""

    id: RulingId
    study_id: StudyId
    first_id: ValueId
    second_id: ValueId
    wording: str
    ruling: Ruling
    author: str
    """``staff:NAME``."""
    reason: Text = ""
    created_at: Moment
    undone_at: Moment | None = None


def wording_of(first: CanonicalValue, second: CanonicalValue) -> str:
    """Return the hash of what two values say, in this order."""
    return content_hash([first.embedding_text(), second.embedding_text()])
