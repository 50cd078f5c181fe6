"""A study with a decided pair in two contexts, everybody agreed, over real services."""

import pytest

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue
from domain.ids import ClientId
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import EdgeAnswer, EdgeVote
from services.container import Services
from services.settings import Settings
from storage import Act


def small_study(now, *, n_agreed):
    people = [
        Participant(
            id=f"p{n}", study_id="s1", alias=f"P {n}", source=Source.PERSON, step=JourneyStep.DONE, created_at=now
        )
        for n in range(12)
    ]
    return StudyBundle(
        study=Study(id="s1", slug="small", title="Small", state=StudyState.OPEN, created_at=now),
        questions=(Question(id="q1", study_id="s1", slug="q", title="Q", text="What should I say?"),),
        contexts=(Context(id="c0", study_id="s1", text="When asked", question_ids=("q1",)),),
        participants=tuple(people),
        consents=tuple(
            Consent(person_id=p.id, scope=ConsentScope.TRAINING, granted=n < n_agreed, text_hash="0" * 64, at=now)
            for n, p in enumerate(people)
        ),
        values=tuple(
            CanonicalValue(
                id=f"v{n}", study_id="s1", number=n + 1, title=title, policies=(f"MOMENTS of {title}",),
                source=Source.SEED, created_at=now, updated_at=now,
            )
            for n, title in enumerate(("Plain candour", "Kind timing"))
        ),
        votes=tuple(
            EdgeVote(
                id=f"vote-{p.id}", study_id="s1", person_id=p.id, src_id="v0", wiser_id="v1", context_id="c0",
                answer=EdgeAnswer.WISER, created_at=now, updated_at=now,
            )
            for p in people
        ),
    )  # fmt: skip


SITUATIONS = ("When asked", "When rain falls on a holiday", "When a letter comes", "When money is short")


def in_contexts(study, situations):
    """Return the study with the votes of everybody in up to four contexts, on a pair of its own in each."""
    first, kinds = study.contexts[0], range(len(situations))
    contexts = [first.model_copy(update={"id": f"c{n}", "text": text}) for n, text in enumerate(situations)]
    values = [
        study.values[0].model_copy(
            update={"id": f"v{n}", "number": n + 1, "title": title, "policies": (f"MOMENTS of {title}",)}
        )
        for n, title in enumerate(("Candour", "Timing", "Patience", "Laughter", "Company", "Doors", "Hands", "Songs"))
    ]
    votes = [
        vote.model_copy(
            update={
                "id": f"{vote.id}-{n}", "context_id": f"c{n}", "src_id": f"v{2 * n}", "wiser_id": f"v{2 * n + 1}",
            }
        )
        for vote in study.votes
        for n in kinds
    ]  # fmt: skip
    return study.model_copy(update={"contexts": tuple(contexts), "values": tuple(values), "votes": tuple(votes)})


@pytest.fixture
def in_situations():
    """Return what puts a study into the four contexts."""
    return lambda study: in_contexts(study, SITUATIONS)


@pytest.fixture
def make_contexts(make_services):
    """Return services over that study in four contexts, or those given."""
    return lambda n_agreed=12, situations=SITUATIONS: make_services(
        n_agreed, change=lambda study: in_contexts(study, situations)
    )


@pytest.fixture
def make_services(tmp_path, clock):
    """Return services over a small study of twelve people, of whom ``n_agreed`` agreed to training."""
    made = []

    def make(n_agreed=12, change=lambda study: study):
        services = Services(Settings(data_dir=tmp_path / "data"), clock=clock)
        bundle = change(small_study(clock(), n_agreed=n_agreed))
        act = Act(ClientId("import"), "s1", "test", "study.imported", clock())
        services.database.write(act, lambda store: store.bundles.save(bundle))
        made.append(services)
        return services

    yield make
    for services in made:
        services.close()
