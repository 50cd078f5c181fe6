"""The interview as a use case: one event at a time, stored before anything is drawn.

The guide asks by protocol. Where a language model is configured it words the questions and drafts the card
(``services.interview_writer``); when it fails, is slow or writes nonsense, the guide takes over with one honest line.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from domain.cards import CardText
from domain.errors import MoralGraphError, NotFoundError, StudyRuleError
from domain.ids import ClientId, QuestionId, StudyId
from domain.interviews import InterviewRecord, Speaker, Turn, TurnStatus
from domain.people import JourneyStep, Participant
from domain.protocols import ChatModel
from elicitation import events, guide_texts
from elicitation.guide import word_question
from elicitation.machine import step
from elicitation.rules import check_line
from elicitation.states import MAX_QUESTIONS, InterviewState, Stage, Topic, Verdict
from services.acts import Desk
from services.food_for_thought import has_seen_values
from services.interview_record import (
    Held,
    Loaded,
    following,
    interview_id,
    keep_card,
    load,
    new_turn,
    require_newest,
    set_step,
    was_written,
)
from services.interview_taking import confirmed_card, draft_from_words, near_lines, take_outcome
from services.interview_view import Connection, InterviewView, NeighbourPolicy, PolicyToTest
from services.interview_writer import InterviewWriter, Job, Outcome, job_of, prompt_hashes
from services.meaning import MeaningSpace
from storage import Store

__all__ = ["Connection", "InterviewService", "InterviewView", "NeighbourPolicy", "Verdict", "prompt_hashes"]

GIVE_UP_AFTER = timedelta(minutes=2)
"""From when the guide takes over from a writer that neither writes nor fails."""


class InterviewService:
    """Use cases of the interview."""

    def __init__(
        self,
        desk: Desk,
        *,
        chat_for: Callable[[str], ChatModel | None],
        chat_of_study: Callable[[StudyId], ChatModel | None],
        meaning: MeaningSpace,
    ) -> None:
        self._desk = desk
        self._chat_for = chat_for
        self._chat_of_study = chat_of_study
        self._meaning = meaning
        self._writer = InterviewWriter(desk, similarity=meaning.similarity, take=self._take)

    def current_step(self, person: Participant) -> JourneyStep:
        """Return where on their way the person is."""
        with self._desk.database.read() as store:
            return store.people.get(person.id).step

    def start(self, person: Participant, *, question_id: QuestionId, client_id: ClientId) -> None:
        """Begin the interview about a question; beginning twice begins once."""
        with self._desk.database.read() as store:
            if store.interviews.of_person(person.id) is not None:
                return
            question = next((q for q in store.studies.questions(person.study_id) if q.id == question_id), None)
        if question is None:
            raise NotFoundError("This question is not part of the study any more. Choose another.")
        record = InterviewRecord(
            id=interview_id(person.id),
            study_id=person.study_id,
            person_id=person.id,
            question_id=question_id,
            stage=Stage.STORY.value,
            state_json="",
            revision=0,
            started_at=self._desk.clock(),
            updated_at=self._desk.clock(),
        )
        loaded = Loaded(record=record, held=Held(state=InterviewState(subject=question.text)), turns=())
        self._apply(person, loaded, events.Began(), client_id=client_id, kind="interview.began")

    def view(self, person: Participant) -> InterviewView:
        """Return what can be seen and done now; a reply that lost its writer (a restart) is taken over by the guide."""
        loaded = load(self._desk, person.id)
        if self._is_orphaned(loaded):
            job = job_of(loaded.record)
            self._take(person, Outcome.lost(self._writer.live_text(job)), job)
            loaded = load(self._desk, person.id)
        record, held, turns = loaded
        state = held.state
        with self._desk.database.read() as store:
            question = next(
                q for q in store.studies.questions(person.study_id, include_archived=True) if q.id == record.question_id
            )
        newest = turns[-1] if turns and turns[-1].speaker is not Speaker.PERSON else None
        return InterviewView(
            stage=state.stage,
            revision=record.revision,
            question=question,
            newest=self._with_live_text(newest, job_of(record)),
            earlier=turns[:-1] if newest else turns,
            can_show_card=state.can_show_card() and not self._waits(loaded),
            n_asked=len(state.exchanges),
            n_max=MAX_QUESTIONS,
            policies_to_test=tuple(PolicyToTest(place, text) for place, text in state.to_test()),
            neighbours=near_lines(self._meaning, person, state),
            card=state.card,
            card_provenance=held.card_provenance,
            is_waiting=self._waits(loaded),
            is_card_made=state.stage in {Stage.EDIT, Stage.CONFIRMED},
            notice=held.notice,
        )

    def answer(self, person: Participant, text: str, *, revision: int, client_id: ClientId) -> None:
        """Store an answer to the open question, and what follows from it."""
        self._act(person, events.Answered(text=text), revision=revision, client_id=client_id, kind="interview.answered")

    def skip(self, person: Participant, *, revision: int, client_id: ClientId) -> None:
        """Skip the open question."""
        self._act(person, events.Skipped(), revision=revision, client_id=client_id, kind="interview.skipped")

    def show_card(self, person: Participant, *, revision: int, client_id: ClientId) -> None:
        """Make the card from what was said so far."""
        self._act(person, events.CardAsked(), revision=revision, client_id=client_id, kind="interview.card_asked")

    def judge(self, person: Participant, place: int, verdict: Verdict, *, revision: int, client_id: ClientId) -> None:
        """Store whether something named counts in itself."""
        event = events.Judged(place=place, verdict=verdict)
        self._act(person, event, revision=revision, client_id=client_id, kind="interview.judged")

    def accept_neighbour(
        self, person: Participant, near: NeighbourPolicy, *, revision: int, client_id: ClientId
    ) -> None:
        """Take a line of another card over; it stays marked as taken over."""
        event = events.NeighbourTaken(text=near.text, value_id=near.value_id)
        self._act(person, event, revision=revision, client_id=client_id, kind="card.neighbour_taken")

    def edit(self, person: Participant, card: CardText, *, revision: int, client_id: ClientId) -> None:
        """Store the card as changed so far."""
        self._act(person, events.Edited(card=card), revision=revision, client_id=client_id, kind="card.edited")

    def confirm(self, person: Participant, card: CardText, *, revision: int, client_id: ClientId) -> None:
        """Store the card as the person's own; it counts from now on."""
        event = events.Confirmed(card=card)
        self._act(person, event, revision=revision, client_id=client_id, kind="card.confirmed")

    def reopen(self, person: Participant, *, revision: int, client_id: ClientId) -> None:
        """Go back from the card to the interview, or from a confirmed card that lies nowhere yet to changing it."""
        if self.current_step(person) not in {JourneyStep.INTERVIEW, JourneyStep.CARD, JourneyStep.BELONG}:
            raise StudyRuleError("Your card has its place already and others may have seen it, so it stays as it is.")
        self._act(person, events.Reopened(), revision=revision, client_id=client_id, kind="interview.reopened")

    def hints(self, line: str, others: Sequence[str]) -> list[str]:
        """Return what could be better about a line, one sentence each; never a reason to stop."""
        return [finding.advice for finding in check_line(line, others=others)]

    def test_connection(self, name: str) -> Connection:
        """Ask the interviewer called ``name`` for one word and say whether it came."""
        try:
            chat = self._chat_for(name)
        except MoralGraphError as error:
            return Connection(is_well=False, sentence=str(error))
        return self._writer.test(chat)

    def close(self) -> None:
        """Let the writers finish or stop."""
        self._writer.close()

    def _act(self, person: Participant, event: events.Event, *, revision: int, client_id: ClientId, kind: str) -> None:
        if was_written(self._desk, person, client_id):
            return
        loaded = load(self._desk, person.id)
        require_newest(loaded.record, revision)
        if self._waits(loaded):
            raise StudyRuleError("The next question is still being written. It comes in a moment.")
        self._apply(person, loaded, event, client_id=client_id, kind=kind)

    def _apply(
        self, person: Participant, loaded: Loaded, event: events.Event, *, client_id: ClientId, kind: str
    ) -> None:
        """Take one step, word or draft what it asks for, and store all of it in one write."""
        moved = step(loaded.held.state, event)
        if moved.refusal:
            raise StudyRuleError(moved.refusal)
        chat = self._chat_of_study(person.study_id) if _is_for_a_model(moved.request) else None
        turns: list[Turn] = []
        if isinstance(event, events.Answered):
            turns.append(self._turn(loaded, turns, Speaker.PERSON, event.text))
        held = Held(state=moved.state, card_provenance=loaded.held.card_provenance)
        if isinstance(moved.request, events.AskRequest):
            held, turn = self._ask(loaded, turns, held, moved.request.topic, chat)
            turns.append(turn)
        elif isinstance(moved.request, events.DraftRequest) and chat is None:
            held = draft_from_words(held)
        elif held.state.to_test() and not loaded.held.state.to_test():
            turns.append(self._turn(loaded, turns, Speaker.GUIDE, guide_texts.JUDGE, topic="testing.judge"))
        self._store(person, loaded, held, turns, event, client_id=client_id, kind=kind)
        if chat is not None:
            self._writer.write(person, chat)

    def _store(
        self,
        person: Participant,
        loaded: Loaded,
        held: Held,
        turns: list[Turn],
        event: events.Event,
        *,
        client_id: ClientId,
        kind: str,
    ) -> None:
        record = following(loaded.record, held, clock=self._desk.clock)

        def body(store: Store) -> None:
            store.interviews.save_step(record, turns=turns)
            set_step(store, person, held.state.stage, clock=self._desk.clock)
            if isinstance(event, events.Confirmed):
                seen, now = has_seen_values(store, person), self._desk.clock()
                keep_card(store, confirmed_card(person, record, held, event.card, saw_values=seen, now=now))

        self._desk.act_of_person(
            person,
            kind,
            body,
            client_id=client_id,
            refs={"interview": record.id, "revision": str(record.revision)},
            content=event.model_dump(mode="json"),
        )

    def _ask(
        self, loaded: Loaded, turns: list[Turn], held: Held, topic: Topic, chat: ChatModel | None
    ) -> tuple[Held, Turn]:
        """Return the guide's question, or an empty one that a model is about to word."""
        if chat is not None:
            status = TurnStatus.STREAMING
            return held, self._turn(loaded, turns, Speaker.MACHINE, "", topic=topic.value, status=status)
        text = word_question(topic, held.state).render()
        worded = step(held.state, events.Worded(text=text)).state
        turn = self._turn(loaded, turns, Speaker.GUIDE, text, topic=topic.value)
        return held.model_copy(update={"state": worded}), turn

    def _take(self, person: Participant, outcome: Outcome, job: Job) -> None:
        """Store what a model wrote, or let the guide take over; once, whoever comes first, and never too late."""
        loaded = load(self._desk, person.id)
        if not self._waits(loaded) or job_of(loaded.record) != job:
            return
        held, turns = take_outcome(loaded, outcome, clock=self._desk.clock)
        client_id = ClientId(f"take:{loaded.record.id}:{loaded.record.revision}")
        event = events.Worded(text=held.notice)
        self._store(person, loaded, held, turns, event, client_id=client_id, kind="interview.written")

    def _turn(
        self,
        loaded: Loaded,
        turns: Sequence[Turn],
        speaker: Speaker,
        text: str,
        *,
        topic: str = "",
        status: TurnStatus = TurnStatus.COMPLETE,
    ) -> Turn:
        position = len(loaded.turns) + len(turns)
        clock = self._desk.clock
        return new_turn(
            loaded.record.id, position=position, speaker=speaker, text=text, clock=clock, topic=topic, status=status
        )

    def _waits(self, loaded: Loaded) -> bool:
        is_streaming = bool(loaded.turns) and loaded.turns[-1].status is TurnStatus.STREAMING
        return is_streaming or loaded.held.state.stage is Stage.DRAFTING

    def _is_orphaned(self, loaded: Loaded) -> bool:
        if not self._waits(loaded):
            return False
        is_slow = self._desk.clock() - loaded.record.updated_at > GIVE_UP_AFTER
        return is_slow or not self._writer.is_writing(job_of(loaded.record))

    def _with_live_text(self, turn: Turn | None, job: Job) -> Turn | None:
        if turn is None or turn.status is not TurnStatus.STREAMING:
            return turn
        return turn.model_copy(update={"text": self._writer.live_text(job) or turn.text})


def _is_for_a_model(request: events.Request | None) -> bool:
    """Tell whether a model may do what is asked. The opening question is ours: it follows from no answer yet."""
    return request is not None and request != events.AskRequest(topic=Topic.STORY_OPEN)
