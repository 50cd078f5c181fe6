"""What training files are made from: votes and words of people who agreed to training, read at one moment."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain.cards import CanonicalValue, Card
from domain.graphs import GraphQuery, MoralGraph
from domain.ids import PersonId, ValueId
from domain.provenance import Provenance
from domain.vote_columns import VoteColumns
from graph.vote_columns import CountedVotes, count_votes, vote_columns
from storage import Store
from storage.interchange.training import covered_values


class Material(NamedTuple):
    """Votes and words that may train a model."""

    graph: MoralGraph
    """Without nodes and edges: the query, and the counts of votes that went in and that did not."""
    votes: VoteColumns
    """Of people who agreed to training, on values whose words are covered; merges followed."""
    n_uncovered: int
    """Votes of such people left out because the words of a value are not covered."""
    values: Mapping[ValueId, CanonicalValue]
    cards: Mapping[ValueId, Mapping[str, str]]
    """Value to what made its words: source, and model and prompt where a machine drafted them."""
    attributes: Mapping[PersonId, Mapping[str, str]]
    questions: Mapping[str, Sequence[str]]
    """Context to the texts of its questions."""
    n_untrainable: int = 0
    """Votes and questions left out because they repeat a text that nobody may train on."""


def training_query(query: GraphQuery) -> GraphQuery:
    """Return ``query`` narrowed to people who agreed that their answers train models."""
    return query.model_copy(update={"training_only": True})


def read_material(store: Store, query: GraphQuery) -> Material:
    """Read everything that training files of ``query`` are made from."""
    query = training_query(query)
    every = store.values.list(query.study_id, include_withdrawn=True)
    founding = {value.founded_by_card_id for value in every}
    cards = {card.id: card for card in store.cards.list(query.study_id) if card.id in founding}
    agreed = frozenset(PersonId(key) for key in store.votes.people_counted(query) or ())
    covered = covered_values(every, cards=cards, agreed=agreed)
    counted = count_votes(
        vote_columns(store.votes.vote_rows(query, people=agreed)),
        roots=store.values.roots(query.study_id, until=query.until),
        withdrawn={value.id for value in every if value.is_withdrawn},
    )
    votes = on_values(counted.votes, covered)
    texts = {question.id: question.text for question in store.studies.questions(query.study_id)}
    voted = votes.voted_values()
    founders = {v.id: cards.get(v.founded_by_card_id) if v.founded_by_card_id else None for v in every}
    return Material(
        graph=bare_graph(query, counted),
        votes=votes,
        n_uncovered=len(counted.votes) - len(votes),
        values={value.id: value for value in every if value.id in voted},
        cards={value.id: made_by(value, founders[value.id]) for value in every if value.id in voted},
        attributes=store.people.attributes(query.study_id, sources=query.sources),
        questions={
            context.text: [texts[q] for q in context.question_ids if q in texts]
            for context in store.studies.contexts(query.study_id)
        },
    )


def on_values(votes: VoteColumns, kept: Collection[ValueId]) -> VoteColumns:
    """Return the votes of which both values are among those kept."""
    is_kept = np.array([value_id in kept for value_id in votes.keys.values], dtype=np.bool_)
    return votes.where(is_kept[votes.src] & is_kept[votes.wiser])


def bare_graph(query: GraphQuery, counted: CountedVotes) -> MoralGraph:
    """Return what an export says of its votes, without building the graph."""
    return MoralGraph(
        query=query,
        nodes=(),
        edges=(),
        cycles=(),
        n_votes=len(counted.votes),
        n_people=counted.votes.n_people(),
        n_self_loops=counted.n_self_loops,
        n_votes_superseded=counted.n_superseded,
        n_votes_withdrawn=counted.n_withdrawn,
    )


def made_by(value: CanonicalValue, card: Card | None) -> dict[str, str]:
    """Return where a value's words come from: their source, and model and prompt where a machine drafted them."""
    draft: Provenance | None = card.provenance if card is not None else None
    source = {"source": value.source.value}
    if draft is None:
        return source
    return {**source, "model": draft.backend, "revision": draft.revision, "prompt": draft.prompt_id}
