"""Scripted people who go the whole way through the same services as everyone, marked as simulated everywhere."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from domain.cards import PlacementOpinion
from domain.ids import ClientId, PersonId
from domain.nouns import Noun
from domain.people import JourneyStep, Participant, Source
from domain.studies import AttributeQuestion, Study
from domain.votes import EdgeAnswer, SurveyQuestion
from services.attributes import Attributes
from services.belonging import Belonging
from services.choosing import Choosing
from services.comparing import Comparing, Comparison
from services.finishing import Finishing
from services.interview import InterviewService, Verdict
from services.participants import Participants
from services.studies import Studies

SCRIPTS_FILE = Path(__file__).parents[1] / "assets" / "starter" / "scripts.json"
SAME_FROM = 0.75
"""Similarity from which a scripted person calls a value the same as their card."""
LEANING = 0.8
"""Share of comparisons in which a scripted person finds the value they lean to wiser."""
MAX_STEPS = 40
"""Interview steps after which a script that never ends is given up."""
ABOUT_PEOPLE = 1
"""Purpose of the draws that deal answers about people: a stream of their own, so that nothing else depends on it."""


class Script(Noun):
    """One made-up person: what they answer, and the values they tend to find wiser."""

    name: str
    question: str
    answers: tuple[str, ...]
    leanings: tuple[int, ...]


class SimulationReport(NamedTuple):
    """What a simulation wrote."""

    n_participants: int
    n_finished: int
    n_votes: int


class Simulation:
    """Drives scripted people through the services."""

    def __init__(  # each part is one step of the way
        self,
        *,
        participants: Participants,
        attributes: Attributes,
        interview: InterviewService,
        belonging: Belonging,
        choosing: Choosing,
        comparing: Comparing,
        finishing: Finishing,
        studies: Studies,
    ) -> None:
        self._participants = participants
        self._attributes = attributes
        self._interview = interview
        self._belonging = belonging
        self._choosing = choosing
        self._comparing = comparing
        self._finishing = finishing
        self._studies = studies

    def run(self, study: Study, *, n_participants: int, seed: int) -> SimulationReport:
        """Let ``n_participants`` scripted people take part; the same seed gives the same people and answers."""
        rng = np.random.default_rng(seed)
        scripts = read_scripts()
        dealt = dealt_answers(
            self._studies.setup(study.id).study.attribute_questions,
            n_people=n_participants,
            rng=np.random.default_rng([seed, ABOUT_PEOPLE]),
        )
        n_finished = n_votes = 0
        for number in range(n_participants):
            script = scripts[int(rng.integers(len(scripts)))]
            person_id = PersonId(f"simulated-{study.id[:12]}-{seed}-{number}")
            n_votes += self._go_the_way(study, script, person_id, about=dealt[number], rng=rng)
            n_finished += self._now(person_id).step is JourneyStep.DONE
        return SimulationReport(n_participants=n_participants, n_finished=n_finished, n_votes=n_votes)

    def _go_the_way(
        self, study: Study, script: Script, person_id: PersonId, *, about: dict[str, str], rng: np.random.Generator
    ) -> int:
        person = self._participants.join(study.id, person_id=person_id, source=Source.SIMULATED)
        if person.step is not JourneyStep.WELCOME:
            return 0
        self._participants.give_consent(
            person,
            take_part=True,
            training=bool(rng.integers(2)),
            text_shown=study.consent_text,
            client_id=_click(person, "consent"),
        )
        if about:
            self._attributes.answer(person, about, client_id=_click(person, "about"))
        self._speak(study, script, person_id)
        self._place(person_id)
        draw, values = self._choosing.open_draw(self._now(person_id), client_id=_click(person, "draw"))
        chosen = [v.id for v in values if v.number in script.leanings or rng.random() < 1 / 3]
        self._choosing.answer(self._now(person_id), draw_id=draw.id, chosen=chosen, client_id=_click(person, "choose"))
        n_votes = self._compare(script, person_id, rng=rng)
        self._comparing.finish(self._now(person_id), client_id=_click(person, "finish"))
        scores: dict[SurveyQuestion, int | None] = {
            q: int(rng.integers(3, 6)) for q in SurveyQuestion if q is not SurveyQuestion.COMMENT
        }
        self._finishing.answer_survey(self._now(person_id), scores=scores, client_id=_click(person, "survey"))
        return n_votes

    def _speak(self, study: Study, script: Script, person_id: PersonId) -> None:
        questions = self._studies.setup(study.id).questions
        question = next((q for q in questions if q.slug == script.question), questions[0])
        person = self._now(person_id)
        self._interview.start(person, question_id=question.id, client_id=_click(person, "start"))
        waiting = list(script.answers)
        for place in range(MAX_STEPS):
            person = self._now(person_id)
            view = self._interview.view(person)
            click = _click(person, f"interview-{place}")
            if self._interview.current_step(person) is JourneyStep.CARD and view.card is not None:
                self._interview.confirm(person, view.card, revision=view.revision, client_id=click)
                return
            if view.policies_to_test:
                test = view.policies_to_test[0].place
                self._interview.judge(person, test, Verdict.IN_ITSELF, revision=view.revision, client_id=click)
            elif waiting:
                self._interview.answer(person, waiting.pop(0), revision=view.revision, client_id=click)
            elif view.can_show_card:
                self._interview.show_card(person, revision=view.revision, client_id=click)
            else:
                self._interview.skip(person, revision=view.revision, client_id=click)

    def _place(self, person_id: PersonId) -> None:
        person = self._now(person_id)
        view = self._belonging.view(person)
        opinions = {}
        for place, near in enumerate(view.nearest):
            is_same = place == 0 and near.similarity >= SAME_FROM
            opinion = PlacementOpinion.SAME if is_same else PlacementOpinion.DIFFERENT
            opinions[near.value.id] = (opinion, near.similarity)
        self._belonging.decide(person, opinions=opinions, client_id=_click(person, "place"))

    def _compare(self, script: Script, person_id: PersonId, *, rng: np.random.Generator) -> int:
        n_votes = 0
        while (now := self._comparing.next(self._now(person_id))) is not None:
            person = self._now(person_id)
            self._comparing.vote(
                person,
                hypothesis_id=now.hypothesis.id,
                answer=_answer(script, now, rng=rng),
                client_id=_click(person, f"vote-{n_votes}"),
            )
            n_votes += 1
        return n_votes

    def _now(self, person_id: PersonId) -> Participant:
        return self._participants.guest(person_id).person


def read_scripts(path: Path = SCRIPTS_FILE) -> tuple[Script, ...]:
    """Return the scripted people that ship with the app."""
    return tuple(Script.model_validate(item) for item in json.loads(path.read_text(encoding="utf-8")))


def dealt_answers(
    questions: Sequence[AttributeQuestion], *, n_people: int, rng: np.random.Generator
) -> list[dict[str, str]]:
    """Return each person's answer to each question: every answer about equally often, in an order drawn by lot."""
    places = {question.name: rng.permutation(n_people) for question in questions}
    return [
        {q.name: q.answers[int(places[q.name][number]) % len(q.answers)] for q in questions}
        for number in range(n_people)
    ]


def _answer(script: Script, now: Comparison, *, rng: np.random.Generator) -> EdgeAnswer:
    leans_to = now.wiser.number in script.leanings
    leans_away = now.src.number in script.leanings
    if leans_to != leans_away and rng.random() < LEANING:
        return EdgeAnswer.WISER if leans_to else EdgeAnswer.NOT_WISER
    return list(EdgeAnswer)[int(rng.choice(3, p=[0.6, 0.15, 0.25]))]


def _click(person: Participant, name: str) -> ClientId:
    return ClientId(f"{person.id}:{name}")
