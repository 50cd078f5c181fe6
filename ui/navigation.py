"""Every page of the app: its address, its title, and where the participant's steps are.

Scripts lie in sub-folders of pages/ and are named by absolute path (docs/adr/0002).
"""

from copy import copy
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from domain.people import JourneyStep

ROOT = Path(__file__).parents[1] / "pages"


class Room(StrEnum):
    """The pages, by address."""

    HOME = "home"
    WELCOME = "welcome"
    INTERVIEW = "interview"
    CARD = "card"
    BELONG = "belong"
    CHOOSE = "choose"
    COMPARE = "compare"
    FINISHED = "finished"
    MY_CONTRIBUTIONS = "my-contributions"
    MORAL_GRAPH = "moral-graph"
    ENTAILED = "entailed"
    GROUPS = "groups"
    AUDIT = "audit"
    OVER_TIME = "over-time"
    KALEIDOSCOPE = "kaleidoscope"
    METHODS = "methods"
    STANCES = "stances"
    COMPARE_MODELS = "compare-models"
    MODEL_AND_GRAPH = "model-and-graph"
    RUNS = "runs"
    STUDIES = "studies"
    LIVE = "live"
    MODERATION = "moderation"
    MERGES = "merges"
    EXPORT = "export"


SCRIPTS: dict[Room, tuple[str, str]] = {
    Room.HOME: ("explore/home.py", "Moral Graph Explorer"),
    Room.WELCOME: ("elicit/welcome.py", "Welcome"),
    Room.INTERVIEW: ("elicit/interview.py", "Interview"),
    Room.CARD: ("elicit/card.py", "Your card"),
    Room.BELONG: ("elicit/belong.py", "Does it belong here?"),
    Room.CHOOSE: ("elicit/choose.py", "Choose"),
    Room.COMPARE: ("elicit/compare.py", "Compare"),
    Room.FINISHED: ("elicit/finished.py", "Done"),
    Room.MY_CONTRIBUTIONS: ("elicit/my_contributions.py", "My contributions"),
    Room.MORAL_GRAPH: ("explore/moral_graph.py", "Moral graph"),
    Room.ENTAILED: ("explore/entailed.py", "What the votes entail"),
    Room.GROUPS: ("explore/groups.py", "Groups and bridging"),
    Room.AUDIT: ("explore/audit.py", "Process audit"),
    Room.OVER_TIME: ("explore/over_time.py", "Over time"),
    Room.KALEIDOSCOPE: ("explore/kaleidoscope.py", "Kaleidoscope"),
    Room.METHODS: ("explore/methods.py", "How these numbers are made"),
    Room.STANCES: ("stances/stances.py", "Stances"),
    Room.COMPARE_MODELS: ("stances/compare_models.py", "Compare models"),
    Room.MODEL_AND_GRAPH: ("stances/model_and_graph.py", "Model and graph"),
    Room.RUNS: ("stances/runs.py", "Runs"),
    Room.STUDIES: ("study/studies.py", "Studies"),
    Room.LIVE: ("study/live.py", "Live"),
    Room.MODERATION: ("study/moderation.py", "Cards"),
    Room.MERGES: ("study/merges.py", "Values and merges"),
    Room.EXPORT: ("study/export.py", "Import and export"),
}

STEP_ROOMS: dict[JourneyStep, Room] = {
    JourneyStep.WELCOME: Room.WELCOME,
    JourneyStep.INTERVIEW: Room.INTERVIEW,
    JourneyStep.CARD: Room.CARD,
    JourneyStep.BELONG: Room.BELONG,
    JourneyStep.CHOOSE: Room.CHOOSE,
    JourneyStep.COMPARE: Room.COMPARE,
    JourneyStep.FINISH: Room.FINISHED,
    JourneyStep.DONE: Room.FINISHED,
}


def pages() -> dict[Room, StreamlitPage]:
    """Return the pages by room; the home page answers at the bare address."""
    return {room: page_of(room) for room in SCRIPTS}


def page_of(room: Room) -> StreamlitPage:
    """Return one page; a new object each time, since a page object belongs to one run of one session."""
    # Making a page asks the disk about every folder above its script, sixteen times a rerun; copying one does not.
    if get_script_run_ctx() is None:
        return _make_page(room)
    if room not in _made:
        _made[room] = _make_page(room)
    return copy(_made[room])


def _make_page(room: Room) -> StreamlitPage:
    script, title = SCRIPTS[room]
    return st.Page(ROOT / script, title=title, url_path=room.value, default=room is Room.HOME)


_made: dict[Room, StreamlitPage] = {}


def go(room: Room) -> NoReturn:
    """Send the browser to another page."""
    st.switch_page(page_of(room))
