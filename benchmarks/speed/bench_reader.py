"""How many values a second the reader scores with each situation read once, beside each pair read by itself.

Run from the project root: ``python -m benchmarks.speed.bench_reader --base FOLDER [--out FILE]``. Prints JSON. Both
ways take the same pairs in turns in one process, the best of several rounds each; a pair alone is what a cross-encoder
of a situation and a value would read. Situations are of our own writing.
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch

from backends.registry import build_reader
from benchmarks.quality.labelled import read_situations
from domain.readers import ReadRequest
from services.scorers import READER

N_SITUATIONS, ROUNDS, SHORTEST = 16, 3, 120
LISTS = (1, 8, 24, 60)
"""Values beside a situation."""
AT_ONCE = 16


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    reader = build_reader(asked.base, changes=READER)
    every = [one for one in read_situations() if len(one.text) >= SHORTEST]
    texts = [one.text for one in every[:N_SITUATIONS]]
    values = tuple(dict.fromkeys(value for one in every for value in one.values))
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"processor, {os.cpu_count()} threads"
    lists = {}
    for n in LISTS:
        whole = [ReadRequest(text, values[:n]) for text in texts]
        pairs = [ReadRequest(text, (value,)) for text in texts for value in values[:n]]
        seconds: dict[str, list[float]] = {"together": [], "alone": []}
        reader.read(whole[:1])
        for _ in range(ROUNDS):
            for name, rows in (("together", whole), ("alone", pairs)):
                began = time.perf_counter()
                for start in range(0, len(rows), AT_ONCE):
                    reader.read(rows[start : start + AT_ONCE])
                seconds[name].append(time.perf_counter() - began)
        rate = {name: len(pairs) / min(spent) for name, spent in seconds.items()}
        lists[str(n)] = {
            "together_pairs_per_s": round(rate["together"], 1),
            "alone_pairs_per_s": round(rate["alone"], 1),
            "ratio": round(rate["together"] / rate["alone"], 2),
        }
    report = {"device": device, "situations": len(texts), "rounds": ROUNDS, "lists": lists}
    text = json.dumps(report, indent=1)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
