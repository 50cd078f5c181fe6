"""Food for thought on the page of the interview: absent, closed, opened, failing in one sentence."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.errors import BackendUnavailableError
from domain.ids import PersonId
from domain.kaleido import NoValence, ScorerInfo, ScoreSource, ValueScore
from services.container import Services
from services.food_for_thought import FAILED, OPENED, SHOWN
from services.settings import Settings
from services.starter import ensure_starter
from services.tokens import ParticipantTicket
from ui import runtime
from ui.session import PARTICIPANT_COOKIE, TEST_COOKIES

ROOT = Path(__file__).parents[2]
LIMIT_S = 60
STORY = "My sister came by after the funeral. I noticed her hands shook when she gave me the pages."
LABEL = "Food for thought"


class Scorer:
    """Every value that begins with a letter up to K is near."""

    name = "by letter"

    def __init__(self):
        self.n_asked = 0
        self.error = None

    def info(self):
        return ScorerInfo(name=self.name, summary="Made up.", not_for=(), has_valence=False)

    def score(self, pairs, **_):
        self.n_asked += 1
        if self.error is not None:
            raise self.error
        source = ScoreSource(checkpoint="none")
        return [
            ValueScore(
                relevance=0.9 if pair.vrd.text[0].upper() <= "K" else 0.1,
                no_valence=NoValence.UNAVAILABLE,
                scorer=self.name,
                source=source,
            )
            for pair in pairs
        ]


class Visit:
    """One person in the interview."""

    def __init__(self, services):
        self.services = services
        self.study = services.studies.all()[0]
        token = services.tokens.participant(ParticipantTicket(person_id=PersonId("p" * 32), study_id=self.study.id))
        self.app = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=LIMIT_S)
        self.app.session_state[TEST_COOKIES] = {PARTICIPANT_COOKIE: token}
        self.scorer = Scorer()
        services.kaleido.__dict__["scorer"] = self.scorer

    def offer(self):
        study = self.study.model_copy(update={"offers_values": True})
        self.services.studies.update(study, staff="ada", client_id="offer")

    def begin(self):
        self.app.switch_page(str(ROOT / "pages/elicit/welcome.py")).run()
        self.app.checkbox(key="elicit.welcome.take_part").check().run()
        self._press("welcome.begin")
        self.app.switch_page(str(ROOT / "pages/elicit/interview.py")).run()

    def answer(self, text=STORY):
        self.app.text_area[0].input(text)
        self._press("interview.send")

    def folds(self):
        return [fold for fold in self.app.expander if LABEL in fold.label]

    def open(self):
        """Open the fold, and draw again until what it waits for is there."""
        key = self.folds()[0].proto.id.rpartition("-")[2]
        for _ in range(200):
            self.app.session_state[key] = True
            self.app.run()
            assert not self.app.exception
            if "Looking on the map" not in self.words():
                return
            time.sleep(0.02)
        pytest.fail("the fold waits for ever")

    def words(self):
        bodies = [str(node.proto.body) for node in self.app.main if hasattr(getattr(node, "proto", None), "body")]
        return " ".join(bodies)

    def log(self):
        with self.services.database.read() as store:
            return [e.kind for e in store.events.of_kinds(self.study.id, {OPENED, SHOWN, FAILED})]

    def _press(self, key):
        next(button for button in self.app.button if key in (button.key or "")).click().run()
        assert not self.app.exception


@pytest.fixture
def visit(tmp_path):
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    ensure_starter(services.desk)
    runtime.use(services)
    yield Visit(services)
    runtime.use(None)
    services.close()


def test_without_the_option_there_is_no_fold(visit):
    visit.begin()
    visit.answer()
    assert visit.folds() == []


def test_the_fold_comes_closed_after_the_first_answer_and_scores_nothing_until_it_is_opened(visit):
    visit.offer()
    visit.begin()
    assert visit.folds() == []
    visit.answer()
    assert [fold.proto.expanded for fold in visit.folds()] == [False]
    assert (visit.scorer.n_asked, visit.log()) == (0, [])


def test_opened_it_shows_three_values_without_scores_beside_what_they_are_for(visit):
    visit.offer()
    visit.begin()
    visit.answer()
    visit.open()
    said = visit.words()
    assert said.count("mg-small") == 3
    assert "nothing here has to fit you" in said
    assert "0.9" not in said
    assert "mg-line" not in said
    assert (visit.scorer.n_asked, visit.log()) == (1, [OPENED, SHOWN])
    visit.answer()
    assert [fold.proto.expanded for fold in visit.folds()] == [False]
    assert "mg-small" not in visit.words()


def test_a_scorer_that_is_down_is_one_sentence_and_the_interview_goes_on(visit):
    visit.scorer.error = BackendUnavailableError("The server at 10.0.0.5 does not answer.", backend="down")
    visit.offer()
    visit.begin()
    visit.answer()
    visit.open()
    assert "This cannot be shown right now." in visit.words()
    assert "10.0.0.5" not in visit.words()
    assert visit.log() == [OPENED, FAILED]
    visit.answer()
    assert "Your answer" in [field.label for field in visit.app.text_area]
