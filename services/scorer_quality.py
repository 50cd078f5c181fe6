"""How good the measured scorers are, side by side: the results that docs/reference/scorers.md is written from."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from services.language_scorer import measured_name

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "relevance.json"
"""Made by ``benchmarks.quality.scorers``."""
CHANCE = 0.5
"""Area under the curve of a scorer that gives every pair the same score."""
RELEVANCE, VALENCE = "relevance", "valence"
SETS = {
    "dilemmas": (RELEVANCE, "DailyDilemmas, the half not fitted"),
    "study": (RELEVANCE, "the published 2023 study: contexts and the values compared in them"),
    "statements": (RELEVANCE, "CIVICS version 1, English statements and their labels"),
    "arguments": (RELEVANCE, "Touché23-ValueEval, arguments of its test part and their value categories"),
    "situations": (RELEVANCE, "situations of our own writing and the values that bear on them"),
    "pulls": (VALENCE, "DailyDilemmas, the half not fitted"),
    "rules": (VALENCE, "MoralChoice, actions and what a rule protects that they break or keep"),
    "situation_pulls": (VALENCE, "situations of our own writing"),
}
"""What is measured, and on which pairs."""
OWN = frozenset({"situations", "situation_pulls"})
"""Sets of our own writing, on which the reader was taught."""
SCORERS = {
    "reader": "the reader",
    "default": "the default scorer",
    "unadapted": "the default one without its adapter",
    "cosine": "bare cosine of the packaged embedder",
    "llm:packaged": "SmolLM2-135M-Instruct, packaged",
    "llm:llamacpp:qwen2.5-coder-1.5b-instruct-q4_k_m.gguf": "Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    "a large language model (Claude) that graded them": "a large language model (Claude) that graded them",
}
"""In the order of the table."""
VALENCE_SCHEMES = ("reader", "llm", "kaleido")
"""How the names of scorers begin that tell a valence."""


class Figure(BaseModel):
    """An area under the curve as it was measured."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    auc: float = Field(ge=0, le=1)
    """The chance that a pair with the label scores above one without it; a pair without a score counts as undecided."""
    interval_95: tuple[float, float]
    pairs: int
    failed: int = 0
    """Pairs without a score."""


Measured = Mapping[str, Mapping[str, Mapping[str, Figure]]]
"""Scorer -> ``all`` or ``sample`` -> set -> figure."""


class QualityRow(NamedTuple):
    """One scorer on one set."""

    name: str
    in_all: Figure | None
    """On all pairs of the set; ``None`` where it was not measured so."""
    in_sample: Figure | None
    """On the pairs that are the same for every scorer."""
    why_not: str
    """Where it has neither figure: the reason."""
    is_in_use: bool


class QualityTable(NamedTuple):
    """All scorers on one set."""

    task: str
    data: str
    rows: tuple[QualityRow, ...]
    n_all: int | None
    """Pairs of the set; ``None`` where no scorer was measured on all of them."""
    n_sample: int | None


@cache
def read_quality_tables(in_use: str, *, file: Path = RESULTS) -> tuple[QualityTable, ...]:
    """Return a table for each set that any scorer was measured on; none where the results are not on this machine.

    Args:
        in_use: name of the scorer whose row is marked; empty marks none.
        file: the results.
    """
    if not file.exists():
        return ()
    found = _Results.model_validate_json(file.read_bytes()).scorers
    names = [*(name for name in SCORERS if name in found), *(name for name in found if name not in SCORERS)]
    tables = (_table(key, found, names, in_use) for key in SETS)
    return tuple(table for table in tables if table.n_all or table.n_sample)


class _Results(BaseModel):
    model_config = ConfigDict(extra="ignore")

    scorers: dict[str, dict[str, dict[str, Figure]]]


def _table(key: str, found: Measured, names: list[str], in_use: str) -> QualityTable:
    rows = tuple(
        QualityRow(
            name=SCORERS.get(name, name),
            in_all=found[name].get("all", {}).get(key),
            in_sample=found[name].get("sample", {}).get(key),
            why_not=_why_not(name, key),
            is_in_use=bool(in_use) and measured_name(name) == measured_name(in_use),
        )
        for name in names
    )
    n_all = max((row.in_all.pairs for row in rows if row.in_all), default=None)
    n_sample = max((row.in_sample.pairs for row in rows if row.in_sample), default=None)
    return QualityTable(*SETS[key], rows, n_all, n_sample)


def _why_not(name: str, key: str) -> str:
    if name == "reader" and key in OWN:
        return "taught on them"
    is_told = SETS[key][0] == RELEVANCE or name.startswith((*VALENCE_SCHEMES, "a large language model"))
    return "not measured" if is_told else "tells none"
