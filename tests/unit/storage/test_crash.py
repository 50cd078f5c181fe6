"""A process killed in the middle of writing loses nothing that it was told is written."""

import signal
import subprocess
import sys
from pathlib import Path

from domain.ids import StudyId
from storage import Database

WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from domain.ids import ClientId, QuestionId, StudyId
from domain.studies import Question, Study
from storage import Act, Database

now = datetime(2030, 1, 1, tzinfo=UTC)
database = Database.open(sys.argv[1])
study_id = StudyId("s")

def write(name, body):
    database.write(Act(ClientId(name), study_id, "system", "test", now), body)

write("study", lambda store: store.studies.add(Study(id=study_id, slug="s", title="S", created_at=now)))
for number in range(1_000_000):
    def body(store):
        for part in ("a", "b"):
            slug = f"q-{number}-{part}"
            store.studies.add_question(Question(
                id=QuestionId(slug), study_id=study_id, slug=slug, title="Q", text="x" * 2000, position=number))
    write(str(number), body)
    print(number, flush=True)
"""
WRITES_BEFORE_KILL = 25
ROOT = Path(__file__).parents[3]


def test_a_killed_process_leaves_what_it_committed_and_an_unbroken_log(tmp_path):
    url = f"sqlite:///{tmp_path}/study.db"
    command = [sys.executable, "-c", WRITER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = int(line)
            if last >= WRITES_BEFORE_KILL:
                process.send_signal(signal.SIGKILL)
                break
    database = Database.open(url)
    study_id = StudyId("s")
    with database.read() as store:
        questions = store.studies.questions(study_id)
        events = store.events.list(study_id)
        assert store.events.verify(study_id) is None
    # Whole acts only: two questions for each event after the study's own.
    assert len(questions) == 2 * (len(events) - 1)
    assert len(events) - 1 >= last + 1
    assert database.version(study_id) == len(events)
    database.close()
