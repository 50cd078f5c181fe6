"""How many pairs a second are scored on both tasks, beside the procedure that the Kaleido system publishes.

Run from the project root: ``python -m benchmarks.speed.bench_kaleido [--shapes small base] [--out FILE]``. Prints JSON.
Weights are random, of Flan-T5's shapes; nothing is fetched. The published procedure: batches of eight in the order of
input, padding attended to, one pass for each task, two decoder positions, the whole vocabulary brought to the host.
Speeds are taken in turns, the best of several rounds each, in one process where it can hold all of them; a peak of
memory in a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backends.made_t5 import FLAN_SHAPES, T5Shape, write_random_t5
from backends.seq2seq_t5 import T5Options, T5Seq2Seq
from backends.t5_weights import DEEP, INT8_LAYERS_OF_WIDE, WIDE, multiplies_bf16
from domain.kaleido import ScoreRequest, ValueScore, Vrd, VrdKind
from domain.nouns import FloatArray
from kaleido.scorer import KaleidoScorer
from kaleido.wording import CARD, Task, Wording

MIB = 1024 * 1024
UPSTREAM_BATCH = 8
UPSTREAM_MOST_TOKENS = 128
N_PAIRS = {"small": 256, "base": 96, "large": 32, "xl": 12}
N_PAIRS_ON_A_CARD = {"small": 8_192, "base": 8_192, "large": 4_096, "xl": 1_024}
ROUNDS = 4
N_WARM = 8
BYTES_OF_A_WEIGHT = 4
ROOM_FOR_ONE = 1.5
"""Memory that a procedure in a process of its own needs, as a multiple of its weights in fp32."""
BARS = {"ratio_fp32": 1.8, "ratio_int8": 3.0, "int8_mean_abs_difference": 0.005}
WORDS = (
    *(
        "a",
        "neighbour",
        "friend",
        "child",
        "teacher",
        "doctor",
        "stranger",
        "lends",
        "borrows",
        "hides",
        "gives",
        "takes",
    ),
    *("money", "food", "time", "secret", "letter", "before", "after", "while", "during", "winter", "school", "work"),
    *("dinner", "night", "to", "from", "about", "with", "without", "honest", "careful", "late", "early"),
)
NOUNS = (
    *("honesty", "care", "safety", "promise", "property", "dignity", "fairness", "loyalty", "autonomy", "compassion"),
    *("well-being", "justice"),
)

Score = Callable[[Sequence[ScoreRequest]], list[list[float]]]


def pairs_of(name: str) -> list[ScoreRequest]:
    """Return the pairs that a shape is measured on, more of them where there is a graphics card."""
    import torch

    n = (N_PAIRS_ON_A_CARD if torch.cuda.is_available() else N_PAIRS)[name]
    return make_pairs(n, rng=np.random.default_rng(7))


def make_pairs(n: int, *, rng: np.random.Generator) -> list[ScoreRequest]:
    """Return different pairs with situations of 3 to 25 words, most of them short, several values to a situation."""
    kinds = list(VrdKind)
    pairs: dict[ScoreRequest, None] = {}
    situation = ""
    while len(pairs) < n:
        if len(pairs) % 6 == 0:
            situation = " ".join(rng.choice(WORDS, size=3 + min(22, rng.poisson(6))))
        text = " ".join(rng.choice(NOUNS, size=1 + int(rng.integers(4)), replace=False))
        kind = kinds[int(rng.integers(3))]
        lead = "" if kind is VrdKind.VALUE else f"{kind.value} to "
        pairs[ScoreRequest(situation=situation, vrd=Vrd(kind=kind, text=f"{lead}{text}"))] = None
    return list(pairs)


class Upstream:
    """The published procedure, written anew."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import T5ForConditionalGeneration

        self._reader = T5Seq2Seq(str(folder))
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._batch = UPSTREAM_BATCH if self._device == "cpu" else 512
        self._model: Any = T5ForConditionalGeneration.from_pretrained(folder).to(self._device).eval()
        self._wording = Wording(CARD, tuple(Task))

    def score(self, pairs: Sequence[ScoreRequest]) -> list[list[float]]:
        """Return the five probabilities of each pair."""
        words = (["Yes", "No"], ["Supports", "Opposes", "Either"])
        tasks = (Task.RELEVANCE, Task.VALENCE)
        columns = [self._pass(pairs, task, answers) for task, answers in zip(tasks, words, strict=True)]
        return [[*one, *other] for one, other in zip(*columns, strict=True)]

    def _pass(self, pairs: Sequence[ScoreRequest], task: Task, answers: Sequence[str]) -> list[list[float]]:
        import torch

        rows = [tokens[0] for tokens in self._reader.tokenize(answers)]
        texts = [self._wording.ask(task, pair.situation, pair.vrd) for pair in pairs]
        logits = []
        with torch.no_grad():
            for start in range(0, len(texts), self._batch):
                tokens = [
                    one[:UPSTREAM_MOST_TOKENS] for one in self._reader.tokenize(texts[start : start + self._batch])
                ]
                longest = max(len(one) for one in tokens)
                ids = torch.tensor([[*one, *[0] * (longest - len(one))] for one in tokens], device=self._device)
                labels = torch.zeros((len(tokens), 2), dtype=torch.long, device=self._device)
                logits.append(self._model(input_ids=ids, labels=labels).logits[:, -1, :].detach().cpu())
        chosen = torch.softmax(torch.cat(logits), dim=-1)[:, rows]
        result: list[list[float]] = (chosen / chosen.sum(dim=-1, keepdim=True)).tolist()
        return result


def ours(folder: Path, dtype: str) -> Score:
    """Return our scorer in an arithmetic."""
    scorer = KaleidoScorer(T5Seq2Seq(str(folder), T5Options(dtype)), name=f"kaleido:random?dtype={dtype}")

    def score(pairs: Sequence[ScoreRequest]) -> list[list[float]]:
        scores = [one for one in scorer.score(pairs) if isinstance(one, ValueScore)]
        return [
            [one.relevance, 1 - one.relevance, one.valence.supports, one.valence.opposes, one.valence.either]
            for one in scores
            if one.valence is not None
        ]

    return score


class Spent(NamedTuple):
    """What one procedure found and needed; times are those of its best round."""

    found: FloatArray
    """Five probabilities of each pair."""
    seconds: float
    cpu_seconds: float

    def or_faster(self, other: "Spent") -> "Spent":
        """Return the same with the shorter of both times."""
        return Spent(other.found, min(self.seconds, other.seconds), min(self.cpu_seconds, other.cpu_seconds))


def timed(score: Score, pairs: Sequence[ScoreRequest]) -> Spent:
    """Score the pairs once."""
    began, began_cpu = time.perf_counter(), time.process_time()
    found = np.array(score(pairs))
    return Spent(found, time.perf_counter() - began, time.process_time() - began_cpu)


def way_called(name: str, folder: Path) -> Score:
    """Return the published procedure, or ours in an arithmetic."""
    return Upstream(folder).score if name == "upstream" else ours(folder, name)


def together(shape: str, folder: Path, names: Sequence[str], *, rounds: int) -> dict[str, Spent]:
    """Return what each procedure needed, all held in this process and taken in turns."""
    pairs = pairs_of(shape)
    ways = {name: way_called(name, folder) for name in names}
    for score in ways.values():
        score(pairs[:N_WARM])
    best: dict[str, Spent] = {}
    for _ in range(rounds):
        for name, score in ways.items():
            spent = timed(score, pairs)
            best[name] = best[name].or_faster(spent) if name in best else spent
    return best


def one_by_one(
    shape: str, folder: Path, names: Sequence[str], *, rounds: int
) -> tuple[dict[str, Spent], dict[str, float]]:
    """Return the same, and peaks of memory, with each procedure in a process of its own in each round."""
    best: dict[str, Spent] = {}
    peaks: dict[str, float] = {}
    for _ in range(rounds):
        for name in names:
            told = apart(shape, folder, name)
            spent = Spent(np.array(told["found"]), told["seconds"], told["cpu_seconds"])
            best[name] = best[name].or_faster(spent) if name in best else spent
            peaks[name] = max(peaks.get(name, 0.0), told["peak_mb"])
    return best, peaks


def figures(shape: str, folder: Path, spent: dict[str, Spent]) -> dict[str, object]:
    """Return the speeds of one shape, and how far its probabilities lie from the first arithmetic of ours."""
    pairs = pairs_of(shape)
    exact, *others = (name for name in spent if name != "upstream")
    upstream = spent["upstream"]
    report: dict[str, object] = {
        "pairs": len(pairs),
        "upstream_pairs_per_s": round(len(pairs) / upstream.seconds, 2),
        "ours_pairs_per_s": round(len(pairs) / spent[exact].seconds, 2),
        "ours_arithmetic": exact,
        "int8_covers": int8_covers(FLAN_SHAPES[shape]),
        "flops_per_pair": flops_per_pair(FLAN_SHAPES[shape], folder, pairs),
    }
    for name in (exact, *others):
        report[f"{name}_pairs_per_s"] = round(len(pairs) / spent[name].seconds, 2)
        report[f"ratio_{name}"] = round(upstream.seconds / spent[name].seconds, 2)
        report[f"ratio_{name}_of_processor_time"] = round(upstream.cpu_seconds / spent[name].cpu_seconds, 2)
        if name != exact:
            report[f"{name}_mean_abs_difference"] = _difference(spent[name], spent[exact])
    report["upstream_mean_abs_difference_by_padding"] = _difference(upstream, spent[exact])
    return report


def int8_covers(shape: T5Shape) -> str:
    """Return in words what runs in int8 here."""
    if not multiplies_bf16():
        return "queries, keys, values and the way into the feed-forward part of the encoder; the rest in fp32"
    if shape.num_layers >= DEEP:
        last = f" in its last {INT8_LAYERS_OF_WIDE} layers" if shape.d_model >= WIDE else ""
        return f"the way into the feed-forward part of the encoder{last}; the rest in bf16"
    return "queries, keys, values and the way into the feed-forward part of the encoder; the rest in bf16"


def _difference(one: Spent, other: Spent) -> float:
    return round(float(np.abs(one.found - other.found).mean()), 6)


def flops_per_pair(shape: T5Shape, folder: Path, pairs: Sequence[ScoreRequest]) -> int:
    """Return the multiplications and additions of both tasks' encoder passes: two for each weight and token."""
    reader, wording = T5Seq2Seq(str(folder)), Wording(CARD, tuple(Task))
    texts = [wording.ask(task, p.situation, p.vrd) for p in pairs for task in (Task.RELEVANCE, Task.VALENCE)]
    n_tokens = sum(len(tokens) for tokens in reader.tokenize(texts)) / len(pairs)
    inner = shape.d_kv * shape.num_heads
    weights = shape.num_layers * (4 * shape.d_model * inner + 3 * shape.d_model * shape.d_ff)
    return round(2 * weights * n_tokens)


def plain_product_flops(*, is_gpu: bool) -> float:
    """Return what one large matrix product reaches a second here: the limit that a share is a share of."""
    import torch

    side, device = (8_192, "cuda") if is_gpu else (1_024, "cpu")
    one = torch.randn(side, side, device=device, dtype=torch.bfloat16 if is_gpu else torch.float32)
    product = torch.empty_like(one)
    best = float("inf")
    for _ in range(40):
        began = time.perf_counter()
        torch.matmul(one, one, out=product)
        float(product[0, 0])
        best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best


def apart(shape: str, folder: Path, name: str) -> dict[str, Any]:
    """Return what ``run_one`` tells from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.speed.bench_kaleido", "--one", shape, str(folder), name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def run_one(shape: str, folder: Path, name: str) -> dict[str, object]:
    """Score the pairs of a shape one way; return what was found, its times, and the peak of memory or of the card's."""
    import torch

    pairs = pairs_of(shape)
    score = way_called(name, folder)
    score(pairs[:N_WARM])
    spent = timed(score, pairs)
    if torch.cuda.is_available():
        peak = torch.cuda.max_memory_allocated() / MIB
    else:  # ru_maxrss would count the parent's peak too
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(next(line for line in status.splitlines() if "VmHWM" in line).split()[1]) / 1024
    return spent._asdict() | {"found": spent.found.tolist(), "peak_mb": round(peak, 1)}


def report_shape(name: str, *, rounds: int, has_peaks: bool) -> dict[str, object]:
    """Return all figures of a shape; why there are none where its weights do not fit into memory."""
    import torch

    is_gpu = torch.cuda.is_available()
    dtypes = ["bf16", "fp32"] if is_gpu else ["fp32", "int8", "bf16"]
    ways = ["upstream", *dtypes]
    n_weights = count_weights(FLAN_SHAPES[name])
    one_copy = BYTES_OF_A_WEIGHT * n_weights
    there = available_memory()
    if one_copy * ROOM_FOR_ONE > there:
        return {"not_run": f"needs {round(one_copy * ROOM_FOR_ONE) // MIB} MiB of memory, {there // MIB} MiB are free"}
    is_together = one_copy * len(ways) <= there
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        texts = [" ".join((*WORDS, *NOUNS)), *(template.text for template in CARD.values())]
        write_random_t5(folder, FLAN_SHAPES[name], texts=texts, seed=7)
        peaks: dict[str, float] = {}
        if is_together:
            spent = together(name, folder, ways, rounds=rounds)
            peaks = {way: apart(name, folder, way)["peak_mb"] for way in ways if has_peaks}
        else:
            spent, peaks = one_by_one(name, folder, ways, rounds=rounds)
        report = figures(name, folder, spent)
    limit = plain_product_flops(is_gpu=is_gpu)
    reached = float(str(report["flops_per_pair"])) * float(str(report["ours_pairs_per_s"]))
    return report | {
        "weights": n_weights,
        "rounds": rounds,
        "processes": "one for all" if is_together else "one for each",
        "peak_mb": peaks,
        "share_of_plain_product": round(reached / limit, 3),
    }


def available_memory() -> int:
    """Return the bytes that could be had, with what the system keeps of files and would give back; needs Linux."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("MemAvailable:")))


def count_weights(shape: T5Shape) -> int:
    """Return how many weights a gated model of that shape has, those of its norms and position biases left out."""
    inner = shape.d_kv * shape.num_heads
    layer = 4 * shape.d_model * inner + 3 * shape.d_model * shape.d_ff
    return shape.num_layers * (2 * layer + 4 * shape.d_model * inner) + 2 * shape.vocab_size * shape.d_model


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", choices=sorted(FLAN_SHAPES), default=["small", "base"])
    parser.add_argument("--no-peaks", action="store_true", help="leave out peaks of memory, a process for each")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--one", nargs=3, metavar=("SHAPE", "FOLDER", "WAY"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.one:
        name, folder, way = arguments.one
        print(json.dumps(run_one(name, Path(folder), way)))
        return
    import torch

    shapes = {}
    for name in arguments.shapes:
        shapes[name] = report_shape(name, rounds=arguments.rounds, has_peaks=not arguments.no_peaks)
        print(f"{name}: {json.dumps(shapes[name])}", file=sys.stderr, flush=True)
    skipped = {name: {"not_run": "not asked for"} for name in FLAN_SHAPES if name not in shapes}
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"processor, {os.cpu_count()} threads"
    report = {"device": device, "rounds": arguments.rounds, "bars": BARS, "shapes": shapes | skipped}
    text = json.dumps(report, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
