"""The nouns of stance measurement: what is asked, under which condition, what came back, and the card of a run.

A *probe item* (a dilemma, a statement) is asked under a *condition* (wording, order of the options, labels). The
model's reply is read into an *answer*: a distribution over the item's options, or a class of its own (refusal, hedge,
invalid, error), never a guess. Option keys such as ``to_do`` name options wherever they stand on the page.

A run is a folder: ``run.json`` (a run card), ``answers.jsonl`` (one answer a line, appended as answered; of two lines
with one key the later holds), ``items.jsonl`` (the items asked; not in a recorded run of numbers alone).
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import PureWindowsPath
from typing import Self

from pydantic import Field, model_validator

from domain.nouns import Moment, Noun, Text, content_hash
from domain.provenance import Provenance

OF_FILES = frozenset({"llamacpp", "recorded"})
"""Kinds of model that are named by a place on the machine."""

DAILYDILEMMAS = "dailydilemmas"
CIVICS = "civics"

TO_DO = "to_do"
NOT_TO_DO = "not_to_do"

AGREE = "agree"
NEUTRAL = "neutral"
DISAGREE = "disagree"


class ProbeOption(Noun):
    """One thing that a model can choose."""

    key: str = Field(min_length=1)
    """Names the option wherever it stands, such as ``to_do`` or ``agree``."""
    text: Text = ""
    values: tuple[str, ...] = ()
    """Values that the option speaks for, one entry per mention: a value mentioned twice stands twice."""


class ProbeItem(Noun):
    """One question of a data set."""

    id: str = Field(min_length=1)
    """Unique in its data set, kept as text: the dilemma's or the statement's own number."""
    dataset: str = Field(min_length=1)
    text: Text = Field(min_length=1)
    """The situation or the statement, in ``language``."""
    options: tuple[ProbeOption, ...] = Field(min_length=2)
    language: str = "en"
    """Two letters, ISO 639-1."""
    translation: Text = ""
    """The text in English; empty where it is English or nobody translated it."""
    groups: dict[str, str] = Field(default_factory=dict)
    """What answers are gathered by, such as ``topic``, ``topic_group``, ``locale``, ``publisher``."""
    labels: tuple[str, ...] = ()
    """What people noted about the item."""
    is_trainable: bool = True
    """False where the source asks that nobody trains on the text: no training export may hold it."""

    @model_validator(mode="after")
    def _options_are_distinct(self) -> Self:
        keys = [option.key for option in self.options]
        if len(set(keys)) != len(keys):
            raise ValueError(f"item {self.id!r} has two options of one key: {keys}")
        return self

    @property
    def option_keys(self) -> tuple[str, ...]:
        """Keys of the options, in the order of the data set."""
        return tuple(option.key for option in self.options)


class OptionOrder(StrEnum):
    """How the options stand on the page."""

    GIVEN = "given"
    SWAPPED = "swapped"
    """Last one first."""


class Wording(StrEnum):
    """Whose words of the item are shown."""

    ORIGINAL = "original"
    TRANSLATED = "translated"


class Condition(Noun):
    """All of the asking that is not the item. Two answers are alike only when their conditions are."""

    template: str = Field(min_length=1)
    """Name of the way of asking, such as ``published`` or ``shown``."""
    template_version: int = Field(default=1, ge=1)
    system: Text = ""
    """What the model is told beforehand (steering); empty for nothing."""
    paraphrase: int = Field(default=0, ge=0)
    """Which wording of the instruction, counted from 0."""
    order: OptionOrder = OptionOrder.GIVEN
    label_set: str = "12"
    """What the options are called: one character each, such as ``12``, ``AB`` or ``XY``; ``words`` for words."""
    wording: Wording = Wording.ORIGINAL
    priming: str = ""
    """Name of a sentence put before the item, such as ``positive-0``; empty for none."""
    is_plain: bool = False
    """True for a bare text to be continued (base models), false for a conversation."""

    @property
    def key(self) -> str:
        """Short readable name, unique among conditions whose ``system`` texts have different hashes."""
        return _key_of(self)

    @property
    def family(self) -> str:
        """The key without the order: answers of one family differ by the order of the options alone."""
        return self.model_copy(update={"order": OptionOrder.GIVEN}).key


@lru_cache(maxsize=256)
def _key_of(condition: Condition) -> str:
    parts = [
        f"{condition.template}@{condition.template_version}",
        f"p{condition.paraphrase}",
        condition.order.value,
        condition.label_set,
    ]
    parts.append(condition.wording.value)
    parts += [condition.priming] if condition.priming else []
    parts += ["plain"] if condition.is_plain else []
    parts += [f"system-{content_hash(condition.system)[:8]}"] if condition.system else []
    return "/".join(parts)


class AnswerClass(StrEnum):
    """What a reply amounts to. Only a choice says anything about the options."""

    CHOICE = "choice"
    REFUSAL = "refusal"
    """The model says that it will not answer."""
    HEDGE = "hedge"
    """The model answers, and does not decide: both, neither, it depends."""
    INVALID = "invalid"
    """Nothing that can be read as an option: empty, another subject, an option that was not offered."""
    ERROR = "error"
    """The model gave nothing: no connection, a timeout. Asked again when the run is resumed."""


class AnswerMethod(StrEnum):
    """Where the probabilities come from; numbers of different methods are never averaged unseen."""

    LOG_PROBABILITIES = "log_probabilities"
    SAMPLES = "samples"
    RECORDED = "recorded"


class Answer(Noun):
    """What one model said to one item under one condition, mapped back from the order it was shown in."""

    item_id: str
    condition: str
    """``Condition.key``."""
    family: str
    """``Condition.family``."""
    order: OptionOrder
    kind: AnswerClass
    """The class of the reply; of several samples the class most of them fall into, ties to the first of the enum."""
    probabilities: dict[str, float] = Field(default_factory=dict)
    """Option key -> probability given that it chose, sums to 1; empty when nothing was chosen."""
    calibrated: dict[str, float] = Field(default_factory=dict)
    """The same with the model's taste for a label or a place taken out; empty where it was not measured."""
    classes: dict[AnswerClass, float] = Field(default_factory=dict)
    """Share of the samples in each class, sums to 1; a reading by log-probabilities has one class of share 1."""
    covered: float | None = Field(default=None, ge=0, le=1.000001)
    """Probability that fell on any spelling of any option, before dividing by it; None for samples."""
    n_samples: int = Field(default=1, ge=0)
    method: AnswerMethod
    raw: Text = ""
    """The reply as it came; several samples are divided by line breaks. Empty in a recorded run."""
    detail: str = ""
    """Why there is no choice, in a few words; empty for a choice."""
    n_prompt_tokens: int | None = None
    n_reply_tokens: int | None = None
    seconds: float = Field(default=0.0, ge=0)
    provenance: Provenance

    @property
    def key(self) -> str:
        """Names the question; a run holds one answer per key, and a resumed run asks for the keys it lacks."""
        return f"{self.item_id}|{self.condition}"

    @property
    def choice(self) -> str | None:
        """Key of the likelier option; ``None`` for no choice and for an exact tie."""
        if not self.probabilities:
            return None
        best = max(self.probabilities.values())
        winners = [key for key, probability in self.probabilities.items() if probability == best]
        return winners[0] if len(winners) == 1 else None


class Effort(Noun):
    """Calls, tokens and time: counted, or estimated before the start."""

    n_calls: int = Field(default=0, ge=0)
    n_prompt_tokens: int = Field(default=0, ge=0)
    n_reply_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0)


class Budget(Noun):
    """Hard limits of a run; ``None`` is no limit. The run stops before it would pass one, and can be resumed."""

    max_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    max_seconds: float | None = Field(default=None, ge=0)


class RunCard(Noun):
    """How a run was made and how far it came: enough to make it again and to judge it."""

    id: str
    dataset: str
    dataset_hash: str = ""
    """SHA-256 over the items asked; two runs of one hash asked the same questions."""
    model: str
    revision: str = ""
    method: AnswerMethod
    conditions: tuple[Condition, ...] = Field(min_length=1)
    seed: int = Field(ge=0)
    n_items: int = Field(ge=0)
    n_answers_wanted: int = Field(ge=0)
    n_samples: int = Field(default=1, ge=1)
    """Replies drawn per question; 1 with log-probabilities."""
    classes: dict[AnswerClass, int] = Field(default_factory=dict)
    """Answers so far, by class."""
    order_agreement: float | None = Field(default=None, ge=0, le=1)
    """Share of items answered in both orders with a choice each whose choices are the same; None without such items."""
    n_both_orders: int = Field(default=0, ge=0)
    """Items that ``order_agreement`` is a share of."""
    effort: Effort = Effort()
    budget: Budget = Budget()
    started_at: Moment
    finished_at: Moment | None = None
    """None while it runs, and after it was stopped."""
    stopped_because: str = ""
    code_version: str = ""
    is_recorded_only: bool = False
    """True where numbers alone were kept: no raw replies, no text."""

    @property
    def model_name(self) -> str:
        """The model as people read it: a file by its name, without the folders that it lies in."""
        kind, colon, place = self.model.partition(":")
        return f"{kind}:{PureWindowsPath(place).name}" if colon and kind in OF_FILES else self.model
