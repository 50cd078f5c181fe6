"""The interview as a pure reducer: a state and an event give the next state, and what has to be done for it.

Refresh, resume and two tabs are then matters of a stored state. Any event in any state leads to a legal state: an event
that does not fit is refused with a reason and changes nothing.
"""

from typing import NamedTuple

from pydantic import ValidationError

from domain.cards import MAX_POLICIES, CardText, Origin, Policy
from elicitation.articulate import policy_lines
from elicitation.events import (
    Answered,
    AskRequest,
    Began,
    CardAsked,
    Confirmed,
    Drafted,
    DraftRequest,
    Edited,
    Event,
    Judged,
    NeighbourTaken,
    Reopened,
    Request,
    Skipped,
    Worded,
)
from elicitation.guide import can_ask_anew, next_topic
from elicitation.states import MAX_QUESTIONS, MAX_TESTED, Candidate, Exchange, InterviewState, Stage, Topic, Verdict


class Step(NamedTuple):
    """What an event led to."""

    state: InterviewState
    request: Request | None = None
    refusal: str = ""
    """Why the event did not fit; empty when it did. A refused event changes nothing."""


def step(state: InterviewState, event: Event) -> Step:
    """Return what ``event`` leads to in ``state``."""
    match event:
        case Began():
            return _began(state)
        case Worded():
            return _worded(state, event)
        case Answered() | Skipped():
            return _answered(state, event.text if isinstance(event, Answered) else "")
        case CardAsked():
            return (
                _draft(state) if state.can_show_card() else _refused(state, "The card can be shown after two answers.")
            )
        case Judged():
            return _judged(state, event)
        case Reopened():
            return _reopened(state)
        case Drafted() | Edited() | NeighbourTaken() | Confirmed():
            return _card_event(state, event)


def _began(state: InterviewState) -> Step:
    if state.exchanges or state.stage is not Stage.STORY:
        return _refused(state, "The interview has begun already.")
    return _ask(state, Topic.STORY_OPEN)


def _worded(state: InterviewState, event: Worded) -> Step:
    waiting = state.open_exchange()
    if waiting is None or not event.text.strip():
        return _refused(state, "No question waits for its wording.")
    worded = waiting.model_copy(update={"question": event.text})
    return Step(state.model_copy(update={"exchanges": (*state.exchanges[:-1], worded)}))


def _answered(state: InterviewState, text: str) -> Step:
    waiting = state.open_exchange()
    if waiting is None:
        return _refused(state, "No question waits for an answer.")
    closed = waiting.model_copy(update={"answer": text.strip()})
    return _go_on(state.model_copy(update={"exchanges": (*state.exchanges[:-1], closed)}))


def _go_on(state: InterviewState) -> Step:
    """Ask what is still missing; then let what was named be tested; then draft the card."""
    named = _with_candidates(state)
    topic = next_topic(named)
    if topic is not None and len(named.exchanges) < MAX_QUESTIONS:
        return _ask(named, topic)
    testing = named.model_copy(update={"stage": Stage.TESTING})
    if testing.to_test():
        return Step(testing)
    return _draft(named)


def _judged(state: InterviewState, event: Judged) -> Step:
    waiting = dict(state.to_test())
    if event.place not in waiting:
        return _refused(state, "This was judged already.")
    judged = state.candidates[event.place].model_copy(update={"verdict": event.verdict})
    candidates = (*state.candidates[: event.place], judged, *state.candidates[event.place + 1 :])
    after = state.model_copy(update={"candidates": candidates})
    return Step(after) if after.to_test() else _go_on(after)


def _card_event(state: InterviewState, event: Drafted | Edited | NeighbourTaken | Confirmed) -> Step:
    match event:
        case Drafted():
            if state.stage is not Stage.DRAFTING:
                return _refused(state, "No draft was asked for.")
            return Step(
                state.model_copy(update={"stage": Stage.EDIT, "card": event.card, "n_drafts": state.n_drafts + 1})
            )
        case NeighbourTaken():
            if state.stage is not Stage.EDIT or state.card is None:
                return _refused(state, "There is no card to add to.")
            return _with_neighbour(state, state.card, event)
        case Edited() | Confirmed():
            if state.stage is not Stage.EDIT:
                return _refused(state, "The card is not being edited.")
            stage = Stage.CONFIRMED if isinstance(event, Confirmed) else Stage.EDIT
            return Step(state.model_copy(update={"stage": stage, "card": event.card}))


def _with_neighbour(state: InterviewState, card: CardText, event: NeighbourTaken) -> Step:
    text = event.text.strip()
    if len(card.policies) >= MAX_POLICIES or text in card.policy_texts():
        return _refused(state, "The card holds this line already, or it is full.")
    try:
        line = Policy(text=text, origin=Origin.BORROWED, borrowed_from=event.value_id)
    except ValidationError:
        return _refused(state, "This line is empty or too long for a card.")
    fuller = card.model_copy(update={"policies": (*card.policies, line)})
    return Step(state.model_copy(update={"card": fuller}))


def _reopened(state: InterviewState) -> Step:
    if state.stage is Stage.CONFIRMED:
        return Step(state.model_copy(update={"stage": Stage.EDIT}))
    if state.stage is not Stage.EDIT:
        return _refused(state, "Only a card can be left again.")
    if len(state.exchanges) >= MAX_QUESTIONS:
        return _refused(state, "All questions were asked. You can still change every line of the card here.")
    more = next((topic for topic in MORE_TOPICS if topic not in state.asked()), None)
    if more is None and not can_ask_anew(Topic.LOOK_FOR, state):
        return _refused(state, "All questions were asked. You can still change every line of the card here.")
    return _ask(state.model_copy(update={"stage": Stage.ATTENTION}), more or Topic.LOOK_FOR)


def _draft(state: InterviewState) -> Step:
    """Ask for a draft; a question still open counts as skipped, so that no late answer leads away from the card."""
    waiting = state.open_exchange()
    if waiting is not None:
        skipped = waiting.model_copy(update={"answer": ""})
        state = state.model_copy(update={"exchanges": (*state.exchanges[:-1], skipped)})
    return Step(_with_candidates(state).model_copy(update={"stage": Stage.DRAFTING}), DraftRequest())


def _ask(state: InterviewState, topic: Topic) -> Step:
    stage = Stage.STORY if topic.value.startswith("story") else Stage.ATTENTION
    stage = Stage.TESTING if topic is Topic.FOR_WHAT else stage
    asked = (*state.exchanges, Exchange(topic=topic))
    return Step(state.model_copy(update={"exchanges": asked, "stage": stage}), AskRequest(topic=topic))


def _with_candidates(state: InterviewState) -> InterviewState:
    """Return the state with what the answers name by now; verdicts given before are kept."""
    verdicts = {c.text: c.verdict for c in state.candidates}
    lines = policy_lines(state.answers())
    kept = [c for c in state.candidates if c.verdict is not None]
    fresh = [Candidate(text=line) for line in lines if line not in verdicts or verdicts[line] is None]
    n_free = max(0, MAX_TESTED - sum(c.verdict is not Verdict.NOT_MINE for c in kept))
    return state.model_copy(update={"candidates": (*kept, *fresh[:n_free])})


def _refused(state: InterviewState, why: str) -> Step:
    return Step(state, refusal=why)


MORE_TOPICS = (Topic.IN_OTHERS, Topic.IN_SELF, Topic.AROUND, Topic.LOOK_FOR)
"""What can still be asked when a person comes back from the card."""
