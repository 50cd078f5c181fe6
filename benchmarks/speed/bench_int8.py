"""How long a product in int8 takes with weights packed once, beside weights that are packed anew each time.

Run from the project root: ``python -m benchmarks.speed.bench_int8 [--out FILE]``. Prints JSON. The maps are those of
the encoders of Flan-T5's shapes that run in int8; both ways in turns in one process, the best of several rounds each.
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch

from backends.made_t5 import FLAN_SHAPES
from backends.t5_weights import INT8_MOST, int8_product, plain_int8_product

N_ROWS, ROUNDS = 1_024, 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    maps = {}
    for name, shape in FLAN_SHAPES.items():
        for part, n_out in (("qkv", 3 * shape.d_kv * shape.num_heads), ("feed", 2 * shape.d_ff)):
            weight = torch.randint(-INT8_MOST, INT8_MOST + 1, (n_out, shape.d_model), dtype=torch.int8)
            rows = torch.randint(-INT8_MOST, INT8_MOST + 1, (N_ROWS, shape.d_model), dtype=torch.int8)
            scale = torch.rand(n_out)
            ways = {"packed_once": int8_product(weight, scale), "packed_anew": plain_int8_product(weight, scale)}
            seconds: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, product in ways.items():
                    began = time.perf_counter()
                    product(rows)
                    seconds[way].append(time.perf_counter() - began)
            best = {f"{way}_ms": round(1_000 * min(spent), 2) for way, spent in seconds.items()}
            maps[f"{name}, {part}"] = {
                **best,
                "ratio": round(min(seconds["packed_anew"]) / min(seconds["packed_once"]), 2),
            }
    device = f"processor, {os.cpu_count()} threads"
    text = json.dumps({"device": device, "rows": N_ROWS, "rounds": ROUNDS, "maps": maps}, indent=1)
    if asked.out:
        asked.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
