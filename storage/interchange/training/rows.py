"""Rows in the shapes of TRL's trainers: only the columns a trainer reads, conversational, prompt apart from completion.

Source: TRL, Dataset formats and types (prompt-completion, preference, preference with implicit prompt, unpaired
preference, prompt-only), as read by TRL 1.16.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue
from domain.exports import ExportFormat
from domain.graphs import Thresholds
from domain.ids import ValueId
from storage.interchange.training.cells import Cell, Cells, is_decided, is_rejected, share_interval
from storage.interchange.training.wording import (
    SCENARIO_WORDING,
    WORDING,
    Message,
    assistant,
    comparison,
    scenario,
    user,
    with_canary,
)

Row = dict[str, object]
Mark = Callable[[str], str]
"""What is done to a prompt or a card: nothing on the training side, the canary on the test side."""

PROMPT = b'{"prompt":[%s]}'
SFT = b'{"prompt":[%s],"completion":[%s]}'
DPO = b'{"prompt":[%s],"chosen":[%s],"rejected":[%s]}'
REWARD = b'{"chosen":[%s,%s],"rejected":[%s,%s]}'
KTO = b'{"prompt":[%s],"completion":[%s],"label":%s}'
"""Lines of rows around their messages: a message stands in many rows of one pair and is encoded once."""


class Example(NamedTuple):
    """One row of one file, and what its sidecar says."""

    use: ExportFormat
    line: bytes
    """The row as a line of JSON, without its end."""
    provenance: Row
    label: bool | None = None
    """Of a row of kto."""

    @property
    def row(self) -> Row:
        """Return the row as a trainer reads it."""
        row: Row = json.loads(self.line)
        return row


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
    cells: Cells,
    *,
    values: Mapping[ValueId, CanonicalValue],
    thresholds: Thresholds,
    mark: Mark,
) -> Iterator[Example]:
    """Yield the rows that compare two value cards in a context.

    A decided cell (``is_decided``) gives one row each for sft, dpo and reward and two for kto; a rejected one gives one
    kto row with label false. Every pair asked about in a context gives one prompt, decided or not.
    """
    decided = np.fromiter((is_decided(cell, thresholds) for cell in cells), np.bool_, count=len(cells))
    for at, cell in enumerate(cells):
        reverse = int(cells.reverse[at])
        shown = comparison(values[cell.src_id], values[cell.wiser_id], cell.context)
        asked = user(mark(shown.prompt))
        better, worse = assistant(shown.names[cell.wiser_id]), assistant(shown.names[cell.src_id])
        note = {"level": "value", "wording": WORDING, "synthetic": False, **_votes(cell, values)}
        if not 0 <= reverse < at:
            yield Example(ExportFormat.PROMPTS, PROMPT % asked, note)
        if decided[at]:
            yield from preference(asked, chosen=better, rejected=worse, note=note)
        elif is_rejected(cell, thresholds) and not (reverse >= 0 and decided[reverse]):
            yield _kto(asked, better, label=False, note=note)


def answer_rows(
    pairs: Iterable[AnswerPair], *, values: Mapping[ValueId, CanonicalValue], mark: Mark
) -> Iterator[Example]:
    """Yield the rows that compare two written answers; all are marked synthetic."""
    for pair in pairs:
        note = {"level": "answer", "wording": SCENARIO_WORDING, "question": pair.question, "synthetic": True}
        note |= {**pair.made_by, **_votes(pair.cell, values)}
        asked = user(mark(scenario(pair.question, pair.cell.context)))
        better, worse = assistant(pair.under_wiser), assistant(pair.under_src)
        yield from preference(asked, chosen=better, rejected=worse, note=note)


def scenario_row(question: str, context: str, *, mark: Mark) -> Example:
    """Return the prompt that asks a question of the study in a context; it needs no vote and no model."""
    note: Row = {
        "level": "answer",
        "wording": SCENARIO_WORDING,
        "synthetic": False,
        "question": question,
        "context": context,
    }
    return Example(ExportFormat.PROMPTS, PROMPT % user(mark(scenario(question, context))), note)


def preference(asked: Message, *, chosen: Message, rejected: Message, note: Row) -> Iterator[Example]:
    """Yield the rows that say that one completion is better than another."""
    yield Example(ExportFormat.SFT, SFT % (asked, chosen), note)
    yield Example(ExportFormat.DPO, DPO % (asked, chosen, rejected), note)
    yield Example(ExportFormat.REWARD, REWARD % (asked, chosen, asked, rejected), note)
    yield _kto(asked, chosen, label=True, note=note)
    yield _kto(asked, rejected, label=False, note=note)


def _kto(asked: Message, completion: Message, *, label: bool, note: Row) -> Example:
    line = KTO % (asked, completion, b"true" if label else b"false")
    return Example(ExportFormat.KTO, line, note, label)


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
        "wiserShareInterval": list(share_interval(cell.wiser, cell.n_own()) or ()),
    }
