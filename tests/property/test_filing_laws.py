"""Filing moves single cards and nothing else, whatever a model says and in whatever order the cards come."""

import hashlib
import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backends.fakes import HashEmbedder, ScriptedChat
from backends.neighbours_faiss import FaissNeighbours
from domain.gathered import CardRow
from graph.card_likeness import LikenessBounds
from graph.filing import MOST_OFFERED, cards_to_file, offers, shown_wordings, with_moves
from services.filing import Filer
from services.gathering import gather_cards

WORDS = ("pause", "glance", "silence", "debt", "doubt", "relief", "hunger", "warmth")
BOUNDS = LikenessBounds(cut=0.6, apart=0.4, band=0.1)
TITLES = st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(WORDS)).map(" ".join)


@st.composite
def wordings(draw):
    """Clusters named by their lowest place, with the number of cards of each wording."""
    labels = np.array(draw(st.lists(st.integers(0, 6), min_size=1, max_size=14)))
    clusters = np.array([int(np.flatnonzero(labels == label)[0]) for label in labels])
    counts = draw(st.lists(st.integers(1, 3), min_size=len(labels), max_size=len(labels)))
    return clusters, np.array(counts)


def offered_of(clusters, counts):
    vectors = HashEmbedder().embed([WORDS[n % len(WORDS)] + f" {n % 3}" for n in range(len(clusters))])
    return offers(clusters, counts, vectors=vectors, words=[frozenset()] * len(clusters))


def of_its_words(request):
    """Answer by the letter under which a value stands whose words have the lowest hash: any order, one value."""
    text = request.messages[1].text
    values = {part[0]: part[2:] for part in text.split("<<<values\n")[1].split("\nvalues>>>")[0].split("\n\n")}
    letter = min(values, key=lambda one: hashlib.sha256(values[one].encode()).hexdigest())
    sureness = hashlib.sha256(text.split("card>>>")[0].encode()).digest()[0] % 11
    return json.dumps({"value": letter, "sureness": sureness})


def gathered(rows, script):
    return gather_cards(
        rows, embedder=HashEmbedder(), search=FaissNeighbours(), bounds=BOUNDS, filer=Filer(ScriptedChat(script))
    )


def together(result):
    names, numbers = zip(*result.cluster_of, strict=True)
    return {frozenset(n for n, k in zip(names, numbers, strict=True) if k == number) for number in numbers}


@given(made=wordings())
def test_every_card_alone_is_offered_up_to_five_values_that_several_people_hold(made):
    clusters, counts = made
    shown = set(shown_wordings(clusters, counts).tolist())
    found = offered_of(clusters, counts)
    assert {offer.card for offer in found} == (set(cards_to_file(clusters, counts).tolist()) if shown else set())
    for offer in found:
        assert len(offer.values) == len(set(offer.values)) == min(MOST_OFFERED, len(shown))
        assert set(offer.values) <= shown


@given(made=wordings(), data=st.data())
def test_no_filing_makes_one_value_of_two_or_takes_a_card_from_others(made, data):
    clusters, counts = made
    found = offered_of(clusters, counts)
    chosen = [data.draw(st.sampled_from([None, *offer.values])) for offer in found]
    moved = {offer.card: value for offer, value in zip(found, chosen, strict=True) if value is not None}
    after = with_moves(clusters, moved)
    stayed = np.array([place not in moved for place in range(len(clusters))])
    assert (after[:, None] == after)[np.ix_(stayed, stayed)].tolist() == (clusters[:, None] == clusters)[
        np.ix_(stayed, stayed)
    ].tolist()
    assert all(after[card] == after[value] for card, value in moved.items())
    assert all(after[place] == np.flatnonzero(after == after[place])[0] for place in range(len(after)))


@given(titles=st.lists(TITLES, min_size=1, max_size=12), data=st.data())
def test_the_same_answers_give_the_same_clusters_in_any_order_of_the_cards(titles, data):
    rows = [CardRow(id=n, title=title, policies=("care",)) for n, title in enumerate(titles)]
    turned = data.draw(st.permutations(rows))
    one, other = gathered(rows, of_its_words), gathered(turned, of_its_words)
    assert together(one) == together(other)
    assert [f.sureness for f in one.filings] == [f.sureness for f in other.filings]


@given(titles=st.lists(TITLES, min_size=1, max_size=12), letter=st.sampled_from(["A", "none", "Z"]))
def test_a_model_that_contradicts_itself_or_names_no_value_changes_nothing(titles, letter):
    rows = [CardRow(id=n, title=title, policies=("care",)) for n, title in enumerate([*titles, titles[0]])]
    said = gathered(rows, lambda _: json.dumps({"value": letter, "sureness": 10}))
    alone = gather_cards(rows, embedder=HashEmbedder(), search=FaissNeighbours(), bounds=BOUNDS)
    joins = [one for one in said.filings if one.joined_place(sure_from=said.sure_from) is not None]
    assert all(len(one.offered) == 1 for one in joins)
    assert joins or said.cluster_of == alone.cluster_of
