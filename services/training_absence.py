"""Why training files are not there: every file without rows has its reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.exports import Absence, ExportFormat, ExportOrder, Side, SplitRule
from services.training_material import Material
from storage.interchange.training import Split
from storage.interchange.training.files import Kind

PREFERENCES = (ExportFormat.SFT, ExportFormat.DPO, ExportFormat.KTO, ExportFormat.REWARD)
"""Uses that need answers where they are about answers."""
VALUE, ANSWER = "value", "answer"
NOT_TOLD_APART = ""


class Background(NamedTuple):
    """What a reason is found in."""

    order: ExportOrder
    material: Material
    split: Split
    dropped: Mapping[str, int] | None
    """Pairs of answers that were dropped, by reason; ``None`` where no model writes answers."""


def absences(uses: Sequence[ExportFormat], background: Background, *, n_rows: Callable[[Kind], int]) -> list[Absence]:
    """Return each training file of ``uses`` that has no rows, with the reason; one line where both sides have none."""
    absent = []
    is_divided = background.order.split is not SplitRule.NONE
    sides = (Side.TRAIN, Side.TEST) if is_divided else (Side.TRAIN,)
    for use, level in _wanted(uses):
        empty = [side for side in sides if n_rows(Kind(use, level, side)) == 0]
        about = f" ({level}-level)" if level else ""
        if len(empty) == len(sides):
            absent.append(Absence(what=f"{use.value}{about}", why=_why(use, level, background)))
            continue
        for side in empty:
            why = _why_no_votes(side, background) or _why(use, level, background, where=" on this side")
            absent.append(Absence(what=f"{use.value}.{side.value}{about}", why=why))
    if not is_divided:
        absent.append(Absence(what="all test files", why="Everything is for training, as asked for (split: none)."))
    return absent


def _wanted(uses: Sequence[ExportFormat]) -> Iterator[tuple[ExportFormat, str]]:
    for use in uses:
        is_leveled = use in PREFERENCES or use is ExportFormat.PROMPTS
        for level in (VALUE, ANSWER) if is_leveled else (NOT_TOLD_APART,):
            yield use, level


def _why_no_votes(side: Side, background: Background) -> str:
    """Return why a side has no vote at all; empty where it has some."""
    split = background.split
    if split.votes[side]:
        return ""
    if split.n_crossing == 0 and split.n_near == 0:
        return "All votes are in one scenario, and a scenario is on one side only."
    return "No vote is left on this side once people and scenarios are divided; split in the manifest counts them."


def _why(use: ExportFormat, level: str, background: Background, *, where: str = "") -> str:
    if not background.material.votes:
        return "No vote is covered: the voter and the authors of both cards must have agreed to training."
    if use is ExportFormat.SOFT:
        return f"No pair in one context has answers of five people{where}."
    if use is ExportFormat.PLURALISM:
        return f"No attribute has two groups of five people or more that split on a pair{where}."
    if level == VALUE:
        return f"No pair in one context passes the thresholds{where}."
    if use is ExportFormat.PROMPTS:
        return f"No question of the study belongs to a context with votes{where}."
    return _why_no_answers(background, where)


def _why_no_answers(background: Background, where: str) -> str:
    if background.order.max_answer_pairs == 0:
        return "None was asked for."
    if background.dropped is None:
        return "An edge speaks about values. Answers need a language model to write them, and none is configured."
    dropped = "; ".join(f"{n}: {reason}" for reason, n in sorted(background.dropped.items()))
    if dropped:
        return f"No pair of answers passed the checks{where} ({dropped})."
    return f"No decided pair has a question{where}."
