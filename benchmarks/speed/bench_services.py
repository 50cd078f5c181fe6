"""Import, export and one turn of the guided interview, without a server; each beside the plainest work of its kind.

Run from the project root: ``python -m benchmarks.speed.bench_services --study PATH``. Prints JSON; times are in
milliseconds. Baselines: for the import, reading the same files as CSV; for the export, writing the same document as
JSON; for a turn, a write that stores nothing but its event.
"""

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from domain.errors import StudyRuleError
from domain.graphs import GraphQuery
from domain.ids import ClientId, PersonId, QuestionId, StudyId
from domain.people import JourneyStep, Participant
from services.container import Services
from services.settings import Settings
from services.studies import StudySetup

ROUNDS, N_PEOPLE, TURNS_EACH = 5, 10, 4
ANSWER = "I looked for signs that she was afraid, and for words that she could say herself when the time came."


def best_ms(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return the shortest of several runs in milliseconds."""
    spans = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        spans.append(1000 * (time.perf_counter() - started))
    return round(min(spans), 1)


def read_plainly(folder: Path) -> int:
    """Return how many rows the CSV files of ``folder`` hold."""
    rows = 0
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as source:
            rows += sum(1 for _ in csv.DictReader(source))
    return rows


def interchange(services: Services, path: Path, scratch: Path) -> dict[str, float]:
    """Return the times of import and export, each with its baseline."""
    number = count(1)
    import_ms = best_ms(lambda: services.interchange.import_study(path, slug=f"bench-{next(number)}"))
    study = services.studies.by_slug("bench-1")
    assert study is not None
    query, out = GraphQuery(study_id=study.id), scratch / "graph.json"

    def export() -> None:
        services.explore.forget(study.id)
        services.interchange.export_graph(query, out)

    export_ms = best_ms(export)
    document = json.loads(out.read_text(encoding="utf-8"))
    return {
        "import_ms": import_ms,
        "csv_read_ms": best_ms(lambda: read_plainly(path)),
        "export_ms": export_ms,
        "json_write_ms": best_ms(lambda: (scratch / "plain.json").write_text(json.dumps(document), encoding="utf-8")),
    }


def turns(services: Services) -> dict[str, float]:
    """Return the median time of an answer with the question after it, and of a write that stores only its event."""
    setup = services.studies.setup(services.studies.all()[-1].id)
    answered, empty = [], []
    for number in range(N_PEOPLE):
        person = _begin(services, setup, PersonId(f"bench-{number}"))
        for turn in range(TURNS_EACH):
            if not _answer(services, person, turn, answered):
                break
            started = time.perf_counter()
            services.desk.act_of_person(person, "bench.empty", lambda _: None, client_id=ClientId(f"e{number}.{turn}"))
            empty.append(1000 * (time.perf_counter() - started))
    return {
        "turns": len(answered),
        "turn_p50_ms": round(statistics.median(answered), 1),
        "empty_write_p50_ms": round(statistics.median(empty), 1),
    }


def _begin(services: Services, setup: StudySetup, person_id: PersonId) -> Participant:
    person = services.participants.join(StudyId(setup.study.id), person_id=person_id)
    services.participants.give_consent(
        person, take_part=True, training=False, text_shown=setup.study.consent_text, client_id=ClientId(f"c{person_id}")
    )
    question = QuestionId(setup.questions[0].id)
    services.interview.start(person, question_id=question, client_id=ClientId(f"s{person_id}"))
    return person


def _answer(services: Services, person: Participant, turn: int, spans: list[float]) -> bool:
    if services.participants.guest(person.id).person.step is not JourneyStep.INTERVIEW:
        return False
    started = time.perf_counter()
    revision = services.interview.view(person).revision
    try:
        services.interview.answer(
            person, f"{turn}. {ANSWER}", revision=revision, client_id=ClientId(f"{person.id}.{turn}")
        )
    except StudyRuleError:
        return False
    services.interview.view(person)
    spans.append(1000 * (time.perf_counter() - started))
    return True


def measure(path: Path) -> dict[str, float]:
    """Return all measures, taken in a data folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        services = Services(Settings(data_dir=Path(folder)))
        services.first_start()
        found = turns(services) | interchange(services, path, Path(folder))
        services.close()
    return found


def main() -> None:
    """Print the measures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, required=True)
    print(json.dumps(measure(parser.parse_args().study), indent=1))


if __name__ == "__main__":
    main()
