"""What hiding a card does to the values that bear its words.

With a card its words leave every place where others read them: a value that it founded takes the words of another
card that lies under it, or is hidden too until the card is shown again.
"""

from datetime import datetime

from domain.cards import CanonicalValue, Card
from storage import Store


def hide_words(store: Store, card: Card, *, by: str, at: datetime) -> list[CanonicalValue]:
    """Take the words of a card out of the values that it founded; return those that bear other words now."""
    founded = [value for value in store.values.founded_by(card.id) if not value.is_withdrawn]
    heirs = {value.id: _heir(store, value, card) for value in founded}
    for value in founded:
        if heirs[value.id] is None:
            store.values.hide(value.id, by=by, at=at)
    return [_reword(store, value, heir, at=at) for value in founded if (heir := heirs[value.id]) is not None]


def bring_back(store: Store, card: Card, *, at: datetime) -> list[CanonicalValue]:
    """Bring back the hidden values that a confirmed card founded or lies under; return those with other words."""
    placement = store.values.placement_of(card.id)
    under = [store.values.get(placement.value_id)] if placement is not None else []
    founded = store.values.founded_by(card.id)
    hidden = {value.id for value in (*founded, *under) if value.hidden_at is not None}
    # With their words, since stories told in words that come back unchanged stay.
    every = store.values.list(card.study_id, include_withdrawn=True, with_hidden_words=True)
    before = [value for value in every if value.id in hidden]
    after = [_reword(store, value, card, at=at) for value in before]
    return [value for value, old in zip(after, before, strict=True) if _differs(value, old)]


def _reword(store: Store, value: CanonicalValue, card: Card, *, at: datetime) -> CanonicalValue:
    """Give a value the words of ``card``; stories told in other words are put aside. Return the value as it is now."""
    store.values.refound(value.id, card=card, at=at)
    after = store.values.get(value.id)
    if _differs(after, value):
        for story in store.hypotheses.list(value.study_id):
            if value.id in (story.src_id, story.wiser_id):
                store.hypotheses.archive(story.id)
    return after


def _differs(one: CanonicalValue, other: CanonicalValue) -> bool:
    return (one.gist, one.embedding_text()) != (other.gist, other.embedding_text())


def _heir(store: Store, value: CanonicalValue, hidden: Card) -> Card | None:
    """Return the card of somebody else whose words can stand for the value."""
    same_author = store.cards.of_person(hidden.person_id) if hidden.person_id is not None else [hidden]
    heir = store.values.heir(value, without=[card.id for card in same_author])
    return store.cards.get(heir) if heir is not None else None
