"""What becomes of a model's outcome, of the guide's draft, and of a confirmed card: values to values, no storing."""

from datetime import datetime
from typing import NamedTuple

from domain.cards import Card, CardStatus, CardText
from domain.ids import CardId, ValueId
from domain.interviews import InterviewRecord, Speaker, Turn, TurnStatus
from domain.nouns import content_hash
from domain.people import Participant
from domain.protocols import Clock
from elicitation import events, guide_texts
from elicitation.articulate import articulate
from elicitation.guide import word_question
from elicitation.machine import step
from elicitation.states import InterviewState, Stage, Verdict
from services.interview_record import Held, Loaded, new_turn
from services.interview_view import NeighbourPolicy
from services.interview_writer import Outcome
from services.meaning import MeaningSpace

N_NEIGHBOURS = 3
NEAR_FROM = 0.35
"""Similarity from which a line of another value is worth showing."""


class Taken(NamedTuple):
    """What is to be stored after an outcome."""

    held: Held
    turns: list[Turn]


def take_outcome(loaded: Loaded, outcome: Outcome, *, clock: Clock) -> Taken:
    """Return the state after a model's outcome: its question or card, or the guide's with one honest line."""
    state = loaded.held.state
    if state.stage is not Stage.DRAFTING:
        return _take_question(loaded, outcome, clock=clock)
    if outcome.card is None:
        drafted = draft_from_words(loaded.held)
        return Taken(drafted.model_copy(update={"notice": guide_texts.DRAFT_TAKEN_OVER}), [])
    card = step(state, events.Drafted(card=outcome.card)).state
    return Taken(Held(state=card, card_provenance=outcome.provenance), [])


def draft_from_words(held: Held) -> Held:
    """Return the state with a card made from the person's own words."""
    lines = [c.text for c in held.state.candidates if c.verdict in {None, Verdict.IN_ITSELF}]
    card = articulate(held.state.answers(), lines=lines)
    return held.model_copy(update={"state": step(held.state, events.Drafted(card=card)).state})


def confirmed_card(
    person: Participant, record: InterviewRecord, held: Held, text: CardText, *, saw_values: bool, now: datetime
) -> Card:
    """Return the card that a person confirmed, linked to its interview and to what drafted it."""
    return Card(
        id=CardId(content_hash(["card", person.id])[:32]),
        study_id=person.study_id,
        person_id=person.id,
        source=person.source,
        question_id=record.question_id,
        interview_id=record.id,
        status=CardStatus.CONFIRMED,
        text=text,
        provenance=held.card_provenance,
        saw_values=saw_values,
        created_at=now,
        updated_at=now,
    )


def near_lines(meaning: MeaningSpace, person: Participant, state: InterviewState) -> tuple[NeighbourPolicy, ...]:
    """Return one line each of the nearest values that the card does not hold yet."""
    if state.stage is not Stage.EDIT or state.card is None:
        return ()
    held = set(state.card.policy_texts())
    found = []
    texts = [*state.card.policy_texts()]
    for value, similarity in meaning.nearest(person.study_id, texts, k=N_NEIGHBOURS, seen_by=person.source):
        line = next((policy for policy in value.policies if policy not in held), None)
        if similarity >= NEAR_FROM and line is not None:
            found.append(NeighbourPolicy(text=line, value_id=ValueId(value.id), value_title=value.title))
    return tuple(found)


def _take_question(loaded: Loaded, outcome: Outcome, *, clock: Clock) -> Taken:
    state, waiting, provenance = loaded.held.state, loaded.turns[-1], loaded.held.card_provenance
    if outcome.question:
        worded = step(state, events.Worded(text=outcome.question)).state
        written = {"text": outcome.question, "status": TurnStatus.COMPLETE, "provenance": outcome.provenance}
        return Taken(Held(state=worded, card_provenance=provenance), [waiting.model_copy(update=written)])
    topic = state.exchanges[-1].topic
    text = word_question(topic, state).render()
    guided = Held(
        state=step(state, events.Worded(text=text)).state,
        card_provenance=provenance,
        notice=guide_texts.TAKEN_OVER,
    )
    partial = outcome.partial or waiting.text
    if not partial:
        asked = {"speaker": Speaker.GUIDE, "text": text, "status": TurnStatus.COMPLETE}
        return Taken(guided, [waiting.model_copy(update=asked)])
    cut_off = {"text": partial, "status": TurnStatus.CUT_OFF, "provenance": outcome.provenance}
    next_turn = new_turn(
        loaded.record.id,
        position=len(loaded.turns),
        speaker=Speaker.GUIDE,
        text=text,
        clock=clock,
        topic=topic.value,
    )
    return Taken(guided, [waiting.model_copy(update=cut_off), next_turn])
