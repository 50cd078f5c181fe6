"""Gathering cards under values: read them from a file, find which are alike, let a model file those that are alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from domain.cards import embedding_text
from domain.errors import DataError
from domain.gathered import BorderlinePair, CardFiling, CardRow, GatheredCards
from domain.neighbours import NeighbourPairs, NeighbourSearch, PlaceArray
from domain.nouns import FloatArray
from domain.protocols import Embedder
from graph.card_likeness import DEFAULT_BOUNDS, LikenessBounds, likeness, words_of
from graph.filing import SURE_FROM, cards_to_file, moves, offers, with_moves
from graph.gathering import pairs_within
from graph.linkage import connected_parts, gather, numbered
from services.filing import Filer, file_cards

NEAR_FROM, NEAR_FROM_AMONG_MANY = 0.35, 0.6
"""Cosine similarity from which a pair is looked at; below it, cards that share most of their words do not occur."""
MANY = 5_000
"""Different texts above which fewer pairs are looked at."""
MOST_BORDERLINE = 200
"""Listed in a report."""


class DistinctCards(NamedTuple):
    """Cards of different wording, in the order of their text."""

    cards: list[CardRow]
    texts: list[str]
    counts: PlaceArray
    """How many cards have this wording."""
    place: list[int]
    """For each row the place of its wording."""
    words: list[frozenset[str]]
    """Of each wording, see ``graph.card_likeness.words_of``."""


def read_cards(path: Path) -> list[CardRow]:
    """Return the cards of a JSON file, a list of objects with ``id``, ``title`` and ``policies``.

    Raises:
        DataError: the file cannot be read, or a row breaks the form; it names file, row and column.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError("the file cannot be opened", file=path.name) from error
    except ValueError as error:
        raise DataError(f"this is not JSON in UTF-8: {error}", file=path.name) from error
    if not isinstance(rows, list):
        raise DataError("a list of cards is needed, each with id, title and policies", file=path.name)
    cards = [_card(row, number, path.name) for number, row in enumerate(rows, start=1)]
    seen: dict[str, int] = {}
    for number, card in enumerate(cards, start=1):
        if str(card.id) in seen:
            message = f"row {seen[str(card.id)]} has the same id"
            raise DataError(message, file=path.name, row=number, column="id", value=card.id)
        seen[str(card.id)] = number
    return cards


def gather_cards(
    rows: Sequence[CardRow],
    *,
    embedder: Embedder,
    search: NeighbourSearch,
    bounds: LikenessBounds = DEFAULT_BOUNDS,
    filer: Filer | None = None,
    sure_from: int = SURE_FROM,
    most_borderline: int = MOST_BORDERLINE,
) -> GatheredCards:
    """Return which cards say the same value. Names and order of the rows change nothing but the numbers.

    With a ``filer``, a card that one person alone holds and that likeness leaves alone joins the value under which the
    model files it with sureness of ``sure_from`` or more; all else stays where likeness put it.
    """
    distinct = distinct_cards(rows)
    vectors = embedder.embed(distinct.texts)
    pairs = card_pairs(distinct, vectors, search=search, bounds=bounds)
    alike = gather(pairs, n_items=len(distinct.cards), cut=bounds.cut, weights=distinct.counts)
    filings: tuple[CardFiling, ...] = ()
    clusters = alike
    if filer is not None:
        offered = offers(alike, distinct.counts, vectors=vectors, words=distinct.words)[: filer.most_cards]
        filings = file_cards(offered, distinct.cards, distinct.texts, model=filer.model)
        clusters = with_moves(alike, moves(offered, filings, sure_from=sure_from))
    borderline = nearest_to_cut(pairs, bounds)
    numbers = numbered(_first_row(clusters, distinct.place))
    return GatheredCards(
        cluster_of=tuple((row.id, int(number) + 1) for row, number in zip(rows, numbers, strict=True)),
        n_clusters=int(numbers.max(initial=-1)) + 1,
        n_texts=len(distinct.cards),
        borderline=tuple(_borderline(distinct.cards, pairs, p, clusters) for p in borderline[:most_borderline]),
        n_borderline=len(borderline),
        n_alone=len(cards_to_file(alike, distinct.counts)),
        filings=filings,
        sure_from=sure_from,
        embedder=embedder.name,
        cut=bounds.cut,
        apart=bounds.apart,
    )


def distinct_cards(rows: Sequence[CardRow]) -> DistinctCards:
    """Return the wordings in the order of their text; spaces and the order of policies are no difference."""
    texts = [embedding_text(_folded(row.title), tuple(_folded(p) for p in row.policies)) for row in rows]
    order = sorted(set(texts))
    at = {text: place for place, text in enumerate(order)}
    place = [at[text] for text in texts]
    first: dict[int, CardRow] = {}
    for row, where in zip(rows, place, strict=True):
        first.setdefault(where, row)
    counts = np.bincount(np.array(place, dtype=np.int64), minlength=len(order)).astype(np.int64)
    cards = [first[n] for n in range(len(order))]
    return DistinctCards(cards, order, counts, place, [words_of(card.title, card.policies) for card in cards])


def card_pairs(
    distinct: DistinctCards, vectors: FloatArray, *, search: NeighbourSearch, bounds: LikenessBounds
) -> NeighbourPairs:
    """Return the pairs of wordings that may share a value, with their likeness.

    What the search connects is compared again, every pair within a connected part, so that one that an approximate
    search missed is not taken for unlike.

    Args:
        distinct: the wordings.
        vectors: of the wordings, shape (wordings, dim), rows of L2 norm 1.
        search: finds the pairs that connect.
        bounds: pairs below the band around the cut connect nothing; none below ``apart`` is returned.
    """
    near_from = NEAR_FROM if len(distinct.texts) <= MANY else NEAR_FROM_AMONG_MANY
    low = max(0.01, bounds.apart)
    found = likeness(search.pairs(vectors, min_similarity=near_from), distinct.words, at_least=low)
    near = found.similarity >= bounds.cut - bounds.band
    parts = connected_parts(found.first[near], found.second[near], n_items=len(vectors))
    return likeness(pairs_within(vectors, parts, min_similarity=near_from), distinct.words, at_least=low)


def nearest_to_cut(pairs: NeighbourPairs, bounds: LikenessBounds) -> PlaceArray:
    """Return the places of the borderline pairs, the nearest to the cut first."""
    distance = np.abs(pairs.similarity - bounds.cut)
    places = np.flatnonzero(distance <= bounds.band)
    return places[np.argsort(distance[places], kind="stable")]


def _card(row: object, number: int, file: str) -> CardRow:
    try:
        known = {name: row[name] for name in CardRow.model_fields if name in row} if isinstance(row, dict) else row
        return CardRow.model_validate(known)
    except ValidationError as error:
        first = error.errors()[0]
        column = str(first["loc"][0]) if first["loc"] else None
        raise DataError(str(first["msg"]), file=file, row=number, column=column, value=None) from error


def _folded(text: str) -> str:
    return " ".join(text.split())


def _first_row(clusters: PlaceArray, place: Sequence[int]) -> PlaceArray:
    """Return for each row the number of the first row in its cluster."""
    of_row = clusters[np.array(place, dtype=np.int64)]
    first = np.full(len(clusters), len(of_row), dtype=np.int64)
    np.minimum.at(first, of_row, np.arange(len(of_row)))
    return first[of_row]


def _borderline(cards: Sequence[CardRow], pairs: NeighbourPairs, place: int, clusters: PlaceArray) -> BorderlinePair:
    one, other = int(pairs.first[place]), int(pairs.second[place])
    return BorderlinePair(
        first_id=cards[one].id,
        second_id=cards[other].id,
        likeness=round(float(pairs.similarity[place]), 4),
        is_together=bool(clusters[one] == clusters[other]),
    )
