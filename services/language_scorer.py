"""A language model as a scorer: by log-probabilities where it tells them, else by written replies.

Which of the two it is follows from one short question to the model, on first use. It is put together here because
what reads replies lives in ``stances`` and the questions live in ``kaleido``.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from backends.file_hashes import content_sha256
from domain.chat import ChatMessage, FailureReason, Role
from domain.errors import BackendUnavailableError
from domain.kaleido import (
    KindThresholds,
    Quality,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    ValueScore,
)
from domain.nouns import Noun
from domain.probes import ProbeReply, ProbeRequest, StanceModel
from domain.protocols import Cancel, Progress, ValueScorer
from domain.stances import AnswerClass
from kaleido.asking import REASONS, AskedScorer
from kaleido.weighing import SUMMARY, Shares, WeighedScorer
from services.part_names import public_checkpoint, public_scorer_name
from stances.option_mass import sum_spellings
from stances.replies import read_text

MEASURED = Path(__file__).parents[1] / "assets" / "scorers" / "measured.json"
"""Written by ``benchmarks.scorers_report``."""
CHANCE = 0.5
"""Area under the curve of a scorer that knows nothing."""
AT_CHANCE = "Measured, this model is no better than chance at it: its scores say nothing about a situation."
LEAST_COVERED = 0.1
"""With less probability than this on the offered words the model was about to say something else."""
CLASSES = {AnswerClass.REFUSAL: ScoreFailureReason.REFUSED, AnswerClass.HEDGE: ScoreFailureReason.HEDGED}
"""Others mean that the reply could not be read."""
TRIAL = ProbeRequest(
    key="trial",
    messages=(ChatMessage(role=Role.PERSON, text="Say yes or no."),),
    spellings={"yes": ("yes",), "no": ("no",)},
    n_samples=1,
    seed=0,
)


def read_shares(request: ProbeRequest, reply: ProbeReply) -> Shares | ScoreFailure:
    """Return the probabilities of the offered words in a reply, or the reason why there are none.

    Log-probabilities of all spellings of a word are added up, and divided by what fell on any of them. A written reply
    gives its word the whole probability.
    """
    if reply.failure is not None:
        reason = REASONS.get(reply.failure.reason, ScoreFailureReason.UNPARSED)
        return ScoreFailure(reason=reason, detail=reply.failure.detail, text=reply.failure.text)
    text = " ".join(reply.texts)
    if request.n_samples:
        said = read_text(text, request.spellings)
        if said.option is not None:
            return {word: float(word == said.option) for word in request.spellings}
        reason = CLASSES.get(said.kind, ScoreFailureReason.UNPARSED)
        return ScoreFailure(reason=reason, detail=f"No word was chosen: {said.detail}.", text=text)
    mass = sum_spellings(reply.log_probabilities or {}, request.spellings)
    if mass.covered < LEAST_COVERED:
        detail = f"Only {mass.covered:.1%} of the probability fell on the offered words."
        return ScoreFailure(reason=ScoreFailureReason.UNPARSED, detail=detail, text=text)
    return mass.shares


class MeasuredQuality(Noun):
    """A figure of quality and the lower end of its 95 % interval."""

    quality: Quality
    low: float


@cache
def read_measured(file: Path) -> dict[str, tuple[MeasuredQuality, ...]]:
    """Return what was measured of language models as scorers, by their names without folder or address."""
    measured = TypeAdapter(dict[str, tuple[MeasuredQuality, ...]]).validate_json(file.read_bytes())
    return {measured_name(name): found for name, found in measured.items()}


def measured_name(name: str) -> str:
    """Return the name of a model wherever its file lies or it runs; the way of running it stays part of the name.

    >>> measured_name("llm:llamacpp:/srv/models/small.gguf"), measured_name("llm:packaged")
    ('llm:llamacpp:small.gguf', 'llm:packaged')
    """
    scheme, colon, _ = name.removeprefix("llm:").partition(":")
    return f"llm:{scheme}:{public_scorer_name(name).removeprefix('llm:')}" if colon else name


class LanguageScorer:
    """Asks a language model in the finer way that it can be asked in.

    Args:
        name: as in the settings.
        build: makes the model that may tell log-probabilities.
        asked: asks it by written replies.
        file: the weights, where they lie here: they are told by name and hash, so that neither their folder makes
            another model of them nor other weights in their place pass for them. Such a model tells log-probabilities.
    """

    def __init__(
        self, name: str, build: Callable[[], StanceModel], asked: AskedScorer, *, file: Path | None = None
    ) -> None:
        self.name = name
        self._build = build
        self._asked = asked
        self._file = file
        self._chosen: ValueScorer | None = None
        self._lock = threading.Lock()

    def info(self) -> ScorerInfo:
        """Tell what it is, without asking the model anything before the first score."""
        info = (self._chosen or self._asked).info()
        known = read_measured(MEASURED).get(measured_name(self.name), ())
        chance = AT_CHANCE if known and all(one.low <= CHANCE for one in known) else ""
        told: dict[str, object] = {"quality": tuple(one.quality for one in known), "chance": chance}
        return info.model_copy(update=told | ({} if self._chosen else {"summary": SUMMARY}))

    def source(self) -> ScoreSource:
        """Return the model, the hash of its file where it has one, that of the questions and the way of asking.

        Raises:
            BackendError: the model cannot be loaded or reached.
        """
        return self._way().source()

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; see ``domain.protocols.ValueScorer``."""
        return self._way().score(pairs, progress=progress, cancel=cancel, min_relevance=min_relevance) if pairs else []

    def _way(self) -> ValueScorer:
        with self._lock:
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def _choose(self) -> ValueScorer:
        model = self._build()
        if model.has_log_probabilities:
            checkpoint = public_checkpoint(model.name) if self._file else ""
            revision = _revision(self._file) if self._file else ""
            return WeighedScorer(model, read_shares, name=self.name, checkpoint=checkpoint, revision=revision)
        # A server that is down tells no log-probabilities either: that must not be taken for its way of answering.
        with closing(model):
            (reply,) = model.ask([TRIAL])
        if reply.failure is not None and reply.failure.reason in {FailureReason.UNAVAILABLE, FailureReason.TIMEOUT}:
            raise BackendUnavailableError(
                f"The language model does not answer: {reply.failure.detail}.", backend=model.name, retryable=True
            )
        return self._asked


def _revision(file: Path) -> str:
    try:
        return f"sha256:{content_sha256(file)[:16]}"
    except OSError as error:
        raise BackendUnavailableError(
            f"The model file {str(file)!r} cannot be read: {error.strerror or error}.", backend=file.name
        ) from error
