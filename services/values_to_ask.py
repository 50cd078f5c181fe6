"""Values that people can be asked about, and the contexts in which each is spoken of.

A value that votes name is spoken of in the contexts of these votes. One that only has a card is spoken of in the
contexts of the question that its cards answer, and in all contexts of the study where no card says which.
"""

from collections.abc import Mapping, Sequence

from domain.cards import CardStatus
from domain.graphs import GraphEdge, GraphQuery
from domain.ids import CardId, QuestionId, ValueId
from graph.next_pair import Contexts
from services.analysis_votes import DIGITS
from services.as_of import standing
from storage import Store


def contexts_by_votes(edges: Sequence[GraphEdge]) -> dict[ValueId, frozenset[str]]:
    """Return the contexts of the votes that name each value."""
    found: dict[ValueId, frozenset[str]] = {}
    for edge in edges:
        for end in (edge.src_id, edge.wiser_id):
            found[end] = found.get(end, frozenset()).union(edge.contexts)
    return found


def contexts_by_cards(store: Store, query: GraphQuery) -> Contexts:
    """Return the values under which a card lies, named by number as in an analysis, with contexts of the query."""
    stood = standing(store, query)
    placed = {
        card_id: stood.roots.get(value_id, value_id)
        for card_id, value_id in store.values.placed(query.study_id, until=query.until).items()
    }
    wanted = _contexts_wanted(store, query)
    everywhere = frozenset[str]().union(*wanted.values())
    answered = _questions_answered(store, query, placed)
    found = {}
    for value in store.values.list(query.study_id):
        if stood.n_cards[value.id] and stood.roots.get(value.id, value.id) == value.id:
            told = frozenset[str]().union(*(wanted[one] for one in answered.get(value.id, ()) if one in wanted))
            contexts = told if answered.get(value.id) else everywhere
            if contexts:
                found[ValueId(f"{value.number:0{DIGITS}}")] = contexts
    return found


def _contexts_wanted(store: Store, query: GraphQuery) -> dict[QuestionId, frozenset[str]]:
    """Return the contexts of each question that the query lets through."""
    contexts = [
        one for one in store.studies.contexts(query.study_id) if not query.context_ids or one.id in query.context_ids
    ]
    questions = [one.id for one in store.studies.questions(query.study_id)]
    chosen = [one for one in questions if not query.question_ids or one in query.question_ids]
    return {one: frozenset(c.text for c in contexts if one in c.question_ids) for one in chosen}


def _questions_answered(
    store: Store, query: GraphQuery, placed: Mapping[CardId, ValueId]
) -> dict[ValueId, set[QuestionId]]:
    """Return the questions that the cards under each value answer, as far as the cards say."""
    found: dict[ValueId, set[QuestionId]] = {}
    named = store.cards.questions(query.study_id, statuses=(CardStatus.CONFIRMED,), sources=query.sources)
    for card_id, question_id in named.items():
        if card_id in placed:
            found.setdefault(placed[card_id], set()).add(question_id)
    return found
