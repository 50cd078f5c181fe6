"""Votes counted by pair and context: what a training row is made from."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.graphs import Thresholds, VoteRow
from domain.ids import PersonId, ValueId
from domain.measures.entropy import entropy_bits
from domain.votes import EdgeAnswer


class Cell(NamedTuple):
    """Answers on an ordered pair in one context."""

    src_id: ValueId
    wiser_id: ValueId
    context: str
    wiser: int
    not_wiser: int
    unsure: int
    less_wise: int
    """Answers "wiser" on the reverse pair in this context."""
    impressions: int
    """All answers on the pair in this context, both ways."""
    n_people: int
    """People who voted on this ordered pair in this context."""

    def n_own(self) -> int:
        """Return the answers on the pair in its own direction."""
        return self.wiser + self.not_wiser + self.unsure


def count_cells(rows: Iterable[VoteRow]) -> list[Cell]:
    """Return the counts of every ordered pair in every context, sorted by context and ids."""
    tallies: dict[tuple[str, ValueId, ValueId], dict[EdgeAnswer, int]] = {}
    people: dict[tuple[str, ValueId, ValueId], set[PersonId]] = {}
    for row in rows:
        key = (row.context, row.src_id, row.wiser_id)
        tally = tallies.setdefault(key, dict.fromkeys(EdgeAnswer, 0))
        tally[row.answer] += 1
        people.setdefault(key, set()).add(row.person_id)
    none = dict.fromkeys(EdgeAnswer, 0)
    return [
        Cell(
            src_id=src,
            wiser_id=wiser,
            context=context,
            wiser=tally[EdgeAnswer.WISER],
            not_wiser=tally[EdgeAnswer.NOT_WISER],
            unsure=tally[EdgeAnswer.NOT_SURE],
            less_wise=tallies.get((context, wiser, src), none)[EdgeAnswer.WISER],
            impressions=sum(tally.values()) + sum(tallies.get((context, wiser, src), none).values()),
            n_people=len(people[context, src, wiser]),
        )
        for (context, src, wiser), tally in sorted(tallies.items())
    ]


def is_decided(cell: Cell, thresholds: Thresholds) -> bool:
    """Tell whether people found the pair wiser in this context: the rule of the published graph, and a majority.

    With W, N, U, L, I the counts of ``Cell``: (W - L) / (W + N + U + L), the entropy of {W, N, L, U, I} in bits and W
    pass the thresholds (source: Moral Graph Elicitation, the published graph of 2023; here within one context). That
    rule alone keeps two against two, so W > N + L is wanted too: a label says more than an edge.
    """
    votes = (cell.wiser, cell.not_wiser, cell.less_wise, cell.unsure)
    return (
        cell.wiser >= max(1, thresholds.min_wiser)
        and cell.wiser > cell.not_wiser + cell.less_wise
        and (cell.wiser - cell.less_wise) / sum(votes) >= thresholds.min_wiser_likelihood
        and entropy_bits((*votes, cell.impressions)) <= thresholds.max_entropy
    )


def is_rejected(cell: Cell, thresholds: Thresholds) -> bool:
    """Tell whether people found the pair not wiser in this context: the same rule with "not wiser" in W's place."""
    turned = cell._replace(wiser=cell.not_wiser, not_wiser=cell.wiser, less_wise=0)
    return is_decided(turned, thresholds)
