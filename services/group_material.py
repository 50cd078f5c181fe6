"""What the analysis of groups reads of a study, in one go and as of one moment.

People and values get plain numbers instead of their ids, in an order that follows from what they are and said. Ids are
drawn at random, so the same study imported twice would otherwise be shuffled and resampled differently.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from domain.cards import CanonicalValue, Card, CardStatus
from domain.graphs import GraphQuery
from domain.ids import CardId, PersonId, ValueId
from domain.people import Participant
from domain.votes import Draw, SurveyAnswer
from graph.merging import apply_merges
from graph.over_time import TimedVote
from services.explore import vote_row
from storage import StepEntry, Store


class WaveMaterial(NamedTuple):
    """A study as the comparison of waves needs it, merges followed, withdrawn values gone."""

    people: tuple[Participant, ...]
    votes: tuple[TimedVote, ...]
    """One per person, pair and context."""
    values: dict[ValueId, CanonicalValue]
    """By the ids used here."""

    def number(self, value_id: ValueId) -> int:
        """Return the number that a value bears in the export."""
        return self.values[value_id].number


class Material(NamedTuple):
    """A study as the analysis of groups needs it, merges followed, withdrawn values gone."""

    data_version: int
    people: tuple[Participant, ...]
    votes: tuple[TimedVote, ...]
    """One per person, pair and context."""
    draws: tuple[Draw, ...]
    """Values by the ones they count for; each at most once in a draw."""
    cards: tuple[Card, ...]
    """Confirmed ones."""
    value_of: dict[CardId, ValueId]
    values: dict[ValueId, CanonicalValue]
    """By the ids used here."""
    steps: tuple[StepEntry, ...]
    survey: tuple[SurveyAnswer, ...]

    def number(self, value_id: ValueId) -> int:
        """Return the number that a value bears in the export."""
        return self.values[value_id].number


def read_material(store: Store, query: GraphQuery) -> Material:
    """Return what ``query`` selects. Its filters by context, question and attribute touch votes alone."""
    return _renamed(_as_stored(store, query))


def read_waves(store: Store, query: GraphQuery) -> WaveMaterial:
    """Return the votes that ``query`` selects and the people of the study; nothing here hangs on who a person is."""
    roots = store.values.roots(query.study_id, until=query.until)
    every = store.values.list(query.study_id, include_withdrawn=True)
    votes = _votes(store, query, roots=roots, withdrawn={v.id for v in every if v.is_withdrawn})
    name = _value_names(every)
    everybody = store.people.list(query.study_id, sources=query.sources)
    return WaveMaterial(
        people=tuple(person for person in everybody if _is_in_time(person.created_at, query)),
        votes=tuple(_with_names(votes, name)),
        values={name[value.id]: value for value in every},
    )


def _as_stored(store: Store, query: GraphQuery) -> Material:
    roots = store.values.roots(query.study_id, until=query.until)
    values = {v.id: v for v in store.values.list(query.study_id, include_withdrawn=True)}
    withdrawn = {v.id for v in values.values() if v.is_withdrawn}
    everybody = store.people.list(query.study_id, sources=query.sources)
    known = {person.id for person in everybody}
    confirmed = store.cards.list(query.study_id, statuses=(CardStatus.CONFIRMED,), sources=query.sources)
    cards = [c for c in confirmed if (c.person_id is None or c.person_id in known) and _is_in_time(c.created_at, query)]
    draws = [draw for draw in store.draws.of_study(query.study_id) if draw.person_id in known]
    placed = {c: roots.get(v, v) for c, v in store.values.placed(query.study_id, until=query.until).items()}
    return Material(
        data_version=store.events.head(query.study_id, until=query.until).seq,
        people=tuple(p for p in everybody if _is_in_time(p.created_at, query)),
        votes=_votes(store, query, roots=roots, withdrawn=withdrawn),
        draws=tuple(_draws(draws, query, roots=roots, withdrawn=withdrawn)),
        cards=tuple(cards),
        value_of={c.id: placed[c.id] for c in cards if c.id in placed},
        values=values,
        steps=tuple(
            s
            for s in store.people.step_entries(query.study_id, sources=query.sources)
            if _is_in_time(s.entered_at, query)
        ),
        survey=tuple(a for a in store.survey.list(query.study_id, sources=query.sources) if _is_in_time(a.at, query)),
    )


def _is_in_time(moment: datetime, query: GraphQuery) -> bool:
    return query.until is None or moment <= query.until


def _votes(
    store: Store, query: GraphQuery, *, roots: Mapping[ValueId, ValueId], withdrawn: set[ValueId]
) -> tuple[TimedVote, ...]:
    stored = store.votes.rows(query)
    counted = apply_merges([vote_row(v) for v in stored], roots=roots, withdrawn=withdrawn)
    at = {
        (v.person_id, roots.get(v.src_id, v.src_id), roots.get(v.wiser_id, v.wiser_id), v.context): v.at for v in stored
    }
    return tuple(TimedVote(row, at[row.person_id, row.src_id, row.wiser_id, row.context]) for row in counted.rows)


def _draws(
    draws: Iterable[Draw], query: GraphQuery, *, roots: Mapping[ValueId, ValueId], withdrawn: set[ValueId]
) -> Iterable[Draw]:
    def rooted(value_ids: Iterable[ValueId]) -> tuple[ValueId, ...]:
        return tuple(dict.fromkeys(r for v in value_ids if (r := roots.get(v, v)) not in withdrawn))

    for draw in draws:
        if query.question_ids and draw.question_id not in query.question_ids:
            continue
        if not _is_in_time(draw.drawn_at, query):
            continue
        is_answered = draw.answered_at is not None and _is_in_time(draw.answered_at, query)
        yield draw.model_copy(
            update={
                "value_ids": rooted(draw.value_ids),
                "chosen_ids": rooted(draw.chosen_ids) if is_answered else (),
                "answered_at": draw.answered_at if is_answered else None,
            }
        )


def _renamed(stored: Material) -> Material:
    """Give values their numbers as ids, and people numbers in the order of what they are and said."""
    value = _value_names(stored.values.values())

    def values(value_ids: Iterable[ValueId]) -> tuple[ValueId, ...]:
        return tuple(value[value_id] for value_id in value_ids)

    votes = _with_names(stored.votes, value)
    draws = [
        d.model_copy(update={"value_ids": values(d.value_ids), "chosen_ids": values(d.chosen_ids)})
        for d in stored.draws
    ]
    person = _person_names(stored.people, votes, draws)
    return Material(
        data_version=stored.data_version,
        people=tuple(p.model_copy(update={"id": person[p.id]}) for p in stored.people),
        votes=tuple(v._replace(row=v.row._replace(person_id=person[v.row.person_id])) for v in votes),
        draws=tuple(d.model_copy(update={"person_id": person[d.person_id]}) for d in draws if d.person_id in person),
        cards=tuple(c.model_copy(update={"person_id": person.get(c.person_id or PersonId(""))}) for c in stored.cards),
        value_of={card_id: value[value_id] for card_id, value_id in stored.value_of.items()},
        values={value[value_id]: one for value_id, one in stored.values.items()},
        steps=tuple(s._replace(person_id=person[s.person_id]) for s in stored.steps if s.person_id in person),
        survey=tuple(
            a.model_copy(update={"person_id": person[a.person_id]}) for a in stored.survey if a.person_id in person
        ),
    )


def _value_names(values: Iterable[CanonicalValue]) -> dict[ValueId, ValueId]:
    """Return the numbers of values as ids that sort as numbers do."""
    return {value.id: ValueId(f"{value.number:06}") for value in values}


def _with_names(votes: Iterable[TimedVote], value: Mapping[ValueId, ValueId]) -> list[TimedVote]:
    return [v._replace(row=v.row._replace(src_id=value[v.row.src_id], wiser_id=value[v.row.wiser_id])) for v in votes]


def _person_names(
    people: Iterable[Participant], votes: Iterable[TimedVote], draws: Iterable[Draw]
) -> dict[PersonId, PersonId]:
    said: dict[PersonId, list[str]] = defaultdict(list)
    for vote in votes:
        said[vote.row.person_id].append(repr((*vote.row[1:4], vote.row.answer.value)))
    for draw in draws:
        said[draw.person_id].append(repr((draw.value_ids, draw.chosen_ids)))
    # Two people with the same key are alike in all that is counted, so either order gives the same numbers.
    ordered = sorted(people, key=lambda p: (sorted(p.attributes.items()), sorted(said[p.id]), p.created_at))
    return {p.id: PersonId(f"p{at:06}") for at, p in enumerate(ordered)}
