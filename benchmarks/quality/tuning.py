"""Tries whether training the packaged encoder itself sorts values better than the default scorer does.

Run from the project root: ``python -m benchmarks.quality.tuning --data FOLDER --study FOLDER --civics FILE --arguments
FOLDER --out benchmarks/results/tuning.json``. Low-rank changes (LoRA, Hu and others 2022) of the linear maps of the
upper layers are trained on the same four fifths of the same half of DailyDilemmas as the default's adapter, with its
loss over all values. The round is chosen as there; every figure of a round that was not kept is left out
for the sets that do not choose. Nothing of it is shipped: the default scorer is ``benchmarks.quality.relevance``.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from backends.embed_minilm import minilm, packaged_folder
from benchmarks.quality.labelled import SEED, Labelled, Lists, auc, halves, interval, read_sets, shuffled
from benchmarks.quality.relevance import CHOOSING, measured_sets, parted
from domain.kaleido import Vrd, VrdKind
from domain.nouns import FloatArray
from kaleido.likeness import centred_cosine, read_adapter, read_curve, value_text
from services.scorers import CURVE

BATCH, MOST_TOKENS, STEP, DECAY = 32, 128, 1.5e-3, 0.01
"""Situations in a batch, tokens kept of a text, step of the optimiser, weight decay."""
FIRST_TEMPERATURE = 10.0


class Change(torch.nn.Module):
    """A linear map with a trained map of low rank beside it: x W + b + x D U."""

    def __init__(self, kept: torch.nn.Linear, rank: int) -> None:
        super().__init__()
        self.kept = kept
        self.down = torch.nn.Parameter(torch.randn(kept.in_features, rank) / kept.in_features**0.5)
        self.up = torch.nn.Parameter(torch.zeros(rank, kept.out_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the changed map of ``x``, shape (..., out)."""
        return self.kept(x) + functional.dropout(x, 0.1, self.training) @ self.down @ self.up


class Tuned:
    """The packaged encoder, its upper layers changed; what the lower ones make of a text is worked out once.

    Args:
        n_upper: layers that are changed, from the top.
        rank: of each change.
    """

    def __init__(self, n_upper: int, rank: int) -> None:
        folder = packaged_folder()
        model: Any = AutoModel.from_pretrained(folder, local_files_only=True)  # the library's, untyped
        self._words: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model.eval().requires_grad_(False)
        split = len(model.encoder.layer) - n_upper
        self._embeddings, self._lower = model.embeddings, model.encoder.layer[:split]
        self.upper = model.encoder.layer[split:]
        self.changes: list[Change] = []
        for module in list(self.upper.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, torch.nn.Linear):
                    setattr(module, name, changed := Change(child, rank))
                    self.changes.append(changed)
        self._below: dict[str, torch.Tensor] = {}

    def read(self, texts: Sequence[str]) -> None:
        """Work out the lower layers of texts, those of like length together."""
        new = sorted({one for one in texts if one not in self._below}, key=len)
        for start in range(0, len(new), BATCH):
            some = new[start : start + BATCH]
            found = self._words(some, padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
            with torch.no_grad():
                hidden = self._embeddings(input_ids=found["input_ids"])
                hidden = _through(self._lower, hidden, found["attention_mask"])
            for text, row, n in zip(some, hidden, found["attention_mask"].sum(1).tolist(), strict=True):
                self._below[text] = row[:n].clone()

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """Return unit vectors of texts that were read, shape (texts, columns)."""
        rows = [self._below[text] for text in texts]
        hidden = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = (torch.arange(hidden.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]).long()
        found = _through(self.upper, hidden, mask) * mask[..., None]
        return functional.normalize(found.sum(1) / mask.sum(1, keepdim=True), dim=-1)

    def embed(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        """Return text -> unit vector, nothing trained meanwhile."""
        self.read(texts)
        self.upper.eval()
        names = sorted(set(texts), key=lambda one: len(self._below[one]))
        with torch.no_grad():
            found = [self.vectors(names[n : n + BATCH]) for n in range(0, len(names), BATCH)]
        return dict(zip(names, torch.cat(found).numpy(), strict=True))


def _through(layers: Any, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    away = (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
    for layer in layers:
        found = layer(hidden, attention_mask=away)
        hidden = found[0] if isinstance(found, tuple) else found
    return hidden


class Means(NamedTuple):
    """Means of the vectors of situations and of values that may be fitted, before anything is trained."""

    situations: FloatArray
    values: FloatArray


def sentence(value: str) -> str:
    """Return the sentence of a value."""
    return value_text(Vrd(kind=VrdKind.VALUE, text=value))


def similarity(tuned: Tuned, pairs: Labelled, means: Means) -> FloatArray:
    """Return the cosine of each pair, less the means."""
    found = tuned.embed([*pairs.situations, *map(sentence, pairs.values)])
    one = np.array([found[text] for text in pairs.situations]) - means.situations
    other = np.array([found[sentence(value)] for value in pairs.values]) - means.values
    cosine: FloatArray = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return cosine


def default_similarity(pairs: Labelled) -> FloatArray:
    """Return the cosine that the default scorer takes of each pair."""
    curve, embedder = read_curve(CURVE), minilm()
    texts = sorted({*pairs.situations, *map(sentence, pairs.values)})
    found = dict(zip(texts, embedder.embed(texts), strict=True))
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    return centred_cosine(
        np.array([found[text] for text in pairs.situations]),
        np.array([found[sentence(value)] for value in pairs.values]),
        curve,
        read_adapter(CURVE.parent / curve.adapter),
    )


class Loss:
    """The cross-entropy of situations' own values among all values, each less the logarithm of its frequency."""

    def __init__(self, tuned: Tuned, lists: Lists, means: Means) -> None:
        self._tuned, self._lists = tuned, lists
        self._means = [torch.tensor(one) for one in means]
        counts = Counter(value for _, own in lists for value in own)
        self._names = sorted(counts)
        self._log = torch.tensor([float(np.log(counts[name] / sum(counts.values()))) for name in self._names])
        self._is_own = torch.tensor([[float(name in own) for name in self._names] for _, own in lists])
        self.temperature = torch.nn.Parameter(torch.tensor(FIRST_TEMPERATURE))
        tuned.read([*(text for text, _ in lists), *map(sentence, counts)])

    def of(self, rows: Sequence[int]) -> torch.Tensor:
        """Return the loss of some lists."""
        one = self._tuned.vectors([self._lists[n][0] for n in rows]) - self._means[0]
        other = self._tuned.vectors([sentence(name) for name in self._names]) - self._means[1]
        cosine = functional.normalize(one, dim=-1) @ functional.normalize(other, dim=-1).T
        is_own = self._is_own[list(rows)]
        return -(torch.log_softmax(self.temperature * cosine + self._log, 1) * is_own).sum() / is_own.sum()


def trained(
    tuned: Tuned, lists: Lists, means: Means, chooses: Mapping[str, Labelled], n_rounds: int
) -> tuple[list[dict[str, float]], int]:
    """Train and return the figures of every round with the one that is kept; the changes are those of that round."""
    torch.manual_seed(SEED)
    rng, loss = np.random.default_rng(SEED), Loss(tuned, lists, means)
    params = [one for change in tuned.changes for one in (change.down, change.up)]
    optimizer = torch.optim.AdamW([*params, loss.temperature], lr=STEP, weight_decay=DECAY)
    rounds: list[dict[str, float]] = []
    best: list[torch.Tensor] = []
    kept, highest = 0, -1.0
    for number in range(n_rounds + 1):
        if number:
            tuned.upper.train()
            order = rng.permutation(len(lists))
            for start in range(0, len(order), BATCH):
                optimizer.zero_grad()
                loss.of(order[start : start + BATCH].tolist()).backward()
                optimizer.step()
        rounds.append({k: round(auc(pairs, similarity(tuned, pairs, means)), 4) for k, pairs in chooses.items()})
        print(number, rounds[-1], time.strftime("%H:%M:%S"), flush=True)
        if (mean := sum(rounds[-1].values()) / len(chooses)) > highest:
            kept, highest, best = number, mean, [one.detach().clone() for one in params]
    for one, was in zip(params, best, strict=True):
        one.data.copy_(was)
    return rounds, kept


def compared(tuned: Tuned, means: Means, measured: Mapping[str, Labelled]) -> dict[str, dict[str, object]]:
    """Return for each set the area under the curve, and how far it lies above the default scorer's."""
    found: dict[str, dict[str, object]] = {}
    for name, pairs in measured.items():
        own, other = similarity(tuned, pairs, means), default_similarity(pairs)
        found[name] = {
            "pairs": len(pairs.groups), "auc": round(auc(pairs, own), 3),
            "interval_95": [round(one, 3) for one in interval(pairs, own)],
            "default": round(auc(pairs, other), 3), "gain": round(auc(pairs, own) - auc(pairs, other), 3),
            "gain_95": [round(one, 3) for one in interval(pairs, own, other)],
        }  # fmt: skip
        print(name, found[name], time.strftime("%H:%M:%S"), flush=True)
    return found


def main() -> None:
    """Train, choose, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--study", type=Path, required=True, help="folder of the published study")
    parser.add_argument("--civics", type=Path, required=True, help="file of the published statements")
    parser.add_argument("--arguments", type=Path, required=True, help="folder of Touché23-ValueEval")
    parser.add_argument("--upper", type=int, default=2, help="layers that are changed")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(SEED)
    sets = read_sets(asked.data, asked.study, asked.civics)
    trains, apart = parted(halves(asked.data, rng=np.random.default_rng(SEED)).fits)
    measured = measured_sets(sets, shuffled(apart, rng=np.random.default_rng(SEED), per_group=2), asked.arguments)
    curve, tuned = read_curve(CURVE), Tuned(asked.upper, asked.rank)
    means = Means(np.array(curve.situation_mean, dtype=np.float32), np.array(curve.value_mean, dtype=np.float32))
    rounds, kept = trained(tuned, trains, means, {name: measured[name] for name in CHOOSING}, asked.rounds)
    trial = {
        "name": f"upper {asked.upper} layers, rank {asked.rank}", "kept": kept, "rounds": rounds,
        "weights": sum(one.down.numel() + one.up.numel() for one in tuned.changes),
        "sets": compared(tuned, means, {k: v for k, v in measured.items() if k not in CHOOSING}),
    }  # fmt: skip
    report = json.loads(asked.out.read_text("utf-8")) if asked.out.exists() else {"benchmark": "tuning", "seed": SEED}
    report["tried"] = [*[one for one in report.get("tried", []) if one["name"] != trial["name"]], trial]
    asked.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
