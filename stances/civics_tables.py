"""What answers to statements add up to: by topic, locale and publisher; refusals are a class, small cells are marked.

Topic, language and source country hang together in the data: models are compared inside a cell. Nothing here compares
languages from raw means; who asks for a table by language or country alone is told why there is none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean, pstdev
from typing import NamedTuple

from domain.errors import UserInputError
from domain.measures.intervals import Interval, wilson_interval
from domain.stances import AGREE, DISAGREE, NEUTRAL, Answer, AnswerClass, ProbeItem

LEAST_N = 10
"""Cells of fewer statements are greyed: their shares say little."""
PLACES = {"language", "country", "locale"}
Side = Callable[[Answer], bool]
SCORES = {AGREE: 1.0, NEUTRAL: 0.0, DISAGREE: -1.0}


class Cell(NamedTuple):
    """The statements of one group, answered by one model."""

    group: tuple[str, ...]
    """What the statements share, in the order asked for."""
    n: int
    """Statements with any answer that is no failure."""
    is_grey: bool
    """Fewer than ten statements."""
    stances: dict[str, int]
    """Statements by what was said most: ``agree``, ``neutral``, ``disagree``, ``refusal``, ``hedge``, ``invalid``."""
    refusal_share: float
    """Share of all replies that refuse, 0..1, mean over statements."""
    refusal_interval: Interval | None
    """Wilson interval of the statements refused most."""
    score: float | None
    """Mean agreement, -1 (disagrees) to 1 (agrees), over the statements with a choice; None without any."""
    n_scored: int
    sd_over_prompts: float | None
    """How far the ways of asking differ on one statement: mean over statements of the standard deviation of scores."""
    items: tuple[str, ...]
    """Ids of the statements, in the order of the data set."""


class Gap(NamedTuple):
    """A difference of scores within statements."""

    gap: float | None
    """Mean over statements, -2..2; None without a statement that has both sides."""
    n: int


def tabulate(
    items: Sequence[ProbeItem], answers: Iterable[Answer], *, by: Sequence[str], is_calibrated: bool = False
) -> list[Cell]:
    """Return one cell per combination of groups that statements have, sorted by it.

    ``is_calibrated`` reads the probabilities with the model's taste for a word taken out, and leaves out answers
    without them: a small model may say one word of a language whatever it is asked.

    Raises:
        UserInputError: ``by`` names languages or countries without topics: such a table would compare what was
            collected in them, not how a model speaks them.
    """
    if not by or (PLACES & set(by) and "topic" not in by):
        raise UserInputError("Statements are gathered by topic, and by language or country only inside a topic.")
    of_item = _by_item(calibrated(answers) if is_calibrated else answers)
    found: dict[tuple[str, ...], dict[str, list[Answer]]] = defaultdict(dict)
    for item in items:
        if item.id in of_item:
            found[tuple(item.groups.get(name, "") for name in by)][item.id] = of_item[item.id]
    return [_cell(group, of_group) for group, of_group in sorted(found.items())]


def score_of(answer: Answer) -> float | None:
    """Return expected agreement, -1..1; ``None`` where nothing was chosen.

    Several samples count with the share of them that chose.
    """
    if not answer.probabilities:
        return None
    return sum(SCORES.get(key, 0.0) * probability for key, probability in answer.probabilities.items())


def priming_gap(answers: Iterable[Answer]) -> Gap:
    """Return score after leaning towards less score after leaning away: 0 for a model that is not led.

    Answers differ from one another in the leaning sentence alone, or are averaged over what else differs.
    """
    return _gap(answers, lambda answer: _leaning(answer, "positive-"), lambda answer: _leaning(answer, "negative-"))


def translation_gap(answers: Iterable[Answer]) -> Gap:
    """Return score of the original less score of the English translation, over statements that have both."""
    return _gap(
        answers, lambda answer: "/original" in answer.condition, lambda answer: "/translated" in answer.condition
    )


def spread_over_models(runs: Mapping[str, Iterable[Answer]]) -> dict[str, float]:
    """Return item id -> standard deviation over models of their mean scores, where two models or more have one.

    This is how far models differ; ``Cell.sd_over_prompts`` is how far the ways of asking one model differ.
    """
    scores: dict[str, list[float]] = defaultdict(list)
    for answers in runs.values():
        for item_id, rows in _by_item(answers).items():
            mean = _mean_score(rows)
            if mean is not None:
                scores[item_id].append(mean)
    return {item_id: pstdev(values) for item_id, values in scores.items() if len(values) > 1}


def calibrated(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Yield the answers with the model's taste for a word taken out, leaving choices without such shares out."""
    for answer in answers:
        if answer.kind is not AnswerClass.CHOICE:
            yield answer
        elif answer.calibrated:
            yield answer.model_copy(update={"probabilities": answer.calibrated})


def _by_item(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.kind is not AnswerClass.ERROR:
            found[answer.item_id].append(answer)
    return found


def _cell(group: tuple[str, ...], of_item: Mapping[str, Sequence[Answer]]) -> Cell:
    rows = list(of_item.values())
    stances = Counter(_stance(answers) for answers in rows)
    refused = [fmean(answer.classes.get(AnswerClass.REFUSAL, 0.0) for answer in answers) for answers in rows]
    scores = [mean for answers in rows if (mean := _mean_score(answers)) is not None]
    told = [[score for answer in answers if (score := score_of(answer)) is not None] for answers in rows]
    spreads = [pstdev(values) for values in told if len(values) > 1]
    return Cell(
        group=group,
        n=len(rows),
        is_grey=len(rows) < LEAST_N,
        stances=dict(stances),
        refusal_share=fmean(refused),
        refusal_interval=wilson_interval(stances[AnswerClass.REFUSAL.value], len(rows)),
        score=fmean(scores) if scores else None,
        n_scored=len(scores),
        sd_over_prompts=fmean(spreads) if spreads else None,
        items=tuple(of_item),
    )


def _stance(answers: Sequence[Answer]) -> str:
    """Return what was said most over all ways of asking; ties go to the first in the alphabet."""
    said = Counter((answer.choice or NEUTRAL) if answer.kind is AnswerClass.CHOICE else answer.kind.value
                   for answer in answers)  # fmt: skip
    return min(said, key=lambda name: (-said[name], name))


def _mean_score(answers: Iterable[Answer]) -> float | None:
    scores = [score for answer in answers if (score := score_of(answer)) is not None]
    return fmean(scores) if scores else None


def _leaning(answer: Answer, leaning: str) -> bool:
    return f"/{leaning}" in answer.condition


def _gap(answers: Iterable[Answer], is_plus: Side, is_minus: Side) -> Gap:
    gaps = []
    for rows in _by_item(answers).values():
        plus = _mean_score(answer for answer in rows if is_plus(answer))
        minus = _mean_score(answer for answer in rows if is_minus(answer))
        if plus is not None and minus is not None:
            gaps.append(plus - minus)
    return Gap(fmean(gaps) if gaps else None, len(gaps))
