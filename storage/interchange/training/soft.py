"""Disagreement kept: counts by context and group, and the pairs on which groups split. No cell below five people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

import numpy as np

from domain.cards import CanonicalValue
from domain.exports import ExportFormat
from domain.ids import PersonId, ValueId
from storage.interchange.sinks import encoded
from storage.interchange.training.cells import NOT_WISER, WISER, Cells, Said, share_interval
from storage.interchange.training.rows import Example, Mark, Row
from storage.interchange.training.wording import CARD_WORDING, card_text

MIN_GROUP = 5
"""No group below five people is ever shown (small cells identify people)."""
EVERYONE = "everyone"
HALF = 0.5

Attributes = Mapping[PersonId, Mapping[str, str]]
GroupsOf = Sequence[Mapping[str, str]]
"""Attributes of each person, by the person's number."""


class Suppressed:
    """Counts what was left out because too few people stand behind it."""

    def __init__(self) -> None:
        self.n_cells = 0


def soft_rows(
    cells: Cells,
    *,
    values: Mapping[ValueId, CanonicalValue],
    attributes: Attributes,
    suppressed: Suppressed,
    mark: Mark,
) -> Iterator[Example]:
    """Yield the counts of each pair in each context: of everyone, then of each group of each attribute.

    The cards' texts are marked, so that rows of both sides have the same columns.
    """
    texts = {key: mark(card_text(value)) for key, value in values.items()}
    groups_of = _groups_of(cells, attributes)
    for at, cell in enumerate(cells):
        if cell.n_people < MIN_GROUP:
            suppressed.n_cells += 1
            continue
        own = cells.said(at)
        about = {"context": cell.context, **_cards(cell.src_id, cell.wiser_id, values, texts)}
        yield _soft({**about, "attribute": EVERYONE, "group": EVERYONE, **_counts(own)})
        for name, groups in by_attribute(own, groups_of, suppressed=suppressed):
            for group, said in groups.items():
                yield _soft({**about, "attribute": name, "group": group, **_counts(said)})


def pluralism_rows(
    cells: Cells,
    *,
    values: Mapping[ValueId, CanonicalValue],
    attributes: Attributes,
    suppressed: Suppressed,
    mark: Mark,
) -> Iterator[Example]:
    """Yield the pairs on which groups split, over all contexts: most of one group say wiser, most of another do not.

    A group counts with its answers in those contexts alone in which ``soft_rows`` shows it: else the counts over all
    contexts, less those shown, would give a small cell away. ``is_settled`` where the Wilson 95 % interval of one group
    lies above one half and that of another below.
    """
    texts = {key: mark(card_text(value)) for key, value in values.items()}
    groups_of = _groups_of(cells, attributes)
    for src_id, wiser_id, places in _pairs(cells):
        shown: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        contexts: dict[str, set[str]] = defaultdict(set)
        for at in places:
            for name, groups in by_attribute(cells.said(at), groups_of, suppressed=suppressed):
                contexts[name].add(cells.keys.contexts[cells.context[at]])
                for group, said in groups.items():
                    shown[name][group].extend(said)
        for name, whole in sorted(shown.items()):
            about = {"contexts": sorted(contexts[name]), **_cards(src_id, wiser_id, values, texts)}
            row = _split_row(name, whole, about=about)
            if row is not None:
                everybody = _counts([one for said in whole.values() for one in said])
                yield Example(ExportFormat.PLURALISM, encoded(row), _split_note(row, everybody))


def by_attribute(
    own: Sequence[Said], groups_of: GroupsOf, *, suppressed: Suppressed
) -> Iterator[tuple[str, dict[str, list[Said]]]]:
    """Yield each attribute with the groups of it that may be shown.

    A group below five people is left out, and so are the smallest groups beside it until those left out are five or
    more together: else the counts of everyone, less those shown, would give the small group away.
    """
    found: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for one in own:
        for name, group in groups_of[one[0]].items():
            found[name][group].append(one)
    total = n_people(own)
    for name, groups in sorted(found.items()):
        sizes = {group: n_people(said) for group, said in groups.items()}
        shown = sorted((g for g, size in sizes.items() if size >= MIN_GROUP), key=lambda g: (-sizes[g], g))
        while shown and 0 < total - sum(sizes[g] for g in shown) < MIN_GROUP:
            shown.pop()
        suppressed.n_cells += len(groups) - len(shown)
        if shown:
            yield name, {group: groups[group] for group in sorted(shown)}


def n_people(own: Iterable[Said]) -> int:
    """Return how many people answered."""
    return len({person for person, _ in own})


def _groups_of(cells: Cells, attributes: Attributes) -> GroupsOf:
    nothing: Mapping[str, str] = {}
    return [attributes.get(person_id, nothing) for person_id in cells.keys.people]


def _pairs(cells: Cells) -> Iterator[tuple[ValueId, ValueId, list[int]]]:
    """Yield each ordered pair with the places of its cells of five people and more, by source and target."""
    order = np.lexsort((cells.context, cells.wiser, cells.src))
    large = order[cells.n_people[order] >= MIN_GROUP]
    for (src, wiser), some in groupby(large.tolist(), key=lambda at: (cells.src[at], cells.wiser[at])):
        yield cells.keys.values[src], cells.keys.values[wiser], list(some)


def _counts(own: Sequence[Said]) -> Row:
    answers = [answer for _, answer in own]
    wiser, not_wiser = answers.count(WISER), answers.count(NOT_WISER)
    interval = share_interval(wiser, len(own))
    low, high = interval if interval is not None else (0.0, 1.0)
    return {
        "people": n_people(own),
        "wiser": wiser,
        "not_wiser": not_wiser,
        "unsure": len(own) - wiser - not_wiser,
        "wiser_share": wiser / len(own),
        "low": low,
        "high": high,
    }


def _soft(row: Row) -> Example:
    note = {**_note(row), "context": row["context"], "attribute": row["attribute"], "group": row["group"]}
    return Example(ExportFormat.SOFT, encoded(row), {**note, **_votes(row)})


def _split_row(name: str, groups: Mapping[str, Sequence[Said]], *, about: Row) -> Row | None:
    """Return what the groups of one attribute say on a pair; ``None`` where they do not split."""
    counted = [{"group": group, **_counts(said)} for group, said in sorted(groups.items())]
    shares = [_float(row["wiser_share"]) for row in counted]
    if not min(shares) < HALF < max(shares):
        return None
    lowest_high = min(_float(row["high"]) for row in counted)
    highest_low = max(_float(row["low"]) for row in counted)
    return {
        **about,
        "attribute": name,
        "gap": max(shares) - min(shares),
        "is_settled": lowest_high < HALF < highest_low,
        "groups": counted,
    }


def _split_note(row: Row, everybody: Row) -> Row:
    groups = [{"group": said["group"], **_votes(said)} for said in cast("list[Row]", row["groups"])]
    about = {"contexts": row["contexts"], "attribute": row["attribute"], "groups": groups}
    return {**_note(row), **about, **_votes(everybody)}


def _note(row: Row) -> Row:
    """Return what the sidecar says of the pair of a row, under the names that it has in all rows."""
    return {
        "level": "",
        "wording": CARD_WORDING,
        "synthetic": False,
        "sourceValueId": row["source_value_id"],
        "wiserValueId": row["wiser_value_id"],
    }


def _votes(counts: Row) -> Row:
    """Return counts as the sidecar has them; the reverse pair is left out, since fewer than five may have answered."""
    return {
        "votes": {"wiser": counts["wiser"], "notWiser": counts["not_wiser"], "unsure": counts["unsure"]},
        "people": counts["people"],
        "wiserShareInterval": [counts["low"], counts["high"]],
    }


def _cards(
    src_id: ValueId, wiser_id: ValueId, values: Mapping[ValueId, CanonicalValue], texts: Mapping[ValueId, str]
) -> Row:
    return {
        "source_value_id": values[src_id].number,
        "wiser_value_id": values[wiser_id].number,
        "source_card": texts[src_id],
        "wiser_card": texts[wiser_id],
    }


def _float(value: object) -> float:
    return float(str(value))
