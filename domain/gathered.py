"""Cards put together by a machine: the clusters, and what a language model said of pairs and of single cards."""

from enum import StrEnum

from pydantic import Field

from domain.chat import ChatFailure
from domain.nouns import Noun, Text

MOST_SURE = 10
"""How surely a card belongs under a value, 0..10."""


class CardRow(Noun):
    """A card outside any study, as a row of a file."""

    id: str | int
    title: Text = Field(min_length=1)
    policies: tuple[Text, ...] = Field(min_length=1)


class PairOpinion(StrEnum):
    """Do two cards say the same value? ``unsure`` also where the answer depends on which card comes first."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    FAILED = "failed"


class PairAnswer(Noun):
    """One reply of a model, read; where it could not be used, ``failed`` with the reason."""

    opinion: PairOpinion
    reason: Text = ""
    failure: ChatFailure | None = None


class PairJudgement(Noun):
    """What a model says of one borderline pair, asked twice, each card first once. Made to be stored and overruled."""

    first_id: str | int
    second_id: str | int
    likeness: float = Field(ge=0, le=1.0001)
    opinion: PairOpinion
    """Of both answers together."""
    answers: tuple[PairAnswer, PairAnswer]
    """With the first card first, with the second card first."""
    backend: str
    prompt_id: str
    prompt_hashes: tuple[str, str]

    def uncertainty(self, *, cut: float) -> float:
        """Return how little settles this pair, 0..1: for sorting a queue, the least certain first."""
        settled = self.opinion in (PairOpinion.SAME, PairOpinion.DIFFERENT)
        return (0.0 if settled else 0.5) + max(0.0, 0.5 - abs(self.likeness - cut))


class FilingOpinion(StrEnum):
    """Does a card belong under one of the values beside it? ``unsure`` where that depends on their order."""

    FILED = "filed"
    NONE = "none"
    UNSURE = "unsure"
    FAILED = "failed"


class FilingAnswer(Noun):
    """One reply of a model, read; where it could not be used, ``failed`` with the reason."""

    opinion: FilingOpinion
    value_id: str | int | None = None
    """Of the value named, where the card is filed."""
    sureness: int | None = Field(default=None, ge=0, le=MOST_SURE)
    """Of the value named; with ``none``, of the nearest. ``None`` where the reply failed."""
    reason: Text = ""
    failure: ChatFailure | None = None


class OfferedValue(Noun):
    """A value beside a card, by the card whose wording it is shown by."""

    id: str | int
    likeness: float = Field(ge=0, le=1.0001)
    """Mean likeness of the card to all wordings of the value, 0..1."""


class CardFiling(Noun):
    """What a model says of a card beside some values, asked in two orders of them."""

    card_id: str | int
    offered: tuple[OfferedValue, ...]
    """The most like first."""
    opinion: FilingOpinion
    """Of both answers together: only what both orders say counts."""
    value_id: str | int | None = None
    """Of the value, where the card is filed."""
    sureness: int | None = Field(default=None, ge=0, le=MOST_SURE)
    """The lower of both answers, where they say the same."""
    answers: tuple[FilingAnswer, FilingAnswer]
    """With the values in the order of ``offered``, in the reverse order."""
    backend: str
    prompt_id: str
    prompt_hashes: tuple[str, str]

    def joined_place(self, *, sure_from: int) -> int | None:
        """Return the place in ``offered`` of the value that the card joins; ``None`` where it joins none."""
        if self.value_id is None or (self.sureness or 0) < sure_from:
            return None
        return [value.id for value in self.offered].index(self.value_id)


class JudgeTrial(Noun):
    """How a model files cards of which the right place is known, before its word counts."""

    model: str
    prompt_id: str
    questions_hash: str
    """Of the trial cards, the values beside them and the right places."""
    sure_from: int
    """Sureness from which a card joins a value."""
    n_cards: int
    n_right: int
    """Joined to the value that says the same, or rightly to none."""
    n_wrong: int
    """Joined to a value that says something else."""
    n_missed: int
    """Joined to none, where one says the same."""
    n_unsure: int
    """Whose orders differ."""
    n_failed: int
    n_joined_right: int
    right_at_least: float = Field(ge=0, le=1)
    """Lower end of Wilson's 95 % interval of right among those right, wrong and missed."""
    is_passed: bool


class BorderlinePair(Noun):
    """Two cards so near to the threshold that a person or a model should look."""

    first_id: str | int
    second_id: str | int
    likeness: float
    is_together: bool


class GatheredCards(Noun):
    """The result of gathering the cards of a file."""

    cluster_of: tuple[tuple[str | int, int], ...]
    """Each card's id with the number of its cluster, in the order of the file; clusters count from 1."""
    n_clusters: int
    n_texts: int
    """Cards whose wording differs."""
    borderline: tuple[BorderlinePair, ...]
    """The least certain first; as many as were asked for."""
    n_borderline: int
    n_alone: int
    """Cards that one person alone holds and that are like no other: those that a model may file."""
    filings: tuple[CardFiling, ...] = ()
    """The cards most like a value first."""
    sure_from: int
    """Sureness from which a filed card joins its value, 0..10."""
    trial: JudgeTrial | None = None
    """Of the model that was to file; where it did not pass, there are no filings."""
    embedder: str
    cut: float
    apart: float
