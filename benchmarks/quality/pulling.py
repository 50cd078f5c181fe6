"""Tries whether a small cross-encoder learns which way a value pulls: supports or opposes what is said.

Run from the project root: ``python -m benchmarks.quality.pulling --data FOLDER --arguments FOLDER --sources phrases
--out benchmarks/results/tuning.json``. Low-rank changes of all layers of the packaged encoder, with a line on the mean
of its last vectors, are trained on phrases of our own (``pulls.txt``: value; synonyms | what honours it || what
violates it), and by choice on the same part of DailyDilemmas as the default scorer. The validation part of
Touché23-ValueEval chooses the round: a conclusion beside the value categories of an argument for it (supports) or
against it (opposes). That is a reading of those labels. Its test part has other conclusions. Nothing of it is shipped.
"""

import argparse
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from backends.embed_minilm import packaged_folder
from benchmarks.quality.labelled import SEED, Labelled, Lists, auc, interval, pulls, rows_of
from benchmarks.quality.relevance import parted
from benchmarks.quality.tuning import Change
from domain.nouns import FloatArray
from stances.dailydilemmas import read_dailydilemmas

PHRASES = Path(__file__).with_name("pulls.txt")
BATCH, AT_ONCE, MOST_TOKENS, STEP, DECAY, RANK = 32, 64, 64, 8e-4, 0.01, 8
PER_ROUND, N_CHOOSE, N_TEST = 1200, 500, 2500
"""Pairs of DailyDilemmas: in a round, among those that tell how it goes, and among those measured on."""
TURNED = 0.3
"""Share of phrases that are said not to be done, with the pull the other way."""
SAID = ("{}", "To {}.", "We should {}", "I decide to {}.", "They {}", "She wants to {}.", "People who {}", "{}.")
DENIED = ("Do not {}", "We should never {}", "Refuse to {}.", "We should not {}")


class Phrases(NamedTuple):
    """Names of a value with what honours and what violates it."""

    names: list[str]
    honour: list[str]
    violate: list[str]


class Pair(NamedTuple):
    """What is trained on."""

    situation: str
    value: str
    is_supported: bool


def read_phrases(path: Path) -> list[Phrases]:
    """Return the phrases of a file."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        honour, violate = ([cell.strip() for cell in side.split("|")] for side in line.split("||"))
        found.append(Phrases([name.strip() for name in honour[0].split(";")], honour[1:], violate))
    return found


def drawn(phrases: Sequence[Phrases], *, rng: np.random.Generator) -> list[Pair]:
    """Return every phrase twice, in words drawn for it, beside one name of its value."""
    found = []
    for one in phrases:
        for act, honours in [*((act, True) for act in one.honour), *((act, False) for act in one.violate)] * 2:
            is_turned = bool(rng.random() < TURNED)
            said = str(rng.choice(DENIED if is_turned else SAID)).format(act)
            found.append(Pair(said, str(rng.choice(one.names)), honours != is_turned))
    return found


def actions(data: Path) -> tuple[Labelled, Labelled, Labelled]:
    """Return pairs of actions alone: trained on, of the same half but apart, and of the other half."""
    lists = [(one.text, one.values) for item in read_dailydilemmas(data).items for one in item.options]
    is_fit = np.random.default_rng(SEED).permutation(len(lists) // 2) < len(lists) // 4
    trains, apart = parted([one for n, one in enumerate(lists) if is_fit[n // 2]])
    return (_pulls(trains), _pulls(apart), _pulls([one for n, one in enumerate(lists) if not is_fit[n // 2]]))


def _pulls(lists: Lists) -> Labelled:
    return pulls([lists[n : n + 2] for n in range(0, len(lists), 2)])


def some(pairs: Labelled, size: int, *, rng: np.random.Generator) -> Labelled:
    """Return ``size`` of the pairs."""
    return pairs.rows(sorted(rng.permutation(len(pairs.groups))[:size].tolist()))


def conclusions(folder: Path, part: str) -> Labelled:
    """Return conclusions beside the values of arguments; positive where the argument is in favour of it."""
    found, place = Labelled([], [], [], []), dict[str, int]()
    rows = {row["Argument ID"]: row for row in rows_of(folder / f"arguments-{part}.tsv")}
    for labels in rows_of(folder / f"labels-{part}.tsv"):
        row = rows.get(labels["Argument ID"])
        for name in [name for name, mark in labels.items() if mark == "1"] if row else []:
            found.situations.append(row["Conclusion"])
            found.values.append(name)
            found.is_positive.append(row["Stance"].startswith("in favo"))
            found.groups.append(place.setdefault(row["Conclusion"], len(place)))
    return found


class Judge(torch.nn.Module):
    """The packaged encoder, changed, reading a text and a value together."""

    def __init__(self) -> None:
        super().__init__()
        folder = packaged_folder()
        self._words: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model: Any = AutoModel.from_pretrained(folder, local_files_only=True).requires_grad_(False)
        for module in list(self._model.encoder.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, torch.nn.Linear):
                    setattr(module, name, Change(child, RANK))
        self._line = torch.nn.Linear(self._model.config.hidden_size, 1)

    def forward(self, texts: Sequence[str], values: Sequence[str]) -> torch.Tensor:
        """Return the logit of "supports" for each pair."""
        found = self._words(
            list(texts), list(values), padding=True, truncation="only_first", max_length=MOST_TOKENS,
            return_tensors="pt",
        )  # fmt: skip
        mask = found["attention_mask"][..., None]
        mean = (self._model(**found).last_hidden_state * mask).sum(1) / mask.sum(1)
        logits: torch.Tensor = self._line(mean)[:, 0]
        return logits

    def trained(self) -> list[torch.nn.Parameter]:
        """Return what is trained."""
        return [one for one in self.parameters() if one.requires_grad]

    def scores(self, pairs: Labelled) -> FloatArray:
        """Return the logit of each pair, equal pairs scored once."""
        self.eval()
        every = list(zip(pairs.situations, pairs.values, strict=True))
        once = sorted(set(every), key=lambda one: (len(one[0]) + len(one[1]), one))
        with torch.no_grad():
            found = [self(*zip(*once[n : n + AT_ONCE], strict=True)) for n in range(0, len(once), AT_ONCE)]
        told = dict(zip(once, torch.cat(found).tolist(), strict=True))
        return np.array([told[one] for one in every], dtype=np.float32)


def trained_round(judge: Judge, optimizer: torch.optim.Optimizer, pairs: list[Pair], rng: np.random.Generator) -> None:
    """Go once through the pairs."""
    judge.train()
    order = rng.permutation(len(pairs)).tolist()
    for start in range(0, len(order), BATCH):
        batch = [pairs[n] for n in order[start : start + BATCH]]
        labels = torch.tensor([float(one.is_supported) for one in batch])
        optimizer.zero_grad()
        found = judge([one.situation for one in batch], [one.value for one in batch])
        functional.binary_cross_entropy_with_logits(found, labels).backward()
        optimizer.step()


def figures(judge: Judge, sets: Mapping[str, Labelled]) -> dict[str, float]:
    """Return the area under the curve of each set."""
    return {name: round(auc(pairs, judge.scores(pairs)), 4) for name, pairs in sets.items()}


def main() -> None:
    """Train, choose, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the published dilemmas")
    parser.add_argument("--arguments", type=Path, required=True, help="folder of Touché23-ValueEval")
    parser.add_argument("--sources", nargs="+", choices=["phrases", "dilemmas"], default=["phrases"])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    phrases, (trains, apart, tests) = read_phrases(PHRASES), actions(asked.data)
    sets = {
        "dilemmas_apart": some(apart, N_CHOOSE, rng=rng),
        "arguments_validation": conclusions(asked.arguments, "validation"),
    }
    measured = {"dilemmas": some(tests, N_TEST, rng=rng), "arguments": conclusions(asked.arguments, "test")}
    judge = Judge()
    optimizer = torch.optim.AdamW(judge.trained(), lr=STEP, weight_decay=DECAY)
    rounds, kept, best = [figures(judge, sets)], 0, [one.detach().clone() for one in judge.trained()]
    for number in range(1, asked.rounds + 1):
        pairs = drawn(phrases, rng=rng) if "phrases" in asked.sources else []
        if "dilemmas" in asked.sources:
            more = some(trains, PER_ROUND, rng=rng)
            pairs += [Pair(*one) for one in zip(more.situations, more.values, more.is_positive, strict=True)]
        trained_round(judge, optimizer, pairs, rng)
        rounds.append(figures(judge, sets))
        print(number, rounds[-1], time.strftime("%H:%M:%S"), flush=True)
        if rounds[-1]["arguments_validation"] > rounds[kept]["arguments_validation"]:
            kept, best = number, [one.detach().clone() for one in judge.trained()]
    for one, was in zip(judge.trained(), best, strict=True):
        one.data.copy_(was)
    trial = {
        "name": " and ".join(asked.sources), "kept": kept, "rounds": rounds,
        "weights": sum(one.numel() for one in judge.trained()),
        "sets": {name: measured_on(judge, pairs) for name, pairs in measured.items()},
    }  # fmt: skip
    _add(asked.out, trial)


def measured_on(judge: Judge, pairs: Labelled) -> dict[str, object]:
    """Return the area under the curve with its interval."""
    scores = judge.scores(pairs)
    return {
        "pairs": len(pairs.groups), "groups": len(set(pairs.groups)), "auc": round(auc(pairs, scores), 3),
        "interval_95": [round(one, 3) for one in interval(pairs, scores)],
    }  # fmt: skip


def _add(out: Path, trial: dict[str, Any]) -> None:
    print(json.dumps({name: trial[name] for name in ("kept", "sets")}))
    report = json.loads(out.read_text("utf-8")) if out.exists() else {"benchmark": "tuning", "seed": SEED}
    report["valence"] = [*[one for one in report.get("valence", []) if one["name"] != trial["name"]], trial]
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
