"""Disagreement kept: counts by context and group, and the pairs on which groups split. No cell below five people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from domain.cards import CanonicalValue
from domain.exports import ExportFormat
from domain.graphs import VoteRow
from domain.ids import PersonId, ValueId
from domain.measures.intervals import wilson_interval
from domain.votes import EdgeAnswer
from storage.interchange.training.rows import Example, Mark, Row
from storage.interchange.training.wording import CARD_WORDING, card_text

MIN_GROUP = 5
"""No group below five people is ever shown (small cells identify people)."""
EVERYONE = "everyone"
HALF = 0.5

Attributes = Mapping[PersonId, Mapping[str, str]]


class Pair(NamedTuple):
    """An ordered pair of values."""

    src_id: ValueId
    wiser_id: ValueId


class Suppressed:
    """Counts what was left out because too few people stand behind it."""

    def __init__(self) -> None:
        self.n_cells = 0


def soft_rows(
    votes: Sequence[VoteRow],
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
    cells: dict[tuple[str, Pair], list[VoteRow]] = defaultdict(list)
    for vote in votes:
        cells[vote.context, Pair(vote.src_id, vote.wiser_id)].append(vote)
    for (context, pair), own in sorted(cells.items()):
        if n_people(own) < MIN_GROUP:
            suppressed.n_cells += 1
            continue
        about = {"context": context, **_cards(pair, values, texts)}
        yield _soft({**about, "attribute": EVERYONE, "group": EVERYONE, **_counts(own)})
        for name, groups in by_attribute(own, attributes, suppressed=suppressed):
            for group, said in groups.items():
                yield _soft({**about, "attribute": name, "group": group, **_counts(said)})


def pluralism_rows(
    votes: Sequence[VoteRow],
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
    cells: dict[Pair, dict[str, list[VoteRow]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        cells[Pair(vote.src_id, vote.wiser_id)][vote.context].append(vote)
    for pair, contexts in sorted(cells.items()):
        shown: dict[str, dict[str, list[VoteRow]]] = defaultdict(lambda: defaultdict(list))
        for own in contexts.values():
            if n_people(own) >= MIN_GROUP:
                for name, groups in by_attribute(own, attributes, suppressed=suppressed):
                    for group, said in groups.items():
                        shown[name][group].extend(said)
        for name, whole in sorted(shown.items()):
            row = _split_row(name, whole, about=_cards(pair, values, texts))
            if row is not None:
                everybody = _counts([vote for said in whole.values() for vote in said])
                yield Example(ExportFormat.PLURALISM, row, _split_note(row, everybody))


def by_attribute(
    votes: Sequence[VoteRow], attributes: Attributes, *, suppressed: Suppressed
) -> Iterator[tuple[str, dict[str, list[VoteRow]]]]:
    """Yield each attribute with the groups of it that may be shown.

    A group below five people is left out, and so are the smallest groups beside it until those left out are five or
    more together: else the counts of everyone, less those shown, would give the small group away.
    """
    found: dict[str, dict[str, list[VoteRow]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        for name, group in attributes.get(vote.person_id, {}).items():
            found[name][group].append(vote)
    total = n_people(votes)
    for name, groups in sorted(found.items()):
        sizes = {group: n_people(said) for group, said in groups.items()}
        shown = sorted((g for g, size in sizes.items() if size >= MIN_GROUP), key=lambda g: (-sizes[g], g))
        while shown and 0 < total - sum(sizes[g] for g in shown) < MIN_GROUP:
            shown.pop()
        suppressed.n_cells += len(groups) - len(shown)
        if shown:
            yield name, {group: groups[group] for group in sorted(shown)}


def n_people(votes: Iterable[VoteRow]) -> int:
    """Return how many people voted."""
    return len({vote.person_id for vote in votes})


def _counts(votes: Sequence[VoteRow]) -> Row:
    answers = [vote.answer for vote in votes]
    wiser, not_wiser = answers.count(EdgeAnswer.WISER), answers.count(EdgeAnswer.NOT_WISER)
    interval = wilson_interval(wiser, len(votes))
    low, high = interval if interval is not None else (0.0, 1.0)
    return {
        "people": n_people(votes),
        "wiser": wiser,
        "not_wiser": not_wiser,
        "unsure": len(votes) - wiser - not_wiser,
        "wiser_share": wiser / len(votes),
        "low": low,
        "high": high,
    }


def _soft(row: Row) -> Example:
    note = {**_note(row), "context": row["context"], "attribute": row["attribute"], "group": row["group"]}
    return Example(ExportFormat.SOFT, row, {**note, **_votes(row)})


def _split_row(name: str, groups: Mapping[str, Sequence[VoteRow]], *, about: Row) -> Row | None:
    """Return what the groups of one attribute say on a pair; ``None`` where they do not split."""
    counted = [{"group": group, **_counts(said)} for group, said in sorted(groups.items())]
    shares = [_float(row["wiser_share"]) for row in counted]
    if not min(shares) < HALF < max(shares):
        return None
    lowest_high = min(_float(row["high"]) for row in counted)
    highest_low = max(_float(row["low"]) for row in counted)
    return {
        "contexts": sorted({vote.context for said in groups.values() for vote in said}),
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


def _cards(pair: Pair, values: Mapping[ValueId, CanonicalValue], texts: Mapping[ValueId, str]) -> Row:
    return {
        "source_value_id": values[pair.src_id].number,
        "wiser_value_id": values[pair.wiser_id].number,
        "source_card": texts[pair.src_id],
        "wiser_card": texts[pair.wiser_id],
    }


def _float(value: object) -> float:
    return float(str(value))
