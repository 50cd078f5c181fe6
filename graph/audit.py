"""Audit of the process by group: who finished, was shown, merged, heard. Its words are chosen by rule.

It never says that a process is fair. It says that a difference is shown, or that none is shown at this size and how
large a difference would have gone unseen. Every share carries its count, every test is corrected for all others.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

import numpy as np

from domain.ids import PersonId
from domain.measures.contingency import chi_square, fisher_exact
from domain.measures.corrections import benjamini_hochberg
from domain.measures.intervals import Z_95, Interval, wilson_interval
from graph.audit_words import chosen_words
from graph.ballots import IntArray, RealArray
from graph.cell_guard import Cell
from graph.groups import N_SHUFFLES, Grouping

N_RESAMPLES = 400
MIN_EXPECTED = 5
"""Expected count below which chi-square is no longer near enough (Cochran 1954) and labels are shuffled instead."""
Z_POWER_80 = 0.8416212335729143
"""80 % quantile of the standard normal distribution."""
LARGEST_SHARE = 1.0


class Kind(StrEnum):
    """How a measure is summed up over a group."""

    SHARE = "share"
    """Share of people for whom it holds."""
    MEDIAN = "median"
    RATIO = "ratio"
    """Sum of the amounts over sum of what they are out of, such as ticks per time shown."""


class Amount(NamedTuple):
    """What was recorded of one person."""

    amount: float
    """1 or 0 in a share."""
    out_of: float = 1.0
    """Only a ratio reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measure as recorded, person by person; people of whom nothing is recorded are absent."""

    name: str
    kind: Kind
    by_person: Mapping[PersonId, Amount]


class AuditCell(NamedTuple):
    """One group in one measure."""

    group: str
    cell: Cell
    n_yes: int | None
    """People for whom a share holds; ``None`` in other kinds and where hidden."""
    value: float | None
    interval: Interval | None
    """95 %: Wilson in a share, order statistics of a median, resampled people in a ratio."""


class PairTest(NamedTuple):
    """Two groups of a share held against each other."""

    first: str
    second: str
    p: float
    """Fisher's exact test, two-sided."""
    q: float
    """Corrected over all pairs of the whole audit."""


class AuditLine(NamedTuple):
    """One measure by group."""

    name: str
    kind: Kind
    groups: tuple[AuditCell, ...]
    n_people: int
    """People of whom it is recorded, in a group or not."""
    p: float | None
    """All groups shown at once: chi-square where counts allow, else shuffled labels. ``None`` below two groups."""
    q: float | None
    """Corrected over all measures of the audit."""
    pairs: tuple[PairTest, ...]
    unseen: float | None
    """Difference between the two largest groups of a share that would go unseen one time in five, 0..1."""
    words: str


def audit(measures: Sequence[Measured], grouping: Grouping, *, rng: np.random.Generator) -> tuple[AuditLine, ...]:
    """Return each measure by group, tests corrected over all of them, in the order of ``measures``."""
    lines = [_line(measured, grouping, rng=rng) for measured in measures]
    q_values = iter(benjamini_hochberg([line.p for line in lines if line.p is not None]))
    pair_q = iter(benjamini_hochberg([pair.p for line in lines for pair in line.pairs]))
    corrected = [
        line._replace(
            q=None if line.p is None else next(q_values),
            pairs=tuple(pair._replace(q=next(pair_q)) for pair in line.pairs),
        )
        for line in lines
    ]
    return tuple(line._replace(words=_words(line)) for line in corrected)


def detectable_difference(share: float, n_first: int, n_second: int) -> float:
    """Return the difference of two shares that a test at 5 % finds four times in five, 0..1.

    (z(.975) + z(.8)) * sqrt(p (1 - p) (1/n + 1/m)). Source: Fleiss, Statistical methods for rates and proportions.

    >>> round(detectable_difference(0.85, 44, 55), 2)
    0.2
    """
    error = math.sqrt(share * (1 - share) * (1 / n_first + 1 / n_second))
    return min(LARGEST_SHARE, (Z_95 + Z_POWER_80) * error)


def _line(measured: Measured, grouping: Grouping, *, rng: np.random.Generator) -> AuditLine:
    people = sorted(measured.by_person)
    codes, labels = grouping.codes(people), grouping.labels()
    amounts = np.array([measured.by_person[person_id] for person_id in people], dtype=np.float64).reshape(-1, 2)
    n_people = [int((codes == at).sum()) for at in range(len(labels))]
    cells = grouping.guard().cells(n_people, n_others=int((codes < 0).sum()))
    groups = tuple(
        _cell(label, cells[at], amounts[codes == at], measured.kind, rng=rng) for at, label in enumerate(labels)
    )
    shown = [at for at, cell in enumerate(cells) if cell.n_people]
    inside = np.isin(codes, shown)
    p = _test(measured.kind, codes[inside], amounts[inside], rng=rng) if len(shown) > 1 else None
    is_share = measured.kind is Kind.SHARE
    return AuditLine(
        name=measured.name,
        kind=measured.kind,
        groups=groups,
        n_people=len(people),
        p=p,
        q=None,
        pairs=_pairs(groups) if is_share and p is not None else (),
        unseen=_unseen(groups) if is_share and p is not None else None,
        words="",
    )


def _cell(label: str, cell: Cell, amounts: RealArray, kind: Kind, *, rng: np.random.Generator) -> AuditCell:
    if not cell.n_people:
        return AuditCell(label, cell, None, None, None)
    if kind is Kind.SHARE:
        count = int(amounts[:, 0].sum())
        return AuditCell(label, cell, count, count / len(amounts), wilson_interval(count, len(amounts)))
    if kind is Kind.MEDIAN:
        return AuditCell(label, cell, None, float(np.median(amounts[:, 0])), median_interval(amounts[:, 0]))
    if not amounts[:, 1].sum():
        return AuditCell(label, cell, None, None, None)
    drawn = rng.integers(len(amounts), size=(N_RESAMPLES, len(amounts)))
    sums = amounts[drawn].sum(axis=1)
    ratios = sums[sums[:, 1] > 0]
    low, high = np.quantile(ratios[:, 0] / ratios[:, 1], [0.025, 0.975])
    return AuditCell(label, cell, None, _ratio(amounts), Interval(float(low), float(high)))


def median_interval(amounts: RealArray) -> Interval:
    """Return the 95 % interval of a median from order statistics; the whole range where there are few.

    Source: Conover, Practical nonparametric statistics (1999), section 3.2, by the normal approximation.
    """
    ordered, n = np.sort(amounts), len(amounts)
    half = Z_95 * math.sqrt(n) / 2
    low, high = math.floor(n / 2 - half), math.ceil(n / 2 + half)
    return Interval(float(ordered[max(0, low)]), float(ordered[min(n - 1, high)]))


def _test(kind: Kind, codes: IntArray, amounts: RealArray, *, rng: np.random.Generator) -> float:
    labels, code = np.unique(codes, return_inverse=True)
    if kind is Kind.SHARE:
        yes = np.bincount(code, amounts[:, 0])
        table = np.stack([yes, np.bincount(code) - yes], axis=1).astype(np.int64).tolist()
        found = chi_square(table)
        if found is None:
            return 1.0
        if found.min_expected >= MIN_EXPECTED:
            return found.p
    if kind is Kind.MEDIAN:
        amounts = np.stack([_ranks(amounts[:, 0]), np.ones(len(amounts))], axis=1)
    overall = _ratio(amounts)

    def spread(groups: IntArray) -> float:
        out_of = np.bincount(groups, amounts[:, 1], len(labels))
        sums = np.bincount(groups, amounts[:, 0], len(labels))
        gaps = np.divide(sums, out_of, out=np.full(len(labels), overall), where=out_of > 0) - overall
        return float((out_of * gaps**2).sum())

    own = spread(code)
    n_larger = sum(spread(rng.permutation(code)) >= own * (1 - 1e-9) for _ in range(N_SHUFFLES))
    return (1 + n_larger) / (1 + N_SHUFFLES)


def _ratio(amounts: RealArray) -> float:
    total = float(amounts[:, 1].sum())
    return float(amounts[:, 0].sum()) / total if total else 0.0


def _ranks(amounts: RealArray) -> RealArray:
    """Ranks from 1, ties sharing their mean rank (Kruskal and Wallis 1952)."""
    _, inverse, counts = np.unique(amounts, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: RealArray = (last - (counts - 1) / 2)[inverse]
    return ranks


def _pairs(groups: Sequence[AuditCell]) -> tuple[PairTest, ...]:
    found = []
    for first, second in combinations([g for g in groups if g.n_yes is not None and g.cell.n_people], 2):
        tables = [(g.n_yes or 0, (g.cell.n_people or 0) - (g.n_yes or 0)) for g in (first, second)]
        found.append(PairTest(first.group, second.group, p=fisher_exact(tables[0], tables[1]), q=1.0))
    return tuple(found)


def _unseen(groups: Sequence[AuditCell]) -> float:
    shown = sorted((g.cell.n_people, g.n_yes) for g in groups if g.cell.n_people and g.n_yes is not None)[-2:]
    (n_first, first), (n_second, second) = shown
    return detectable_difference((first + second) / (n_first + n_second), n_first, n_second)


def _words(line: AuditLine) -> str:
    known = [g for g in line.groups if g.value is not None]
    by_value = sorted(known, key=lambda g: (g.value or 0.0, g.group))
    return chosen_words(
        n_people=line.n_people,
        q=line.q,
        lowest=by_value[0].group if by_value else "",
        highest=by_value[-1].group if by_value else "",
        unseen=line.unseen,
    )
