"""Finds the items of a run of numbers alone: in the starter sets, or in published files that lie in the data folder.

Only items whose hash is that on the card are taken: other items, or other words, would give numbers a false meaning.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from domain.errors import MoralGraphError
from domain.nouns import content_hash
from domain.stances import CIVICS, DAILYDILEMMAS, Answer, ProbeItem, RunCard
from stances.civics import read_civics
from stances.dailydilemmas import read_dailydilemmas
from stances.starter_items import read_items

STARTER = Path(__file__).parents[1] / "assets" / "starter" / "probes"
PUBLISHED = "datasets"
"""Folder in the data folder; published files lie in a folder of their own named as the data set."""


class FoundItems(NamedTuple):
    """A set of items and what its values belong to."""

    items: tuple[ProbeItem, ...]
    theories: dict[str, dict[str, str]]


NOTHING = FoundItems((), {})


def find_items(card: RunCard, answers: tuple[Answer, ...], *, data_dir: Path) -> FoundItems:
    """Return the items that a run asked; none where they are not on this machine."""
    names = {answer.item_id for answer in answers}
    for found in _sets(card.dataset, data_dir):
        asked = tuple(item for item in found.items if item.id in names)
        if asked and content_hash([item.model_dump(mode="json") for item in asked]) == card.dataset_hash:
            return found._replace(items=asked)
    return NOTHING


def how_to_get(name: str, dataset: str) -> str:
    """Return one sentence on what to do where the items of a run are not on this machine."""
    if dataset not in (DAILYDILEMMAS, CIVICS):
        return f"The run {name!r} holds numbers alone: the items asked are not kept with it."
    return (
        f"The run {name!r} holds numbers alone. To read it, put the published files of its data set into the data "
        f"folder, under {PUBLISHED}/{dataset}, and load the page again."
    )


def _sets(dataset: str, data_dir: Path) -> Iterator[FoundItems]:
    for file in sorted(STARTER.glob("*.json")):
        yield _starter(file)
    folder = data_dir / PUBLISHED / dataset
    if dataset in (DAILYDILEMMAS, CIVICS) and folder.is_dir():
        yield _published(dataset, folder)


@lru_cache(maxsize=8)
def _starter(file: Path) -> FoundItems:
    return FoundItems(read_items(file), {})


@lru_cache(maxsize=4)
def _published(dataset: str, folder: Path) -> FoundItems:
    try:
        if dataset == CIVICS:
            return FoundItems(read_civics(folder), {})
        read = read_dailydilemmas(folder)
    except MoralGraphError:  # the files are spoiled: the run stays one of numbers alone
        return NOTHING
    return FoundItems(read.items, {theory: dict(labels) for theory, labels in read.theories.items()})
