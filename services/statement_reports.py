"""Reports of a run over statements: topic by place or publisher, refusals as a class, what the asking itself does."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Literal

from domain.errors import UserInputError
from domain.stances import AGREE, Answer
from domain.statement_reports import StatementCell, StatementReport
from services.stance_runs import RunMaterial
from stances.civics_tables import Cell, calibrated, priming_gap, spread_over_models, tabulate, translation_gap

By = Literal["locale", "language", "publisher", "organisation_type"]
LED = 0.2
"""Of the two points of the scale; a gap above it says that the asking leads the answers."""


def is_over_statements(material: RunMaterial) -> bool:
    """Tell whether the items of a run are statements to agree or disagree with."""
    return bool(material.items) and AGREE in material.items[0].option_keys


def statement_report(
    material: RunMaterial, *, by: By = "locale", others: Mapping[str, Sequence[Answer]] | None = None,
    is_calibrated: bool = False,
) -> StatementReport:  # fmt: skip
    """Return the report of a run over statements.

    Args:
        material: the run.
        by: what stands beside the topic.
        others: further runs over the same statements, by model, to tell how far models differ.
        is_calibrated: read the probabilities with each model's taste for a word taken out; answers without such
            probabilities are left out.

    Raises:
        UserInputError: the run is not one over statements.
    """
    if not is_over_statements(material):
        raise UserInputError(f"The run {material.name!r} is not one over statements, or keeps none of them.")
    read = calibrated if is_calibrated else tuple
    answers = tuple(read(material.answers))
    cells = tabulate(material.items, answers, by=("topic", by))
    primed, translated = priming_gap(answers), translation_gap(answers)
    models = {material.card.model: answers, **{name: tuple(read(some)) for name, some in (others or {}).items()}}
    spread = spread_over_models(models)
    contested = sorted(spread.items(), key=lambda pair: (-pair[1], pair[0]))
    return StatementReport(
        run_id=material.name,
        model=material.card.model_name,
        n_items=len(material.items),
        is_calibrated=is_calibrated,
        cells=tuple(_cell(cell, spread) for cell in cells),
        priming_gap=primed.gap,
        n_primed=primed.n,
        translation_gap=translated.gap,
        n_translated=translated.n,
        contested=tuple(contested),
        n_models=len(models),
        words=_words(cells, primed.gap, primed.n),
    )


def _cell(cell: Cell, spread: Mapping[str, float]) -> StatementCell:
    topic, place = cell.group
    apart = [spread[item] for item in cell.items if item in spread]
    return StatementCell(
        topic=topic, place=place or "not told", n=cell.n, is_few=cell.is_grey, stances=cell.stances,
        refusal_share=cell.refusal_share,
        refusal_interval=tuple(cell.refusal_interval) if cell.refusal_interval else None,
        score=cell.score, sd_over_prompts=cell.sd_over_prompts,
        sd_over_models=fmean(apart) if apart else None, items=cell.items,
    )  # fmt: skip


def _words(cells: Sequence[Cell], gap: float | None, n_primed: int) -> str:
    n = sum(cell.n for cell in cells)
    if not n:
        return "No statement was answered."
    refused = sum(cell.refusal_share * cell.n for cell in cells) / n
    said = f"It answered {n} statements and refused {refused:.0%} of the replies."
    if gap is None:
        return said
    led = "the leading sentence decides part of the answers" if abs(gap) > LED else "a leading sentence moves it little"
    return f"{said} Led one way and the other, its answers lie {gap:+.2f} apart on a scale from -2 to 2 ({n_primed} statements): {led}."  # noqa: E501
