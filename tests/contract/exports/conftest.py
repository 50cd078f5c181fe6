"""A study whose people agreed to training, or not, exported once for all readers."""

import numpy as np
import pytest

from domain.bundles import StudyBundle
from domain.cards import CanonicalValue, Card, CardStatus, CardText, Policy
from domain.ids import ClientId
from domain.people import Consent, ConsentScope, JourneyStep, Participant, Source
from domain.studies import Context, Question, Study, StudyState
from domain.votes import EdgeAnswer, EdgeVote
from services.container import Services
from services.settings import Settings
from storage import Act

TITLES = (
    "Patient listening", "Plain candour", "Keeping promises", "Shared laughter", "Quiet company", "Open doors",
    "Careful hands", "Old songs", "Fair turns", "Steady work", "=1+1 <&> \ufffe", "Wörter 💛",
)  # fmt: skip
SITUATIONS = ("a friend asks", "the bus is late", "rain falls on a holiday", "a letter comes", "money is short")
N_PEOPLE = 60
STRANGER = 11
"""The value whose author did not agree to training, as an index of ``TITLES``."""


def study_bundle(now):
    """Sixty people, five contexts; forty-five agreed to training; north and south split on one pair."""
    rng = np.random.default_rng(5)
    people = tuple(
        Participant(
            id=f"p{n}",
            study_id="s1",
            alias=f"Person {n}",
            source=Source.PERSON,
            attributes={"region": "north" if n % 2 else "south", **({"trade": "smith"} if n < 3 else {})},
            step=JourneyStep.DONE,
            created_at=now,
        )
        for n in range(N_PEOPLE)
    )
    founder = Card(
        id="card-1", study_id="s1", person_id="p59", source=Source.PERSON, status=CardStatus.CONFIRMED,
        text=CardText(title=TITLES[STRANGER], policies=(Policy(text="SECRETS of someone who said no"),)),
        created_at=now, updated_at=now,
    )  # fmt: skip
    values = tuple(
        CanonicalValue(
            id=f"v{n}", study_id="s1", number=n + 1, title=title, created_at=now, updated_at=now,
            policies=(f"MOMENTS of {title.lower()} in sight", f"SIGNS number {n} that it is there, one by one"),
            source=Source.PERSON if n == STRANGER else Source.SEED,
            founded_by_card_id="card-1" if n == STRANGER else None,
        )
        for n, title in enumerate(TITLES)
    )  # fmt: skip
    votes = []
    for n in range(N_PEOPLE):
        for context in range(len(SITUATIONS)):
            for pair in range(4):
                src = (2 * pair + context) % len(TITLES)
                agrees = n % 2 == 0 if pair == 0 else rng.random() < 0.8
                answer = EdgeAnswer.WISER if agrees else EdgeAnswer.NOT_WISER
                votes.append(
                    EdgeVote(
                        id=f"vote-{n}-{context}-{pair}", study_id="s1", person_id=f"p{n}", src_id=f"v{src}",
                        wiser_id=f"v{(src + 1) % len(TITLES)}", context_id=f"c{context}", created_at=now,
                        updated_at=now,
                        answer=EdgeAnswer.NOT_SURE if rng.random() < 0.1 else answer,
                    )
                )  # fmt: skip
    return StudyBundle(
        study=Study(id="s1", slug="small", title="A small study", state=StudyState.OPEN, created_at=now),
        questions=tuple(
            Question(id=f"q{n}", study_id="s1", slug=f"matter-{n}", title="M", text=f"What is right in matter {n}?")
            for n in range(3)
        ),
        contexts=tuple(
            Context(id=f"c{n}", study_id="s1", text=f"When {text}", question_ids=(f"q{n % 3}", f"q{(n + 1) % 3}"))
            for n, text in enumerate(SITUATIONS)
        ),
        participants=people,
        consents=tuple(
            Consent(person_id=p.id, scope=ConsentScope.TRAINING, granted=n < 45, text_hash="0" * 64, at=now)
            for n, p in enumerate(people)
        ),
        values=values,
        cards=(founder,),
        votes=tuple(votes),
    )


@pytest.fixture
def services(tmp_path, clock):
    """The real services over a database of their own, with that study in it."""
    made = Services(Settings(data_dir=tmp_path / "data"), clock=clock)
    act = Act(ClientId("import"), "s1", "test", "study.imported", clock())
    made.database.write(act, lambda store: store.bundles.save(study_bundle(clock())))
    yield made
    made.close()
