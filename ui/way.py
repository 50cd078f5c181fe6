"""The participant's way: each page asks here whether the person is at this step, and is sent on if not."""

from collections.abc import Callable

from domain.errors import MoralGraphError
from domain.people import JourneyStep
from services.participants import Guest
from ui import session
from ui.messages import t
from ui.navigation import STEP_ROOMS, Room, go
from ui.widgets.states import show_failure, show_notice


def here(*steps: JourneyStep) -> Guest:
    """Return the participant when their step is one of ``steps``; otherwise open the page where they are."""
    guest = session.guest()
    if guest is None:
        go(Room.WELCOME)
    if guest.person.step not in steps:
        go(STEP_ROOMS[guest.person.step])
    return guest


def act(name: str, doing: Callable[[], object], *, then: Room | None = None) -> bool:
    """Do one act of the person; show its failure in one sentence. On success the next click is a new act.

    What the person typed stays in the fields when it fails.
    """
    try:
        doing()
    except MoralGraphError as error:
        show_failure(t(str(error)))
        return False
    session.spend(name)
    if then is not None:
        go(then)
    return True


def closed_notice(guest: Guest) -> None:
    """Say at once when the study takes no more answers, instead of after the person has written something."""
    if guest.study.state.value == "closed":
        show_notice(t("This study is closed. You can read what you gave; nothing new is stored."))
