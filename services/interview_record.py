"""How an interview is stored: its record, its turns, and the ids that make writing twice write once."""

from typing import NamedTuple

from domain.cards import Card
from domain.errors import NotFoundError, StudyRuleError
from domain.ids import ClientId, InterviewId, PersonId, TurnId
from domain.interviews import InterviewRecord, Speaker, Turn, TurnStatus
from domain.nouns import Noun, content_hash
from domain.people import JourneyStep, Participant
from domain.protocols import Clock
from domain.provenance import Provenance
from elicitation.states import InterviewState, Stage
from services.acts import Desk
from services.participants import STEP_ORDER
from storage import Store


class Held(Noun):
    """What is stored of an interview besides its turns."""

    state: InterviewState
    card_provenance: Provenance | None = None
    notice: str = ""


class Loaded(NamedTuple):
    """A stored interview, read."""

    record: InterviewRecord
    held: Held
    turns: tuple[Turn, ...]


def interview_id(person_id: PersonId) -> InterviewId:
    """Return the id of the person's interview: one person gives one."""
    return InterviewId(content_hash(["interview", person_id])[:32])


def load(desk: Desk, person_id: PersonId) -> Loaded:
    """Return the person's interview; NotFoundError when it has not begun."""
    with desk.database.read() as store:
        record = store.interviews.of_person(person_id)
        if record is None:
            raise NotFoundError("The interview has not begun yet.")
        return Loaded(
            record=record,
            held=Held.model_validate_json(record.state_json),
            turns=tuple(store.interviews.turns(record.id)),
        )


def new_turn(
    interview: InterviewId,
    *,
    position: int,
    speaker: Speaker,
    text: str,
    clock: Clock,
    topic: str = "",
    status: TurnStatus = TurnStatus.COMPLETE,
    provenance: Provenance | None = None,
) -> Turn:
    """Return a turn whose id follows from its place: writing it twice writes it once."""
    return Turn(
        id=TurnId(content_hash(["turn", interview, position])[:32]),
        interview_id=interview,
        position=position,
        speaker=speaker,
        text=text,
        topic=topic,
        status=status,
        provenance=provenance,
        at=clock(),
    )


def following(record: InterviewRecord, held: Held, *, clock: Clock) -> InterviewRecord:
    """Return the record of the next revision."""
    is_over = held.state.stage is Stage.CONFIRMED
    return record.model_copy(
        update={
            "stage": held.state.stage.value,
            "state_json": held.model_dump_json(),
            "revision": record.revision + 1,
            "updated_at": clock(),
            "finished_at": clock() if is_over else None,
        }
    )


def journey_step(stage: Stage) -> JourneyStep:
    """Return where on their way a person at this stage is."""
    match stage:
        case Stage.EDIT:
            return JourneyStep.CARD
        case Stage.CONFIRMED:
            return JourneyStep.BELONG
        case _:
            return JourneyStep.INTERVIEW


def set_step(store: Store, person: Participant, stage: Stage, *, clock: Clock) -> None:
    """Store the step of the person's way that belongs to ``stage``, unless they are beyond the interview."""
    now, then = store.people.get(person.id).step, journey_step(stage)
    if now is not then and STEP_ORDER.index(now) <= STEP_ORDER.index(JourneyStep.BELONG):
        store.people.set_step(person.id, then, clock())


def keep_card(store: Store, card: Card) -> None:
    """Store a confirmed card; one that was confirmed before gets a further version."""
    before = (
        next((c for c in store.cards.of_person(card.person_id) if c.id == card.id), None) if card.person_id else None
    )
    if before is None:
        store.cards.add(card)
        return
    store.cards.revise(card.model_copy(update={"version": before.version + 1, "created_at": before.created_at}))


def was_written(desk: Desk, person: Participant, client_id: ClientId) -> bool:
    """Tell whether an act of this name is stored already: a double click."""
    with desk.database.read() as store:
        return store.events.has(person.study_id, client_id)


def require_newest(record: InterviewRecord, revision: int) -> None:
    """Raise StudyRuleError when the page that acts shows an older state: another window went on."""
    if record.revision != revision:
        raise StudyRuleError(
            "This interview went on in another window. Nothing is lost: copy what you just wrote if you need it, "
            "then reload this page to see the newest question."
        )
