"""How often each value, and each dimension of a theory, is mentioned by either action of each dilemma."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.stances import NOT_TO_DO, TO_DO, ProbeItem

RealArray = npt.NDArray[np.float64]
VALUE = "value"
"""The theory in which every value is its own label."""


class Label(NamedTuple):
    """A value, or a dimension of a theory."""

    theory: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Counts of mentions. A value that an action mentions twice counts twice, as published."""

    items: tuple[str, ...]
    """Ids of the dilemmas; columns of both arrays."""
    labels: tuple[Label, ...]
    """Rows of both arrays: values first, then the theories, each by name."""
    to_do: RealArray
    """Shape (labels, items): mentions by the action ``to_do``, 0 and up."""
    not_to_do: RealArray
    """The same of the other action."""

    @property
    def difference(self) -> RealArray:
        """Mentions for doing less those against, shape (labels, items)."""
        return self.to_do - self.not_to_do

    @property
    def total(self) -> RealArray:
        """Mentions by either action, shape (labels, items)."""
        return self.to_do + self.not_to_do

    def rows(self, labels: Sequence[Label]) -> "Mentions":
        """Return the rows of ``labels``, in their order."""
        place = {label: at for at, label in enumerate(self.labels)}
        chosen = [place[label] for label in labels]
        return Mentions(
            items=self.items, labels=tuple(labels), to_do=self.to_do[chosen], not_to_do=self.not_to_do[chosen]
        )

    def columns(self, chosen: npt.NDArray[np.bool_]) -> "Mentions":
        """Return the items where ``chosen``, shape (items,), is true."""
        kept = tuple(name for name, is_kept in zip(self.items, chosen.tolist(), strict=True) if is_kept)
        return Mentions(
            items=kept, labels=self.labels, to_do=self.to_do[:, chosen], not_to_do=self.not_to_do[:, chosen]
        )


def count_mentions(items: Sequence[ProbeItem], theories: Mapping[str, Mapping[str, str]]) -> Mentions:
    """Return the counts of ``items``; ``theories`` maps theory -> value -> label. Labels nobody mentions are absent.

    Raises:
        ValueError: an item lacks one of the two actions.
    """
    labels_of: dict[str, tuple[Label, ...]] = {}
    counts: dict[tuple[Label, int, str], int] = {}
    for column, item in enumerate(items):
        if {TO_DO, NOT_TO_DO} - set(item.option_keys):
            raise ValueError(f"item {item.id!r} has no action {TO_DO!r} or {NOT_TO_DO!r}")
        for option in item.options:
            for value in option.values:
                if value not in labels_of:
                    labels_of[value] = _labels(value, theories)
                for label in labels_of[value]:
                    key = (label, column, option.key)
                    counts[key] = counts.get(key, 0) + 1
    rank = {theory: place for place, theory in enumerate((VALUE, *theories))}
    labels = sorted({label for label, _, _ in counts}, key=lambda label: (rank[label.theory], label.name))
    return _filled(tuple(item.id for item in items), tuple(labels), counts)


def _labels(value: str, theories: Mapping[str, Mapping[str, str]]) -> tuple[Label, ...]:
    placed = (Label(theory, of_value[value]) for theory, of_value in theories.items() if value in of_value)
    return (Label(VALUE, value), *placed)


def _filled(items: tuple[str, ...], labels: tuple[Label, ...], counts: dict[tuple[Label, int, str], int]) -> Mentions:
    row = {label: at for at, label in enumerate(labels)}
    sides = {key: np.zeros((len(labels), len(items))) for key in (TO_DO, NOT_TO_DO)}
    for (label, column, key), count in counts.items():
        if key in sides:
            sides[key][row[label], column] = count
    return Mentions(items=items, labels=labels, to_do=sides[TO_DO], not_to_do=sides[NOT_TO_DO])
