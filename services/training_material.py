"""What training files are made from: votes and words of people who agreed to training."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.cards import CanonicalValue, Card
from domain.graphs import GraphQuery, VoteRow
from domain.ids import PersonId, StudyId, ValueId
from domain.provenance import Provenance
from services.explore import GraphWithVotes
from storage import Store
from storage.interchange.training import covered_values


class Material(NamedTuple):
    """Votes and words that may train a model."""

    study_id: StudyId
    votes: Sequence[VoteRow]
    """Of people who agreed to training, on values whose words are covered; merges followed."""
    n_uncovered: int
    """Votes of such people left out because the words of a value are not covered."""
    values: Mapping[ValueId, CanonicalValue]
    cards: Mapping[ValueId, Mapping[str, str]]
    """Value to what made its words: source, and model and prompt where a machine drafted them."""
    attributes: Mapping[PersonId, Mapping[str, str]]
    questions: Mapping[str, Sequence[str]]
    """Context to the texts of its questions."""


def training_query(query: GraphQuery) -> GraphQuery:
    """Return ``query`` narrowed to people who agreed that their answers train models."""
    return query.model_copy(update={"training_only": True})


def read_material(store: Store, found: GraphWithVotes) -> Material:
    """Read everything that training files are made from, besides ``found``, the graph of a ``training_query``."""
    query = found.graph.query
    every = store.values.list(query.study_id, include_withdrawn=True)
    founding = {value.founded_by_card_id for value in every}
    cards = {card.id: card for card in store.cards.list(query.study_id) if card.id in founding}
    agreed = {PersonId(key) for key in store.votes.people_counted(query) or ()}
    covered = covered_values(every, cards=cards, agreed=agreed)
    votes = [
        vote
        for vote in found.votes
        if vote.src_id in covered and vote.wiser_id in covered and vote.person_id in agreed  # a no since then counts
    ]
    texts = {question.id: question.text for question in store.studies.questions(query.study_id)}
    voted = {value_id for vote in votes for value_id in (vote.src_id, vote.wiser_id)}
    founders = {v.id: cards.get(v.founded_by_card_id) if v.founded_by_card_id else None for v in every}
    return Material(
        study_id=query.study_id,
        votes=votes,
        n_uncovered=len(found.votes) - len(votes),
        values={value.id: value for value in every if value.id in voted},
        cards={value.id: made_by(value, founders[value.id]) for value in every if value.id in voted},
        attributes={p.id: p.attributes for p in store.people.list(query.study_id, sources=query.sources)},
        questions={
            context.text: [texts[q] for q in context.question_ids if q in texts]
            for context in store.studies.contexts(query.study_id)
        },
    )


def made_by(value: CanonicalValue, card: Card | None) -> dict[str, str]:
    """Return where a value's words come from: their source, and model and prompt where a machine drafted them."""
    draft: Provenance | None = card.provenance if card is not None else None
    source = {"source": value.source.value}
    if draft is None:
        return source
    return {**source, "model": draft.backend, "revision": draft.revision, "prompt": draft.prompt_id}
