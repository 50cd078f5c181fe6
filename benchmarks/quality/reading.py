"""Teaches the reader of values: changes of low rank to all-mpnet-base-v2, and a head for relevance and valence.

Run from the project root, best on a graphics card: ``python -m benchmarks.quality.reading --base FOLDER --data FOLDER
--arguments FOLDER --out FILE.safetensors --learning FILE.json``. It is taught on situations of our own writing, on four
fifths of the fitted half of DailyDilemmas, and on the training part of Touché23-ValueEval; in each pass the values of a
text stand beside as many others of the same source. The pass is chosen by the mean of four figures on parts kept apart:
relevance and valence of our own situations, relevance of dilemmas and of arguments. Temperatures are fitted on the same
parts, and the changes are brought to a lower rank by their singular values.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn import functional

from backends.reader_forward import Row, read
from backends.reader_weights import LINEARS, Base, changed, marks_of, read_base
from benchmarks.quality.labelled import (
    SEED,
    Labelled,
    Situation,
    argument_rows,
    arguments,
    auc,
    halves,
    read_taught,
    shuffled,
    situation_pulls,
)
from benchmarks.quality.relevance import parted
from domain.nouns import FloatArray

RANK, KEPT_RANK = 32, 16
"""Of the changes while they are learnt, and as they are shipped."""
PASSES, BATCH, STEP, DECAY, DROPOUT, WARM_UP = 9, 48, 1e-3, 0.01, 0.1, 100
VALENCE_WEIGHT = 1.5
MOST_ARGUMENTS, MOST_VALUES = 2_000, 12
"""Arguments of one pass, drawn anew each time, and values of one text in a pass."""
MOST_TEXT_TOKENS, MOST_VALUE_TOKENS = 112, 24
AVERAGED = 0.998
"""Share that the running mean of the weights keeps at each step, once it has run for a while."""
TEMPERATURES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
NO_PULL = -1
SUPPORTS, OPPOSES, EITHER = 0, 1, 2
RELEVANCES, PULLS = ("situations", "dilemmas", "arguments"), "pulls"

Tensors = dict[str, torch.Tensor]


class Taught(NamedTuple):
    """A text with its values, and which way each pulls, ``NO_PULL`` where nobody said."""

    text: str
    values: tuple[str, ...]
    pulls: tuple[int, ...]


class Words:
    """Texts to tokens, each worked out once."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self.marks = marks_of(self._tokenizer)
        self._kept: dict[str, tuple[int, ...]] = {}

    def row(self, text: str, values: Sequence[str]) -> Row:
        """Return a text and its values as tokens, each cut to its longest."""
        return Row(self._ids(text)[:MOST_TEXT_TOKENS], tuple(self._ids(one)[:MOST_VALUE_TOKENS] for one in values))

    def _ids(self, text: str) -> tuple[int, ...]:
        if text not in self._kept:
            self._kept[text] = tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)
        return self._kept[text]


def sources(data: Path, argument_folder: Path) -> dict[str, list[Taught]]:
    """Return what is taught, by source."""
    situations, _ = read_taught()
    lists, _ = parted(halves(data, rng=np.random.default_rng(SEED)).fits)
    rows = [(row["Premise"], tuple(values)) for row, values in argument_rows(argument_folder, "training") if values]
    return {
        "situations": [_of(one) for one in situations],
        "dilemmas": [Taught(text, tuple(values), (NO_PULL,) * len(values)) for text, values in lists],
        "arguments": [Taught(text, values, (NO_PULL,) * len(values)) for text, values in rows],
    }


def _of(one: Situation) -> Taught:
    pulls = ((SUPPORTS,) * len(one.supports), (OPPOSES,) * len(one.opposes), (EITHER,) * len(one.either))
    return Taught(one.text, one.values, sum(pulls, ()))


def choosing(data: Path, argument_folder: Path) -> dict[str, Labelled]:
    """Return the parts kept apart, by which a pass is chosen."""
    _, apart = read_taught()
    _, lists = parted(halves(data, rng=np.random.default_rng(SEED)).fits)
    own = [(one.text, one.values) for one in apart]
    return {
        "situations": shuffled(own, rng=np.random.default_rng(SEED), per_group=2),
        "dilemmas": shuffled(lists, rng=np.random.default_rng(SEED), per_group=2),
        "arguments": arguments(argument_folder, "validation"),
        PULLS: situation_pulls(apart),
    }


def first_changes(base: Base, *, rng: torch.Generator) -> Tensors:
    """Return changes that change nothing yet, and a small head."""
    found: Tensors = {}
    for number in range(base.config["num_hidden_layers"]):
        for ours, theirs in LINEARS.items():
            n_out, n_in = base.tensors[f"encoder.layer.{number}.{theirs}.weight"].shape
            found[f"layers.{number}.{ours}.down"] = torch.randn(n_in, RANK, generator=rng) / n_in**0.5
            found[f"layers.{number}.{ours}.up"] = torch.zeros(RANK, n_out)
    width = base.config["hidden_size"]
    found["head.weight"] = torch.randn(4, 2 * width, generator=rng) * 0.01
    found["head.bias"] = torch.zeros(4)
    return found


class Teaching:
    """One course of teaching: the changes, their running mean, and the optimiser."""

    def __init__(self, base: Base, words: Words, taught: Mapping[str, Sequence[Taught]], *, seed: int) -> None:
        self._base, self._words, self._taught = base, words, taught
        self._rng = np.random.default_rng(seed)
        device = base.tensors["embeddings.LayerNorm.bias"].device
        first = first_changes(base, rng=torch.Generator().manual_seed(seed))
        self._changes = {name: one.to(device).requires_grad_() for name, one in first.items()}
        self.mean = {name: one.detach().clone() for name, one in self._changes.items()}
        self._optimiser = torch.optim.AdamW(list(self._changes.values()), lr=STEP, weight_decay=DECAY)
        n_texts = sum(min(len(rows), MOST_ARGUMENTS) if n == "arguments" else len(rows) for n, rows in taught.items())
        self._n_steps, self._step = PASSES * -(-n_texts // BATCH), 0

    def one_pass(self) -> float:
        """Go through the texts once and return the mean loss."""
        rows = self._drawn()
        length = [len(row.text) + sum(map(len, row.values)) + self._rng.uniform(0, 60) for row, _ in rows]
        order = np.argsort(length)
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        return float(np.mean([self._learn([rows[k] for k in batches[b]]) for b in self._rng.permutation(len(batches))]))

    def _drawn(self) -> list[tuple[Taught, int]]:
        """Return every text with values of its own and as many others, and how many are its own."""
        found = []
        for name, rows in self._taught.items():
            pool = [value for row in rows for value in row.values]
            places = self._rng.permutation(len(rows))[: MOST_ARGUMENTS if name == "arguments" else len(rows)]
            for row in (rows[place] for place in places):
                kept = self._rng.permutation(len(row.values))[:MOST_VALUES].tolist()
                others = [pool[k] for k in self._rng.integers(len(pool), size=3 * len(kept))]
                others = [value for value in others if value not in row.values][: len(kept)]
                values = (*(row.values[k] for k in kept), *others)
                pulls = (*(row.pulls[k] for k in kept), *(NO_PULL for _ in others))
                found.append((Taught(row.text, values, pulls), len(kept)))
        return found

    def _learn(self, rows: Sequence[tuple[Taught, int]]) -> float:
        share = min(1, (self._step + 1) / WARM_UP) * max(0.02, 1 - self._step / self._n_steps)
        for group in self._optimiser.param_groups:
            group["lr"] = STEP * share
        loss = self._loss(rows)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self._changes.values()), 1.0)
        self._optimiser.step()
        self._step += 1
        kept = min(AVERAGED, (self._step + 1) / (self._step + 20))
        with torch.no_grad():
            for name, one in self._changes.items():
                self.mean[name].lerp_(one, 1 - kept)
        return float(loss.detach())

    def _loss(self, rows: Sequence[tuple[Taught, int]]) -> torch.Tensor:
        device = self._changes["head.bias"].device
        weights = changed(self._base, self._changes)
        logits = read(weights, [self._words.row(row.text, row.values) for row, _ in rows], dropout=DROPOUT)
        is_own = torch.tensor([float(k < n) for row, n in rows for k in range(len(row.values))], device=device)
        pulls = torch.tensor([pull for row, _ in rows for pull in row.pulls], device=device)
        loss = functional.binary_cross_entropy_with_logits(logits[:, 0], is_own)
        if (pulls != NO_PULL).any():
            loss = loss + VALENCE_WEIGHT * functional.cross_entropy(logits[:, 1:], pulls, ignore_index=NO_PULL)
        return loss


def logits_of(base: Base, changes: Tensors, words: Words, pairs: Labelled) -> FloatArray:
    """Return the logits of each pair, shape (pairs, 4)."""
    values: dict[str, dict[str, None]] = {}
    for text, value in zip(pairs.situations, pairs.values, strict=True):
        values.setdefault(text, {})[value] = None
    texts = sorted(values, key=lambda text: len(text) + sum(map(len, values[text])))
    found: dict[tuple[str, str], FloatArray] = {}
    with torch.inference_mode():
        weights = changed(base, changes)
        for start in range(0, len(texts), BATCH):
            some = texts[start : start + BATCH]
            told = read(weights, [words.row(text, tuple(values[text])) for text in some]).cpu().numpy()
            found |= zip([(text, value) for text in some for value in values[text]], told, strict=True)
    return np.array([found[pair] for pair in zip(pairs.situations, pairs.values, strict=True)])


def figures_of(found: Mapping[str, FloatArray], sets: Mapping[str, Labelled]) -> dict[str, float]:
    """Return the area under the curve of each choosing part, and their mean under ``chooses``."""
    told = {
        name: auc(pairs, found[name][:, 1] - found[name][:, 2] if name == PULLS else found[name][:, 0])
        for name, pairs in sets.items()
    }
    return {
        **{name: round(one, 4) for name, one in told.items()},
        "chooses": round(float(np.mean([*told.values()])), 4),
    }


def temperatures(found: Mapping[str, FloatArray], sets: Mapping[str, Labelled]) -> tuple[float, float]:
    """Return what the logits of relevance and of valence are divided by: least cross-entropy on the choosing parts."""

    def relevance_loss(temperature: float) -> float:
        return sum(_entropy(found[name][:, 0] / temperature, sets[name].is_positive) for name in RELEVANCES)

    def valence_loss(temperature: float) -> float:
        return _entropy((found[PULLS][:, 1] - found[PULLS][:, 2]) / temperature, sets[PULLS].is_positive)

    return min(TEMPERATURES, key=relevance_loss), min(TEMPERATURES, key=valence_loss)


def _entropy(logits: FloatArray, labels: Sequence[bool]) -> float:
    told = torch.tensor(np.asarray(logits, dtype=np.float32))
    return float(functional.binary_cross_entropy_with_logits(told, torch.tensor(labels, dtype=torch.float32)))


def shipped(changes: Tensors, relevance: float, valence: float) -> Tensors:
    """Return the changes at the rank that is shipped, the head divided by the temperatures, in bf16."""
    found: Tensors = {}
    for name in (one.removesuffix(".down") for one in changes if one.endswith(".down")):
        whole = changes[f"{name}.down"].double() @ changes[f"{name}.up"].double()
        left, sizes, right = torch.linalg.svd(whole, full_matrices=False)
        roots = sizes[:KEPT_RANK].sqrt()
        found[f"{name}.down"] = left[:, :KEPT_RANK] * roots
        found[f"{name}.up"] = roots[:, None] * right[:KEPT_RANK]
    by = torch.tensor([relevance, valence, valence, valence])
    found["head.weight"] = changes["head.weight"].cpu() / by[:, None]
    found["head.bias"] = changes["head.bias"].cpu() / by
    return {name: one.to("cpu", torch.bfloat16).contiguous() for name, one in found.items()}


def main() -> None:
    """Teach, choose a pass, and write what is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--arguments", type=Path, required=True, help="folder of Touché23-ValueEval")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-texts", type=int, help="of each source, for a trial of this program")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--learning", type=Path, required=True)
    asked = parser.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_float32_matmul_precision("high")  # sums of weights and small changes must not be rounded to bf16
    device = "cuda" if torch.cuda.is_available() else "cpu"
    words = Words(asked.base)
    base = read_base(asked.base, words.marks)
    base = base._replace(tensors={name: one.to(device) for name, one in base.tensors.items()})
    taught = {name: rows[: asked.most_texts] for name, rows in sources(asked.data, asked.arguments).items()}
    sets = choosing(asked.data, asked.arguments)
    teaching, rounds, best = Teaching(base, words, taught, seed=asked.seed), [], -1.0
    for number in range(1, PASSES + 1):
        began = time.monotonic()
        loss = teaching.one_pass()
        found = {name: logits_of(base, teaching.mean, words, pairs) for name, pairs in sets.items()}
        rounds.append({"pass": number, "loss": round(loss, 4), **figures_of(found, sets)})
        print(json.dumps({**rounds[-1], "seconds": round(time.monotonic() - began)}), flush=True)
        if float(rounds[-1]["chooses"]) > best:
            best = float(rounds[-1]["chooses"])
            save_file(shipped(teaching.mean, *temperatures(found, sets)), asked.out)
    report = {"texts": {name: len(rows) for name, rows in taught.items()}, "seed": asked.seed, "rounds": rounds}
    asked.learning.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
