"""Which values of a data set a value of the graph means: proposed by nearness in meaning, decided by a person."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from domain.cards import CanonicalValue
from domain.errors import DataError, UserInputError
from domain.ids import StudyId
from domain.protocols import Embedder
from domain.stance_reports import LinkedLabel, ValueLink
from stances import mentions

N_CANDIDATES = 8
VALUE = mentions.VALUE
"""The theory whose labels are the values themselves."""
MAX_LABELS = 3
"""Labels that the machine takes for one value at most."""
LEAST = 0.5
"""Cosine below which nothing is proposed: read by hand with the packaged embedder, most pairs below it were wrong."""
NEAR_BEST = 0.05
"""Labels this near to the best one are taken with it."""
STUDY_NAME = "{}.json"


class LinkDesk:
    """Keeps what people decided, one JSON file a study: number of a value -> labels, [] for none of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def corrections(self, study_id: StudyId) -> dict[int, tuple[str, ...]]:
        """Return what people decided.

        Raises:
            DataError: the file was spoiled.
        """
        file = self._file(study_id)
        if not file.is_file():
            return {}
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return {int(number): tuple(map(str, labels)) for number, labels in kept.items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise DataError("is no table of corrections", file=file.name) from error

    def correct(self, study_id: StudyId, number: int, labels: Sequence[str] | None, *, known: Sequence[str]) -> None:
        """Keep what a person decided of a value; ``None`` takes it back.

        Raises:
            UserInputError: a label is not one of ``known``.
        """
        unknown = sorted(set(labels or ()) - set(known))
        if unknown:
            raise UserInputError(f"The data set has no value {unknown[0]!r}.")
        kept = {str(n): list(chosen) for n, chosen in self.corrections(study_id).items() if n != number}
        if labels is not None:
            kept[str(number)] = list(labels)
        file = self._file(study_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(file)

    def _file(self, study_id: StudyId) -> Path:
        return self._folder / STUDY_NAME.format(study_id)


def link_values(
    values: Sequence[CanonicalValue], labels: Sequence[str], *, embedder: Embedder,
    corrections: Mapping[int, tuple[str, ...]], least: float = LEAST,
) -> tuple[ValueLink, ...]:  # fmt: skip
    """Return each value with what it is taken to mean, in the order of ``values``.

    Proposed are the labels nearest to the value's title, at most three and only those near the best. A person's
    decision replaces the proposal.
    """
    if not values or not labels:
        return tuple(ValueLink(number=v.number, title=v.title, labels=(), candidates=(), is_corrected=False)
                     for v in values)  # fmt: skip
    near = embedder.embed([value.title for value in values]) @ embedder.embed(list(labels)).T
    return tuple(
        _link(value, labels, row, corrections.get(value.number), least) for value, row in zip(values, near, strict=True)
    )


def _link(
    value: CanonicalValue, labels: Sequence[str], near: "np.ndarray[tuple[int], np.dtype[np.float32]]",
    decided: tuple[str, ...] | None, least: float,
) -> ValueLink:  # fmt: skip
    order = sorted(range(len(labels)), key=lambda at: (-float(near[at]), labels[at]))[:N_CANDIDATES]
    candidates = tuple(LinkedLabel(name=labels[at], similarity=float(near[at])) for at in order)
    best = candidates[0].similarity or 0.0
    proposed = tuple(one for one in candidates[:MAX_LABELS] if (one.similarity or 0.0) >= max(least, best - NEAR_BEST))
    chosen = proposed if decided is None else tuple(LinkedLabel(name=name, similarity=None) for name in decided)
    return ValueLink(number=value.number, title=value.title, labels=chosen, candidates=candidates,
                     is_corrected=decided is not None)  # fmt: skip
