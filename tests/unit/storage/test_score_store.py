"""Scores are kept by key, exactly, by several processes at once, and nothing is lost or made worse."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import StorageError
from domain.kaleido import ScoreSource
from storage.score_store import KeptScore, ScoreStore

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ScoreSource(checkpoint="small", revision="abc", decoder_position=1, dtype="fp32")
FULL = KeptScore(0.1 + 0.2, 1 / 3, 1 / 7, 11 / 21, None, 5e-324, is_shortened=True)
BARE = KeptScore(0.25, None, None, None, "unavailable", None, is_shortened=False)
BELOW, FAILED = BARE._replace(no_valence="below_cut"), BARE._replace(no_valence="failed")
WRITER = """
import sys
from pathlib import Path
from domain.kaleido import ScoreSource
from storage.score_store import KeptScore, ScoreStore
print("ready", flush=True)
sys.stdin.readline()
store = ScoreStore(Path(sys.argv[1]))
score = KeptScore(0.5, None, None, None, "unavailable", None, is_shortened=False)
for part in range(40):
    keys = ["both", *(f"{sys.argv[2]}.{part}.{n}" for n in range(25))]
    store.put(ScoreSource(checkpoint="small"), dict.fromkeys(keys, score))
store.close()
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "scores.sqlite3"


@pytest.fixture
def store(file):
    with closing(ScoreStore(file)) as store:
        yield store


def test_what_was_put_is_read_exactly_and_after_a_new_start(store, file):
    store.put(SOURCE, {"one": FULL, "two": BARE})
    store.put(SOURCE.model_copy(update={"revision": "def"}), {"three": BELOW})
    assert store.read(["one", "three", "nobody"]) == {"one": FULL, "three": BELOW}
    assert store.read(["one"])["one"].is_shortened is True
    store.close()
    with closing(ScoreStore(file)) as again:
        assert again.read(["one", "two", "three"]) == {"one": FULL, "two": BARE, "three": BELOW}
    with closing(sqlite3.connect(file)) as rows:
        said = {one for (one,) in rows.execute("SELECT json_extract(source, '$.revision') FROM sources")}
    assert said == {"abc", "def"}


def test_nothing_is_read_and_written_of_nothing(store):
    store.put(SOURCE, {})
    assert store.read([]) == {}


@pytest.mark.parametrize("less", [BELOW, FAILED])
def test_a_score_without_its_valence_gives_way_and_a_whole_one_never_does(store, less):
    store.put(SOURCE, {"key": less})
    store.put(SOURCE, {"key": FULL})
    assert store.read(["key"]) == {"key": FULL}
    store.put(SOURCE, {"key": less})
    store.put(SOURCE, {"key": BARE})
    assert store.read(["key"]) == {"key": FULL}


def test_more_keys_than_one_question_takes_are_all_found(store):
    store.put(SOURCE, {str(n): BARE for n in range(25_000)})
    assert len(store.read(map(str, range(30_000)))) == 25_000


def test_a_put_that_fails_leaves_nothing(store):
    with pytest.raises(StorageError, match="cannot be used"):
        store.put(SOURCE, {"good": FULL, "bad": FULL._replace(relevance=None)})
    assert store.read(["good"]) == {}
    store.put(SOURCE, {"good": FULL})
    assert store.read(["good"]) == {"good": FULL}


def test_several_processes_write_a_fresh_file_at_once_and_nothing_is_lost(file):
    words = [sys.executable, "-c", WRITER, str(file)]
    pipe = subprocess.PIPE
    writers = [
        subprocess.Popen([*words, str(one)], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for one in range(3)
    ]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 3
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    assert [writer.communicate()[1] for writer in writers] == [""] * 3
    with closing(ScoreStore(file)) as store:
        keys = [f"{one}.{part}.{n}" for one in range(3) for part in range(40) for n in range(25)]
        assert len(store.read([*keys, "both"])) == len(keys) + 1


def test_a_file_of_a_newer_version_is_left_alone(store, file):
    store.close()
    with closing(sqlite3.connect(file)) as rows:
        rows.execute("PRAGMA user_version = 2")
    with pytest.raises(StorageError, match="newer version"):
        ScoreStore(file)


def test_a_spoiled_file_and_a_folder_that_cannot_be_made_end_in_a_sentence(tmp_path):
    spoiled = tmp_path / "scores.sqlite3"
    spoiled.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="moved away"):
        ScoreStore(spoiled)
    assert spoiled.read_bytes() == b"no database" * 1000
    with pytest.raises(StorageError, match="folder can be written"):
        ScoreStore(spoiled / "scores.sqlite3")
