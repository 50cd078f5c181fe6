"""How long exports take and how much memory they need, from a database of many votes to files in their place.

Run from the project root: ``python -m benchmarks.speed.bench_export [--people 20000] [--out FILE]``. Prints JSON: for
each form the rows, seconds, processor seconds, and the most MB that its process held above what it held before; that
last also with a quarter of the people and with twice as many, which tells how memory grows. Each form has a process of
its own, which opens the database that this one made: nothing that came before is counted, and nothing hides in it.
Libraries are loaded before. Reads ``/proc``, so it needs Linux.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue
from domain.exports import ExportFormat, ExportOrder, SplitRule
from domain.graphs import GraphQuery
from domain.ids import ClientId, ContextId, PersonId, QuestionId, StudyId, ValueId, VoteId
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import EdgeAnswer, EdgeVote
from services.container import Services
from services.settings import Settings
from storage import Act

SEED, VOTES_PER_PERSON, N_CONTEXTS, VOTES_PER_PAIR = 7, 5, 10, 5
SHARES = (0.8, 0.1, 0.1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STUDY_ID, QUESTION_ID = StudyId("s1"), QuestionId("q1")
SIZES = (0.25, 2)
"""Other sizes at which memory is measured, as shares of the people."""
FORMATS = (ExportFormat.PARQUET, ExportFormat.CSV, ExportFormat.TRAINING, ExportFormat.GRAPHML)


def make_values(n_values: int, *, rng: np.random.Generator) -> tuple[CanonicalValue, ...]:
    """Return starter values with four lines each, no two nearly alike."""
    words = rng.integers(1_000_000, size=(n_values, 4, 3))
    return tuple(
        CanonicalValue(
            id=ValueId(f"v{n}"),
            study_id=STUDY_ID,
            number=n + 1,
            title=f"Value {n}",
            policies=tuple(f"MOMENTS {a} when {b} meets {c}" for a, b, c in lines),
            source=Source.SEED,
            created_at=NOW,
            updated_at=NOW,
        )
        for n, lines in enumerate(words.tolist())
    )


def make_votes(n_people: int, n_values: int, *, rng: np.random.Generator) -> tuple[EdgeVote, ...]:
    """Return five votes a person, five on each pair in its context."""
    answers = rng.choice(len(SHARES), p=SHARES, size=n_people * VOTES_PER_PERSON)
    votes: dict[tuple[object, ...], EdgeVote] = {}
    for n, answer in enumerate(answers.tolist()):
        asked = n // VOTES_PER_PAIR
        src, step = asked * 7919 % n_values, 1 + asked // n_values % (n_values - 1)
        vote = EdgeVote(
            id=VoteId(f"x{n}"),
            study_id=STUDY_ID,
            person_id=PersonId(f"p{n * 3 % n_people}"),
            src_id=ValueId(f"v{src}"),
            wiser_id=ValueId(f"v{(src + step) % n_values}"),
            context_id=ContextId(f"c{asked % N_CONTEXTS}"),
            answer=list(EdgeAnswer)[answer],
            created_at=NOW,
            updated_at=NOW,
        )
        votes[vote.person_id, vote.src_id, vote.wiser_id, vote.context_id] = vote
    return tuple(votes.values())


def make_study(n_people: int, n_values: int) -> StudyBundle:
    """Return a study whose people all agreed to training."""
    rng = np.random.default_rng(SEED)
    people = tuple(
        Participant(
            id=PersonId(f"p{n}"),
            study_id=STUDY_ID,
            alias=f"Person {n}",
            source=Source.PERSON,
            attributes={"region": "north" if n % 2 else "south"},
            step=JourneyStep.DONE,
            created_at=NOW,
        )
        for n in range(n_people)
    )
    return StudyBundle(
        study=Study(id=STUDY_ID, slug="big", title="Big", state=StudyState.OPEN, created_at=NOW),
        questions=(Question(id=QUESTION_ID, study_id=STUDY_ID, slug="q", title="Q", text="What now?"),),
        contexts=tuple(
            Context(id=ContextId(f"c{n}"), study_id=STUDY_ID, text=f"When {n} of {n} meet", question_ids=(QUESTION_ID,))
            for n in range(N_CONTEXTS)
        ),
        participants=people,
        consents=tuple(
            Consent(person_id=p.id, scope=ConsentScope.TRAINING, granted=True, text_hash="0" * 64, at=NOW)
            for p in people
        ),
        values=make_values(n_values, rng=rng),
        votes=make_votes(n_people, n_values, rng=rng),
    )


def measure(kind: ExportFormat, data_dir: Path, out: Path) -> dict[str, object]:
    """Export once in this process, which did nothing else, and return what it took."""
    load_libraries()
    services = Services(Settings(data_dir=data_dir))
    order = ExportOrder(query=GraphQuery(study_id=STUDY_ID), format=kind, split=SplitRule.NONE)
    forget_peak()
    held, began, used = memory_mb("VmRSS"), time.perf_counter(), time.process_time()
    made = services.exporting.run(order, out)
    found: dict[str, object] = {
        "rows": made.n_rows(),
        "bytes": sum(record.bytes for record in made.files),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - used, 2),
        "mb_before": round(held),
        "mb_above": max(0, round(memory_mb("VmHWM") - held)),
    }
    services.close()
    return found


def load_libraries() -> None:
    """Load what exports load when they first need it: tens of MB that no row is to blame for."""
    import networkx  # noqa: F401
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"n": [1], "texts": [["x"]]}), pa.BufferOutputStream(), compression="zstd")


def forget_peak() -> None:
    """Set the peak of this process to what it holds now (proc_pid_clear_refs(5))."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def memory_mb(name: str) -> float:
    """Return a line of /proc/self/status in MB: ``VmRSS`` is held now, ``VmHWM`` the most held.

    Not ``ru_maxrss``: a new process starts with that of the one that started it.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"This system does not tell {name}.")


def measure_apart(kind: ExportFormat, folder: Path) -> dict[str, object]:
    """Return what ``measure`` finds in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed.bench_export", "--only", kind.value, "--folder", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measure_size(n_people: int, n_values: int) -> dict[str, Any]:
    """Make a study and measure every form of it."""
    with tempfile.TemporaryDirectory() as name:
        n_votes = save_study(n_people, n_values, Path(name) / "data")
        return {"votes": n_votes, "formats": {kind.value: measure_apart(kind, Path(name)) for kind in FORMATS}}


def memory_of(found: dict[str, Any]) -> dict[str, object]:
    """Return the votes of a size that was measured, and the memory of each form."""
    return {"votes": found["votes"], "mb_above": {name: one["mb_above"] for name, one in found["formats"].items()}}


def save_study(n_people: int, n_values: int, data_dir: Path) -> int:
    """Write the study to a database; return the number of its votes."""
    services = Services(Settings(data_dir=data_dir))
    study = make_study(n_people, n_values)
    act = Act(ClientId("import"), STUDY_ID, "benchmark", "study.imported", NOW)
    services.database.write(act, lambda store: store.bundles.save(study))
    services.close()
    return len(study.votes)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--values", type=int, default=500)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", type=ExportFormat, help="measure one form in this process, from --folder")
    parser.add_argument("--folder", type=Path, help="holds the database that was made before")
    asked = parser.parse_args(argv)
    if asked.only is not None:
        print(json.dumps(measure(asked.only, asked.folder / "data", asked.folder / asked.only.value)))
        return
    found = measure_size(asked.people, asked.values)
    others = [measure_size(round(share * asked.people), asked.values) for share in SIZES]
    sizes = sorted([found, *others], key=lambda one: int(one["votes"]))
    found["memory"] = [memory_of(one) for one in sizes]
    text = json.dumps(found, indent=1)
    if asked.out is not None:
        asked.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
