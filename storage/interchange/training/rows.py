"""Rows in the shapes of TRL's trainers: only the columns a trainer reads, conversational, prompt apart from completion.

Source: TRL, Dataset formats and types (prompt-completion, preference, preference with implicit prompt, unpaired
preference, prompt-only), as read by TRL 1.16.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.cards import CanonicalValue
from domain.exports import ExportFormat
from domain.graphs import Thresholds
from domain.ids import ValueId
from domain.measures.intervals import wilson_interval
from storage.interchange.training.cells import Cell, is_decided, is_rejected
from storage.interchange.training.wording import (
    SCENARIO_WORDING,
    WORDING,
    assistant,
    comparison,
    scenario,
    user,
    with_canary,
)

Row = dict[str, object]
Mark = Callable[[str], str]
"""What is done to a prompt or a card: nothing on the training side, the canary on the test side."""


class Example(NamedTuple):
    """One row of one file, and what its sidecar says."""

    use: ExportFormat
    row: Row
    provenance: Row


class AnswerPair(NamedTuple):
    """Two answers to one scenario, written by a model: one under each card."""

    cell: Cell
    question: str
    under_src: str
    under_wiser: str
    made_by: Mapping[str, object]
    """Model, prompts and checks."""


def marker(canary: str | None) -> Mark:
    """Return what is done to every prompt or card of a side; ``canary`` is ``None`` on the training side."""
    return (lambda text: with_canary(text, canary)) if canary else (lambda text: text)


def value_rows(
    cells: Iterable[Cell],
    *,
    values: Mapping[ValueId, CanonicalValue],
    thresholds: Thresholds,
    mark: Mark,
) -> Iterator[Example]:
    """Yield the rows that compare two value cards in a context.

    A decided cell (``is_decided``) gives one row each for sft, dpo and reward and two for kto; a rejected one gives one
    kto row with label false. Every pair asked about in a context gives one prompt, decided or not.
    """
    kept = list(cells)
    decided = {(c.src_id, c.wiser_id, c.context) for c in kept if is_decided(c, thresholds)}
    asked: set[tuple[frozenset[ValueId], str]] = set()
    for cell in kept:
        shown = comparison(values[cell.src_id], values[cell.wiser_id], cell.context)
        prompt = mark(shown.prompt)
        better, worse = shown.names[cell.wiser_id], shown.names[cell.src_id]
        note = {"level": "value", "wording": WORDING, "synthetic": False, **_votes(cell, values)}
        pair = (frozenset((cell.src_id, cell.wiser_id)), cell.context)
        if pair not in asked:
            asked.add(pair)
            yield Example(ExportFormat.PROMPTS, {"prompt": [user(prompt)]}, note)
        if (cell.src_id, cell.wiser_id, cell.context) in decided:
            yield from preference(prompt, chosen=better, rejected=worse, note=note)
        elif is_rejected(cell, thresholds) and (cell.wiser_id, cell.src_id, cell.context) not in decided:
            yield _kto(prompt, better, label=False, note=note)


def answer_rows(
    pairs: Iterable[AnswerPair], *, values: Mapping[ValueId, CanonicalValue], mark: Mark
) -> Iterator[Example]:
    """Yield the rows that compare two written answers; all are marked synthetic."""
    for pair in pairs:
        note = {"level": "answer", "wording": SCENARIO_WORDING, "question": pair.question, "synthetic": True}
        note |= {**pair.made_by, **_votes(pair.cell, values)}
        prompt = mark(scenario(pair.question, pair.cell.context))
        yield from preference(prompt, chosen=pair.under_wiser, rejected=pair.under_src, note=note)


def scenario_row(question: str, context: str, *, mark: Mark) -> Example:
    """Return the prompt that asks a question of the study in a context; it needs no vote and no model."""
    note: Row = {
        "level": "answer",
        "wording": SCENARIO_WORDING,
        "synthetic": False,
        "question": question,
        "context": context,
    }
    return Example(ExportFormat.PROMPTS, {"prompt": [user(mark(scenario(question, context)))]}, note)


def preference(prompt: str, *, chosen: str, rejected: str, note: Row) -> Iterator[Example]:
    """Yield the rows that say that one completion is better than another."""
    asked, better, worse = user(prompt), assistant(chosen), assistant(rejected)
    yield Example(ExportFormat.SFT, {"prompt": [asked], "completion": [better]}, note)
    yield Example(ExportFormat.DPO, {"prompt": [asked], "chosen": [better], "rejected": [worse]}, note)
    yield Example(ExportFormat.REWARD, {"chosen": [asked, better], "rejected": [asked, worse]}, note)
    yield _kto(prompt, chosen, label=True, note=note)
    yield _kto(prompt, rejected, label=False, note=note)


def _kto(prompt: str, completion: str, *, label: bool, note: Row) -> Example:
    row: Row = {"prompt": [user(prompt)], "completion": [assistant(completion)], "label": label}
    return Example(ExportFormat.KTO, row, note)


def _votes(cell: Cell, values: Mapping[ValueId, CanonicalValue]) -> Row:
    return {
        "context": cell.context,
        "sourceValueId": values[cell.src_id].number,
        "wiserValueId": values[cell.wiser_id].number,
        "votes": {
            "wiser": cell.wiser,
            "notWiser": cell.not_wiser,
            "unsure": cell.unsure,
            "lessWise": cell.less_wise,
        },
        "people": cell.n_people,
        "wiserShareInterval": list(wilson_interval(cell.wiser, cell.n_own()) or ()),
    }
