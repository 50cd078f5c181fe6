"""What the Kaleidoscope shows for a situation: the graph's values and, apart from them, those a model proposed."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.kaleido import ValueScore, Vrd
from domain.value_readings import SituationReading
from kaleido.candidates import Candidates
from kaleido.readings import read_situation
from services.scoring import Scored

GRAPH, MACHINE = "graph", "machine-made"


class ShownValue(NamedTuple):
    """A value beside a situation as it is shown."""

    vrd: Vrd
    score: ValueScore
    is_machine: bool
    """A model proposed it; else it stands in the graph."""

    @property
    def origin(self) -> str:
        """Where the words come from."""
        return MACHINE if self.is_machine else GRAPH


def shown_together(found: Scored, chosen: Candidates | None) -> tuple[ShownValue, ...]:
    """Return the graph's values and those proposed that it does not name itself, most relevant first."""
    graph = [ShownValue(one.vrd, one.score, is_machine=False) for one in found.scored]
    named = {_name(one.vrd) for one in graph}
    made = [
        ShownValue(one.vrd, one.score, is_machine=True)
        for one in (chosen.kept if chosen else ())
        if _name(one.vrd) not in named
    ]
    return tuple(sorted([*graph, *made], key=lambda one: (-one.score.relevance, one.is_machine, one.vrd.text)))


def read_shown(shown: Sequence[ShownValue]) -> SituationReading | None:
    """Return what the scores say together; see ``kaleido.readings.read_situation``."""
    return read_situation([one.score for one in shown])


def _name(vrd: Vrd) -> tuple[str, str]:
    return vrd.kind.value, vrd.text.casefold()
