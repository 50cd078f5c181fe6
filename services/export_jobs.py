"""Exports that run beside the pages: one after the other, with progress, their files kept for a while on the server.

The files hold what people wrote. They go when somebody in the study erases themselves, when they are old, when newer
ones push them out, and when the server starts.
"""

import logging
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple

from domain.errors import MoralGraphError, NotFoundError
from domain.exports import GRAPH_FORMATS, ExportFormat, ExportOrder, ExportReport
from domain.ids import StudyId, new_id
from domain.protocols import Clock
from services.exporting import SUFFIXES, Exporting
from storage.interchange.manifest import manifest_name, write_manifest

log = logging.getLogger(__name__)
KEEP_FOR = timedelta(hours=24)
MAX_KEPT = 8
"""Finished exports kept over all studies."""


class JobState(StrEnum):
    """Where an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ExportJob(NamedTuple):
    """One export as the page shows it."""

    id: str
    study_id: StudyId
    format: ExportFormat
    asked_at: datetime
    file: str
    """Name of the file to download; its manifest is ``manifest_name``."""
    state: JobState = JobState.WAITING
    share: float = 0.0
    """Done so far, 0..1."""
    doing: str = ""
    error: str = ""
    report: ExportReport | None = None

    @property
    def manifest_name(self) -> str:
        """Name of the manifest beside the file."""
        return manifest_name(self.file)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state in {JobState.DONE, JobState.FAILED}


class ExportJobs:
    """Runs exports in one worker and keeps their files."""

    def __init__(self, exporting: Exporting, *, folder: Path, clock: Clock) -> None:
        self._exporting = exporting
        self._folder = folder
        self._clock = clock
        self._jobs: dict[str, ExportJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
        shutil.rmtree(folder, ignore_errors=True)  # files of an earlier run of the server: nothing leads to them

    def start(self, order: ExportOrder, *, slug: str) -> ExportJob:
        """Put an export in the queue and return it."""
        self._drop_old()
        job = ExportJob(
            id=new_id(),
            study_id=order.query.study_id,
            format=order.format,
            asked_at=self._clock(),
            file=file_name(slug, order.format),
        )
        with self._lock:
            self._jobs[job.id] = job
        self._pool.submit(self._work, job.id, order)
        return job

    def newest(self, study_id: StudyId) -> ExportJob | None:
        """Return the newest export of a study, if there is one."""
        with self._lock:
            return next((job for job in reversed(self._jobs.values()) if job.study_id == study_id), None)

    def path(self, job_id: str, name: str) -> Path:
        """Return the file to send; NotFoundError where it is gone or never was."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None or job.state is not JobState.DONE or name not in {job.file, job.manifest_name}:
            raise NotFoundError("This export is not here any more. Prepare it again on the page Export.")
        return self._folder / job.id / name

    def forget(self, study_id: StudyId) -> None:
        """Drop every export of a study, running ones too; called when a person erases their words."""
        with self._lock:
            gone = [job.id for job in self._jobs.values() if job.study_id == study_id]
        self._drop(gone)

    def close(self) -> None:
        """Take no new work and do not wait for the old."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, job_id: str, order: ExportOrder) -> None:
        job = self._change(job_id, state=JobState.RUNNING)
        if job is None:
            return
        folder = self._folder / job_id
        try:
            folder.mkdir(parents=True, mode=0o700)
            made = self._exporting.run(order, folder / job.file, report=partial(self._report, job_id))
            write_manifest(folder / job.manifest_name, made.manifest)
            self._change(job_id, state=JobState.DONE, share=1.0, report=made)
        except MoralGraphError as error:
            self._change(job_id, state=JobState.FAILED, error=str(error))
        except Exception:  # the worker must outlive whatever an export runs into; the log has the rest
            log.exception("export %s failed", job_id)
            self._change(job_id, state=JobState.FAILED, error="The export failed; nothing was left behind.")
        with self._lock:
            is_wanted = job_id in self._jobs and self._jobs[job_id].state is JobState.DONE
        if not is_wanted:
            shutil.rmtree(folder, ignore_errors=True)

    def _report(self, job_id: str, share: float, doing: str) -> None:
        self._change(job_id, share=min(1.0, share), doing=doing)

    def _change(self, job_id: str, **fields: object) -> ExportJob | None:
        """Change a job that is still wanted and return it; ``None`` where it was dropped."""
        with self._lock:
            if job_id not in self._jobs:
                return None
            job = self._jobs[job_id] = self._jobs[job_id]._replace(**fields)  # type: ignore[arg-type]
            return job

    def _drop_old(self) -> None:
        now = self._clock()
        with self._lock:
            over = [job for job in self._jobs.values() if job.is_over]
            surplus = over[: max(0, len(over) - MAX_KEPT + 1)]
            gone = [job.id for job in over if now - job.asked_at > KEEP_FOR or job in surplus]
        self._drop(gone)

    def _drop(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            with self._lock:
                self._jobs.pop(job_id, None)
            shutil.rmtree(self._folder / job_id, ignore_errors=True)


def file_name(slug: str, kind: ExportFormat) -> str:
    """Return what the file to download is called."""
    return f"{slug}-{SUFFIXES[kind]}" if kind in GRAPH_FORMATS else f"{slug}-{kind.value}.zip"
