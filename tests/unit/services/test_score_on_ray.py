"""Scores from a Ray cluster are those of this process, whatever dies on the way. Runs the command as people do."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[3]
N_PAIRS = 3000
PAUSE_S = 0.4
"""Each 256 pairs take so long: a run of some seconds in which a worker can be ended."""
PATIENCE_S = 240
WORKER = "ray::MapWorker"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")]


@pytest.fixture
def pairs(tmp_path):
    file = tmp_path / "pairs.jsonl"
    rows = [
        {"situation": f"On day {i // 30} a promise stands in the way.", "vrd": ("value", "right", "duty")[i % 3],
         "text": f"Care {i % 30}"} for i in range(N_PAIRS)
    ]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, [*rows, rows[0]])), "utf-8")
    return file


def command(pairs: Path, out: Path, *options: str) -> subprocess.Popen:
    environment = os.environ | {
        "HOME": str(out.parent),  # where Ray keeps the token of its cluster
        "MORALGRAPH_DATA_DIR": str(out.with_suffix(".d")),  # a store of its own for every output
        "MORALGRAPH_EMBEDDER": f"hash:{PAUSE_S}",
        "MORALGRAPH_TESTING": "1",
    }
    words = [sys.executable, "-m", "services.cli", "score", "--in", str(pairs), "--out", str(out), "--json", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True, bufsize=1)


def until_news(process: subprocess.Popen) -> Iterator[str]:
    for line in process.stderr:
        if " pairs" in line:
            yield line


def workers(process: subprocess.Popen) -> list[psutil.Process]:
    return [
        one
        for one in psutil.Process(process.pid).children(recursive=True)
        if " ".join(one.cmdline()).startswith(WORKER)
    ]


def ended(process: subprocess.Popen) -> tuple[int, dict, str]:
    said, told = process.communicate(timeout=PATIENCE_S)
    return process.returncode, json.loads(said or "{}"), told


def test_a_worker_that_dies_costs_nothing_and_doubles_nothing(pairs, tmp_path):
    code, counts, told = ended(command(pairs, tmp_path / "here.parquet"))
    assert (code, counts["scored_now"]) == (0, N_PAIRS), told

    process = command(pairs, tmp_path / "ray.parquet", "--engine", "ray", "--workers", "2")
    try:
        first = next(until_news(process))
        both = workers(process)
        assert len(both) == 2
        assert int(first.split()[0].replace(",", "")) < N_PAIRS
        both[0].send_signal(signal.SIGKILL)
        code, counts, told = ended(process)
    finally:
        process.kill()
    assert not both[0].is_running()
    assert code == 0, told
    assert counts == {"rows": N_PAIRS + 1, "scored_now": N_PAIRS, "failed": 0, "bad_rows": 0}
    here, ray = (pq.read_table(tmp_path / name) for name in ("here.parquet", "ray.parquet"))
    assert ray.equals(here)


def test_a_run_that_was_stopped_goes_on_with_what_is_missing(pairs, tmp_path):
    out = tmp_path / "scores.parquet"
    process = command(pairs, out, "--engine", "ray", "--workers", "2")
    try:
        next(until_news(process))
        process.send_signal(signal.SIGINT)
        code, before, told = ended(process)
    finally:
        process.kill()
    assert code == 130, told
    assert "goes on there" in told
    assert 0 < before["scored_now"] < N_PAIRS
    code, after, told = ended(command(pairs, out))
    assert code == 0, told
    assert before["scored_now"] + after["scored_now"] == N_PAIRS
    assert pq.read_table(out).num_rows == N_PAIRS + 1
