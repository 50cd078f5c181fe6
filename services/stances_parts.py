"""Everything about stances that services hand out: models, runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backends.probe_recorded import RecordedStances
from backends.probe_registry import build_stance_model
from domain.errors import UserInputError
from domain.probes import StanceModel
from domain.protocols import Clock
from domain.stances import Budget
from services.probe_plans import ProbePlan
from services.probing import Prober, Progress
from services.run_folder import RunFolder

RECORDED = "recorded:"


@dataclass(frozen=True, kw_only=True)
class StancesParts:
    """The parts of stance measurement, over one set of settings."""

    clock: Clock
    api_key: str | None = None
    timeout_s: float = 60.0

    def model(self, name: str) -> StanceModel:
        """Return the model called ``name``; see ``backends.probe_registry`` for the names, and ``recorded:FOLDER``."""
        if name.startswith(RECORDED):
            folder = RunFolder(Path(name.removeprefix(RECORDED)))
            folder.card()
            return RecordedStances(folder.answers().values(), name=name)
        return build_stance_model(name, api_key=self.api_key, timeout_s=self.timeout_s)

    def prober(
        self,
        plan: ProbePlan,
        *,
        model: StanceModel,
        out: Path,
        is_resumed: bool = False,
        budget: Budget | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Prober:
        """Return what runs the plan into the folder ``out``.

        Raises:
            UserInputError: the folder holds a run and ``is_resumed`` is not set.
        """
        folder = RunFolder(out)
        if folder.has_run() and not is_resumed:
            raise UserInputError(f"The folder {str(out)!r} holds a run. Go on with --resume, or name another folder.")
        return Prober(
            plan=plan,
            model=model,
            folder=folder,
            clock=self.clock,
            budget=budget or Budget(),
            on_progress=on_progress or (lambda _: None),
            stop=stop or threading.Event(),
        )
