"""Waves of a study: its votes cut at dates, by round or into halves, and what changed from the first to the last."""

from collections.abc import Sequence
from datetime import datetime

from domain.graphs import VoteRow
from domain.plurality import OverTimeSection
from graph.groups import grouping_by
from graph.over_time import Wave, halves, waves_by_date, waves_by_round
from services.group_material import Material, WaveMaterial
from services.group_rows import over_time_section

Voted = Material | WaveMaterial


def waves_section(material: Voted, *, starts: Sequence[datetime] = (), round_attribute: str = "") -> OverTimeSection:
    """Return the change over time in what was read, its waves cut as ``GroupAnalyses.over_time`` says."""
    if round_attribute and not starts:
        return _rounds_section(material, round_attribute)
    if starts and material.votes:
        first = min(vote.at for vote in material.votes)
        waves = waves_by_date(material.votes, starts=[first, *(start for start in starts if start > first)])
    else:
        waves = halves(material.votes)
    return over_time_section(waves, rest=_outside(material, waves), number=material.number)


def _rounds_section(material: Voted, attribute: str) -> OverTimeSection:
    """Compare rounds of at least five people; they are hidden as the same groups are where groups are shown."""
    rounds = grouping_by(material.people, attribute=attribute)
    labels, guard = rounds.labels(), rounds.guard()
    waves = waves_by_round(
        material.votes, round_of={person: name for person, name in rounds.group_of.items() if name in labels}
    )
    names = [wave.name for wave in waves]
    return over_time_section(
        waves,
        rest=_outside(material, waves),
        guard=guard._replace(order=tuple(names.index(labels[at]) for at in guard.order)),
        by=attribute,
        number=material.number,
    )


def _outside(material: Voted, waves: Sequence[Wave]) -> list[VoteRow]:
    inside = {row for wave in waves for row in wave.rows}
    return [vote.row for vote in material.votes if vote.row not in inside]
