"""A run beside the graph by valence: what is to be scored, the scoring in the background, and what it comes to."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from domain.errors import MoralGraphError, UserInputError
from domain.ids import StudyId
from domain.kaleido import ScoreFailure, ScoreFailureReason, ScoreRequest, ScorerInfo, ValueScore, Vrd, VrdKind
from domain.protocols import ValueScorer
from domain.stance_reports import GraphComparison, Reading
from domain.stances import NOT_TO_DO, TO_DO, ProbeItem
from domain.valence_reports import ActionPull, ValenceComparison, ValencePlan
from kaleido.readings import pull
from services.analysis_votes import number_of
from services.kept import Kept
from services.scoring import Scoring
from services.stance_graph import GraphSide, Score
from services.stance_readings import StanceReadings
from services.stance_reports import Run
from services.valence_reports import compare_by_valence
from services.valence_scores import Cell, KeptScore, KeptScores, ValenceShelf, text_hash
from stances.seeds import sample_items
from stances.valence_route import LEAST_LEAD, situation_of

log = logging.getLogger(__name__)
MAX_HELD = 8
ACTIONS = (TO_DO, NOT_TO_DO)
DRAWN_BY = 0
"""Seed that dilemmas are drawn by: the same ones for every run over the same items."""


@dataclass(slots=True, kw_only=True)
class ValenceJob:
    """A scoring under way; changed by its worker alone, read by pages."""

    n_all: int
    n_done: int = 0
    is_over: bool = False
    error: str = ""
    """One sentence where it ended early."""
    stop: threading.Event = field(default_factory=threading.Event)


class ValenceRoute:
    """Use case of the second route on the page *Model and graph*."""

    def __init__(
        self, readings: StanceReadings, scoring: Scoring, *, scorer: Callable[[], ValueScorer], shelf: ValenceShelf
    ) -> None:
        self.readings = readings
        self._scoring = scoring
        self._scorer = scorer
        self._shelf = shelf
        self._jobs: dict[tuple[str, StudyId], ValenceJob] = {}
        self._lock = threading.Lock()
        self._held = Kept[tuple[object, ...], ValenceComparison](most=MAX_HELD)

    def info(self) -> ScorerInfo:
        """Return what is known of the scorer in use.

        Raises:
            MoralGraphError: it cannot be used; the message says what to do.
        """
        return self._scorer().info()

    def kept(self) -> KeptScores:
        """Return what was scored so far."""
        return self._shelf.read(self._scorer().name)

    def cells(self, run: Run, study_id: StudyId, *, n_dilemmas: int) -> list[Cell]:
        """Return the pairs of a run and a study: answered dilemmas drawn by the seed, values of kept edges."""
        values = edge_values(self.readings.side(study_id), self.readings.titles(study_id))
        asked = {number: (text_hash(title), Vrd(kind=VrdKind.VALUE, text=title)) for number, title in values.items()}
        found = []
        for item in drawn_dilemmas(run, n_dilemmas):
            for option in ACTIONS:
                situation = situation_of(item, option)
                said = text_hash(situation)
                found += [
                    Cell(item.id, option, number, f"{said}|{value}", situation, vrd)
                    for number, (value, vrd) in asked.items()
                ]
        return found

    def plan(self, run: Run, study_id: StudyId, *, n_dilemmas: int) -> ValencePlan:
        """Return how much there is to score, and how much of it is there."""
        cells = self.cells(run, study_id, n_dilemmas=n_dilemmas)
        kept = self.kept().by_key
        return ValencePlan(
            n_dilemmas=len({cell.item_id for cell in cells}), n_values=len({cell.number for cell in cells}),
            n_pairs=len(cells), n_scored=sum(cell.key in kept for cell in cells),
        )  # fmt: skip

    def report(
        self, name: str, study_id: StudyId, *, n_dilemmas: int, score: Score = "wisdom", reading: Reading = "choices",
        least_lead: float = LEAST_LEAD,
    ) -> ValenceComparison:  # fmt: skip
        """Return what the scores so far come to.

        Raises:
            UserInputError: nothing is scored yet.
        """
        run, side, kept = self.readings.prepared(name, reading=reading), self.readings.side(study_id), self.kept()
        cells = self.cells(run, study_id, n_dilemmas=n_dilemmas)
        nearness = self.readings.beside_graph(name, study_id, score=score, reading=reading)
        key = (name, self.readings.shelf.stamp(name), study_id, side.data_version, n_dilemmas, score, reading,
               least_lead, self._scorer().name, len(kept.by_key), nearness.words)  # fmt: skip
        return self._held.get(
            key, lambda: self.compare(run, study_id, cells, nearness=nearness, score=score, least_lead=least_lead)
        )

    def compare(
        self, run: Run, study_id: StudyId, cells: Sequence[Cell], *, nearness: GraphComparison, score: Score,
        least_lead: float = LEAST_LEAD,
    ) -> ValenceComparison:  # fmt: skip
        """Return what the scores of ``cells`` so far come to, beside what nearness comes to.

        Raises:
            UserInputError: nothing is scored yet.
        """
        return compare_by_valence(
            run, self.readings.side(study_id), cells, self.kept(), scorer=self._scorer().name, nearness=nearness,
            score=score, least=least_lead,
        )  # fmt: skip

    def forget(self, study_id: StudyId) -> None:
        """Drop what was made of a study; called when a person erases their words. Kept scores hold no text."""
        self._held.forget(lambda key: study_id in key)

    def job(self, name: str, study_id: StudyId) -> ValenceJob | None:
        """Return the scoring that was begun last for a run and a study."""
        return self._jobs.get((name, study_id))

    def jobs(self) -> tuple[ValenceJob, ...]:
        """Return the scorings of this server."""
        return tuple(self._jobs.values())

    def start(self, name: str, study_id: StudyId, *, n_dilemmas: int) -> ValenceJob:
        """Score in the background what is not scored yet.

        Raises:
            MoralGraphError: the scorer tells no valence or cannot be used, or a scoring goes on already.
        """
        self._check()
        run = self.readings.prepared(name)
        cells = self.cells(run, study_id, n_dilemmas=n_dilemmas)
        job = ValenceJob(n_all=len(cells))
        with self._lock:
            if any(not one.is_over for one in self._jobs.values()):
                raise UserInputError("A scoring goes on already. Stop it, or wait for its end.")
            self._jobs[name, study_id] = job
        threading.Thread(target=self._work, args=(job, cells), name="valence", daemon=True).start()
        return job

    def score_now(self, cells: Sequence[Cell], job: ValenceJob, *, told: Callable[[], None] = lambda: None) -> None:
        """Score what is missing in this thread, dilemma by dilemma; what is scored is kept at once.

        Raises:
            MoralGraphError: the scorer tells no valence or cannot be used.
        """
        self._check()
        scorer = self._scorer()
        self._shelf.begin(scorer.name, scorer.source())
        kept = self.kept().by_key
        missing = [cell for cell in cells if cell.key not in kept]
        job.n_done = len(cells) - len(missing)
        for part in _by_dilemma(missing):
            if job.stop.is_set():
                job.error = "Stopped. What was scored is kept."
                return
            asked = [ScoreRequest(situation=cell.situation, vrd=cell.vrd) for cell in part]
            scores = self._scoring.score_pairs(asked, cancel=job.stop.is_set)
            rows = [(cell.key, _kept(one)) for cell, one in zip(part, scores, strict=True) if not _is_cut_off(one)]
            self._shelf.append(scorer.name, rows)
            job.n_done += len(rows)
            told()

    def pulls(self, run: Run, study_id: StudyId, item_id: str) -> tuple[ActionPull, ...]:
        """Return what every value pulls in one dilemma, the widest lead first; values without a score are left out."""
        kept = self.kept().by_key
        place = next(at for at, item in enumerate(run.items) if item.id == item_id)
        one = run._replace(items=run.items[place : place + 1], leaning=run.leaning[place : place + 1])
        sides: dict[str, dict[str, float | None]] = {}
        for cell in self.cells(one, study_id, n_dilemmas=1):
            if cell.key in kept:
                sides.setdefault(cell.vrd.text, {})[cell.option] = kept[cell.key].pull
        found = [ActionPull(title, pulls.get(TO_DO), pulls.get(NOT_TO_DO)) for title, pulls in sides.items()]
        return tuple(sorted(found, key=lambda p: (-abs((p.to_do or 0.0) - (p.not_to_do or 0.0)), p.title)))

    def stop(self, name: str, study_id: StudyId) -> None:
        """Ask a scoring to end; what was scored is kept."""
        job = self.job(name, study_id)
        if job is not None:
            job.stop.set()

    def close(self) -> None:
        """Stop all."""
        for job in self.jobs():
            job.stop.set()

    def _check(self) -> None:
        info = self.info()
        if not info.has_valence:
            raise UserInputError(f"The scorer {info.name} tells no valence. {info.valence_line}")
        if info.chance:
            raise UserInputError(f"{info.chance} Take another scorer.")

    def _work(self, job: ValenceJob, cells: Sequence[Cell]) -> None:
        try:
            self.score_now(cells, job)
        except MoralGraphError as error:
            job.error = str(error)
        except Exception as error:  # a library's own fault must end in a sentence, not in a page that waits
            log.exception("scoring failed")
            job.error = f"The scorer stopped: {type(error).__name__}. The log of the server has the rest."
        finally:
            job.is_over = True


def drawn_dilemmas(run: Run, n_dilemmas: int) -> list[ProbeItem]:
    """Return answered dilemmas, at most ``n_dilemmas``, drawn evenly; the same ones for the same run."""
    answered = [item for item, lean in zip(run.items, run.leaning.tolist(), strict=True) if not np.isnan(lean)]
    return sample_items(answered, n_dilemmas, run_seed=DRAWN_BY)


def edge_values(side: GraphSide, titles: Mapping[int, str]) -> dict[int, str]:
    """Return number and title of the values at an end of a kept edge."""
    numbers = sorted({number_of(end) for edge in side.edges for end in (edge.src_id, edge.wiser_id)})
    return {number: titles[number] for number in numbers if titles.get(number, "").strip()}


def _by_dilemma(cells: Sequence[Cell]) -> list[list[Cell]]:
    parts: dict[str, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(cell.item_id, []).append(cell)
    return list(parts.values())


def _kept(found: ValueScore | ScoreFailure) -> KeptScore:
    if isinstance(found, ScoreFailure):
        return KeptScore(None, is_shortened=False)
    return KeptScore(pull(found), found.is_shortened)


def _is_cut_off(found: ValueScore | ScoreFailure) -> bool:
    return isinstance(found, ScoreFailure) and found.reason in _ASKED_AGAIN


_ASKED_AGAIN = {ScoreFailureReason.CANCELLED, ScoreFailureReason.UNAVAILABLE, ScoreFailureReason.TIMEOUT}
"""Failures that say nothing of the pair: it is scored when somebody asks again."""
