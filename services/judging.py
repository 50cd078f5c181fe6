"""Lets a study's language model judge borderline pairs of values, beside the pages: with progress, and a way to stop.

Every judgement is stored as soon as it is made, so that a stop loses nothing. Words are read right before they are
sent, and a judgement is dropped where they changed or went while the model was reading.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import NamedTuple

from domain.cards import CanonicalValue
from domain.chat import ChatFailure, ChatReply, FailureReason
from domain.errors import BackendError, MoralGraphError, NotFoundError, UserInputError
from domain.gathered import CardRow, PairOpinion
from domain.ids import ClientId, StudyId, new_id
from domain.judging import ValueJudgement
from domain.protocols import ChatModel
from graph.pair_judging import judgement, judging_request
from services.acts import Desk
from services.gathering import MOST_BORDERLINE
from services.pair_review import PairInReview, PairKey, PairReview, is_current
from storage import Act, Store

log = logging.getLogger(__name__)
MAX_FAILED_IN_A_ROW = 5
"""After so many a job ends: the model is away or too slow, and every further pair would wait for nothing."""


class JudgingState(StrEnum):
    """Where a job is."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


class JudgingJob(NamedTuple):
    """One run over the borderline pairs of a study. It holds counts and no words."""

    study_id: StudyId
    model: str
    n_pairs: int
    state: JudgingState = JudgingState.RUNNING
    n_judged: int = 0
    n_failed: int = 0
    """Of those judged."""
    n_dropped: int = 0
    """Pairs whose words changed or went meanwhile."""
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state not in {JudgingState.RUNNING, JudgingState.STOPPING}

    @property
    def share(self) -> float:
        """Return what is done so far, 0..1."""
        return (self.n_judged + self.n_dropped) / self.n_pairs if self.n_pairs else 1.0


class Judging:
    """Runs one job at a time for each study."""

    def __init__(self, desk: Desk, review: PairReview, *, chat_of_study: Callable[[StudyId], ChatModel | None]) -> None:
        self._desk = desk
        self._review = review
        self._chat_of_study = chat_of_study
        self._jobs: dict[StudyId, JudgingJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judging")

    def model_name(self, study_id: StudyId) -> str:
        """Return the name of the language model of a study; empty where there is none."""
        chat = self._chat_of_study(study_id)
        return chat.name if chat is not None else ""

    def start(self, study_id: StudyId, *, most_pairs: int = MOST_BORDERLINE) -> JudgingJob:
        """Let the model judge in the background and return the job; one that runs already goes on.

        Raises:
            UserInputError: the study has no language model.
        """
        chat, pairs = self._prepare(study_id, most_pairs)
        with self._lock:
            running = self._jobs.get(study_id)
            if running is not None and not running.is_over:
                return running
            job = self._jobs[study_id] = JudgingJob(study_id, chat.name, len(pairs))
        self._pool.submit(self._guarded, study_id, chat, pairs)
        return job

    def run(self, study_id: StudyId, *, most_pairs: int = MOST_BORDERLINE) -> JudgingJob:
        """Judge here and now, and return the job when it is over.

        Raises:
            UserInputError: the study has no language model.
        """
        chat, pairs = self._prepare(study_id, most_pairs)
        with self._lock:
            self._jobs[study_id] = JudgingJob(study_id, chat.name, len(pairs))
        self._work(study_id, chat, pairs)
        return self._jobs[study_id]

    def newest(self, study_id: StudyId) -> JudgingJob | None:
        """Return the newest job of a study, if there is one."""
        with self._lock:
            return self._jobs.get(study_id)

    def stop(self, study_id: StudyId) -> None:
        """Let a job end after the pair that is being read."""
        with self._lock:
            job = self._jobs.get(study_id)
            if job is not None and job.state is JudgingState.RUNNING:
                self._jobs[study_id] = job._replace(state=JudgingState.STOPPING)

    def close(self) -> None:
        """Take no new work and do not wait for the pair that is being read."""
        with self._lock:
            studies = list(self._jobs)
        for study_id in studies:
            self.stop(study_id)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _prepare(self, study_id: StudyId, most_pairs: int) -> tuple[ChatModel, list[PairInReview]]:
        chat = self._chat_of_study(study_id)
        if chat is None:
            raise UserInputError("This study has no language model. Name one in MORALGRAPH_CHAT, or in the study.")
        return chat, self._review.queue(study_id).to_judge()[:most_pairs]

    def _guarded(self, study_id: StudyId, chat: ChatModel, pairs: list[PairInReview]) -> None:
        try:
            self._work(study_id, chat, pairs)
        except MoralGraphError as error:
            self._end(study_id, JudgingState.FAILED, error=str(error))
        except Exception:  # the worker must outlive whatever a job runs into; the log has the rest
            log.exception("judging pairs of study %s failed", study_id)
            self._end(study_id, JudgingState.FAILED, error="Judging broke off. What was judged is stored.")

    def _work(self, study_id: StudyId, chat: ChatModel, pairs: list[PairInReview]) -> None:
        failed_in_a_row = 0
        for pair in pairs:
            if self._jobs[study_id].state is JudgingState.STOPPING:
                self._end(study_id, JudgingState.STOPPED)
                return
            opinion = self._judge(study_id, chat, pair.key, pair.likeness)
            self._count(study_id, opinion)
            failed_in_a_row = failed_in_a_row + 1 if opinion is PairOpinion.FAILED else 0
            if failed_in_a_row == MAX_FAILED_IN_A_ROW:
                said = f"The language model gave no usable answer to {failed_in_a_row} pairs in a row."
                self._end(study_id, JudgingState.FAILED, error=said)
                return
        self._end(study_id, JudgingState.DONE)

    def _judge(self, study_id: StudyId, chat: ChatModel, key: PairKey, likeness: float) -> PairOpinion | None:
        """Judge one pair and store it; ``None`` where its words are no longer those."""
        try:
            with self._desk.database.read() as store:
                if not is_current(store, key):
                    return None
                first, second = _as_card(store.values.get(key.first_id)), _as_card(store.values.get(key.second_id))
        except NotFoundError:
            return None
        made = judgement(first, second, likeness, _ask(chat, first, second))
        stored = ValueJudgement(
            study_id=study_id,
            **key._asdict(),
            **made.model_dump(include={"likeness", "opinion", "answers", "backend", "prompt_id", "prompt_hashes"}),
            at=self._desk.clock(),
        )
        kept: list[PairOpinion] = []

        def body(store: Store) -> None:
            if is_current(store, key):
                store.judgements.put(stored)
                kept.append(stored.opinion)

        refs = {"first": key.first_id, "second": key.second_id, "opinion": stored.opinion.value}
        act = Act(ClientId(new_id()), study_id, f"model:{chat.name}", "pair.judged", stored.at, refs=refs)
        self._desk.database.write(act, body)
        return stored.opinion if kept else None

    def _count(self, study_id: StudyId, opinion: PairOpinion | None) -> None:
        with self._lock:
            job = self._jobs[study_id]
            self._jobs[study_id] = job._replace(
                n_judged=job.n_judged + (opinion is not None),
                n_failed=job.n_failed + (opinion is PairOpinion.FAILED),
                n_dropped=job.n_dropped + (opinion is None),
            )

    def _end(self, study_id: StudyId, state: JudgingState, *, error: str = "") -> None:
        with self._lock:
            self._jobs[study_id] = self._jobs[study_id]._replace(state=state, error=error)


def _ask(chat: ChatModel, first: CardRow, second: CardRow) -> tuple[ChatReply, ChatReply]:
    """Return both replies; a backend that raises gives two failures with its reason."""
    try:
        one, other = chat.complete([judging_request(first, second), judging_request(second, first)])
    except BackendError as error:
        failure = ChatFailure(reason=FailureReason.UNAVAILABLE, detail=str(error))
        one = other = ChatReply(failure=failure, backend=chat.name)
    return one, other


def _as_card(value: CanonicalValue) -> CardRow:
    return CardRow(id=value.id, title=value.title, policies=value.policies)
