"""A run beside people: their counts from a CSV file, or the deliberation itself, edge by edge."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.errors import DataError, UserInputError
from domain.graphs import GraphEdge
from domain.measures.distances import jensen_shannon
from domain.plurality import EdgeByGroups
from domain.population_reports import PopulationComparison, PopulationGroup, PopulationItem
from domain.stance_reports import EdgeTest
from domain.stances import Answer, AnswerClass, ProbeItem
from services.analysis_votes import number_of
from stances.mentions import RealArray
from stances.population import Fit, Pair, fit_population

COLUMNS = ("item_id", "option", "count")
GROUP = "group"
ALL = ""
MIN_GROUP = 5
"""No group with fewer people on an item is compared on it."""
ACTED = ("wiser", "undecided", "other")
"""What a vote and a decision have in common, in order."""

Counts = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Group -> item -> option -> people; the group ``""`` holds all."""

FEWEST_ITEMS = 10
"""Below it no sentence is made of a distance; the table holds the figures."""


class Asked(NamedTuple):
    """One item as both sides answered it."""

    item_id: str
    text: str
    options: tuple[str, ...]
    model: RealArray


def read_counts(text: str, *, name: str, items: Sequence[ProbeItem]) -> Counts:
    """Return the counts of a CSV file with the columns ``item_id``, ``option``, ``count`` and, if wanted, ``group``.

    Raises:
        DataError: a column is missing, an item or option is unknown, or a count is no whole number from 0.
    """
    options = {item.id: item.option_keys for item in items}
    found: defaultdict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    reader = csv.DictReader(io.StringIO(text))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}", file=name)
    for number, row in enumerate(reader, start=1):
        item, option, count = ((row[column] or "").strip() for column in COLUMNS)
        if item not in options:
            raise DataError("is no item of this run", file=name, row=number, column="item_id", value=item)
        if option not in options[item]:
            raise DataError(f"is none of {', '.join(options[item])}", file=name, row=number, column="option",
                            value=option)  # fmt: skip
        if not count.isdecimal():
            raise DataError("is no whole number from 0", file=name, row=number, column="count", value=count)
        for group in {ALL, (row.get(GROUP) or "").strip()}:
            held = found[group].setdefault(item, {})
            held[option] = held.get(option, 0.0) + int(count)
    if not found:
        raise DataError("holds no row", file=name)
    return found


def compare_population(
    items: Sequence[ProbeItem], answers: Iterable[Answer], counts: Counts, *, source: str, seed: int = 0
) -> PopulationComparison:
    """Return a run beside the people of ``counts``.

    Raises:
        UserInputError: no item was answered by both.
    """
    shares = model_shares(answers)
    asked = [_asked(item, shares[item.id]) for item in items if item.id in shares]
    return _compared(asked, counts, source=source, seed=seed)


def compare_deliberation(
    edges: Sequence[GraphEdge], tests: Sequence[EdgeTest], *, source: str, by_group: Sequence[EdgeByGroups] = (),
    seed: int = 0,
) -> PopulationComparison:  # fmt: skip
    """Return the model's decisions beside the people's votes, edge by edge: wiser, undecided (or not sure), other.

    Args:
        edges: what all people said.
        tests: what the model did.
        source: name of the study.
        by_group: what groups said; answers that are hidden there stay out.
        seed: of the draws.

    Raises:
        UserInputError: no edge was met in an answered dilemma.
    """
    counts_of = {(number_of(edge.src_id), number_of(edge.wiser_id)): edge.counts for edge in edges}
    counts = {
        ALL: {
            f"{src}-{wiser}": _acted(own.wiser, own.unsure, own.not_wiser) for (src, wiser), own in counts_of.items()
        },
        **_group_counts(by_group),
    }
    asked = [
        Asked(f"{test.src}-{test.wiser}", f"{test.src_title} → {test.wiser_title}", ACTED,
              np.array([test.n_wiser, test.n_undecided, test.n_less], dtype=np.float64)) for test in tests
    ]  # fmt: skip
    return _compared(asked, counts, source=source, seed=seed)


def _acted(wiser: int, unsure: int, other: int) -> dict[str, float]:
    return dict(zip(ACTED, map(float, (wiser, unsure, other)), strict=True))


def _group_counts(edges: Iterable[EdgeByGroups]) -> dict[str, dict[str, dict[str, float]]]:
    found: defaultdict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for edge in edges:
        for own in edge.groups:
            if own.wiser is not None and own.unsure is not None and own.not_wiser is not None:
                found[own.group][f"{edge.src}-{edge.wiser}"] = _acted(own.wiser, own.unsure, own.not_wiser)
    return dict(found)


def _asked(item: ProbeItem, shares: Mapping[str, float]) -> Asked:
    weights = np.array([shares.get(key, 0.0) for key in item.option_keys])
    return Asked(item.id, item.text, item.option_keys, weights)


def model_shares(answers: Iterable[Answer]) -> dict[str, dict[str, float]]:
    """Return the model's mean probabilities of each item, over both orders and all wordings, choices alone."""
    kept: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for answer in answers:
        if answer.kind is AnswerClass.CHOICE and answer.probabilities:
            kept[answer.item_id].append(answer.probabilities)
    return {
        item: {key: sum(row.get(key, 0.0) for row in rows) / len(rows) for key in {k for row in rows for k in row}}
        for item, rows in kept.items()
    }


def _compared(asked: Sequence[Asked], counts: Counts, *, source: str, seed: int) -> PopulationComparison:
    groups, rng = [], np.random.default_rng([seed, 3])
    for group in sorted(counts):
        fit = fit_population([pair for _, pair in _pairs(asked, counts[group])], rng=rng)
        if fit is not None:
            groups.append(_group(group, fit))
    if not groups:
        raise UserInputError(f"No item was answered by the model and by {MIN_GROUP} or more of these people.")
    rows = [_item(one, pair) for one, pair in _pairs(asked, counts[ALL])]
    return PopulationComparison(
        source=source, groups=tuple(groups), items=tuple(sorted(rows, key=lambda row: (-row.js_distance, row.item_id))),
        words=_words(groups[0]),
    )  # fmt: skip


def _pairs(asked: Sequence[Asked], counts: Mapping[str, Mapping[str, float]]) -> list[tuple[Asked, Pair]]:
    found = []
    for one in asked:
        people = np.array([counts.get(one.item_id, {}).get(option, 0.0) for option in one.options])
        if people.sum() >= MIN_GROUP and one.model.sum() > 0:
            found.append((one, Pair(one.model, people)))
    return found


def _group(name: str, fit: Fit) -> PopulationGroup:
    return PopulationGroup(
        group=name, n_items=fit.n_items, n_people=fit.n_people, js_distance=fit.js_distance, ordinal=fit.ordinal,
        entropy_gap=fit.entropy_gap, chance=fit.chance, ceiling=fit.ceiling, reached=fit.reached,
        reached_interval=tuple(fit.reached_interval) if fit.reached_interval else None,
    )  # fmt: skip


def _item(one: Asked, pair: Pair) -> PopulationItem:
    sides = [dict(zip(one.options, (some / some.sum()).tolist(), strict=True)) for some in pair]
    return PopulationItem(
        item_id=one.item_id, text=one.text, model=sides[0], people=sides[1], n_people=int(pair.people.sum()),
        js_distance=jensen_shannon(pair.model.tolist(), pair.people.tolist()),
    )  # fmt: skip


def _words(group: PopulationGroup) -> str:
    if group.n_items < FEWEST_ITEMS:
        return f"Only {group.n_items} items were answered by both: too few to say how far the model is from the people."
    far = f"Over {group.n_items} items the model lies {group.js_distance:.2f} from the people (Jensen-Shannon, 0 to 1)"
    if group.reached is None or group.reached_interval is None:
        return f"{far}. The people's answers leave nothing to reach above guessing."
    low, high = group.reached_interval
    if high < 0:
        return f"{far}: further than taking every option alike would be."
    surer = "surer" if group.entropy_gap < 0 else "less sure"
    return (
        f"{far}: {group.reached:.0%} of the way from taking every option alike to what another such group of people "
        f"would reach (95 % {low:.0%} to {high:.0%}). It is {surer} than they are."
    )
