"""Which cards may be filed under which values, and what becomes of the clusters."""

import numpy as np
import pytest

from domain.gathered import CardFiling, FilingAnswer, FilingOpinion, OfferedValue
from graph.filing import MOST_OFFERED, SURE_FROM, Offer, cards_to_file, moves, offers, shown_wordings, with_moves

NOTHING = np.zeros(0, dtype=np.int64)


def unit(*rows):
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def filing(offer, opinion="filed", value=0, sureness=9):
    named = offer.values[value] if opinion == "filed" else None
    answer = FilingAnswer(opinion=FilingOpinion(opinion), value_id=named)
    return CardFiling(
        card_id=offer.card, offered=tuple(OfferedValue(id=place, likeness=0.5) for place in offer.values),
        opinion=answer.opinion, value_id=named, sureness=sureness if named is not None else None,
        answers=(answer, answer), backend="scripted", prompt_id="p@1", prompt_hashes=("a", "b"),
    )  # fmt: skip


def test_one_person_alone_is_to_be_filed_and_two_of_one_wording_are_a_value():
    clusters, counts = np.array([0, 1, 1, 3, 4]), np.array([1, 1, 1, 2, 1])
    assert cards_to_file(clusters, counts).tolist() == [0, 4]
    assert shown_wordings(clusters, counts).tolist() == [1, 3]


def test_a_value_is_shown_by_its_most_frequent_wording_of_equals_the_lowest():
    assert shown_wordings(np.array([0, 0, 0, 3, 3]), np.array([1, 4, 2, 3, 3])).tolist() == [1, 3]


def test_likeness_to_a_value_is_the_mean_over_all_its_wordings():
    """Card 0 beside a value of wordings 1 and 2: cosines 1 and 0, one word of three shared with the first.

    (2 * 1 + 1/3) / 3 = 7/9 and 0; their mean is 7/18.
    """
    vectors = unit([1, 0], [1, 0], [0, 1])
    words = [frozenset("ab"), frozenset("bc"), frozenset("d")]
    (offer,) = offers(np.array([0, 1, 1]), np.array([1, 1, 1]), vectors=vectors, words=words)
    assert (offer.card, offer.values) == (0, (1,))
    assert offer.likeness == pytest.approx((7 / 18,))


def test_five_values_are_offered_the_most_like_first_and_the_card_most_like_a_value_comes_first():
    angles = np.array([0.0, 0.05, *(0.1 * n for n in range(1, 9))])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    counts = np.array([1, 1, *[2] * 8])
    found = offers(np.arange(10), counts, vectors=vectors, words=[frozenset()] * 10)
    assert [(offer.card, offer.values) for offer in found] == [(1, (2, 3, 4, 5, 6)), (0, (2, 3, 4, 5, 6))]
    assert len(found[0].values) == MOST_OFFERED
    assert list(found[0].likeness) == sorted(found[0].likeness, reverse=True)


def test_many_cards_and_values_are_compared_in_blocks_and_give_what_a_full_matrix_gives():
    rng = np.random.default_rng(3)
    vectors = unit(*rng.normal(size=(700, 8)))
    counts = np.where(np.arange(700) < 400, 1, 2)
    words = [frozenset(rng.choice(list("abcdefgh"), size=3)) for _ in range(700)]
    found = {offer.card: offer for offer in offers(np.arange(700), counts, vectors=vectors, words=words)}
    assert len(found) == 400
    cosine = np.maximum(vectors @ vectors.T, 0)
    for card in (0, 255, 256, 399):
        near = np.argsort(-cosine[card, 400:], kind="stable")[:20] + 400
        like = {v: (2 * cosine[card, v] + len(words[card] & words[v]) / len(words[card] | words[v])) / 3 for v in near}
        assert found[card].values == tuple(sorted(near.tolist(), key=lambda v: -like[v])[:5])


@pytest.mark.parametrize("counts", [[], [1, 1], [2, 3]])
def test_without_cards_or_without_values_nothing_is_offered(counts):
    places = np.arange(len(counts))
    vectors = np.zeros((len(counts), 2), dtype=np.float32)
    assert offers(places, np.array(counts, dtype=np.int64), vectors=vectors, words=[frozenset()] * len(counts)) == []


def test_only_what_is_filed_surely_moves_and_what_was_not_asked_stays():
    offered = [Offer(place, (10, 11), (0.5, 0.4)) for place in range(6)]
    filings = [
        filing(offered[0], value=1, sureness=SURE_FROM), filing(offered[1], sureness=SURE_FROM - 1),
        filing(offered[2], "none"), filing(offered[3], "unsure"), filing(offered[4], "failed"),
    ]  # fmt: skip
    assert moves(offered, filings) == {0: 11}
    assert moves(offered, filings, sure_from=SURE_FROM - 1) == {0: 11, 1: 10}


def test_clusters_are_named_by_their_lowest_place_after_a_move():
    assert with_moves(np.array([0, 1, 2, 2]), {0: 3, 1: 2}).tolist() == [0, 0, 0, 0]
    assert with_moves(np.array([0, 1]), {}).tolist() == [0, 1]
    assert with_moves(NOTHING, {}).tolist() == []
