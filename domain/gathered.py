"""Cards put together by a machine: the clusters, and what a language model said of the borderline pairs."""

from enum import StrEnum

from pydantic import Field

from domain.chat import ChatFailure
from domain.nouns import Noun, Text


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


class JudgeTrial(Noun):
    """How a model did on pairs of which the right answer is known, before its word counts."""

    model: str
    prompt_id: str
    pairs_hash: str
    """Of the trial pairs."""
    n_pairs: int
    n_right: int
    n_wrong: int
    """Of those settled in both orders."""
    n_unsure: int
    """With those whose orders differ."""
    n_failed: int
    n_orders_differ: int
    n_same_right: int
    n_same_wrong: int
    right_at_least: float = Field(ge=0, le=1)
    """Lower end of Wilson's 95 % interval of right among settled."""
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
    judgements: tuple[PairJudgement, ...] = ()
    trial: JudgeTrial | None = None
    """Of the model that was to judge; where it did not pass, there are no judgements."""
    embedder: str
    cut: float
    apart: float
