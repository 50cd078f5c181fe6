"""A language model files the published cards that likeness leaves alone, against the values of the study.

Run from the project root: ``python -m benchmarks.quality.judging --cards PATH/raw_cards.json [--parity even|odd]
[--chat NAME] [--out FILE]``. Prints JSON. The threshold of likeness is the app's, chosen on the values of even number;
the sureness from which a filed card joins was chosen with ``--parity even``, the highest F1 of those with precision of
.90 or more, and is reported with ``odd``. No pair of equal wording is counted. Beside the model stand filers that are
wrong at a known rate, which tell what filing could give. What asking about pairs gave, the way before, stands in the
results under ``pairwise``.
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
from domain.gathered import MOST_SURE, CardFiling, CardRow, FilingOpinion
from domain.measures.partitions import Labels
from domain.protocols import ChatModel
from graph.card_likeness import DEFAULT_BOUNDS
from graph.filing import SURE_FROM, Offer, moves, offers, shown_wordings, with_moves
from graph.filing_question import filing_prompt
from graph.linkage import gather
from services.filing import MOST_FILED, file_cards
from services.gathering import card_pairs, distinct_cards
from services.judge_trial import try_judge

PARITIES = {"even": 0, "odd": 1}
N_DRAWS = 20
ERRORS = (0.0, 0.02, 0.05, 0.1, 0.2)
CUTS = range(5, MOST_SURE + 1)


class Cards:
    """Cards of values of one parity, gathered by likeness alone, and those to be filed."""

    def __init__(self, path: Path, *, remainder: int) -> None:
        raw = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["canonical_id"] % 2 == remainder]
        rows = [CardRow(id=r["id"], title=r["title"], policies=tuple(r["policies"])) for r in raw]
        self.distinct = distinct_cards(rows)
        value_of = {row["id"]: row["canonical_id"] for row in raw}
        self.value: Labels = np.array([value_of[card.id] for card in self.distinct.cards])
        self.counts = self.distinct.counts
        vectors = minilm().embed(self.distinct.texts)
        pairs = card_pairs(self.distinct, vectors, search=FaissNeighbours(), bounds=DEFAULT_BOUNDS)
        self.alike = gather(pairs, n_items=len(self.value), cut=DEFAULT_BOUNDS.cut, weights=self.counts)
        self.offers = offers(self.alike, self.counts, vectors=vectors, words=self.distinct.words)

    def right_of(self, offer: Offer) -> int | None:
        """Return the first value offered that the study put the card under, by its shown wording, if there is one."""
        return next((place for place in offer.values if self.value[place] == self.value[offer.card]), None)

    def is_right(self, card: int, value: int) -> bool:
        """Tell whether the study put a card under the value that a wording shows."""
        return bool(self.value[card] == self.value[value])

    def figures(self, moved: dict[int, int]) -> dict[str, float | None]:
        """Return precision, recall and F1 once cards have moved."""
        return count_pairs(with_moves(self.alike, moved), Texts(self.value, self.counts)).figures()

    def joined(self, moved: dict[int, int]) -> dict[str, float | None]:
        """Return how many cards joined rightly and wrongly, and the figures."""
        n_right = sum(self.is_right(card, value) for card, value in moved.items())
        return {"joined_right": n_right, "joined_wrong": len(moved) - n_right, **self.figures(moved)}


def with_errors(cards: Cards, rate: float) -> dict[str, float]:
    """Return mean figures of a filer who is surely wrong about each card with the chance ``rate``.

    Where it is right it names the value of the study, or none where that is not offered; where it is wrong it names one
    of the other answers, each as often.
    """
    found: list[list[float]] = []
    for seed in range(N_DRAWS if rate else 1):
        rng = np.random.default_rng([SEED, seed])
        said = {offer.card: _said(cards, offer, rate, rng) for offer in cards.offers[:MOST_FILED]}
        moved = {card: value for card, value in said.items() if value is not None}
        found.append([value or 0.0 for value in cards.joined(moved).values()])
    names = ("joined_right", "joined_wrong", "precision", "recall", "f1")
    return dict(zip(names, np.mean(found, axis=0).round(3).tolist(), strict=True))


def by_model(cards: Cards, chat: ChatModel, *, most: int) -> dict[str, object]:
    """Return what a model said, and the figures with its word, for each cut.

    Beside them those where a card joins only if the model names the value that likeness puts first.
    """
    asked = cards.offers[:most]
    started = time.monotonic()
    filings = file_cards(asked, cards.distinct.cards, cards.distinct.texts, model=chat)
    seconds = time.monotonic() - started
    by_cut = _by_cut(cards, asked, filings)
    agreed = [pair for pair in zip(asked, filings, strict=False) if pair[1].joined_place(sure_from=0) == 0]
    return {
        "model": chat.name, "prompt_id": filing_prompt().key, "asked": len(filings), "seconds": round(seconds, 1),
        **agreement(cards, asked, filings), "by_cut": by_cut,
        "by_cut_where_likeness_agrees": _by_cut(cards, *zip(*agreed, strict=True)) if agreed else {},
        "sure_from": SURE_FROM, "figures": {k: by_cut[str(SURE_FROM)][k] for k in ("precision", "recall", "f1")},
    }  # fmt: skip


def agreement(cards: Cards, asked: Sequence[Offer], filings: Sequence[CardFiling]) -> dict[str, object]:
    """Return how often each opinion was given, with the sureness of each that names a value, beside the truth."""
    filed: dict[int, Counter[str]] = {sureness: Counter(right=0, wrong=0) for sureness in range(MOST_SURE, -1, -1)}
    others: Counter[tuple[str, str]] = Counter()
    for offer, filing in zip(asked, filings, strict=False):
        place = filing.joined_place(sure_from=0)
        if place is not None and filing.sureness is not None:
            is_right = cards.is_right(offer.card, offer.values[place])
            filed[filing.sureness]["right" if is_right else "wrong"] += 1
        else:
            is_offered = cards.right_of(offer) is not None
            others[filing.opinion.value, "right one offered" if is_offered else "right one not offered"] += 1
    single = Counter(answer.opinion.value for one in filings for answer in one.answers)
    return {
        "filed_by_sureness": {str(sureness): dict(seen) for sureness, seen in filed.items() if seen.total()},
        "not_filed": {f"{opinion}, {truth}": n for (opinion, truth), n in sorted(others.items())},
        "single_answers": dict(sorted(single.items())),
        "orders_that_differ": sum(one.opinion is FilingOpinion.UNSURE for one in filings),
    }


def measure(
    path: Path, parity: str, chat_name: str, *, most_cards: int, timeout_s: float, is_tried: bool
) -> dict[str, object]:
    """Return all figures of the cards of one parity.

    Raises:
        UserInputError: the named model is none.
    """
    cards = Cards(path, remainder=PARITIES[parity])
    report: dict[str, object] = {
        "texts": len(cards.value), "values_to_file_under": len(shown_wordings(cards.alike, cards.counts)),
        "cards_to_file": len(cards.offers),
        "right_one_offered": sum(cards.right_of(offer) is not None for offer in cards.offers),
        "draws": N_DRAWS, "without_model": cards.figures({}),
        "if_wrong_at_rate": {f"{rate:.2f}": with_errors(cards, rate) for rate in ERRORS},
    }  # fmt: skip
    if chat_name:
        chat = build_chat(chat_name, timeout_s=timeout_s)
        if chat is None:
            raise UserInputError("Name a language model, such as openai:MODEL@URL.")
        trial = {"trial": try_judge(chat).model_dump(mode="json")} if is_tried else {}
        report["by_model"] = [{**by_model(cards, chat, most=most_cards), **trial}]
    return report


def with_earlier(report: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """Return the report with the models of an earlier one of the same parity that it does not name itself.

    Those that were measured on other cards, or beside another figure without a model, are left out.
    """
    own = report.get("by_model", [])
    named = {one["model"] for one in own}
    is_like = all(earlier.get(name) == report.get(name) for name in ("texts", "cards_to_file", "without_model"))
    kept = [one for one in earlier.get("by_model", []) if is_like and one["model"] not in named]
    return {**report, "by_model": [*kept, *own]}


def in_file(out: Path, parity: str, report: dict[str, Any]) -> dict[str, Any]:
    """Return the whole results: the report beside those of the other parity and of asking about pairs."""
    whole = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"benchmark": "judging"}
    filing = whole.get("filing", {})
    merged = {**filing, parity: with_earlier(report, filing.get(parity, {}))}
    return {**whole, "filing": dict(sorted(merged.items()))}


def _by_cut(cards: Cards, asked: Sequence[Offer], filings: Sequence[CardFiling]) -> dict[str, dict[str, float | None]]:
    return {str(cut): cards.joined(moves(asked, filings, sure_from=cut)) for cut in CUTS}


def _said(cards: Cards, offer: Offer, rate: float, rng: np.random.Generator) -> int | None:
    right = cards.right_of(offer)
    if rng.random() >= rate:
        return right
    others: list[int | None] = [place for place in offer.values if not cards.is_right(offer.card, place)]
    if right is not None:
        others.append(None)
    return others[int(rng.integers(len(others)))] if others else right


def main() -> None:
    """Print the figures as JSON, and write them where asked, beside those that were measured before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=Path, required=True)
    parser.add_argument("--parity", choices=list(PARITIES), default="odd")
    parser.add_argument("--chat", default="")
    parser.add_argument("--most-cards", type=int, default=MOST_FILED)
    parser.add_argument("--timeout-s", type=float, default=120.0)
    parser.add_argument("--without-trial", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    report = measure(
        given.cards, given.parity, given.chat, most_cards=given.most_cards, timeout_s=given.timeout_s,
        is_tried=not given.without_trial,
    )  # fmt: skip
    if given.out is not None:
        whole = in_file(given.out, given.parity, report)
        given.out.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
