"""Choosing among cards: six values drawn as the 2023 study did, ticked where they are wise to consider.

Source of the draw: Moral Graph Elicitation, study application (candidates: 12 newest and 12 hottest for the question,
never one that the person has seen; shown: the 6 nearest to the person's own cards).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.cards import CanonicalValue
from domain.errors import StudyRuleError
from domain.ids import ClientId, DrawId, QuestionId, ValueId
from domain.nouns import content_hash
from domain.people import JourneyStep, Participant
from domain.votes import Draw
from services.acts import Desk
from services.belonging import own_card
from services.meaning import MeaningSpace, card_meaning, is_shown_to
from services.participants import move_on
from storage import Store, ValueCounts

N_NEWEST = 12
N_HOTTEST = 12
N_SHOWN = 6


def candidate_values(values: Sequence[CanonicalValue], counts: Mapping[ValueId, ValueCounts]) -> list[CanonicalValue]:
    """Return the newest (fewest impressions, then latest) and the hottest (choices per impression) values, each once.

    A value never shown has no heat yet; it can only come in as one of the newest.
    """

    def impressions(value: CanonicalValue) -> int:
        return counts[value.id].impressions if value.id in counts else 0

    def heat(value: CanonicalValue) -> float:
        return counts[value.id].choices / counts[value.id].impressions

    def recency(moment: datetime) -> float:
        return -moment.timestamp()

    newest = sorted(values, key=lambda v: (impressions(v), recency(v.created_at), v.number))[:N_NEWEST]
    shown = [v for v in values if impressions(v) > 0]
    hottest = sorted(shown, key=lambda v: (-heat(v), v.number))[:N_HOTTEST]
    return list({v.id: v for v in (*newest, *hottest)}.values())


class Choosing:
    """Use cases of the choosing step."""

    def __init__(self, desk: Desk, meaning: MeaningSpace) -> None:
        self._desk = desk
        self._meaning = meaning

    def open_draw(self, person: Participant, *, client_id: ClientId) -> tuple[Draw, tuple[CanonicalValue, ...]]:
        """Return the draw that waits for the person, made and stored as impressions if there is none yet."""
        with self._desk.database.read() as store:
            draw = store.draws.open_draw(person.id)
        if draw is None:
            draw = self._draw(person, client_id=client_id)
        with self._desk.database.read() as store:
            return draw, tuple(store.values.get(value_id) for value_id in draw.value_ids)

    def answer(self, person: Participant, *, draw_id: DrawId, chosen: Sequence[ValueId], client_id: ClientId) -> None:
        """Store which of the drawn values are wise to consider; an empty choice means "none of these".

        Raises:
            StudyRuleError: a chosen value was not in the draw, or the draw is someone else's.
        """

        def body(store: Store) -> None:
            draw = store.draws.get(draw_id)
            if draw.person_id != person.id or not set(chosen) <= set(draw.value_ids):
                raise StudyRuleError("These cards were not the ones shown to you. Reload the page and choose again.")
            store.draws.answer(draw_id, chosen_ids=tuple(chosen), at=self._desk.clock())
            move_on(store, person.id, to=JourneyStep.COMPARE, at_least_from=JourneyStep.CHOOSE, desk=self._desk)

        self._desk.act_of_person(
            person, "cards.chosen", body, client_id=client_id, refs={"draw": draw_id}, content=list(chosen)
        )

    def _draw(self, person: Participant, *, client_id: ClientId) -> Draw:
        with self._desk.database.read() as store:
            card = own_card(store, person.id)
            seen = {value_id for draw in store.draws.of_person(person.id) for value_id in draw.value_ids}
            own = store.values.placement_of(card.id)
            seen |= {own.value_id} if own else set()
            roots = store.values.roots(person.study_id)
            values = [
                v
                for v in store.values.list(person.study_id)
                if roots.get(v.id, v.id) == v.id and v.id not in seen and is_shown_to(v, person.source)
            ]
            counts = store.draws.value_counts(person.study_id, question_id=card.question_id)
        nearness = self._meaning.similarities(person.study_id, [card_meaning(card.text)])
        pool = candidate_values(values, counts)
        shown = sorted(pool, key=lambda v: (-nearness.get(v.id, 0.0), v.number))[:N_SHOWN]
        draw = Draw(
            id=DrawId(content_hash(["draw", person.id, client_id])[:32]),
            study_id=person.study_id,
            person_id=person.id,
            question_id=QuestionId(card.question_id) if card.question_id else None,
            value_ids=tuple(v.id for v in shown),
            drawn_at=self._desk.clock(),
        )
        written = self._desk.act_of_person(
            person,
            "cards.shown",
            lambda store: store.draws.add(draw),
            client_id=ClientId(f"draw:{client_id}"),
            refs={"draw": draw.id},
        )
        if not written:
            with self._desk.database.read() as store:
                return store.draws.get(draw.id)
        return draw
