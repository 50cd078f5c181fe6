"""Any language model that tells log-probabilities as a scorer: two questions in words, each in two orders.

A score is the mean, over both orders of the offered words, of the probability that the model's reply begins with a
word, given that it begins with one of them. Taking the mean over orders removes a taste for the first or the last
word: Zheng and others, Large language models are not robust multiple choice selectors (arXiv 2309.03882). How far the
two orders lie apart is kept as ``ValueScore.order_gap``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.kaleido import (
    KindThresholds,
    NoValence,
    ScoreFailure,
    ScoreFailureReason,
    ScoreMethod,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    Valence,
    ValueScore,
)
from domain.nouns import content_hash
from domain.probes import ProbeReply, ProbeRequest, StanceModel
from domain.protocols import Cancel, Progress
from kaleido.asking import asking_prompts, shortened

YES, NO = "yes", "no"
SUPPORTS, OPPOSES, EITHER = "supports", "opposes", "either"
RELEVANCE, VALENCE = "is_relevant", "which_way"
"""Names of the prompts."""
ORDERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    RELEVANCE: ((YES, NO), (NO, YES)),
    VALENCE: ((SUPPORTS, OPPOSES, EITHER), (EITHER, OPPOSES, SUPPORTS)),
}
PLACES = ("first", "second", "third")
OPENING = "Answer:"
"""Put into the model's mouth where that can be done: small models begin with something else without it."""
WORDS_TOKENS = 24
"""So much of a reply is read to find out why it begins with no offered word."""
SUMMARY = "A language model, asked two questions about each value, by the probabilities of its answers in two orders."
NOT_FOR = (
    "A high relevance means that this model would name the value here, not that the value is important.",
    "The scores are no advice to a person about what to do.",
)
CANCELLED = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before this pair was asked.")

Shares = Mapping[str, float]
"""Offered word -> probability; they sum to 1."""
OptionReader = Callable[[ProbeRequest, ProbeReply], "Shares | ScoreFailure"]
"""Reads a reply into probabilities of the offered words, or into the reason why there are none."""


class _Question(NamedTuple):
    pair: ScoreRequest
    prompt: str
    order: int


_Answers = dict[_Question, "Shares | ScoreFailure"]


class WeighedScorer:
    """Scores pairs by the log-probabilities of a language model's answers.

    Args:
        model: tells log-probabilities.
        read: reads its replies.
        name: as in the settings.
        checkpoint: what the model is called in the source of its scores; its own name if not given.
        revision: of its weights, where it is known.
    """

    def __init__(
        self, model: StanceModel, read: OptionReader, *, name: str, checkpoint: str = "", revision: str = ""
    ) -> None:
        self.name = name
        self._checkpoint = checkpoint or model.name
        self._revision = revision
        self._model = model
        self._read = read

    def info(self) -> ScorerInfo:
        """Tell what it is; the quality of a language model at this is not known."""
        return ScorerInfo(name=self.name, summary=SUMMARY, not_for=NOT_FOR, has_valence=True)

    def source(self) -> ScoreSource:
        """Return the model and the hash of both questions with the beginning of the reply."""
        bodies = [asking_prompts()[name].body_hash for name in ORDERS]
        return ScoreSource(
            checkpoint=self._checkpoint,
            revision=self._revision,
            template_hash=content_hash([OPENING, *bodies]),
            method=ScoreMethod.LOG_PROBABILITIES,
        )

    def score(
        self,
        pairs: Sequence[ScoreRequest],
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        min_relevance: KindThresholds | None = None,
    ) -> list[ValueScore | ScoreFailure]:
        """Return one result per pair, order kept; see ``domain.protocols.ValueScorer``.

        With ``min_relevance`` valence is asked of the pairs that pass alone.
        """
        different = sorted(dict.fromkeys(pairs), key=lambda pair: pair.situation)  # equal beginnings are read once
        told = _Told(len(pairs), len(different) * len(ORDERS) * 2, progress)
        if min_relevance is None:
            answers = self._ask(_questions(different, *ORDERS), told, cancel)
        else:
            answers = self._ask(_questions(different, RELEVANCE), told, cancel)
            passing = [pair for pair in different if _is_above(answers, pair, min_relevance)]
            answers |= self._ask(_questions(passing, VALENCE), told, cancel)
        results = {pair: self._result(answers, pair, min_relevance) for pair in different}
        if CANCELLED not in results.values():
            told.all_done()
        return [results[pair] for pair in pairs]

    def _ask(self, questions: Sequence[_Question], told: "_Told", cancel: Cancel | None) -> _Answers:
        """Return what was answered before a cancel; a reply without an offered word is asked for its words."""
        answers: _Answers = {}
        unread: list[_Question] = []
        for question, request, reply in self._replies(questions, cancel):
            found = self._read(request, reply)
            answers[question] = found
            told.add()
            if isinstance(found, ScoreFailure) and found.reason is ScoreFailureReason.UNPARSED:
                unread.append(question)
        for question, request, reply in self._replies(unread, cancel, n_samples=1):
            said = self._read(request, reply)
            if isinstance(said, ScoreFailure):
                answers[question] = said
        return answers

    def _replies(
        self, questions: Sequence[_Question], cancel: Cancel | None, *, n_samples: int = 0
    ) -> Iterator[tuple[_Question, ProbeRequest, ProbeReply]]:
        waiting: dict[str, tuple[_Question, ProbeRequest]] = {}

        def sent() -> Iterator[ProbeRequest]:
            for place, question in enumerate(questions):
                if cancel is not None and cancel():
                    return
                request = probe(question.pair, question.prompt, question.order, key=str(place), n_samples=n_samples)
                waiting[request.key] = (question, request)
                yield request

        for reply in self._model.ask(sent()):
            yield *waiting.pop(reply.key), reply

    def _result(
        self, answers: _Answers, pair: ScoreRequest, min_relevance: KindThresholds | None
    ) -> ValueScore | ScoreFailure:
        relevance = _both_orders(answers, pair, RELEVANCE)
        if isinstance(relevance, ScoreFailure):
            return relevance
        valence = None if min_relevance and relevance.shares[YES] < min_relevance.of(pair.vrd.kind) else (
            _both_orders(answers, pair, VALENCE)
        )  # fmt: skip
        if isinstance(valence, ScoreFailure) and valence.reason is ScoreFailureReason.CANCELLED:
            return valence
        told = valence if isinstance(valence, _Both) else None
        missing = NoValence.BELOW_CUT if valence is None else NoValence.FAILED
        return ValueScore(
            relevance=relevance.shares[YES],
            valence=Valence(**told.shares) if told else None,
            no_valence=None if told else missing,
            scorer=self.name,
            source=self.source(),
            is_shortened=shortened(pair.situation) != pair.situation,
            order_gap=max(relevance.gap, told.gap) if told else relevance.gap,
        )


class _Both(NamedTuple):
    """Both orders of one question."""

    shares: dict[str, float]
    gap: float
    """Half the sum of absolute differences (total variation), 0..1."""


def _both_orders(answers: _Answers, pair: ScoreRequest, prompt: str) -> "_Both | ScoreFailure":
    found = [answers.get(_Question(pair, prompt, order), CANCELLED) for order in range(len(ORDERS[prompt]))]
    read = [one for one in found if not isinstance(one, ScoreFailure)]
    if len(read) < len(found):
        return next(one for one in found if isinstance(one, ScoreFailure))
    first, second = read
    shares = {word: (first[word] + second[word]) / 2 for word in ORDERS[prompt][0]}
    return _Both(shares, min(sum(abs(first[word] - second[word]) for word in shares) / 2, 1.0))


def _questions(pairs: Sequence[ScoreRequest], *prompts: str) -> list[_Question]:
    return [
        _Question(pair, prompt, order) for pair in pairs for prompt in prompts for order in range(len(ORDERS[prompt]))
    ]  # fmt: skip


def _is_above(answers: _Answers, pair: ScoreRequest, min_relevance: KindThresholds) -> bool:
    found = _both_orders(answers, pair, RELEVANCE)
    return isinstance(found, _Both) and found.shares[YES] >= min_relevance.of(pair.vrd.kind)


def probe(pair: ScoreRequest, prompt: str, order: int, *, key: str, n_samples: int = 0) -> ProbeRequest:
    """Return the question ``is_relevant`` or ``which_way`` about a pair, its words in the order of that number."""
    words = ORDERS[prompt][order]
    values = {"kind": pair.vrd.kind.value.lower(), "situation": shortened(pair.situation), "value": pair.vrd.text}
    rendered = asking_prompts()[prompt].render(values | dict(zip(PLACES, words, strict=False)))
    return ProbeRequest(
        key=key,
        messages=rendered.messages,
        spellings={word: (word, word.capitalize(), word.upper()) for word in words},
        opening=OPENING,
        shown_keys=words,
        n_samples=n_samples,
        max_tokens=WORDS_TOKENS if n_samples else 1,
        seed=0,
    )


class _Told:
    """Turns replies into pairs done."""

    def __init__(self, n_pairs: int, n_replies: int, progress: Progress | None) -> None:
        self._n_pairs, self._n_replies, self._progress = n_pairs, n_replies, progress
        self._done = 0

    def add(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._n_pairs * self._done // self._n_replies, self._n_pairs)

    def all_done(self) -> None:
        if self._progress is not None:
            self._progress(self._n_pairs, self._n_pairs)
