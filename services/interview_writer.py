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
from domain.interviews import Turn
from domain.people import Participant
from domain.protocols import ChatModel
from domain.provenance import Provenance
from elicitation.prompting import critique_prompt, draft_prompt, prompt_hashes, question_prompt
from elicitation.replies import read_critique, read_draft, read_question
from elicitation.states import Stage
from services.acts import Desk
from services.interview_record import load
from services.interview_view import Connection
from storage import Act

__all__ = ["InterviewWriter", "Outcome", "prompt_hashes"]

MAX_WRITERS = 8
MAX_TRIES = 2
SAVE_EVERY_S = 1.0
"""Between two saves of partial text; a restart loses at most this much of what a model wrote."""
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
    def lost(cls) -> "Outcome":
        """Return the outcome of a writer that is gone: the server was restarted."""
        return cls(failure=ChatFailure(reason=FailureReason.CUT_OFF, detail="the writer is gone"))


class InterviewWriter:
    """Runs the writing in a bounded pool, one job an interview."""

    def __init__(
        self,
        desk: Desk,
        *,
        similarity: Callable[[str, str], float],
        take: Callable[[Participant, Outcome], None],
    ) -> None:
        self._desk = desk
        self._similarity = similarity
        self._take = take
        self._pool = ThreadPoolExecutor(max_workers=MAX_WRITERS, thread_name_prefix="interview-writer")
        self._live: dict[InterviewId, str] = {}
        self._lock = threading.Lock()

    def write(self, person: Participant, chat: ChatModel) -> None:
        """Start writing what the person's interview waits for."""
        interview = load(self._desk, person.id).record.id
        with self._lock:
            if interview in self._live:
                return
            self._live[interview] = ""
        self._pool.submit(self._work, person, interview, chat)

    def is_writing(self, interview: InterviewId) -> bool:
        """Tell whether a job for this interview runs or waits in this process."""
        with self._lock:
            return interview in self._live

    def live_text(self, interview: InterviewId) -> str:
        """Return what was written so far."""
        with self._lock:
            return self._live.get(interview, "")

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

    def _work(self, person: Participant, interview: InterviewId, chat: ChatModel) -> None:
        try:
            outcome = self._write(person, chat)
            self._take(person, outcome)
        except (NotFoundError, MoralGraphError):
            # The person erased themselves, the study closed, or another window went on: nothing is left to store.
            return
        finally:
            with self._lock:
                self._live.pop(interview, None)

    def _write(self, person: Participant, chat: ChatModel) -> Outcome:
        state = load(self._desk, person.id).held.state
        outcome = Outcome()
        for number in range(MAX_TRIES):
            outcome = (
                self._draft(person, chat) if state.stage is Stage.DRAFTING else self._question(person, chat, number)
            )
            if outcome.failure is None:
                break
        return outcome

    def _question(self, person: Participant, chat: ChatModel, number: int) -> Outcome:
        loaded = load(self._desk, person.id)
        state, waiting = loaded.held.state, loaded.turns[-1]
        request = question_prompt(state).request(temperature=0.3 + 0.4 * number, max_tokens=QUESTION_TOKENS)
        provenance = self._provenance(chat, request)
        text, failure = self._stream(chat, request, waiting, person)
        question = read_question(text, state=state, similarity=self._similarity) if failure is None else failure
        if isinstance(question, ChatFailure):
            return Outcome(partial=text, provenance=provenance, failure=question)
        return Outcome(question=question, provenance=provenance)

    def _stream(
        self, chat: ChatModel, request: ChatRequest, waiting: Turn, person: Participant
    ) -> tuple[str, ChatFailure | None]:
        text, saved_at = "", time.monotonic()
        try:
            for piece in chat.stream(request):
                text += piece
                with self._lock:
                    self._live[waiting.interview_id] = text
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
        self._desk.database.write(act, lambda store: store.interviews.save_turn(turn))

    def _draft(self, person: Participant, chat: ChatModel) -> Outcome:
        """Draft the card, let the model criticise it, and mend it once by that."""
        state = load(self._desk, person.id).held.state
        request = draft_prompt(state, critique="").request(temperature=0.0, max_tokens=DRAFT_TOKENS)
        card = read_draft(chat.complete([request])[0], answers=state.answers())
        if isinstance(card, ChatFailure):
            return Outcome(failure=card, provenance=self._provenance(chat, request))
        asked = critique_prompt(state, card).request(temperature=0.0, max_tokens=DRAFT_TOKENS)
        critique = read_critique(chat.complete([asked])[0])
        if isinstance(critique, str) and critique:
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
