"""Runs that go on beside the pages: start, watch, stop, resume. What was answered lies on the disk at once."""

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from domain.errors import MoralGraphError, UserInputError
from domain.stances import DAILYDILEMMAS, AnswerMethod, Budget
from services.probe_plans import SHOWN, Experiment, ProbePlan, plan_run, read_dataset
from services.probing import Estimate, Prober, Progress
from services.published_sets import published_dilemmas
from services.run_folder import RunFolder
from services.stance_runs import RUN_NAME, write_theories
from services.stances_parts import StancesParts

log = logging.getLogger(__name__)
SAMPLES = 5
"""Replies drawn per question where a server tells no log-probabilities."""


class RunState(StrEnum):
    """Where a run that was started here is."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """What somebody asked for on the page."""

    name: str
    """Becomes the folder."""
    model: str
    dataset: str
    """``dailydilemmas``, ``civics``, or the path of a file of items."""
    data: Path | None = None
    limit: int | None = None
    system: str = ""
    label_set: str = "12"
    template: str = SHOWN
    """How dilemmas are asked."""
    n_paraphrases: int = 1
    experiment: Experiment = Experiment.PRIMED
    """How statements are asked."""
    n_phrases: int = 1
    """Leading sentences to either side, 0..3."""
    is_translated_too: bool = False
    is_plain: bool = False
    """A bare text to continue, for base models."""
    n_samples: int | None = None
    """Replies per question; 0 for log-probabilities, ``None`` for those where the model tells them."""
    seed: int = 0
    max_calls: int | None = None
    max_tokens: int | None = None
    max_seconds: float | None = None


@dataclass(slots=True, kw_only=True)
class RunJob:
    """A run of this server; changed by its worker alone, read by pages."""

    name: str
    state: RunState = RunState.WAITING
    progress: Progress | None = None
    error: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state in {RunState.OVER, RunState.FAILED}


class ProbeJobs:
    """Asks models in one worker thread: two runs at once on one machine would only slow each other."""

    def __init__(self, parts: StancesParts, *, folder: Path) -> None:
        self._parts = parts
        self._folder = folder
        self._jobs: dict[str, RunJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="probe")

    def job(self, name: str) -> RunJob | None:
        """Return the job of a run, if this server works or worked on it."""
        return self._jobs.get(name)

    def jobs(self) -> tuple[RunJob, ...]:
        """Return the jobs of this server, newest first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def estimate(self, order: RunOrder) -> Estimate:
        """Return the calls and tokens that an order comes to; nothing is sent.

        Raises:
            MoralGraphError: the order cannot be carried out; the message says why.
        """
        prober = self._prober(order, RunJob(name=order.name))
        with closing(prober.model):
            return prober.estimate()

    def start(self, order: RunOrder) -> RunJob:
        """Put a new run in the queue.

        Raises:
            MoralGraphError: the order cannot be carried out; the message says why.
        """
        if RunFolder(self._folder / order.name).has_run():
            raise UserInputError(f"There is a run {order.name!r} already. Resume it, or choose another name.")
        job = RunJob(name=order.name)
        prober = self._prober(order, job)
        if order.dataset == DAILYDILEMMAS and order.data is not None:
            (self._folder / order.name).mkdir(parents=True, exist_ok=True)
            write_theories(self._folder / order.name, published_dilemmas(order.data).theories)
        return self._queue(job, prober)

    def resume(self, name: str, *, budget: Budget | None = None) -> RunJob:
        """Go on with a run that lies in the folder of runs; what was answered is not asked again.

        ``budget`` takes the place of the run's own, which may be used up.

        Raises:
            MoralGraphError: there is no such run, it goes on already, or its model is not here.
        """
        held = self.job(name)
        if held is not None and not held.is_over:
            raise UserInputError(f"The run {name!r} goes on already.")
        folder = RunFolder(self._folder / _checked(name))
        card = folder.card()
        plan = ProbePlan(
            dataset=card.dataset,
            items=folder.items(),
            conditions=card.conditions,
            seed=card.seed,
            n_samples=card.n_samples if card.method is AnswerMethod.SAMPLES else 0,
        )
        job = RunJob(name=name)
        return self._queue(job, self._with(plan, card.model, job, budget=budget or card.budget))

    def stop(self, name: str) -> None:
        """Ask a run to end after the replies that are on their way."""
        job = self.job(name)
        if job is not None:
            job.stop.set()

    def close(self) -> None:
        """Stop all runs; they can be resumed."""
        for job in self.jobs():
            job.stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _prober(self, order: RunOrder, job: RunJob) -> Prober:
        _checked(order.name)
        items = read_dataset(order.dataset, order.data)
        plan = plan_run(
            items, seed=order.seed, limit=order.limit, experiment=order.experiment, template=order.template,
            label_set=order.label_set, n_paraphrases=order.n_paraphrases, n_phrases=order.n_phrases,
            is_translated_too=order.is_translated_too, system=order.system, is_plain=order.is_plain,
        )  # fmt: skip
        limits = Budget(max_calls=order.max_calls, max_tokens=order.max_tokens, max_seconds=order.max_seconds)
        return self._with(
            replace(plan, n_samples=order.n_samples or 0), order.model, job, budget=limits,
            is_sampling_allowed=order.n_samples is None,
        )  # fmt: skip

    def _with(
        self, plan: ProbePlan, model_name: str, job: RunJob, *, budget: Budget, is_sampling_allowed: bool = True
    ) -> Prober:
        model = self._parts.model(model_name)
        if is_sampling_allowed and not model.has_log_probabilities and not plan.n_samples:
            plan = replace(plan, n_samples=SAMPLES)
        return self._parts.prober(
            plan, model=model, out=self._folder / job.name, is_resumed=True, budget=budget,
            on_progress=lambda progress: _note(job, progress), stop=job.stop,
        )  # fmt: skip

    def _queue(self, job: RunJob, prober: Prober) -> RunJob:
        with self._lock:
            self._jobs.pop(job.name, None)
            self._jobs[job.name] = job
        self._pool.submit(_work, job, prober)
        return job


def _note(job: RunJob, progress: Progress) -> None:
    job.progress = progress


def _checked(name: str) -> str:
    if not RUN_NAME.fullmatch(name) or re.fullmatch(r"\.+", name):
        raise UserInputError(
            "The name of a run holds letters, digits, dots, hyphens and underscores, and at most 120 of them.",
            field="name",
        )
    return name


def _work(job: RunJob, prober: Prober) -> None:
    if job.stop.is_set():
        job.state = RunState.OVER
        return
    job.state = RunState.RUNNING
    try:
        with closing(prober.model):
            card = prober.run()
        job.error = card.stopped_because
        job.state = RunState.OVER
    except MoralGraphError as error:
        job.error, job.state = str(error), RunState.FAILED
    except Exception:  # the worker must outlive whatever a model runs into; the log has the rest
        log.exception("run %s failed", job.name)
        job.error, job.state = "The run failed. What was answered is kept; resume it.", RunState.FAILED
