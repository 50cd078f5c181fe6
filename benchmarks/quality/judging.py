"""A language model on borderline pairs of the published cards, against the values under which the study put them.

Run from the project root: ``python -m benchmarks.quality.judging --cards PATH/raw_cards.json [--chat NAME]``.
Prints JSON. The threshold is the app's, which was chosen on the values of even number; only cards of values of odd
number are judged. No pair of equal wording is counted. Beside the model stand judges that are wrong at a known rate,
which tell what judging could give.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backends.embed_minilm import minilm
from backends.neighbours_faiss import FaissNeighbours
from backends.registry import build_chat
from benchmarks.quality.merging import SEED, Texts, count_pairs
from domain.errors import UserInputError
from domain.gathered import CardRow, PairJudgement, PairOpinion
from domain.measures.partitions import Labels
from domain.neighbours import NeighbourPairs, PlaceArray
from domain.protocols import ChatModel
from graph.card_likeness import DEFAULT_BOUNDS
from graph.linkage import gather
from services.gathering import MOST_JUDGED, card_pairs, distinct_cards, gather_judged, judge_pairs
from services.judge_trial import try_judge

N_DRAWS = 20
ERRORS = (0.0, 0.02, 0.05, 0.1)
BUDGETS = (50, 100, 200, 400)


class Cards:
    """Cards of values of one parity, compared."""

    def __init__(self, path: Path, *, remainder: int) -> None:
        raw = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["canonical_id"] % 2 == remainder]
        rows = [CardRow(id=r["id"], title=r["title"], policies=tuple(r["policies"])) for r in raw]
        self.distinct = distinct_cards(rows)
        value_of = {row["id"]: row["canonical_id"] for row in raw}
        value: Labels = np.array([value_of[card.id] for card in self.distinct.cards])
        self.texts = Texts(value, self.distinct.counts)
        self.pairs: NeighbourPairs = card_pairs(
            self.distinct, embedder=minilm(), search=FaissNeighbours(), bounds=DEFAULT_BOUNDS,
            reach=DEFAULT_BOUNDS.apart,
        )  # fmt: skip

    def is_same(self, place: int) -> bool:
        """Tell whether both cards of a pair were put under one value."""
        value = self.texts.value
        return bool(value[self.pairs.first[place]] == value[self.pairs.second[place]])

    def figures(self, clusters: Labels) -> dict[str, float | None]:
        """Return precision, recall and F1."""
        return count_pairs(clusters, self.texts).figures()


def with_errors(cards: Cards, rate: float, *, most: int) -> dict[str, float]:
    """Return mean figures of a judge who is wrong about each pair with the chance ``rate``."""
    found: list[list[float]] = []
    asked = 0
    for seed in range(N_DRAWS if rate else 1):
        rng = np.random.default_rng([SEED, seed])
        seen: list[int] = []

        def ask(places: PlaceArray, rng: np.random.Generator = rng, seen: list[int] = seen) -> list[PairOpinion]:
            seen += places.tolist()
            right = [cards.is_same(place) for place in places.tolist()]
            return [_opinion(same != (rng.random() < rate)) for same in right]

        clusters = gather_judged(cards.pairs, cards.texts.counts, ask, bounds=DEFAULT_BOUNDS, most=most)
        found.append([value or 0.0 for value in cards.figures(clusters).values()])
        asked += len(seen)
    means = np.mean(found, axis=0).round(3).tolist()
    return {"asked": round(asked / len(found), 1), **dict(zip(("precision", "recall", "f1"), means, strict=True))}


def by_model(cards: Cards, chat: ChatModel, *, most: int) -> dict[str, object]:
    """Return what a model said, and the figures with its word."""
    judged: list[PairJudgement] = []
    is_same: list[bool] = []

    def ask(places: PlaceArray) -> list[PairOpinion]:
        made = judge_pairs(cards.distinct.cards, cards.pairs, places, model=chat)
        judged.extend(made)
        is_same.extend(cards.is_same(place) for place in places.tolist())
        return [one.opinion for one in made]

    started = time.monotonic()
    clusters = gather_judged(cards.pairs, cards.texts.counts, ask, bounds=DEFAULT_BOUNDS, most=most)
    seconds = time.monotonic() - started
    return {
        "model": chat.name, "judged": len(judged), "of_one_value": sum(is_same), "seconds": round(seconds, 1),
        **agreement(judged, is_same), "figures": cards.figures(clusters),
    }  # fmt: skip


def agreement(judged: Sequence[PairJudgement], is_same: Sequence[bool]) -> dict[str, object]:
    """Return how often each opinion was given of pairs of one value and of two."""
    seen = Counter(
        (one.opinion.value, "one value" if same else "two values") for one, same in zip(judged, is_same, strict=True)
    )
    by_order = Counter(answer.opinion.value for one in judged for answer in one.answers)
    return {
        "opinions": {f"{opinion}, {truth}": n for (opinion, truth), n in sorted(seen.items())},
        "single_answers": dict(sorted(by_order.items())),
        "orders_that_differ": sum(len({a.opinion for a in one.answers}) > 1 for one in judged),
    }


def measure(path: Path, chat_name: str, *, most_pairs: int, timeout_s: float) -> dict[str, object]:
    """Return all figures.

    Raises:
        UserInputError: the named model is none.
    """
    cards = Cards(path, remainder=1)
    alone = gather(cards.pairs, n_items=len(cards.texts.value), cut=DEFAULT_BOUNDS.cut, weights=cards.texts.counts)
    report: dict[str, object] = {
        "benchmark": "judging", "texts": len(cards.texts.value), "pairs": len(cards.pairs.first), "draws": N_DRAWS,
        "without_model": cards.figures(alone),
        "if_wrong_at_rate": {
            f"{rate:.2f}": {str(most): with_errors(cards, rate, most=most) for most in BUDGETS} for rate in ERRORS
        },
    }  # fmt: skip
    if chat_name:
        chat = build_chat(chat_name, timeout_s=timeout_s)
        if chat is None:
            raise UserInputError("Name a language model, such as openai:MODEL@URL.")
        trial = try_judge(chat).model_dump(mode="json")
        report["by_model"] = [{**by_model(cards, chat, most=most_pairs), "trial": trial}]
    return report


def with_earlier(report: dict[str, Any], out: Path) -> dict[str, Any]:
    """Return the report with the models of an earlier file that it does not name itself.

    Those that were measured on other pairs, or beside another figure without a model, are left out.
    """
    earlier = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    own = report.get("by_model", [])
    named = {one["model"] for one in own}
    is_like = all(earlier.get(name) == report.get(name) for name in ("texts", "pairs", "without_model"))
    kept = [one for one in earlier.get("by_model", []) if is_like and one["model"] not in named]
    return {**report, "by_model": [*kept, *own]}


def _opinion(is_same: bool) -> PairOpinion:
    return PairOpinion.SAME if is_same else PairOpinion.DIFFERENT


def main() -> None:
    """Print the figures as JSON, and write them where asked, beside those of models that were measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=Path, required=True)
    parser.add_argument("--chat", default="")
    parser.add_argument("--most-pairs", type=int, default=MOST_JUDGED)
    parser.add_argument("--timeout-s", type=float, default=120.0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    report = measure(given.cards, given.chat, most_pairs=given.most_pairs, timeout_s=given.timeout_s)
    if given.out is not None:
        report = with_earlier(report, given.out)
        given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
