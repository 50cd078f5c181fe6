"""Keeps of a run what may be published: ids, classes and numbers. No text of the data, no reply of the model."""

from pathlib import Path

from domain.stances import Answer, RunCard
from services.run_folder import RunFolder

DIGITS = 5


def record_numbers(run: Path, out: Path) -> RunCard:
    """Write the numbers of the run in ``run`` into the folder ``out``; return the card written.

    Raises:
        UserInputError: there is no run.
        DataError: its card cannot be read.
    """
    source, target = RunFolder(run), RunFolder(out)
    card = source.card().model_copy(update={"id": out.name, "is_recorded_only": True})
    target.write_card(card)
    target.clear_answers()
    with target.appending() as file:
        for answer in source.answers().values():
            file.append(_bare(answer))
    return card


def _bare(answer: Answer) -> Answer:
    provenance = answer.provenance.model_copy(update={"prompt_hash": "", "parameters": {}, "not_honoured": ()})
    return answer.model_copy(
        update={
            "raw": "",
            "probabilities": _rounded(answer.probabilities),
            "calibrated": _rounded(answer.calibrated),
            "covered": None if answer.covered is None else round(answer.covered, DIGITS),
            "seconds": round(answer.seconds, 3),
            "provenance": provenance,
        }
    )


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    return {key: round(value, DIGITS) for key, value in shares.items()}
