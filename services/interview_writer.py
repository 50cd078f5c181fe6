"""What a language model writes for an interview, in a worker beside the page: the wording of a question, a draft.

The protocol stays ours: the topic is given, the reply is checked, and what cannot be used is a typed failure. Partial
text is kept; the page reads it while it grows.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import NamedTuple

from domain.cards import CardText
from domain.chat import ChatFailure, ChatMessage, ChatRequest, FailureReason, Role
from domain.errors import BackendError, MoralGraphError, NotFoundError
from domain.ids import ClientId, InterviewId, new_id
from domain.interviews import InterviewRecord, Turn, TurnStatus
from domain.people import Participant
from domain.protocols import ChatModel
from domain.provenance import Provenance
from elicitation.prompting import critique_prompt, draft_prompt, prompt_hashes, question_prompt
from elicitation.replies import read_critique, read_draft, read_question
from elicitation.states import InterviewState, Stage
from services.acts import Desk
from services.interview_record import Loaded, load
from services.interview_view import Connection
from storage import Act, Store

__all__ = ["InterviewWriter", "Outcome", "prompt_hashes"]

MAX_WRITERS = 8
MAX_TRIES = 2
SAVE_EVERY_S = 1.0
"""Between two saves of partial text; a restart loses at most this much of what a model wrote."""
MAX_SECONDS = 90.0
"""For all tries together: a person waits no longer than this before the guide goes on."""
QUESTION_TOKENS = 120
DRAFT_TOKENS = 500


class Outcome(NamedTuple):
    """What came of writing: a question, a card, or neither; then ``partial`` holds what there was."""

    question: str = ""
    card: CardText | None = None
    partial: str = ""
    provenance: Provenance | None = None
    failure: ChatFailure | None = None

    @classmethod
    def lost(cls, partial: str = "") -> "Outcome":
        """Return the outcome of a writer that is gone or far too slow; ``partial`` is what it wrote."""
        return cls(partial=partial, failure=ChatFailure(reason=FailureReason.CUT_OFF, detail="the writer is gone"))


class Job(NamedTuple):
    """One thing to be written. What an older revision waited for is never taken for a newer one."""

    interview: InterviewId
    revision: int


def job_of(record: InterviewRecord) -> Job:
    """Return what the interview waits for in this revision."""
    return Job(record.id, record.revision)


class InterviewWriter:
    """Runs the writing in a bounded pool, one job an interview."""

    def __init__(
        self,
        desk: Desk,
        *,
        similarity: Callable[[str, str], float],
        take: Callable[[Participant, Outcome, Job], None],
    ) -> None:
        self._desk = desk
        self._similarity = similarity
        self._take = take
        self._pool = ThreadPoolExecutor(max_workers=MAX_WRITERS, thread_name_prefix="interview-writer")
        self._live: dict[Job, str] = {}
        self._lock = threading.Lock()

    def write(self, person: Participant, chat: ChatModel) -> None:
        """Start writing what the person's interview waits for."""
        job = job_of(load(self._desk, person.id).record)
        with self._lock:
            if job in self._live:
                return
            self._live[job] = ""
        self._pool.submit(self._work, person, job, chat)

    def is_writing(self, job: Job) -> bool:
        """Tell whether this job runs or waits in this process."""
        with self._lock:
            return job in self._live

    def live_text(self, job: Job) -> str:
        """Return what was written so far."""
        with self._lock:
            return self._live.get(job, "")

    def test(self, chat: ChatModel | None) -> Connection:
        """Ask for one word; say whether it came."""
        if chat is None:
            return Connection(is_well=True, sentence="The guided interviewer is in use; it needs no connection.")
        messages = (
            ChatMessage(role=Role.INSTRUCTION, text="Reply with the single word: ready"),
            ChatMessage(role=Role.PERSON, text="Are you there?"),
        )
        reply = chat.complete([ChatRequest(messages=messages, max_tokens=16)])[0]
        if reply.text.strip():
            return Connection(is_well=True, sentence=f"It answered in {reply.seconds:.1f} seconds.")
        why = reply.failure.detail if reply.failure else "the reply was empty"
        return Connection(is_well=False, sentence=f"No answer from {chat.name}: {why}")

    def close(self) -> None:
        """Take no new work and do not wait for the old; it is taken over after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, person: Participant, job: Job, chat: ChatModel) -> None:
        try:
            self._take(person, self._write(person, job, chat), job)
        except (NotFoundError, MoralGraphError):
            # The person erased themselves, the study closed, or another window went on: nothing is left to store.
            return
        finally:
            with self._lock:
                self._live.pop(job, None)

    def _write(self, person: Participant, job: Job, chat: ChatModel) -> Outcome:
        loaded = load(self._desk, person.id)
        outcome, ends_at = Outcome(), time.monotonic() + MAX_SECONDS
        for number in range(MAX_TRIES):
            if loaded.held.state.stage is Stage.DRAFTING:
                outcome = self._draft(loaded.held.state, chat, ends_at)
            else:
                outcome = self._question(person, loaded, chat, number, ends_at)
            if outcome.failure is None or time.monotonic() > ends_at or self._is_passed(person, job):
                break
        return outcome

    def _is_passed(self, person: Participant, job: Job) -> bool:
        return job_of(load(self._desk, person.id).record) != job

    def _question(self, person: Participant, loaded: Loaded, chat: ChatModel, number: int, ends_at: float) -> Outcome:
        state, waiting = loaded.held.state, loaded.turns[-1]
        job = job_of(loaded.record)
        request = question_prompt(state).request(temperature=0.3 + 0.4 * number, max_tokens=QUESTION_TOKENS)
        provenance = self._provenance(chat, request)
        text, failure = self._stream(chat, request, waiting, person, job=job, ends_at=ends_at)
        question = read_question(text, state=state, similarity=self._similarity) if failure is None else failure
        if isinstance(question, ChatFailure):
            return Outcome(partial=text, provenance=provenance, failure=question)
        return Outcome(question=question, provenance=provenance)

    def _stream(
        self, chat: ChatModel, request: ChatRequest, waiting: Turn, person: Participant, *, job: Job, ends_at: float
    ) -> tuple[str, ChatFailure | None]:
        text, saved_at = "", time.monotonic()
        try:
            for piece in chat.stream(request):
                text += piece
                with self._lock:
                    self._live[job] = text
                if time.monotonic() > ends_at:
                    return text, ChatFailure(reason=FailureReason.TIMEOUT, detail="it took too long", text=text)
                if time.monotonic() - saved_at >= SAVE_EVERY_S:
                    self._save_partial(person, waiting.model_copy(update={"text": text}))
                    saved_at = time.monotonic()
        except BackendError as error:
            return text, ChatFailure(reason=FailureReason.UNAVAILABLE, detail=str(error), text=text)
        return text, None

    def _save_partial(self, person: Participant, turn: Turn) -> None:
        act = Act(
            client_id=ClientId(new_id()),
            study_id=person.study_id,
            actor="system",
            kind="turn.partial",
            at=self._desk.clock(),
            refs={"turn": turn.id},
        )

        def body(store: Store) -> None:
            stored = next((t for t in store.interviews.turns(turn.interview_id) if t.id == turn.id), None)
            if stored is not None and stored.status is TurnStatus.STREAMING:
                store.interviews.save_turn(turn)

        self._desk.database.write(act, body)

    def _draft(self, state: InterviewState, chat: ChatModel, ends_at: float) -> Outcome:
        """Draft the card, let the model criticise it while there is time, and mend it once by that."""
        request = draft_prompt(state, critique="").request(temperature=0.0, max_tokens=DRAFT_TOKENS)
        card = read_draft(chat.complete([request])[0], answers=state.answers())
        if isinstance(card, ChatFailure):
            return Outcome(failure=card, provenance=self._provenance(chat, request))
        asked = critique_prompt(state, card).request(temperature=0.0, max_tokens=DRAFT_TOKENS)
        critique = read_critique(chat.complete([asked])[0]) if time.monotonic() < ends_at else ""
        if isinstance(critique, str) and critique and time.monotonic() < ends_at:
            request = draft_prompt(state, critique=critique).request(temperature=0.0, max_tokens=DRAFT_TOKENS)
            mended = read_draft(chat.complete([request])[0], answers=state.answers())
            card = card if isinstance(mended, ChatFailure) else mended
        return Outcome(card=card, provenance=self._provenance(chat, request))

    def _provenance(self, chat: ChatModel, request: ChatRequest) -> Provenance:
        return Provenance(
            backend=chat.name,
            prompt_id=request.prompt_id,
            prompt_hash=request.prompt_hash,
            parameters={"temperature": str(request.temperature), "max_tokens": str(request.max_tokens)},
            code_version=version("moral-graph-explorer"),
            made_at=self._desk.clock(),
        )
