"""A small open study in a real database, with a deterministic embedder; SQLite here, PostgreSQL where marked."""

from datetime import UTC, datetime

import pytest

from backends.fakes import HashEmbedder
from backends.index_exact import ExactIndex
from domain.bundles import StudyBundle
from domain.cards import CanonicalValue, Card, CardStatus, CardText, Policy
from domain.ids import ClientId, new_id
from domain.people import JourneyStep, Source
from domain.provenance import Provenance
from domain.stances import NOT_TO_DO, TO_DO, Answer, AnswerClass, AnswerMethod, RunCard
from domain.studies import Context, Question, Study, StudyState
from domain.votes import UpgradeHypothesis
from services.acts import Desk
from services.belonging import Belonging
from services.choosing import Choosing
from services.comparing import Comparing
from services.erasure import OwnData
from services.explore import Explore
from services.finishing import Finishing
from services.judging import Judging
from services.live import Live
from services.meaning import MeaningSpace
from services.moderation import Moderation
from services.opinions import Opinions
from services.pair_review import PairReview
from services.participants import Participants
from services.studies import Studies
from services.upgrading import Upgrading
from storage import Act, Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "a secret of the tests that is long enough"
TITLES = (
    "Patient listening", "Plain candour", "Keeping promises", "Shared laughter", "Quiet company", "Open doors",
    "Careful hands", "Old songs", "Fair turns", "Steady work",
)  # fmt: skip


def build_bundle(now):
    study = Study(
        id="s1",
        slug="small",
        title="A small study",
        introduction="Hello.",
        consent_text="Do you agree?",
        moderation_policy="Names of people are hidden.",
        state=StudyState.OPEN,
        n_comparisons=3,
        created_at=now,
    )
    question = Question(id="q1", study_id="s1", slug="friend", title="A friend", text="What should I say to a friend?")
    context = Context(id="c1", study_id="s1", text="When a friend asks", question_ids=("q1",))
    values = tuple(
        CanonicalValue(
            id=f"v{n}",
            study_id="s1",
            number=n,
            title=title,
            policies=(f"MOMENTS of {title.lower()} that people notice", f"SIGNS that {title.lower()} is there"),
            source=Source.SEED,
            created_at=now,
            updated_at=now,
        )
        for n, title in enumerate(TITLES, 1)
    )
    hypotheses = tuple(
        UpgradeHypothesis(
            id=f"h{n}",
            study_id="s1",
            src_id=f"v{n}",
            wiser_id=f"v{n % len(TITLES) + 1}",
            context_id="c1",
            story=f"Story {n}.",
            source=Source.SEED,
            created_at=now,
        )
        for n in range(1, len(TITLES) + 1)
    )
    return StudyBundle(study=study, questions=(question,), contexts=(context,), values=values, hypotheses=hypotheses)


class Rooms:
    """All services over one database, with short-cuts to bring a person to a step."""

    def __init__(self, database, clock):
        self.clock = clock
        self.desk = Desk(database=database, clock=clock)
        self.database = database
        self.meaning = MeaningSpace(self.desk, HashEmbedder(), lambda dim: ExactIndex(dim=dim))
        self.participants = Participants(self.desk, secret=SECRET)
        self.founded_values = []
        self.chat = None
        self.upgrading = Upgrading(self.desk, self.meaning, chat_of_study=lambda study: self.chat)
        self.opinions = Opinions(chat_of_study=lambda study: self.chat)
        self.belonging = Belonging(self.desk, self.meaning, founded=self.founded)
        self.choosing = Choosing(self.desk, self.meaning)
        self.comparing = Comparing(self.desk, self.meaning)
        self.finishing = Finishing(self.desk, founded=self.founded)
        self.explore = Explore(database)
        self.own_data = OwnData(self.desk, forget=[self.meaning.forget, self.explore.forget, self.opinions.forget])
        self.studies = Studies(
            self.desk, tell_untold=lambda study_id, staff: self.upgrading.fill(study_id, staff=staff)
        )
        self.reworded = []
        self.moderation = Moderation(self.desk, reworded=lambda _, value_id, __: self.reworded.append(value_id))
        self.pair_review = PairReview(self.desk, self.meaning, self.moderation)
        self.judging = Judging(self.desk, self.pair_review, chat_of_study=lambda study: self.chat)
        self.live = Live(self.desk)

    def founded(self, person, value_id):
        self.founded_values.append(value_id)

    def person(self, name="p1", source=Source.PERSON):
        return self.participants.join("s1", person_id=name, source=source)

    def consenting(self, name="p1", *, training=False, source=Source.PERSON):
        person = self.person(name, source)
        self.participants.give_consent(
            person, take_part=True, training=training, text_shown="Do you agree?", client_id=ClientId(new_id())
        )
        return self.participants.guest(name).person

    def with_card(self, name="p1", *, title="Patient listening", training=False, source=Source.PERSON):
        """A person whose card is confirmed and who is asked where it belongs."""
        person = self.consenting(name, training=training, source=source)
        now = self.clock()
        card = Card(
            id=f"card-{name}",
            study_id="s1",
            person_id=person.id,
            source=source,
            question_id="q1",
            status=CardStatus.CONFIRMED,
            text=CardText(title=title, policies=(Policy(text=f"MOMENTS of {title.lower()} in {name}'s words"),)),
            created_at=now,
            updated_at=now,
        )

        def body(store):
            store.cards.add(card)
            store.people.set_step(person.id, step=JourneyStep.BELONG, at=now)

        act = Act(ClientId(f"card:{name}"), "s1", f"person:{name}", "card.confirmed", now, person_id=person.id)
        self.database.write(act, body)
        return self.participants.guest(name).person


@pytest.fixture
def bundle(clock):
    return build_bundle(clock())


@pytest.fixture
def rooms(tmp_path, clock, bundle):
    database = Database.open(f"sqlite:///{tmp_path / 'study.sqlite3'}")
    act = Act(ClientId("import"), "s1", "test", "study.imported", clock())
    database.write(act, lambda store: store.bundles.save(bundle))
    yield Rooms(database, clock)
    database.close()


def kept_run(folder, items, conditions, share_of, *, model="made"):
    """Write a run into ``folder``; ``share_of(item, condition)`` gives the share of doing it, ``None`` a refusal."""
    answers = []
    for item in items:
        for condition in conditions:
            share = share_of(item, condition)
            answers.append(
                Answer(
                    item_id=item.id, condition=condition.key, family=condition.family, order=condition.order,
                    kind=AnswerClass.REFUSAL if share is None else AnswerClass.CHOICE, raw="said",
                    probabilities={} if share is None else {TO_DO: share, NOT_TO_DO: 1 - share},
                    method=AnswerMethod.LOG_PROBABILITIES, provenance=Provenance(backend="made", made_at=NOW),
                )
            )  # fmt: skip
    card = RunCard(
        id=folder.name, dataset="made", model=model, method=AnswerMethod.LOG_PROBABILITIES,
        conditions=tuple(conditions), seed=0, n_items=len(items), n_answers_wanted=len(answers), started_at=NOW,
    )  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(card.model_dump_json(), "utf-8")
    (folder / "answers.jsonl").write_text("".join(f"{a.model_dump_json()}\n" for a in answers), "utf-8")
    (folder / "items.jsonl").write_text("".join(f"{i.model_dump_json()}\n" for i in items), "utf-8")
    return folder


@pytest.fixture
def keep_run():
    """Write a run as the prober writes it, with answers that the test chooses."""
    return kept_run
