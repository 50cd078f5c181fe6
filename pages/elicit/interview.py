"""The interview: one question at a time, the newest large; the card whenever the person wants it."""

from domain.people import JourneyStep
from ui import way
from ui.chrome import participant_header
from ui.widgets.interview import show_interview

guest = way.here(JourneyStep.INTERVIEW)
participant_header(guest)
way.closed_notice(guest)
show_interview(guest, key="elicit.interview")
