"""Values, rights and duties beside a situation: what is asked of a scorer, and what it answers.

Relevance says whether the teacher of the scorer would have named this value here, not how important it is. Valence
says which way the value pulls. A scorer that cannot tell a valence leaves it out and says why.
"""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from domain.nouns import Noun, Text

SUM_TOLERANCE = 1e-3


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text.strip()


Said = Annotated[Text, AfterValidator(_not_blank)]
"""Text that says something: without control characters, without blanks around it, not empty."""

Relevance = Annotated[float, Field(ge=0, le=1)]
"""Probability that the value is relevant in the situation, 0..1, higher is more relevant."""

Share = Annotated[float, Field(ge=0, le=1)]


class VrdKind(StrEnum):
    """The three kinds that ValuePrism tells apart; spelled as in a prompt."""

    VALUE = "Value"
    RIGHT = "Right"
    DUTY = "Duty"


def kind_of(word: str) -> VrdKind | None:
    """Return the kind that a word names in any case, singular or plural; ``None`` where it names none.

    >>> kind_of("duties"), kind_of("virtue")
    (<VrdKind.DUTY: 'Duty'>, None)
    """
    return _KINDS.get(word.strip().casefold())


class Vrd(Noun):
    """A value, a right or a duty, as read: ``Value`` and ``Autonomy``; ``Right`` and ``Right to life``."""

    kind: VrdKind
    text: Said


class ScoreRequest(Noun):
    """One pair to score."""

    situation: Said
    vrd: Vrd


class Valence(Noun):
    """Which way the value pulls on what the situation tells: three probabilities that sum to 1."""

    supports: Share
    either: Share
    """It could do either."""
    opposes: Share

    @model_validator(mode="after")
    def _sums_to_one(self) -> "Valence":
        if abs(self.supports + self.either + self.opposes - 1) > SUM_TOLERANCE:
            raise ValueError("the three probabilities do not sum to 1")
        return self

    @property
    def label(self) -> str:
        """Name of the most probable of the three; the first of supports, either, opposes where some are equal."""
        shares = {"supports": self.supports, "either": self.either, "opposes": self.opposes}
        return max(shares, key=lambda name: shares[name])


class NoValence(StrEnum):
    """Why a score has no valence."""

    UNAVAILABLE = "unavailable"
    """This scorer tells none; ``ScorerInfo.valence_line`` says which does."""
    BELOW_CUT = "below_cut"
    """The pair fell below the relevance cut that the caller asked for."""
    FAILED = "failed"
    """The relevance could be read from the model's reply, the valence could not."""


class ScoreMethod(StrEnum):
    """How a language model was asked; scores of different methods are never compared unseen."""

    LOG_PROBABILITIES = "log_probabilities"
    """Probabilities of the answers, read at the first token of the reply."""
    SAMPLES = "samples"
    """Shares of written replies."""


class ScoreSource(Noun):
    """What made a score, closely enough to make it again; equal sources give comparable scores."""

    checkpoint: str
    """Name of the model or its folder's name."""
    revision: str = ""
    """Commit of the hub, or hash of the weights; empty where none is known."""
    template_hash: str = ""
    """Hash of the wording of the questions, and of the longest input where it is not the published one."""
    decoder_position: int | None = None
    """Position of the decoder that is read, from 0; published Kaleido figures read 1. ``None``: it has no decoder."""
    dtype: str = ""
    """Arithmetic, such as ``fp32``, ``bf16`` or ``int8``."""
    method: ScoreMethod | None = None
    """How a language model was asked; ``None`` for scorers that are none."""


class ValueScore(Noun):
    """What a scorer says of one pair."""

    relevance: Relevance
    valence: Valence | None = None
    no_valence: NoValence | None = None
    """Set exactly where ``valence`` is missing."""
    scorer: str
    """Name of the scorer as in the settings, such as ``kaleido:PATH``."""
    source: ScoreSource
    is_shortened: bool = False
    """The situation was too long and was cut at its end; the value never is."""
    order_gap: Share | None = None
    """How far the answers of a language model in two orders of the offered words lie apart: half the sum of absolute
    differences, the larger one of the two questions; 0 says that the order did not matter. ``None``: not asked so."""

    @model_validator(mode="after")
    def _says_why_there_is_no_valence(self) -> "ValueScore":
        if (self.valence is None) == (self.no_valence is None):
            raise ValueError("either valence or no_valence is set")
        return self


class ScoreFailureReason(StrEnum):
    """Why there is no score."""

    UNKNOWN_KIND = "unknown_kind"
    """Neither value, right nor duty."""
    EMPTY = "empty"
    """The situation or the value has no text."""
    TOO_LONG = "too_long"
    """The value alone leaves no room for a situation."""
    MALFORMED = "malformed"
    """The row or the generation cannot be read."""
    NOT_A_NUMBER = "not_a_number"
    """The model's arithmetic gave no finite number."""
    REFUSED = "refused"
    HEDGED = "hedged"
    """The model answered and did not decide."""
    UNPARSED = "unparsed"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    CANCELLED = "cancelled"


class ScoreFailure(Noun):
    """A pair without a score: a result, not an exception."""

    reason: ScoreFailureReason
    detail: str = ""
    """One sentence for people."""
    text: str = ""
    """What the model said, where it said something that could not be used."""


class Quality(Noun):
    """A figure of a scorer's quality with what it was measured on."""

    measure: str
    """Such as ``relevance AUC``."""
    figure: float
    data: str
    """What it was measured on, and by whom."""


class ScorerInfo(Noun):
    """What a person must know of a scorer before reading its scores."""

    name: str
    summary: str
    """One sentence: what it is."""
    quality: tuple[Quality, ...] = ()
    """Empty where none is known, which the page then says."""
    not_for: tuple[str, ...]
    """What its scores must not be used for, a sentence each."""
    chance: str = ""
    """The sentence that says so, where all that was measured of it may be chance; its scores are then not drawn."""
    has_valence: bool
    valence_line: str = ""
    """Where it has none: the line, such as a command or setting, that gets a scorer that has one."""
    templates_from: str = ""
    """``checkpoint`` or ``model card``: where the wording of the questions was read; empty where neither."""
    decoder_position: int | None = None
    """As in ``ScoreSource``, told before anything is loaded."""
    licence: str = ""


class KindThresholds(Noun):
    """One number 0..1 for each kind."""

    value: Share
    right: Share
    duty: Share

    def of(self, kind: VrdKind) -> float:
        """Return the number of a kind."""
        return {VrdKind.VALUE: self.value, VrdKind.RIGHT: self.right, VrdKind.DUTY: self.duty}[kind]


class NgramBounds(Noun):
    """Two texts are too alike when any of the three of ROUGE-L lies above its bound."""

    f1: Share
    precision: Share
    recall: Share


class CandidateRules(Noun):
    """How a diverse set is chosen from what was generated: the checkpoint's numbers, or what a person set."""

    min_relevance: KindThresholds
    """Rows below the number of their kind are dropped."""
    ngram: NgramBounds
    embedding: KindThresholds
    """Rows whose cosine similarity to a kept one is above the number of their kind are dropped."""
    across_kinds: bool = False
    """Compare a value with rights and duties too."""
    from_checkpoint: bool = False
    """At least one number was read from the checkpoint; else they are this application's own, or a person's."""
    own: tuple[str, ...] = ()
    """Of numbers from a checkpoint those that are this application's own, such as ``min_relevance.right``."""


class Generated(NamedTuple):
    """What a generator proposed for a situation, most probable first, no proposal twice."""

    vrds: tuple[Vrd, ...]
    n_malformed: int
    """Generations that could not be read as a kind and a text."""
    n_repeated: int
    """Generations that said again what was there."""
    failures: tuple["ScoreFailure", ...] = ()
    """Questions to a chat model that brought nothing, with the reason: refused, not readable, too late."""


class Explanation(Noun):
    """Why a value matters in a situation, in a model's words."""

    text: str
    source: ScoreSource
    is_shortened: bool = False


_KINDS = {
    word: kind
    for kind, words in {
        VrdKind.VALUE: ("value", "values"),
        VrdKind.RIGHT: ("right", "rights"),
        VrdKind.DUTY: ("duty", "duties"),
    }.items()
    for word in words
}
