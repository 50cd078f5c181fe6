"""The end of the way: the closing questions, where the card landed, and what the person gave so far."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from domain.cards import CanonicalValue, Card, CardText
from domain.ids import ClientId, ValueId
from domain.people import REAL_SOURCES, Consent, ConsentScope, JourneyStep, Participant
from domain.studies import Context, Study
from domain.votes import EdgeVote, Landing, SurveyAnswer, SurveyQuestion
from services.acts import Desk
from services.belonging import own_card
from services.meaning import card_meaning
from services.participants import move_on
from storage import Store


class GivenVote(NamedTuple):
    """One vote with the words it was about."""

    vote: EdgeVote
    src: CanonicalValue
    wiser: CanonicalValue
    context: Context


class Contributions(NamedTuple):
    """All that a person can see and change of what they gave."""

    study: Study
    cards: tuple[Card, ...]
    landing: Landing | None
    votes: tuple[GivenVote, ...]
    survey: tuple[SurveyAnswer, ...]
    consents: dict[ConsentScope, Consent]


class Finishing:
    """Use cases of the last step and of "my contributions"."""

    def __init__(self, desk: Desk, *, founded: Callable[[Participant, ValueId], None]) -> None:
        """``founded`` makes stories about a value that took new words."""
        self._desk = desk
        self._founded = founded

    def answer_survey(
        self,
        person: Participant,
        *,
        scores: Mapping[SurveyQuestion, int | None],
        comment: str = "",
        client_id: ClientId,
    ) -> None:
        """Store the answers that were given (an unanswered question stores nothing) and close the person's way."""

        def body(store: Store) -> None:
            now = self._desk.clock()
            for question, score in scores.items():
                if score is not None:
                    store.survey.save(SurveyAnswer(person_id=person.id, question=question, score=score, at=now))
            if comment.strip():
                store.survey.save(
                    SurveyAnswer(person_id=person.id, question=SurveyQuestion.COMMENT, comment=comment, at=now)
                )
            move_on(store, person.id, to=JourneyStep.DONE, at_least_from=JourneyStep.FINISH, desk=self._desk)

        content = [{q.value: s for q, s in scores.items()}, comment]
        self._desk.act_of_person(person, "survey.answered", body, client_id=client_id, content=content)

    def change_card(self, person: Participant, text: CardText, *, client_id: ClientId) -> bool:
        """Store a further version of the person's placed card; tell whether the value on the map took its words too.

        A value that the card founded takes them as long as nobody else ticked it, voted on it or joined it: after
        that its words are what others answered to, so they stay.
        """

        def body(store: Store) -> None:
            now, before = self._desk.clock(), own_card(store, person.id)
            card = before.model_copy(update={"version": before.version + 1, "text": text, "updated_at": now})
            store.cards.revise(card)
            for value in store.values.founded_by(card.id):
                if not value.is_withdrawn and not store.values.is_touched_by_others(value.id, person.id):
                    store.values.refound(value.id, card=card, at=now)
                    store.hypotheses.forget_words(value.id, of_machines_only=True)

        content = text.model_dump(mode="json")
        is_new = self._desk.act_of_person(person, "card.changed", body, client_id=client_id, content=content)
        with self._desk.database.read() as store:
            founded = store.values.founded_by(own_card(store, person.id).id)
        bears = [value.id for value in founded if value.embedding_text() == card_meaning(text)]
        for value_id in bears if is_new else ():
            self._founded(person, value_id)
        return bool(bears)

    def landing(self, person: Participant) -> Landing | None:
        """Return where the person's card lies now, and how many people hold that value; ``None`` before placing."""
        with self._desk.database.read() as store:
            return landing_of(store, person)

    def contributions(self, person: Participant) -> Contributions:
        """Return everything the person gave, in the words they saw."""
        with self._desk.database.read() as store:
            values = {v.id: v for v in store.values.list(person.study_id, include_withdrawn=True)}
            contexts = {c.id: c for c in store.studies.contexts(person.study_id)}
            votes = tuple(
                GivenVote(vote=v, src=values[v.src_id], wiser=values[v.wiser_id], context=contexts[v.context_id])
                for v in store.votes.of_person(person.id)
            )
            cards = tuple(store.cards.of_person(person.id))
            return Contributions(
                study=store.studies.get(person.study_id),
                cards=cards,
                landing=landing_of(store, person) if cards else None,
                votes=votes,
                survey=tuple(store.survey.of_person(person.id)),
                consents=store.people.consents(person.id),
            )


def landing_of(store: Store, person: Participant) -> Landing | None:
    """Return where the person's card lies, following merges."""
    if not store.cards.of_person(person.id):
        return None
    card = own_card(store, person.id)
    placement = store.values.placement_of(card.id)
    if placement is None:
        return None
    roots = store.values.roots(person.study_id)
    root = ValueId(roots.get(placement.value_id, placement.value_id))
    placed = {p.card_id for p in store.values.placements(person.study_id) if roots.get(p.value_id, p.value_id) == root}
    sources = REAL_SOURCES | {person.source}
    holders = {c.person_id or c.id for c in store.cards.list(person.study_id, sources=sources) if c.id in placed}
    return Landing(
        card_id=card.id,
        value_id=root,
        value_title=store.values.get(root).title,
        author=placement.author,
        n_people=max(1, len(holders)),
    )
