"""What stood in a study at the moment that a query asks for: merges, cards under values, and the end of the log.

Words are never as of a moment: what an author erased since is gone, and what staff hid since stays hidden.
"""

from collections import Counter
from typing import NamedTuple

from domain.cards import CardStatus
from domain.graphs import GraphQuery
from domain.ids import CardId, ValueId
from storage import Store

STATUS_EVENTS = {"card.hidden": False, "card.confirmed": True}
"""Events that change whether a card counts, and to what."""


class Standing(NamedTuple):
    """What stood then."""

    roots: dict[ValueId, ValueId]
    """Every value of the study to the value that it counted for."""
    n_cards: Counter[ValueId]
    """Cards under each value, merges followed."""


def standing(store: Store, query: GraphQuery) -> Standing:
    """Return merges and cards as they stood at ``query.until``, or stand now where it names no moment."""
    roots = store.values.roots(query.study_id, until=query.until)
    counted = _cards_counted(store, query)
    n_cards: Counter[ValueId] = Counter()
    for card_id, value_id in store.values.placed(query.study_id, until=query.until).items():
        if card_id in counted:
            n_cards[roots.get(value_id, value_id)] += 1
    return Standing(roots, n_cards)


def _cards_counted(store: Store, query: GraphQuery) -> frozenset[CardId]:
    """Return the cards that were confirmed and not hidden; a card that is not told of in the log stood as it stands.

    A card hidden since was there, and one that was hidden then was not, whatever became of them later.
    """
    if query.until is None:
        return store.cards.ids(query.study_id, statuses={CardStatus.CONFIRMED}, sources=query.sources)
    finished = store.cards.ids(
        query.study_id, statuses={CardStatus.CONFIRMED, CardStatus.HIDDEN}, sources=query.sources
    )
    moderated = [e for e in store.events.of_kinds(query.study_id, STATUS_EVENTS) if "card" in e.refs]
    then = {e.refs["card"]: STATUS_EVENTS[e.kind] for e in moderated if e.at <= query.until}
    now = store.cards.ids(query.study_id, statuses={CardStatus.CONFIRMED}, sources=query.sources)
    # Only finished cards lie under a value, so one that was first hidden or shown later counted then.
    since = dict.fromkeys((e.refs["card"] for e in moderated if e.at > query.until), True)
    return frozenset(card_id for card_id in finished if then.get(card_id, since.get(card_id, card_id in now)))
