"""What the audit of the process looks at, person by person: how far they came, what they saw, how they were heard.

A measure of which nothing was recorded stays empty and the audit says so; an import has no interviews and no survey.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from domain.ids import PersonId, ValueId
from domain.people import JourneyStep
from domain.votes import EdgeAnswer, SurveyQuestion
from graph.audit import Amount, Kind, Measured
from services.group_material import Material
from services.live import HIGH_SCORE

SECONDS_IN_A_MINUTE = 60


class MeasureText(NamedTuple):
    """How a measure is called where people read it."""

    title: str
    unit: str


TEXTS: dict[str, MeasureText] = {
    "reached_card": MeasureText("Invited and came as far as a card", "share of people who joined"),
    "reached_compare": MeasureText("Invited and came as far as the comparisons", "share of people who joined"),
    "finished": MeasureText("Invited and finished", "share of people who joined"),
    "minutes": MeasureText("Minutes from joining to the end", "minutes, of people who finished"),
    "words_on_card": MeasureText("Words on their card", "words"),
    "saw_values": MeasureText("Looked at values of the map before writing their card", "share of people with a card"),
    "cards_merged": MeasureText("Card placed under a value that others founded", "share of people with a card"),
    "times_shown": MeasureText("Times their value was shown to others", "times"),
    "votes_per_impression": MeasureText("Ticks their value received each time it was shown", "ticks per time shown"),
    "cards_shown_to_them": MeasureText("Cards shown to them", "cards"),
    "ticks_given": MeasureText("Cards they ticked, of those shown to them", "ticks per card shown"),
    "comparisons": MeasureText("Comparisons answered", "comparisons, of people who answered any"),
    "unsure": MeasureText("Answers that were “not sure”", "share of their answers"),
    "represented": MeasureText("Felt represented", "share of those asked: 4 or 5 of 5"),
    "fair_place": MeasureText("Found the place of their value fair", "share of those asked: 4 or 5 of 5"),
    "enjoyed": MeasureText("Enjoyed taking part", "share of those asked: 4 or 5 of 5"),
}
"""Every measure of the audit, in the order in which it is read."""


def process_measures(material: Material) -> tuple[Measured, ...]:
    """Return every measure of ``TEXTS``, in that order."""
    found = {**_way(material), **_cards(material), **_draws(material), **_votes(material), **_survey(material)}
    return tuple(
        Measured(name=name, kind=kind, by_person=by_person)
        for name, (kind, by_person) in ((name, found[name]) for name in TEXTS)
    )


Found = dict[str, tuple[Kind, Mapping[PersonId, Amount]]]


def _way(material: Material) -> Found:
    entered: dict[PersonId, dict[JourneyStep, float]] = defaultdict(dict)
    for entry in material.steps:
        entered[entry.person_id].setdefault(entry.step, entry.entered_at.timestamp())
    order = list(JourneyStep)

    def reached(step: JourneyStep) -> Mapping[PersonId, Amount]:
        later = set(order[order.index(step) :])
        return {person_id: Amount(float(bool(later & steps.keys()))) for person_id, steps in entered.items()}

    minutes = {
        person_id: Amount((steps[JourneyStep.DONE] - min(steps.values())) / SECONDS_IN_A_MINUTE)
        for person_id, steps in entered.items()
        if JourneyStep.DONE in steps
    }
    return {
        "reached_card": (Kind.SHARE, reached(JourneyStep.CARD)),
        "reached_compare": (Kind.SHARE, reached(JourneyStep.COMPARE)),
        "finished": (Kind.SHARE, reached(JourneyStep.DONE)),
        "minutes": (Kind.MEDIAN, minutes),
    }


def _cards(material: Material) -> Found:
    words: dict[PersonId, Amount] = {}
    is_merged: dict[PersonId, Amount] = {}
    shown, ticked = _exposure(material)
    times_shown: dict[PersonId, Amount] = {}
    received: dict[PersonId, Amount] = {}
    for card in material.cards:
        if card.person_id is None:
            continue
        texts = (card.text.title, card.text.gist, *card.text.policy_texts())
        words[card.person_id] = Amount(float(sum(len(text.split()) for text in texts)))
        value_id = material.value_of.get(card.id)
        if value_id is None or value_id not in material.values:
            continue
        is_merged[card.person_id] = Amount(float(material.values[value_id].founded_by_card_id != card.id))
        n_shown = shown[value_id].total() - shown[value_id][card.person_id]
        n_ticked = ticked[value_id].total() - ticked[value_id][card.person_id]
        times_shown[card.person_id] = Amount(float(n_shown))
        received[card.person_id] = Amount(float(n_ticked), float(n_shown))
    return {
        "words_on_card": (Kind.MEDIAN, words),
        "saw_values": (Kind.SHARE, _looks(material)),
        "cards_merged": (Kind.SHARE, is_merged),
        "times_shown": (Kind.MEDIAN, times_shown),
        "votes_per_impression": (Kind.RATIO, received),
    }


def _looks(material: Material) -> Mapping[PersonId, Amount]:
    """Whether each author looked at values of the map; nothing where nobody did, as in a study that offers none."""
    saw = {card.person_id: Amount(float(card.saw_values)) for card in material.cards if card.person_id is not None}
    return saw if any(one.amount for one in saw.values()) else {}


def _exposure(material: Material) -> tuple[dict[ValueId, Counter[PersonId]], dict[ValueId, Counter[PersonId]]]:
    """Count how often each value was shown to, and ticked by, each person."""
    shown: dict[ValueId, Counter[PersonId]] = defaultdict(Counter)
    ticked: dict[ValueId, Counter[PersonId]] = defaultdict(Counter)
    for draw in material.draws:
        for value_id in draw.value_ids:
            shown[value_id][draw.person_id] += 1
        for value_id in draw.chosen_ids:
            ticked[value_id][draw.person_id] += 1
    return shown, ticked


def _draws(material: Material) -> Found:
    shown: Counter[PersonId] = Counter()
    answered: Counter[PersonId] = Counter()
    ticked: Counter[PersonId] = Counter()
    for draw in material.draws:
        shown[draw.person_id] += len(draw.value_ids)
        if draw.answered_at is not None:
            answered[draw.person_id] += len(draw.value_ids)
            ticked[draw.person_id] += len(draw.chosen_ids)
    return {
        "cards_shown_to_them": (Kind.MEDIAN, {p: Amount(float(n)) for p, n in shown.items()}),
        "ticks_given": (Kind.RATIO, {p: Amount(float(ticked[p]), float(n)) for p, n in answered.items()}),
    }


def _votes(material: Material) -> Found:
    n = Counter(vote.row.person_id for vote in material.votes)
    unsure = Counter(vote.row.person_id for vote in material.votes if vote.row.answer is EdgeAnswer.NOT_SURE)
    return {
        "comparisons": (Kind.MEDIAN, {p: Amount(float(count)) for p, count in n.items()}),
        "unsure": (Kind.RATIO, {p: Amount(float(unsure[p]), float(count)) for p, count in n.items()}),
    }


def _survey(material: Material) -> Found:
    found: Found = {}
    for question in (SurveyQuestion.REPRESENTED, SurveyQuestion.FAIR_PLACE, SurveyQuestion.ENJOYED):
        scores = {
            answer.person_id: Amount(float(answer.score >= HIGH_SCORE))
            for answer in material.survey
            if answer.question is question and answer.score is not None
        }
        found[question.value] = (Kind.SHARE, scores)
    return found
