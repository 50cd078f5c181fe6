"""Why training files are not there: every file without rows has its reason."""

from collections import Counter
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
ONE_SIDE = "a question is on one side only, and those nearly like one of the test side on neither."
"""How ``divide_questions`` divides them."""


class Tried(NamedTuple):
    """What became of the pairs of answers of one side."""

    most: int
    """Pairs that could be asked for on this side."""
    n_asked: int
    dropped: Mapping[str, int]
    """Pairs that were asked for and dropped, by reason."""


class Background(NamedTuple):
    """What a reason is found in."""

    order: ExportOrder
    material: Material
    split: Split
    side_of: Mapping[str, Side]
    """Text of a question to the side that it is asked on."""
    tried: Mapping[Side, Tried] | None
    """``None`` where no model writes answers."""


def absences(uses: Sequence[ExportFormat], background: Background, *, n_rows: Callable[[Kind], int]) -> list[Absence]:
    """Return each training file of ``uses`` that has no rows, with the reason; one line where both sides have none."""
    absent = []
    is_divided = background.order.split is not SplitRule.NONE
    sides = (Side.TRAIN, Side.TEST) if is_divided else (Side.TRAIN,)
    for use, level in _wanted(uses):
        empty = [side for side in sides if n_rows(Kind(use, level, side)) == 0]
        about = f" ({level}-level)" if level else ""
        if len(empty) == len(sides):
            absent.append(Absence(what=f"{use.value}{about}", why=_why(use, level, background, sides)))
            continue
        for side in empty:
            why = _why_no_votes(side, background) or _why(use, level, background, (side,), where=" on this side")
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


def _why(use: ExportFormat, level: str, background: Background, sides: Sequence[Side], *, where: str = "") -> str:
    """Return why ``sides`` have no rows; ``where`` says which sides these are, where others have some."""
    if not background.material.votes:
        return "No vote is covered: the voter and the authors of both cards must have agreed to training."
    if use is ExportFormat.SOFT:
        return f"No pair in one context has answers of five people{where}."
    if use is ExportFormat.PLURALISM:
        return f"No attribute has two groups of five people or more that split on a pair{where}."
    if level == VALUE:
        return f"No pair in one context passes the thresholds{where}."
    if use is ExportFormat.PROMPTS:
        return _why_no_questions(background, where)
    return _why_no_answers(background, sides, where)


def _why_no_questions(background: Background, where: str) -> str:
    voted = background.material.votes.voted_contexts()
    if not any(background.material.questions.get(context) for context in voted):
        return "No question of the study belongs to a context with votes."
    if where:
        return f"No question is asked{where}: {ONE_SIDE}"
    return f"No question is asked on the side of its contexts: {ONE_SIDE}"


def _has_question(background: Background, side: Side) -> bool:
    """Tell whether a question is asked on a side, in a context with votes on that side."""
    contexts = background.split.votes[side].voted_contexts()
    questions = background.material.questions
    return any(background.side_of.get(q) is side for context in contexts for q in questions.get(context, ()))


def _why_no_answers(background: Background, sides: Sequence[Side], where: str) -> str:
    if background.order.max_answer_pairs == 0:
        return "None was asked for."
    if background.tried is None:
        return "An edge speaks about values. Answers need a language model to write them, and none is configured."
    dropped = sum((Counter(background.tried[side].dropped) for side in sides), Counter[str]())
    if dropped:
        told = "; ".join(f"{n}: {reason}" for reason, n in sorted(dropped.items()))
        return f"No pair of answers passed the checks{where} ({told})."
    able = [side for side in sides if _has_question(background, side)]
    if not able:
        return _why_no_questions(background, where)
    if idle := [side for side in able if background.tried[side].most == 0]:
        return f"None is asked for on the {idle[0].value} side: its share of the pairs of answers is less than one."
    return f"No decided pair has a question{where}."
