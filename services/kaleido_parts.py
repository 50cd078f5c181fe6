"""The parts that score values in situations; ``Services.kaleido`` hands them out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from domain.ids import StudyId
from domain.protocols import Embedder, ValueGenerator, ValueScorer
from services.proposals import Proposals
from services.scorers import build_generator, build_scorer
from services.scoring import Scoring
from services.settings import Settings
from storage import Database


@dataclass(frozen=True)
class KaleidoParts:
    """Scorers and what is built on them, each made on first use and then shared."""

    settings: Settings
    database: Database
    embedder: Callable[[], Embedder]
    _scorers: dict[str, ValueScorer] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def scorer(self) -> ValueScorer:
        """The scorer in use."""
        return self.scorer_for(self.settings.scorer)

    def scorer_for(self, name: str) -> ValueScorer:
        """Return the scorer called ``name``; built once and then shared. SettingsError for an unknown one."""
        with self._lock:
            if name not in self._scorers:
                self._scorers[name] = build_scorer(name, self.settings)
            return self._scorers[name]

    @cached_property
    def scoring(self) -> Scoring:
        """Values beside situations, scored in the background."""
        return Scoring(self.database, lambda: self.scorer)

    @cached_property
    def proposals(self) -> Proposals:
        """Values that a model proposes."""
        return Proposals(lambda: self.scorer, lambda: self.generator, self.embedder)

    @cached_property
    def generator(self) -> ValueGenerator | None:
        """What proposes values beside the scorer in use; ``None`` where nothing does."""
        return build_generator(self.scorer, self.settings)

    def forget(self, study_id: StudyId) -> None:
        """Drop what is kept in memory; called when a person erases their words."""
        self.scoring.forget(study_id)
        self.proposals.clear()

    def close(self) -> None:
        """Let what is under way stop."""
        self.scoring.close()
        self.proposals.clear()
