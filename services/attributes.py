"""Questions about people: what a study asks of them beside the interview, and what they chose to say.

An answer is as it stands now, for every moment: who takes it back is in no group, in no graph of the past either.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from domain.errors import StudyRuleError, UserInputError
from domain.ids import ClientId, StudyId
from domain.people import REAL_SOURCES, ConsentScope, Participant
from domain.studies import MAX_ATTRIBUTE_QUESTIONS, AttributeQuestion
from services.acts import Desk
from storage import Store

GIVEN, TAKEN_BACK = "given", "taken back"


class Attributes:
    """Use cases of questions about people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_question(self, study_id: StudyId, question: AttributeQuestion, *, staff: str, client_id: ClientId) -> None:
        """Let the study ask a further question of people.

        Raises:
            UserInputError: the study asks as many as it may, or asks one of this name.
            StudyRuleError: people already gave an answer under this name that the question does not offer.
        """

        def body(store: Store) -> None:
            study = store.studies.get(study_id)
            if any(one.name == question.name for one in study.attribute_questions):
                raise UserInputError(f"A question called {question.name!r} is asked already.", field="name")
            if len(study.attribute_questions) == MAX_ATTRIBUTE_QUESTIONS:
                raise UserInputError(f"A study asks {MAX_ATTRIBUTE_QUESTIONS} questions about people at most.")
            if not _answers_given(store, study_id, question.name) <= set(question.answers):
                raise StudyRuleError(
                    f"People already answered under the name {question.name!r}, and your list lacks an answer that "
                    "was given. Offer all the answers of that time, or choose another name."
                )
            questions = (*study.attribute_questions, question)
            store.studies.update(study.model_copy(update={"attribute_questions": questions}))

        self._desk.act_of_staff(
            study_id,
            "attribute.asked",
            body,
            staff=staff,
            client_id=client_id,
            refs={"attribute": question.name},
            content=question.model_dump(mode="json"),
        )

    def drop_question(self, study_id: StudyId, name: str, *, staff: str, client_id: ClientId) -> None:
        """Ask a question no more; answers that were given stay with the people who gave them."""

        def body(store: Store) -> None:
            study = store.studies.get(study_id)
            questions = tuple(one for one in study.attribute_questions if one.name != name)
            store.studies.update(study.model_copy(update={"attribute_questions": questions}))

        self._desk.act_of_staff(
            study_id, "attribute.dropped", body, staff=staff, client_id=client_id, refs={"attribute": name}
        )

    def n_answered(self, study_id: StudyId) -> Counter[str]:
        """Return how many people gave an answer under each name; simulated people do not count."""
        with self._desk.database.read() as store:
            people = [p for p in store.people.profiles(study_id) if p.source in REAL_SOURCES]
        return Counter(name for person in people for name in person.attributes)

    def answer(self, person: Participant, answers: Mapping[str, str | None], *, client_id: ClientId) -> None:
        """Store what a person says about themselves; ``None`` deletes the answer, in any state of the study.

        Raises:
            StudyRuleError: the person did not agree to take part, or the study is closed or does not offer the answer.
        """

        def body(store: Store) -> None:
            consent = store.people.consents(person.id).get(ConsentScope.TAKE_PART)
            if consent is None or not consent.granted:
                raise StudyRuleError("Nothing is stored and nothing goes on until you agree to take part.")
            offered = {one.name: one.answers for one in store.studies.get(person.study_id).attribute_questions}
            if any(answer is not None and answer not in offered.get(name, ()) for name, answer in answers.items()):
                raise StudyRuleError("This question is not asked any more. Your answer was not stored.")
            held = store.people.get(person.id).attributes
            said = {name: answer for name, answer in {**held, **answers}.items() if answer is not None}
            store.people.set_attributes(person.id, said)

        self._desk.act_of_person(
            person,
            "attribute.answered",
            body,
            client_id=client_id,
            refs={f"attribute:{name}": TAKEN_BACK if answer is None else GIVEN for name, answer in answers.items()},
            content=dict(answers),
            in_any_state=all(answer is None for answer in answers.values()),
        )


def attribute_question(name: str, text: str, answers: Sequence[str]) -> AttributeQuestion:
    """Return the question that a researcher wrote, one answer a line; UserInputError says what is wrong with it."""
    lines = tuple(dict.fromkeys(line.strip() for line in answers if line.strip()))
    try:
        return AttributeQuestion(name=name.strip(), text=text.strip(), answers=lines)
    except ValidationError as error:
        raise UserInputError(
            "A question about people needs a short name of lower-case letters, digits and hyphens (30 at most), "
            "its words, and 2 to 12 answers that differ."
        ) from error


def _answers_given(store: Store, study_id: StudyId, name: str) -> set[str]:
    people = [person for person in store.people.profiles(study_id) if person.source in REAL_SOURCES]
    return {person.attributes[name] for person in people if name in person.attributes}
