"""Setting up a study: its words, questions, contexts, seed values, and whether it is open."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.cards import CanonicalValue
from domain.errors import StudyRuleError, UserInputError
from domain.ids import ClientId, ContextId, HypothesisId, QuestionId, StudyId, ValueId
from domain.nouns import content_hash
from domain.people import Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import UpgradeHypothesis
from services.acts import WRITABLE_STATES, Desk
from services.kept import Kept
from storage import Store

NEXT_STATES: Mapping[StudyState, frozenset[StudyState]] = {
    StudyState.DRAFT: frozenset({StudyState.REHEARSAL, StudyState.OPEN}),
    StudyState.REHEARSAL: frozenset({StudyState.DRAFT, StudyState.OPEN}),
    StudyState.OPEN: frozenset({StudyState.CLOSED}),
    StudyState.CLOSED: frozenset({StudyState.OPEN}),
}
"""A study that people took part in never goes back to draft: its texts are what they agreed to."""


MIN_SEED_VALUES = 2
"""Fewer leave the first participants with nothing to compare."""
MAX_SETUPS_HELD = 4
"""Studies kept in memory with their parts: every room asks for its study on each rerun."""


class StudySetup(NamedTuple):
    """A study with all that its set-up page shows."""

    study: Study
    questions: tuple[Question, ...]
    contexts: tuple[Context, ...]
    values: tuple[CanonicalValue, ...]
    hypotheses: tuple[UpgradeHypothesis, ...]
    missing: tuple[str, ...]
    """What must be there before the study can open, as plain sentences; empty when it can."""


class Studies:
    """Use cases of the researcher's set-up."""

    def __init__(self, desk: Desk, *, tell_untold: Callable[[StudyId, str], object]) -> None:
        """``tell_untold`` makes stories, in the name of staff, for values that none tells of: asked at opening."""
        self._desk = desk
        self._tell_untold = tell_untold
        self._setups = Kept[tuple[StudyId, int], StudySetup](most=MAX_SETUPS_HELD)

    def all(self) -> list[Study]:
        """Return every study, newest first."""
        with self._desk.database.read() as store:
            return sorted(store.studies.list(), key=lambda s: s.created_at, reverse=True)

    def by_slug(self, slug: str) -> Study | None:
        """Return the study of a slug."""
        with self._desk.database.read() as store:
            return store.studies.by_slug(slug)

    def setup(self, study_id: StudyId) -> StudySetup:
        """Return a study with its parts and what it still lacks; read anew after something was written in it."""

        def read() -> StudySetup:
            with self._desk.database.read() as store:
                return setup_of(store, study_id)

        return self._setups.get((study_id, self._desk.database.version(study_id)), read)

    def forget(self, study_id: StudyId) -> None:
        """Drop what is kept of a study; called when a person erases their words."""
        self._setups.forget(lambda key: key[0] == study_id)

    def create(self, study: Study, *, staff: str, client_id: ClientId) -> Study:
        """Add a study in draft.

        Raises:
            UserInputError: the short name is taken.
        """

        def body(store: Store) -> None:
            if store.studies.by_slug(study.slug) is not None:
                raise UserInputError(f"The short name {study.slug!r} is taken. Choose another.", field="slug")
            store.studies.add(study)

        self._desk.act_of_staff(study.id, "study.created", body, staff=staff, client_id=client_id)
        return study

    def update(self, study: Study, *, staff: str, client_id: ClientId) -> None:
        """Store changed words and options of a study.

        Its state is changed by ``change_state`` alone, and its questions about people by ``Attributes``.

        Raises:
            StudyRuleError: the consent text would change while people take part.
        """

        def body(store: Store) -> None:
            now = store.studies.get(study.id)
            if now.state in {StudyState.OPEN, StudyState.CLOSED} and study.consent_text != now.consent_text:
                raise StudyRuleError(
                    "People already agreed to the consent text, so it cannot change. Make a new study."
                )
            kept = {"state": now.state, "attribute_questions": now.attribute_questions}
            store.studies.update(study.model_copy(update=kept))

        self._desk.act_of_staff(
            study.id, "study.changed", body, staff=staff, client_id=client_id, content=study.model_dump(mode="json")
        )

    def change_state(self, study_id: StudyId, to: StudyState, *, staff: str, client_id: ClientId) -> None:
        """Open, close, or rehearse a study.

        Raises:
            StudyRuleError: the step is not allowed, or something is missing; the message lists it.
        """

        def body(store: Store) -> None:
            setup = setup_of(store, study_id)
            if to not in NEXT_STATES[setup.study.state]:
                raise StudyRuleError(f"A study that is {setup.study.state.value} cannot become {to.value}.")
            if to in WRITABLE_STATES and setup.missing:
                raise StudyRuleError("Before that: " + " ".join(setup.missing))
            store.studies.update(setup.study.model_copy(update={"state": to}))

        self._desk.act_of_staff(study_id, "study.state", body, staff=staff, client_id=client_id, refs={"to": to.value})
        if to in WRITABLE_STATES:
            self._tell_untold(study_id, staff)

    def save_question(self, question: Question, *, staff: str, client_id: ClientId) -> None:
        """Add or change a question."""

        def body(store: Store) -> None:
            known = {q.id: q for q in store.studies.questions(question.study_id, include_archived=True)}
            if any(q.slug == question.slug and q.id != question.id for q in known.values()):
                raise UserInputError(f"A question called {question.slug!r} exists already.", field="slug")
            if question.id in known:
                store.studies.update_question(question)
            else:
                store.studies.add_question(question)

        self._desk.act_of_staff(
            question.study_id, "question.saved", body, staff=staff, client_id=client_id, refs={"question": question.id}
        )

    def save_context(self, context: Context, *, staff: str, client_id: ClientId) -> None:
        """Add a context or change the questions it is linked to."""

        def body(store: Store) -> None:
            known = {c.id: c for c in store.studies.contexts(context.study_id)}
            if any(c.text.casefold() == context.text.casefold() and c.id != context.id for c in known.values()):
                raise UserInputError(f"The context {context.text!r} exists already.", field="context")
            if context.id in known:
                store.studies.update_context(context)
            else:
                store.studies.add_context(context)

        self._desk.act_of_staff(
            context.study_id, "context.saved", body, staff=staff, client_id=client_id, refs={"context": context.id}
        )

    def add_question(self, study_id: StudyId, *, title: str, text: str, staff: str, client_id: ClientId) -> None:
        """Add a question; its short name follows from its title.

        Raises:
            UserInputError: title or text is empty, or there is a question of this name.
        """
        slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60]
        if not slug or not text.strip():
            raise UserInputError("A question needs a title (with letters a to z) and its text.", field="title")
        with self._desk.database.read() as store:
            position = len(store.studies.questions(study_id, include_archived=True))
        question = Question(
            id=QuestionId(content_hash(["question", study_id, client_id])[:32]),
            study_id=study_id,
            slug=slug,
            title=title.strip(),
            text=text.strip(),
            position=position,
        )
        self.save_question(question, staff=staff, client_id=client_id)

    def add_context(
        self, study_id: StudyId, *, text: str, question_ids: tuple[QuestionId, ...], staff: str, client_id: ClientId
    ) -> None:
        """Add a context; UserInputError when it is empty or there already."""
        if not text.strip():
            raise UserInputError("Write the context, such as: When a friend asks for help.", field="context")
        context = Context(
            id=ContextId(content_hash(["context", study_id, client_id])[:32]),
            study_id=study_id,
            text=text.strip(),
            question_ids=question_ids,
        )
        self.save_context(context, staff=staff, client_id=client_id)

    def add_seed_value(
        self, study_id: StudyId, *, title: str, gist: str, policies: Sequence[str], staff: str, client_id: ClientId
    ) -> ValueId:
        """Add a starter value in the researcher's words; marked as seed wherever it shows."""
        lines = tuple(line.strip() for line in policies if line.strip())
        if not title.strip() or not lines:
            raise UserInputError("A value needs a title and at least one line that says what people attend to.")
        value_id = ValueId(content_hash(["seed", study_id, client_id])[:32])
        now = self._desk.clock()

        def body(store: Store) -> None:
            number = store.values.next_number(study_id)
            store.values.add(
                CanonicalValue(
                    id=value_id,
                    study_id=study_id,
                    number=number,
                    title=title.strip(),
                    gist=gist.strip(),
                    policies=lines,
                    source=Source.SEED,
                    created_at=now,
                    updated_at=now,
                )
            )

        self._desk.act_of_staff(
            study_id, "value.seeded", body, staff=staff, client_id=client_id, refs={"value": value_id}
        )
        return value_id

    def add_hypothesis(self, hypothesis: UpgradeHypothesis, *, staff: str, client_id: ClientId) -> None:
        """Add an upgrade story.

        Raises:
            UserInputError: both values are the same, or the story is empty.
        """
        if hypothesis.src_id == hypothesis.wiser_id:
            raise UserInputError("A story needs two different values.", field="wiser")
        if not hypothesis.story.strip():
            raise UserInputError("Write the story, or let the template write it.", field="story")
        self._desk.act_of_staff(
            hypothesis.study_id,
            "hypothesis.added",
            lambda store: store.hypotheses.add(hypothesis),
            staff=staff,
            client_id=client_id,
            refs={"hypothesis": hypothesis.id},
        )

    def archive_hypothesis(
        self, study_id: StudyId, hypothesis_id: HypothesisId, *, staff: str, client_id: ClientId
    ) -> None:
        """Stop showing a story; votes on it stay."""
        self._desk.act_of_staff(
            study_id,
            "hypothesis.archived",
            lambda store: store.hypotheses.archive(hypothesis_id),
            staff=staff,
            client_id=client_id,
            refs={"hypothesis": hypothesis_id},
        )


def setup_of(store: Store, study_id: StudyId) -> StudySetup:
    """Return a study with its parts and what it still lacks."""
    study = store.studies.get(study_id)
    questions = tuple(store.studies.questions(study_id))
    contexts = tuple(store.studies.contexts(study_id))
    values = tuple(store.values.list(study_id))
    hypotheses = tuple(store.hypotheses.list(study_id))
    return StudySetup(
        study=study,
        questions=questions,
        contexts=contexts,
        values=values,
        hypotheses=hypotheses,
        missing=missing_parts(study, questions, contexts, values),
    )


def missing_parts(
    study: Study, questions: Sequence[Question], contexts: Sequence[Context], values: Sequence[CanonicalValue]
) -> tuple[str, ...]:
    """Return what a study lacks before people can take part, one sentence each."""
    linked: set[QuestionId] = {q for c in contexts for q in c.question_ids}
    checks = (
        (bool(study.introduction.strip()), "Write the introduction that people read first."),
        (bool(study.consent_text.strip()), "Write the consent text."),
        (bool(study.moderation_policy.strip()), "Write what may be hidden and why (the moderation policy)."),
        (bool(questions), "Add a question."),
        (bool(contexts), "Add a context."),
        (not questions or all(q.id in linked for q in questions), "Link every question to a context."),
        (
            len(values) >= MIN_SEED_VALUES,
            f"Add {MIN_SEED_VALUES} seed values or more, so that the first have some to compare.",
        ),
    )
    return tuple(sentence for is_there, sentence in checks if not is_there)
