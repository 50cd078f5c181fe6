"""What a facilitator watches: who is where, who stopped, how long it takes, what waits for a person."""

from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from domain.cards import CardStatus
from domain.ids import StudyId
from domain.measures.intervals import Interval, wilson_interval
from domain.people import JourneyStep, Source
from domain.votes import SurveyQuestion
from services.acts import Desk
from services.participants import STEP_ORDER
from storage import Database

IDLE_AFTER = timedelta(minutes=30)
"""A person who did nothing for this long counts as stopped, until they come back."""

HIGH_SCORE = 4
"""4 and 5 of 5 count as agreement, as in the 2023 study's report."""


class StageCount(NamedTuple):
    """People at one step of the way."""

    step: JourneyStep
    n_reached: int
    """People who came at least this far."""
    n_here: int
    """People whose step this is now."""
    n_stopped: int
    """Of those here, people who did nothing for ``IDLE_AFTER``."""


class SurveyLine(NamedTuple):
    """Answers to one closing question."""

    question: SurveyQuestion
    n: int
    n_high: int
    """Answers of 4 or 5."""
    interval: Interval | None
    """Wilson 95 % interval of n_high / n; ``None`` without answers."""


class LiveView(NamedTuple):
    """The state of a study at one moment."""

    at: datetime
    stages: tuple[StageCount, ...]
    n_people: int
    n_finished: int
    minutes: tuple[float, ...]
    """Minutes from joining to the end, one per finished person, in order of finishing."""
    median_minutes: float | None
    """``None`` while no one has finished."""
    n_votes: int
    n_cards: int
    n_hidden: int
    n_saw_values: int
    """Confirmed cards whose authors were shown values of the map in the interview."""
    survey: tuple[SurveyLine, ...]


class Live:
    """Use case of the live page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def view(self, study_id: StudyId, *, sources: frozenset[Source]) -> LiveView:
        """Return the state of a study for people of ``sources``."""
        database: Database = self._desk.database
        now = self._desk.clock()
        with database.read() as store:
            people = store.people.list(study_id, sources=sources)
            entries = store.people.step_entries(study_id, sources=sources)
            cards = store.cards.list(study_id, sources=sources)
            ids = {p.id for p in people}
            answers = [a for a in store.survey.list(study_id) if a.person_id in ids]
            acted = store.events.newest_by_actor(study_id)
            n_votes = store.live.totals(study_id, sources=sources).n_votes
        entered = {(e.person_id, e.step): e.entered_at for e in entries}
        newest = {p.id: acted.get(f"person:{p.id}", p.created_at) for p in people}
        minutes = tuple(
            (entered[p.id, JourneyStep.DONE] - p.created_at).total_seconds() / 60
            for p in people
            if (p.id, JourneyStep.DONE) in entered
        )
        stages = tuple(
            StageCount(
                step=step,
                n_reached=sum(STEP_ORDER.index(p.step) >= place for p in people),
                n_here=sum(p.step is step for p in people),
                n_stopped=sum(p.step is step and now - newest[p.id] > IDLE_AFTER for p in people),
            )
            for place, step in enumerate(STEP_ORDER)
        )
        return LiveView(
            at=now,
            stages=stages,
            n_people=len(people),
            n_finished=len(minutes),
            minutes=minutes,
            median_minutes=median(minutes) if minutes else None,
            n_votes=n_votes,
            n_cards=sum(c.status is CardStatus.CONFIRMED for c in cards),
            n_hidden=sum(c.status is CardStatus.HIDDEN for c in cards),
            n_saw_values=sum(c.saw_values and c.status is CardStatus.CONFIRMED for c in cards),
            survey=tuple(
                _survey_line(question, [a.score for a in answers if a.question is question and a.score is not None])
                for question in SurveyQuestion
                if question is not SurveyQuestion.COMMENT
            ),
        )


def _survey_line(question: SurveyQuestion, scores: list[int]) -> SurveyLine:
    n_high = sum(score >= HIGH_SCORE for score in scores)
    return SurveyLine(question=question, n=len(scores), n_high=n_high, interval=wilson_interval(n_high, len(scores)))
