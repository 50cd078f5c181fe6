"""Kaleido: relevance and valence of values in situations, and values proposed for one, from a T5 checkpoint.

A score is the softmax over the logits of the first tokens of the answers (Yes, No; Supports, Opposes, Either), read at
one position of the decoder. Softmax over the whole vocabulary, taken apart and normalised again, gives the same.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from domain.errors import BackendProtocolError
from domain.kaleido import (
    CandidateRules,
    Explanation,
    Generated,
    KindThresholds,
    NoValence,
    ScoreFailure,
    ScoreFailureReason,
    ScoreRequest,
    ScorerInfo,
    ScoreSource,
    Valence,
    ValueScore,
    Vrd,
)
from domain.nouns import content_hash
from domain.protocols import Cancel, Progress
from domain.seq2seq import Question, Seq2Seq, Tokens
from kaleido.batching import plan_batches
from kaleido.generations import read_generations
from kaleido.published import LICENCE, NOT_FOR, PUBLISHED_POSITION, SUMMARY, published_quality
from kaleido.shortening import Fitted, fit
from kaleido.thresholds import read_rules
from kaleido.wording import RELEVANCE_ANSWERS, VALENCE_ANSWERS, Task, Wording, read_wording

FIRST_POSITION = 0
PUBLISHED_MAX_TOKENS = 128
"""Longest input, in tokens, that the published figures were made with."""
LONG_LIST = 25
"""From so many pairs on, valence waits for the relevance cut: fewer fill about one batch on a processor either way."""
N_CANDIDATES = 30
CANDIDATE_TOKENS, EXPLANATION_TOKENS = 30, 128
TOO_LONG = ScoreFailure(
    reason=ScoreFailureReason.TOO_LONG, detail="The value alone leaves no room for the situation in the model's input."
)
CANCELLED = ScoreFailure(reason=ScoreFailureReason.CANCELLED, detail="Stopped before this pair was scored.")
NOT_A_NUMBER = ScoreFailure(
    reason=ScoreFailureReason.NOT_A_NUMBER, detail="The model's arithmetic gave no finite number for this pair."
)


class Asked(NamedTuple):
    """Both questions about one pair."""

    relevance: Question
    valence: Question
    is_shortened: bool


Answers = dict[Question, tuple[float, ...]]
"""Probabilities of the answers, those that were reached before a cancel; empty where they are no numbers."""


class KaleidoScorer:
    """Scores pairs and proposes values with a Kaleido checkpoint.

    Args:
        model: the checkpoint.
        name: as in the settings.
        wire_compat: read the decoder where the published figures were read, after one padding mark; else its first
            position.
        n_candidates: beams, and generations, per situation.
    """

    def __init__(
        self, model: Seq2Seq, *, name: str, wire_compat: bool = True, n_candidates: int = N_CANDIDATES
    ) -> None:
        self.name = name
        self._model = model
        self._position = PUBLISHED_POSITION if wire_compat else FIRST_POSITION
        self._n_candidates = n_candidates

    @cached_property
    def _wording(self) -> Wording:
        return read_wording(self._model.config(), checkpoint=self._model.name)

    @cached_property
    def _answers(self) -> Mapping[Task, Tokens]:
        """First tokens of the answers of each task."""
        return {Task.RELEVANCE: self._first(RELEVANCE_ANSWERS), Task.VALENCE: self._first(VALENCE_ANSWERS)}

    def _first(self, words: Sequence[str]) -> Tokens:
        first = tuple(tokens[0] for tokens in self._model.tokenize(words))
        if len(set(first)) != len(words):
            raise BackendProtocolError(
                f"The tokenizer of {self._model.name!r} does not tell the answers {', '.join(words)} apart.",
                backend=self._model.name,
            )
        return first

    def info(self) -> ScorerInfo:
        """Tell the published quality and what the scores are not; only the configuration is fetched and read."""
        return ScorerInfo(
            name=self.name,
            summary=SUMMARY,
            quality=published_quality(self._model.name, position=self._position),
            not_for=NOT_FOR,
            has_valence=True,
            templates_from=self._wording.origin,
            decoder_position=self._position,
            licence=LICENCE,
        )

    def source(self) -> ScoreSource:
        """Return checkpoint, revision, hash of the questions, decoder position and arithmetic.

        Another longest input than the published one goes into the hash: it shortens other situations.
        """
        identity = self._model.identity()
        asked, most = self._wording.scoring_hash, self._model.max_tokens
        return ScoreSource(
            checkpoint=identity.checkpoint,
            revision=identity.revision,
            template_hash=asked if most == PUBLISHED_MAX_TOKENS else content_hash([asked, most])[: len(asked)],
            decoder_position=self._position,
            dtype=identity.dtype,
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

        Both questions of all pairs go through in one mixed list of batches by length. Where ``min_relevance`` is given
        and the list is long, relevance goes first, and valence is asked only of the pairs that pass.
        """
        if not pairs:
            return []
        asked = self._ask(list(dict.fromkeys(pairs)))
        ready = {pair: both for pair, both in asked.items() if both is not None}
        told = _Told(len(pairs), 2 * len(ready), progress)
        if min_relevance is not None and len(ready) >= LONG_LIST:
            answers = self._run([both.relevance for both in ready.values()], told, cancel)
            passed = [
                both.valence
                for pair, both in ready.items()
                if (found := answers.get(both.relevance)) and found[0] >= min_relevance.of(pair.vrd.kind)
            ]
            answers |= self._run(passed, told, cancel)
        else:
            min_relevance = None
            answers = self._run([q for both in ready.values() for q in (both.relevance, both.valence)], told, cancel)
        source = self.source()
        results = {pair: self._result(pair, both, answers, source, min_relevance) for pair, both in asked.items()}
        if CANCELLED not in results.values():
            told.all_done()
        return [results[pair] for pair in pairs]

    def rules(self) -> CandidateRules:
        """Return the numbers of the checkpoint's configuration, else this application's own."""
        return read_rules(self._model.config())

    def candidates(self, situation: str, *, cancel: Cancel | None = None) -> Generated | ScoreFailure:
        """Return what beam search proposes, most probable first, malformed and repeated lines counted."""
        fitted = self._fit(Task.GENERATE, situation)
        if fitted is None:
            return TOO_LONG
        lines = self._model.generate(
            fitted.tokens, n=self._n_candidates, max_new_tokens=CANDIDATE_TOKENS, cancel=cancel
        )
        return read_generations(lines) if lines else CANCELLED

    def explain(self, situation: str, vrd: Vrd) -> Explanation | ScoreFailure:
        """Return why the value matters in the situation, in the model's words."""
        fitted = self._fit(Task.EXPLANATION, situation, vrd)
        if fitted is None:
            return TOO_LONG
        lines = self._model.generate(fitted.tokens, n=1, max_new_tokens=EXPLANATION_TOKENS)
        return Explanation(text=lines[0], source=self.source(), is_shortened=fitted.is_shortened)

    def _fit(self, task: Task, situation: str, vrd: Vrd | None = None) -> Fitted | None:
        return fit(
            lambda part: self._model.tokenize([self._wording.ask(task, part, vrd)])[0],
            situation,
            most=self._model.max_tokens,
        )

    def _ask(self, pairs: Sequence[ScoreRequest]) -> dict[ScoreRequest, Asked | None]:
        """Return both questions of each pair; ``None`` where the value leaves no room."""
        tasks = (Task.RELEVANCE, Task.VALENCE)
        texts = [self._wording.ask(task, pair.situation, pair.vrd) for pair in pairs for task in tasks]
        tokens = iter(self._model.tokenize(texts))
        asked: dict[ScoreRequest, Asked | None] = {}
        for pair in pairs:
            fitted = {task: self._fit_tokens(task, pair, next(tokens)) for task in tasks}
            relevance, valence = fitted[Task.RELEVANCE], fitted[Task.VALENCE]
            asked[pair] = (
                relevance
                and valence
                and Asked(
                    Question(relevance.tokens, self._answers[Task.RELEVANCE]),
                    Question(valence.tokens, self._answers[Task.VALENCE]),
                    relevance.is_shortened or valence.is_shortened,
                )
            )
        return asked

    def _fit_tokens(self, task: Task, pair: ScoreRequest, tokens: Tokens) -> Fitted | None:
        if len(tokens) <= self._model.max_tokens:
            return Fitted(tokens, is_shortened=False)
        return self._fit(task, pair.situation, pair.vrd)

    def _run(self, questions: Sequence[Question], told: "_Told", cancel: Cancel | None) -> Answers:
        """Return the probabilities of the answers; each different question goes through once."""
        different = list(dict.fromkeys(questions))
        answers: Answers = {}
        for places in plan_batches([len(q.tokens) for q in different], most_tokens=self._model.batch_tokens):
            if cancel is not None and cancel():
                break
            batch = [different[place] for place in places]
            logits = self._model.option_logits(batch, position=self._position)
            answers |= {question: softmax(row) for question, row in zip(batch, logits, strict=True)}
            told.add(len(batch))
        return answers

    def _result(
        self,
        pair: ScoreRequest,
        both: Asked | None,
        answers: Answers,
        source: ScoreSource,
        min_relevance: KindThresholds | None,
    ) -> ValueScore | ScoreFailure:
        if both is None:
            return TOO_LONG
        relevance, valence = answers.get(both.relevance), answers.get(both.valence)
        if relevance is None:
            return CANCELLED
        if not relevance or valence == ():
            return NOT_A_NUMBER
        is_below = min_relevance is not None and relevance[0] < min_relevance.of(pair.vrd.kind)
        if valence is None and not is_below:
            return CANCELLED
        return ValueScore(
            relevance=relevance[0],
            valence=None if valence is None else Valence(supports=valence[0], opposes=valence[1], either=valence[2]),
            no_valence=NoValence.BELOW_CUT if valence is None else None,
            scorer=self.name,
            source=source,
            is_shortened=both.is_shortened,
        )


class _Told:
    """Turns answered questions into pairs done."""

    def __init__(self, n_pairs: int, n_questions: int, progress: Progress | None) -> None:
        self._n_pairs, self._n_questions, self._progress = n_pairs, n_questions, progress
        self._done = 0

    def add(self, n_questions: int) -> None:
        self._done += n_questions
        if self._progress is not None:
            self._progress(self._n_pairs * self._done // self._n_questions, self._n_pairs)

    def all_done(self) -> None:
        if self._progress is not None:
            self._progress(self._n_pairs, self._n_pairs)


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    """Return exp x / sum exp x, which sums to 1; empty where a logit is no finite number.

    >>> softmax([0.0, 0.0]), softmax([float("nan"), 0.0])
    ((0.5, 0.5), ())
    """
    if not all(math.isfinite(one) for one in logits):
        return ()
    most = max(logits)
    weights = [math.exp(one - most) for one in logits]
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)
