"""Answers as columns of numbers: who answered what on which item. The form in which groups and bridging are counted."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from domain.votes import Draw, EdgeAnswer

IntArray = npt.NDArray[np.int64]
RealArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

EDGE_ANSWERS = (EdgeAnswer.WISER.value, EdgeAnswer.NOT_WISER.value, EdgeAnswer.NOT_SURE.value)
EDGE_SCORES = (1.0, 0.0, 0.5)
"""Support of each answer on an edge, 0..1: not sure stands between, as "somewhat" does in Community Notes."""
DRAW_ANSWERS = ("ticked", "not_ticked")
DRAW_SCORES = (1.0, 0.0)


class Pair(NamedTuple):
    """The item of an edge vote: an ordered pair of values in a context."""

    src_id: ValueId
    wiser_id: ValueId
    context: str


class Given(NamedTuple):
    """One answer of one person on one item."""

    person_id: PersonId
    item: Hashable
    answer: int
    """Place of the answer among the possible ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """Answers in columns, at most one per person and item; the three arrays have shape (n_answers,)."""

    people: tuple[PersonId, ...]
    """Sorted."""
    items: tuple[Hashable, ...]
    """In the order of their text, so that the order of answers changes nothing."""
    answers: tuple[str, ...]
    scores: tuple[float, ...]
    """Support that each answer expresses, 0..1; 1 is most."""
    person: IntArray
    """Row in ``people``."""
    item: IntArray
    """Row in ``items``."""
    answer: IntArray
    """Row in ``answers``."""

    def score(self) -> RealArray:
        """Return the support that each answer expresses, shape (n_answers,), 0..1."""
        return np.array(self.scores, dtype=np.float64)[self.answer]

    def where(self, kept: BoolArray) -> "Ballots":
        """Return the answers where ``kept`` (shape (n_answers,)) holds; people and items keep their rows."""
        return Ballots(
            people=self.people,
            items=self.items,
            answers=self.answers,
            scores=self.scores,
            person=self.person[kept],
            item=self.item[kept],
            answer=self.answer[kept],
        )

    def n_by_person(self) -> IntArray:
        """Return how many items each person answered, shape (n_people,)."""
        return np.bincount(self.person, minlength=len(self.people)).astype(np.int64)

    def n_by_item(self) -> IntArray:
        """Return how many people answered each item, shape (n_items,)."""
        return np.bincount(self.item, minlength=len(self.items)).astype(np.int64)


def cast_ballots(given: Iterable[Given], *, answers: Sequence[str], scores: Sequence[float]) -> Ballots:
    """Return answers in columns, sorted by item and person; of two by one person on one item the later counts."""
    newest = {(one.person_id, one.item): one.answer for one in given}
    people = tuple(sorted({person_id for person_id, _ in newest}))
    items = tuple(sorted({item for _, item in newest}, key=repr))
    row_of = {person_id: row for row, person_id in enumerate(people)}
    place_of = {item: place for place, item in enumerate(items)}
    cells = sorted((place_of[item], row_of[person_id], answer) for (person_id, item), answer in newest.items())
    columns = np.array(cells, dtype=np.int64).reshape(-1, 3)
    return Ballots(
        people=people,
        items=items,
        answers=tuple(answers),
        scores=tuple(scores),
        person=columns[:, 1],
        item=columns[:, 0],
        answer=columns[:, 2],
    )


def ballots_of_votes(rows: Iterable[VoteRow]) -> Ballots:
    """Return edge votes in columns: items are pairs in a context, answers wiser, not wiser, not sure."""
    place = {answer: at for at, answer in enumerate(EDGE_ANSWERS)}
    given = (Given(r.person_id, Pair(r.src_id, r.wiser_id, r.context), place[r.answer.value]) for r in rows)
    return cast_ballots(given, answers=EDGE_ANSWERS, scores=EDGE_SCORES)


def ballots_of_draws(draws: Iterable[Draw]) -> Ballots:
    """Return answered draws in columns: items are values, answers ticked or not; what was never answered is left out.

    A value shown to one person twice counts as ticked where it ever was.
    """
    ticked: dict[tuple[PersonId, ValueId], bool] = {}
    for draw in draws:
        if draw.answered_at is None:
            continue
        for value_id in draw.value_ids:
            key = (draw.person_id, value_id)
            ticked[key] = ticked.get(key, False) or value_id in draw.chosen_ids
    given = (Given(person_id, value_id, int(not is_ticked)) for (person_id, value_id), is_ticked in ticked.items())
    return cast_ballots(given, answers=DRAW_ANSWERS, scores=DRAW_SCORES)
