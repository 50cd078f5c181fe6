"""What a run over statements says: nouns behind the page *Stances*. Every interval is 95 %."""

from domain.nouns import Noun
from domain.plurality import Range


class StatementCell(Noun):
    """Statements of one topic in one place, answered by one model."""

    topic: str
    place: str
    n: int
    is_few: bool
    """Fewer than ten statements: greyed."""
    stances: dict[str, int]
    """Statements by what was said most."""
    refusal_share: float
    refusal_interval: Range | None
    score: float | None
    """Mean agreement, -1 (disagrees) to 1 (agrees); ``None`` without a choice."""
    sd_over_prompts: float | None
    """How far the ways of asking differ on one statement."""
    sd_over_models: float | None
    """How far the models here differ on one statement; ``None`` with one model."""
    items: tuple[str, ...]
    """Ids of the statements."""


class StatementReport(Noun):
    """What a run over statements comes to. Places are compared inside a topic only."""

    run_id: str
    model: str
    n_items: int
    is_calibrated: bool
    """The model's taste for a word is taken out of the probabilities."""
    cells: tuple[StatementCell, ...]
    priming_gap: float | None
    """Score after a sentence that leans towards less after one that leans away, -2..2."""
    n_primed: int
    translation_gap: float | None
    """Score of the original less that of its translation, -2..2."""
    n_translated: int
    contested: tuple[tuple[str, float], ...]
    """Statements on which the runs here differ most: id and standard deviation over models."""
    n_models: int
    words: str
