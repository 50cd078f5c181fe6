"""A language model on borderline pairs of the published cards, against the values under which the study put them.

Run from the project root: ``python -m benchmarks.quality.judging --cards PATH/raw_cards.json --chat openai:MODEL@URL``.
Prints JSON. The threshold is the app's, which was chosen on the values of even number; only cards of values of odd
number are judged, those nearest to it first. No pair of equal wording is counted. Beside the model stands a judge who
is always right, on bands of different width: what judging could give at most.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backends.embed_minilm import minilm
from backends.registry import build_chat
from benchmarks.quality.merging import Texts, count_pairs
from domain.errors import UserInputError
from domain.gathered import CardRow, PairJudgement
from domain.measures.partitions import Labels
from domain.neighbours import NeighbourPairs
from graph.card_likeness import DEFAULT_BOUNDS, likeness, words_of
from graph.gathering import pairs_within
from graph.linkage import gather
from services.gathering import NEAR_FROM, distinct_cards, judge_pairs, nearest_to_cut, with_judgements

DEFAULT_PAIRS = 60
BANDS = (0.08, 0.11, 0.14, 0.2, 0.25)
"""Around the cut; the first is the app's. From the third on it reaches below the bound under which the app keeps cards
apart, and that bound gives way to it."""


def held_out_pairs(cards: Sequence[CardRow], texts: Sequence[str]) -> NeighbourPairs:
    """Return the pairs that may share a value, with their likeness."""
    one_part = np.zeros(len(cards), dtype=np.int64)
    near = pairs_within(minilm().embed(list(texts)), one_part, min_similarity=NEAR_FROM)
    return likeness(
        near, [words_of(card.title, card.policies) for card in cards], at_least=DEFAULT_BOUNDS.cut - max(BANDS)
    )


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


def figures(pairs: NeighbourPairs, texts: Texts) -> dict[str, float | None]:
    """Return precision, recall and F1 of the clusters that these pairs give."""
    clusters = gather(pairs, n_items=len(texts.value), cut=DEFAULT_BOUNDS.cut, weights=texts.counts)
    return count_pairs(clusters, texts).figures()


def at_best(pairs: NeighbourPairs, texts: Texts, band: float) -> dict[str, float | int | None]:
    """Return the figures where everything within ``band`` of the cut is judged right, and how many pairs that is."""
    pairs = above(pairs, min(DEFAULT_BOUNDS.apart, DEFAULT_BOUNDS.cut - band))
    told = pairs.similarity.copy()
    asked = np.abs(told - DEFAULT_BOUNDS.cut) <= band
    told[asked] = np.where(texts.value[pairs.first] == texts.value[pairs.second], 1.0, 0.0)[asked]
    right = above(pairs._replace(similarity=told), 0.01)
    return {"pairs": int(asked.sum()), **figures(right, texts)}


def above(pairs: NeighbourPairs, least: float) -> NeighbourPairs:
    """Return the pairs of at least this likeness."""
    keep = pairs.similarity >= least
    return NeighbourPairs(pairs.first[keep], pairs.second[keep], pairs.similarity[keep])


def measure(path: Path, chat_name: str, *, most_pairs: int, timeout_s: float) -> dict[str, object]:
    """Return all figures.

    Raises:
        UserInputError: no model is named.
    """
    chat = build_chat(chat_name, timeout_s=timeout_s)
    if chat is None:
        raise UserInputError("Name a language model, such as openai:MODEL@URL.")
    raw = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["canonical_id"] % 2 == 1]
    distinct = distinct_cards([CardRow(id=r["id"], title=r["title"], policies=tuple(r["policies"])) for r in raw])
    value_of = {r["id"]: r["canonical_id"] for r in raw}
    value: Labels = np.array([value_of[card.id] for card in distinct.cards])
    texts = Texts(value, distinct.counts)
    every = held_out_pairs(distinct.cards, distinct.texts)
    pairs = above(every, DEFAULT_BOUNDS.apart)
    borderline = nearest_to_cut(pairs, DEFAULT_BOUNDS)
    asked = borderline[:most_pairs]
    started = time.monotonic()
    judged = judge_pairs(distinct.cards, pairs, asked, model=chat)
    seconds = time.monotonic() - started
    is_same = [bool(value[pairs.first[p]] == value[pairs.second[p]]) for p in borderline]

    return {
        "benchmark": "judging", "texts": len(value), "model": chat.name, "borderline": len(borderline),
        "borderline_of_one_value": sum(is_same), "judged": len(judged), "seconds": round(seconds, 1),
        **agreement(judged, is_same[: len(asked)]),
        "without_model": figures(pairs, texts),
        "with_model": figures(with_judgements(pairs, asked, judged), texts),
        "if_always_right": {f"{band:.2f}": at_best(every, texts, band) for band in BANDS},
    }  # fmt: skip


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=Path, required=True)
    parser.add_argument("--chat", required=True)
    parser.add_argument("--most-pairs", type=int, default=DEFAULT_PAIRS)
    parser.add_argument("--timeout-s", type=float, default=120.0)
    given = parser.parse_args()
    report = measure(given.cards, given.chat, most_pairs=given.most_pairs, timeout_s=given.timeout_s)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
