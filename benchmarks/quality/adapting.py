"""Trains the default scorer's adapter: a map of low rank on the vectors of the packaged embedder, which stays as it is.

The loss is the cross-entropy of a situation's own values among all values, each less the logarithm of its frequency
(sampled softmax with the correction of Bengio and Senecal 2008, here over all values), at a learned temperature. Three
runs from different seeds are taken together: the mean of their maps. Which round is kept, and which trial, follows from
two sets that are neither trained on nor reported: a fifth of the fitted half, and another source.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from benchmarks.quality.labelled import Labelled, Lists, auc, interval
from domain.nouns import FloatArray
from kaleido.likeness import Adapter

SEEDS, ROUNDS, BATCH = 3, 12, 64
DROPOUT, DECAY, STEP = 0.4, 0.1, 2e-3
FIRST_TEMPERATURE = 10.0
WIDTH = 2 * 1.96
"""Standard errors in a 95 % interval of a normal distribution."""

Vectors = Mapping[str, FloatArray]
"""Text -> its vector, the mean of its kind taken away."""


class Trial(NamedTuple):
    """What is trained on, and how wide the map is."""

    name: str
    sources: tuple[str, ...]
    rank: int
    n_weights: int


class Material(NamedTuple):
    """Situations beside all values of a source."""

    situations: torch.Tensor
    """Shape (situations, columns)."""
    values: torch.Tensor
    """Shape (values, columns)."""
    log_frequency: torch.Tensor
    is_own: torch.Tensor
    """Shape (situations, values): 1 where the value is in the situation's list."""


def read_phrases(path: Path) -> Lists:
    """Return situations of our own writing with the values that they were written for."""
    rows = [[cell.strip() for cell in line.split("|")] for line in path.read_text("utf-8").splitlines() if "|" in line]
    return [(situation, [v.strip() for v in row[0].split(";")]) for row in rows for situation in row[1:]]


def material(lists: Lists, situations: Vectors, values: Vectors) -> Material:
    """Return the lists as tensors."""
    counts = Counter(value for _, own in lists for value in own)
    names = sorted(counts)
    place = {name: n for n, name in enumerate(names)}
    is_own = torch.zeros(len(lists), len(names))
    for row, (_, own) in enumerate(lists):
        is_own[row, [place[value] for value in own]] = 1
    shares = np.array([counts[name] for name in names]) / sum(counts.values())
    return Material(
        torch.tensor(np.array([situations[situation] for situation, _ in lists])),
        torch.tensor(np.array([values[name] for name in names])),
        torch.tensor(np.log(shares), dtype=torch.float32),
        is_own,
    )


def trained(sources: Sequence[Material], rank: int, seed: int) -> list[Adapter]:
    """Return the adapter before the first round and after each; the first source sets how long a round is."""
    torch.manual_seed(seed)
    columns = sources[0].situations.shape[1]
    down = torch.nn.Parameter(torch.randn(columns, rank) * 0.05)
    up = torch.nn.Parameter(torch.zeros(rank, columns))
    temperature = torch.nn.Parameter(torch.tensor(FIRST_TEMPERATURE))
    optimizer = torch.optim.AdamW(
        [{"params": [down, up], "weight_decay": DECAY}, {"params": [temperature], "weight_decay": 0}], lr=STEP
    )

    def mapped(x: torch.Tensor) -> torch.Tensor:
        return functional.normalize(x + functional.dropout(x, DROPOUT) @ down @ up, dim=-1)

    def loss(one: Material, rows: torch.Tensor) -> torch.Tensor:
        found = temperature * mapped(one.situations[rows]) @ mapped(one.values).T + one.log_frequency
        return -(torch.log_softmax(found, 1) * one.is_own[rows]).sum() / one.is_own[rows].sum()

    found = [_frozen(down, up)]
    for _ in range(ROUNDS):
        for rows in torch.randperm(len(sources[0].situations)).split(BATCH):
            more = [loss(one, torch.randint(len(one.situations), (BATCH,))) for one in sources[1:]]
            optimizer.zero_grad()
            (loss(sources[0], rows) + sum(more)).backward()
            optimizer.step()
        found.append(_frozen(down, up))
    return found


def _frozen(down: torch.Tensor, up: torch.Tensor) -> Adapter:
    return Adapter(down.detach().numpy().copy(), up.detach().numpy().copy())


def together(adapters: Sequence[Adapter]) -> Adapter:
    """Return the mean of several maps as one, in the precision in which it is kept."""
    down = np.hstack([one.down for one in adapters]).astype(np.float16)
    up = (np.vstack([one.up for one in adapters]) / len(adapters)).astype(np.float16)
    return Adapter(down.astype(np.float32), up.astype(np.float32))


def similarity(pairs: Labelled, situations: Vectors, values: Vectors, adapter: Adapter | None) -> FloatArray:
    """Return the cosine of each pair."""
    one = np.array([situations[text] for text in pairs.situations])
    other = np.array([values[text] for text in pairs.values])
    if adapter is not None:
        one, other = adapter.applied(one), adapter.applied(other)
    cosine: FloatArray = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return cosine


def tried(
    trial: Trial,
    sources: Mapping[str, Material],
    measured: Mapping[str, Labelled],
    vectors: tuple[Vectors, Vectors],
    choosing: Sequence[str],
) -> tuple[dict[str, Any], Adapter]:
    """Return the learning curve of a trial with the round that is kept, and its adapter."""
    runs = [trained([sources[name] for name in trial.sources], trial.rank, seed) for seed in range(SEEDS)]
    rounds = []
    adapters = [together(one) for one in zip(*runs, strict=True)]
    for adapter in adapters:
        rounds.append({
            name: round(auc(pairs, similarity(pairs, *vectors, adapter)), 4) for name, pairs in measured.items()
        })  # fmt: skip
    means = [sum(one[name] for name in choosing) / len(choosing) for one in rounds]
    kept = int(np.argmax(means))
    errors = [
        np.diff(interval(measured[name], similarity(measured[name], *vectors, adapters[kept])))[0] / WIDTH
        for name in choosing
    ]
    curve = {
        "name": trial.name, "weights": trial.n_weights, "kept": kept, "chosen_by": round(means[kept], 4),
        "standard_error": round(float(np.linalg.norm(errors)) / len(errors), 4), "rounds": rounds,
    }  # fmt: skip
    return curve, adapters[kept]
