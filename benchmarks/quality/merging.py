"""How well cards are put together, against the published study, where each card names the value it was placed under.

Run from the project root: ``python -m benchmarks.quality.merging --cards PATH/raw_cards.json``. Prints JSON.

Two counts without copies, since most of those cards are verbatim copies that any method joins:
``copies_not_counted`` keeps every card but counts no pair of equal wording; ``each_text_once`` keeps one card of each
wording. The threshold is chosen on the cards of one half of the values and the figures are of the other half. Intervals
are of resampled values, not cards: cards of one value are not independent.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backends.embed_minilm import minilm
from domain.gathered import CardRow
from domain.measures.partitions import Labels, partition_scores
from domain.neighbours import NeighbourPairs
from domain.nouns import FloatArray
from graph.card_likeness import DEFAULT_BOUNDS, MEANING_WEIGHT, likeness, words_of
from graph.linkage import gather
from services.gathering import distinct_cards

SEED, N_SPLITS, N_RESAMPLES = 7, 50, 500
LEAST_PRECISION = 0.92
"""Asked for on the half that chooses, so that the other half seldom falls below .90."""
APART_SHARE = 0.7
"""Of the cut, below which two cards are kept apart; 0 for the baselines, which have no such rule."""
CUTS = np.round(np.arange(0.04, 0.96, 0.01), 2)


class Texts(NamedTuple):
    """Distinct wordings with the value and number of their cards."""

    value: Labels
    counts: Labels


class Method(NamedTuple):
    """A likeness of every two wordings, and whether unlike cards are kept apart."""

    name: str
    likeness: FloatArray
    apart_share: float


class Found(NamedTuple):
    """Pairs of cards together: in both, in what was found, in truth."""

    both: float
    found: float
    truth: float

    def figures(self) -> dict[str, float | None]:
        """Return precision, recall and F1."""
        return {
            "precision": round(self.both / self.found, 3) if self.found else None,
            "recall": round(self.both / self.truth, 3) if self.truth else None,
            "f1": round(2 * self.both / (self.found + self.truth), 3) if self.found + self.truth else None,
        }


def count_pairs(found: Labels, texts: Texts) -> Found:
    """Return pairs of cards of different wording; ``counts`` all 1 counts each wording once."""
    one, other = np.triu_indices(len(found), 1)
    weight = texts.counts[one] * texts.counts[other]
    is_found, is_true = found[one] == found[other], texts.value[one] == texts.value[other]
    return Found(*(float(weight[mask].sum()) for mask in (is_found & is_true, is_found, is_true)))


def clusters_of(method: Method, rows: Labels, texts: Texts, cut: float) -> Labels:
    """Return the clusters of the wordings ``rows``, each card counted in the means."""
    one, other = np.triu_indices(len(rows), 1)
    similarity = method.likeness[rows[one], rows[other]]
    keep = similarity >= method.apart_share * cut if method.apart_share else np.full(len(one), fill_value=True)
    pairs = NeighbourPairs(one[keep], other[keep], similarity[keep])
    return gather(pairs, n_items=len(rows), cut=cut, weights=texts.counts[rows])


def best_cut(method: Method, rows: Labels, texts: Texts, *, least_precision: float) -> float:
    """Return the cut of the highest F1 among those of enough precision; of equals the strictest; 1 where none has."""
    scored = []
    own = Texts(texts.value[rows], texts.counts[rows])
    for cut in CUTS.tolist():
        counted = count_pairs(clusters_of(method, rows, texts, cut), own)
        if counted.found and counted.both / counted.found >= least_precision:
            scored.append((2 * counted.both / (counted.found + counted.truth), cut))
    return max(scored)[1] if scored else 1.0


def held_out(method: Method, texts: Texts, *, least_precision: float) -> dict[str, object]:
    """Return the figures of the half that did not choose the cut, over random halves of the values, both ways."""
    rng = np.random.default_rng(SEED)
    values = np.unique(texts.value)
    total, precisions, cuts = np.zeros(3), [], []
    for _ in range(N_SPLITS):
        half = rng.permutation(values)[: len(values) // 2]
        inside = np.isin(texts.value, half)
        for chooses, tested in ((inside, ~inside), (~inside, inside)):
            cut = best_cut(method, np.flatnonzero(chooses), texts, least_precision=least_precision)
            rows = np.flatnonzero(tested)
            counted = count_pairs(clusters_of(method, rows, texts, cut), Texts(texts.value[rows], texts.counts[rows]))
            total += counted
            cuts.append(cut)
            if counted.found:
                precisions.append(counted.both / counted.found)
    low, high = np.quantile(cuts, [0.1, 0.9])
    share = float(np.mean(np.array(precisions) >= 0.9)) if precisions else None
    return {
        **Found(*total.tolist()).figures(), "cut_p10": round(float(low), 2), "cut_p90": round(float(high), 2),
        "halves_with_precision_of_90": share,
    }  # fmt: skip


def one_half(method: Method, texts: Texts) -> dict[str, object]:
    """Return the cut chosen on the values with an even number, and the figures of those with an odd one."""
    odd = texts.value % 2 == 1
    cut = best_cut(method, np.flatnonzero(~odd), texts, least_precision=LEAST_PRECISION)
    rows = np.flatnonzero(odd)
    own = Texts(texts.value[rows], texts.counts[rows])
    return {"cut_from_even": cut, **count_pairs(clusters_of(method, rows, texts, cut), own).figures()}


def interval(draw: Callable[[npt.NDArray[np.int64]], Found], n_values: int) -> dict[str, list[float]]:
    """Return 95 % intervals of the figures over resampled values."""
    rng = np.random.default_rng(SEED)
    drawn = [draw(rng.integers(n_values, size=n_values)).figures() for _ in range(N_RESAMPLES)]
    return {
        name: [round(float(q), 3) for q in np.quantile([d[name] or 0.0 for d in drawn], [0.025, 0.975])]
        for name in ("precision", "recall", "f1")
    }


def at_default(method: Method, texts: Texts) -> dict[str, object]:
    """Return our figures at the bounds that the app uses, with intervals and the adjusted Rand index."""
    found = clusters_of(method, np.arange(len(texts.value)), texts, DEFAULT_BOUNDS.cut)
    values, own = np.unique(texts.value, return_inverse=True)
    one, other = np.triu_indices(len(found), 1)
    weight = texts.counts[one] * texts.counts[other]
    together = found[one] == found[other]

    def resampled(chosen: npt.NDArray[np.int64]) -> Found:
        """Pairs of one value count as often as it was drawn; of two values, by half of both, so that totals stay."""
        times = np.bincount(chosen, minlength=len(values))
        times_of_pair = (times[own[one]] + times[own[other]]) / 2 * weight
        is_true = own[one] == own[other]
        return Found(*(float(times_of_pair[m].sum()) for m in (together & is_true, together, is_true)))

    return {**count_pairs(found, texts).figures(), "interval_95": interval(resampled, len(values))}


def with_copies(method: Method, texts: Texts) -> dict[str, object]:
    """Return the figures of all cards and all pairs at the app's bounds."""
    found = clusters_of(method, np.arange(len(texts.value)), texts, DEFAULT_BOUNDS.cut)
    scores = partition_scores(np.repeat(found, texts.counts), np.repeat(texts.value, texts.counts))
    return {name: round(v, 3) if v is not None else None for name, v in list(scores._asdict().items())[:4]}


def adjusted_rand(method: Method, texts: Texts) -> float | None:
    """Return the index over each wording once, at the app's bounds."""
    found = clusters_of(method, np.arange(len(texts.value)), texts, DEFAULT_BOUNDS.cut)
    index = partition_scores(found, texts.value).adjusted_rand
    return None if index is None else round(index, 3)


def methods_of(cards: Sequence[CardRow], texts: Sequence[str]) -> list[Method]:
    """Return our likeness and the baselines."""
    embedder = minilm()
    whole = embedder.embed(list(texts))
    policies = embedder.embed(["\n".join(sorted(card.policies)) for card in cards])
    words = [words_of(card.title, card.policies) for card in cards]
    one, other = np.triu_indices(len(cards), 1)
    blank = NeighbourPairs(one, other, np.zeros(len(one), dtype=np.float32))
    both = likeness(NeighbourPairs(one, other, (whole @ whole.T)[one, other]), words, at_least=0)
    overlap = likeness(blank, words, at_least=0)
    return [
        Method("ours", _square(both, 1, len(cards)), APART_SHARE),
        Method("word_overlap", _square(overlap, MEANING_WEIGHT + 1, len(cards)), 0),
        Method("embedding_title_and_policies", whole @ whole.T, 0),
        Method("embedding_policies", policies @ policies.T, 0),
    ]


def _square(pairs: NeighbourPairs, factor: float, n: int) -> FloatArray:
    square = np.eye(n, dtype=np.float32)
    square[pairs.first, pairs.second] = square[pairs.second, pairs.first] = pairs.similarity * np.float32(factor)
    return square


def measure(path: Path) -> dict[str, object]:
    """Return all figures."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    rows = [CardRow(id=r["id"], title=r["title"], policies=tuple(r["policies"])) for r in raw]
    distinct = distinct_cards(rows)
    value_of = {row.id: r["canonical_id"] for row, r in zip(rows, raw, strict=True)}
    value = np.array([value_of[card.id] for card in distinct.cards])
    cards = Texts(value, distinct.counts)
    once = Texts(value, np.ones(len(value), dtype=np.int64))
    methods = methods_of(distinct.cards, distinct.texts)
    ours = methods[0]
    report: dict[str, object] = {
        "benchmark": "merging", "cards": len(rows), "texts": len(value), "values": len(np.unique(value)),
        "seed": SEED, "splits": N_SPLITS, "least_precision_asked": LEAST_PRECISION,
        "cut": DEFAULT_BOUNDS.cut, "apart": DEFAULT_BOUNDS.apart,
        "with_copies_at_default": with_copies(ours, cards), "adjusted_rand_each_text_once": adjusted_rand(ours, once),
    }  # fmt: skip
    for name, texts in (("copies_not_counted", cards), ("each_text_once", once)):
        every = np.arange(len(value))
        report[name] = {
            "ours_at_default": at_default(ours, texts),
            "chosen_on_even_reported_on_odd": {m.name: one_half(m, texts) for m in methods},
            "held_out": {m.name: held_out(m, texts, least_precision=LEAST_PRECISION) for m in methods},
            "best_cut_in_hindsight": {
                m.name: count_pairs(
                    clusters_of(m, every, texts, best_cut(m, every, texts, least_precision=0)), texts
                ).figures()
                for m in methods
            },
        }
    return report


def main() -> None:
    """Print the figures as JSON, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    text = json.dumps(measure(arguments.cards), indent=1)
    print(text)
    if arguments.out is not None:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
