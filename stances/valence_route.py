"""The second way from values to dilemmas: a value stands on the side of the action that it speaks for more clearly.

The pull of a value on an action is relevance * (supports - opposes), -1..1, as a scorer of valence gives it. Here the
mentions that a data set lists are replaced by what the pulls say, and everything that counts mentions can then be used.
"""

from collections.abc import Mapping, Sequence

from domain.stances import NOT_TO_DO, TO_DO, ProbeItem

LEAST_LEAD = 0.25
"""Of -2..2: with less between the pulls on both actions a value stands on neither side."""
Pulls = Mapping[str, Mapping[str, float]]
"""Option key -> value -> pull, -1..1."""


def situation_of(item: ProbeItem, option: str) -> str:
    """Return what a scorer is told of one action: the action first, since long texts are cut at their end."""
    action = next(one.text for one in item.options if one.key == option).strip()
    stop = "" if action.endswith((".", "!", "?")) else "."
    return f"{action}{stop} {item.text}".strip()


def place_values(item: ProbeItem, pulls: Pulls, *, least: float = LEAST_LEAD) -> ProbeItem:
    """Return the dilemma with the values that its actions uphold by their pulls, instead of those that it lists.

    A value goes to the action that it pulls towards more, by ``least`` or more; else to neither. Values without a pull
    on one of the two actions go to neither.
    """
    sides: dict[str, list[str]] = {TO_DO: [], NOT_TO_DO: []}
    doing, leaving = pulls.get(TO_DO, {}), pulls.get(NOT_TO_DO, {})
    for value in sorted(doing.keys() & leaving.keys()):
        lead = doing[value] - leaving[value]
        if abs(lead) >= least:
            sides[TO_DO if lead > 0 else NOT_TO_DO].append(value)
    options = [one.model_copy(update={"values": tuple(sides.get(one.key, ()))}) for one in item.options]
    return item.model_copy(update={"options": tuple(options)})


def placed_items(
    items: Sequence[ProbeItem], pulls: Mapping[str, Pulls], *, least: float = LEAST_LEAD
) -> tuple[ProbeItem, ...]:
    """Return the dilemmas that have pulls, each with its values placed; ``pulls`` goes by item id."""
    return tuple(place_values(item, pulls[item.id], least=least) for item in items if item.id in pulls)
