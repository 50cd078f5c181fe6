"""One text embedded on one core and on all, alone and beside others who do the same: the origin of ``FEW_TEXTS``.

Run from the project root: ``python -m benchmarks.speed.bench_embedding [--texts 1] [--beside 2] [--out FILE]``. The
packaged embedder's own model is called, so that only the number of cores differs. Prints JSON; claims are ratios within
one run, each measure is the median of all processes of all rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from backends.embed_minilm import minilm, usable_cores

ROUNDS, CALLS = 3, 20
TEXT = "I listen for what is really asked, and I look at how somebody's hands move while they tell a story. "


def milliseconds_of_calls(texts: int, cores: int) -> list[float]:
    """Return how long each call took in this process."""
    import torch

    embedder = minilm()
    embedder.warm()
    torch.set_num_threads(cores)
    spans = []
    for call in range(CALLS):
        asked = [f"{TEXT} {call} {n}" for n in range(texts)]
        started = time.perf_counter()
        embedder._loaded().encode(asked, convert_to_numpy=True, show_progress_bar=False)
        spans.append(1000 * (time.perf_counter() - started))
    return spans


def together(texts: int, cores: int, processes: int) -> list[float]:
    """Return the milliseconds of all calls of processes that run at once."""
    command = [sys.executable, "-m", "benchmarks.speed.bench_embedding", "--worker", str(cores), "--texts", str(texts)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return [span for one in running for span in json.loads(one.communicate()[0])]


def main() -> None:
    """Measure in turn, so that a change of the machine's load meets every way alike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1)
    parser.add_argument("--beside", type=int, default=2, help="other processes that do the same")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.worker:
        print(json.dumps(milliseconds_of_calls(asked.texts, asked.worker)))
        return
    ways = {"one_core": 1, "all_cores": usable_cores()}
    loads = {"alone": 1, "beside_others": 1 + asked.beside}
    spans: dict[str, dict[str, list[float]]] = {load: {way: [] for way in ways} for load in loads}
    for _ in range(ROUNDS):
        for load, processes in loads.items():
            for way, cores in ways.items():
                spans[load][way] += together(asked.texts, cores, processes)
    found = {
        "texts": asked.texts, "beside": asked.beside, "cores": usable_cores(), "load_average": os.getloadavg()[0],
        "median_ms": {
            load: {way: round(statistics.median(one), 1) for way, one in ways_of.items()}
            for load, ways_of in spans.items()
        },
    }  # fmt: skip
    text = json.dumps(found, indent=2)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
