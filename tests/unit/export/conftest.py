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


@pytest.fixture
def make_services(tmp_path, clock):
    """Return services over a small study of twelve people, of whom ``n_agreed`` agreed to training."""
    made = []

    def make(n_agreed=12):
        services = Services(Settings(data_dir=tmp_path / "data"), clock=clock)
        bundle = small_study(clock(), n_agreed=n_agreed)
        act = Act(ClientId("import"), "s1", "test", "study.imported", clock())
        services.database.write(act, lambda store: store.bundles.save(bundle))
        made.append(services)
        return services

    yield make
    for services in made:
        services.close()
