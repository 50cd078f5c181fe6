"""Questions about the person on the pages: not asked, left out, answered, changed, deleted; and set up by staff."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.ids import PersonId
from domain.people import ConsentScope
from domain.studies import StudyState
from services.attributes import attribute_question
from services.container import Services
from services.settings import Settings
from services.tokens import ParticipantTicket, StaffTicket
from ui import runtime
from ui.session import PARTICIPANT_COOKIE, STAFF_COOKIE, TEST_COOKIES

ROOT = Path(__file__).parents[2]
LIMIT_S = 60
TOWN = attribute_question("town", "Where do you *live*?", ["North", "South"])
ME = PersonId("p" * 32)


class Visit:
    """One person, and one member of staff, in front of the pages."""

    def __init__(self, services):
        self.services = services
        self.study = services.studies.all()[0]
        self.app = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=LIMIT_S)
        ticket = ParticipantTicket(person_id=ME, study_id=self.study.id)
        staff = StaffTicket(name="ada", epoch=services.staff_epoch())
        self.app.session_state[TEST_COOKIES] = {
            PARTICIPANT_COOKIE: services.tokens.participant(ticket),
            STAFF_COOKIE: services.tokens.staff(staff),
        }

    def ask(self, question=TOWN):
        self.services.attributes.add_question(self.study.id, question, staff="ada", client_id=question.name)

    def open(self, page):
        self.app.switch_page(str(ROOT / "pages" / page)).run()
        assert not self.app.exception

    def begin(self):
        self.app.checkbox(key="elicit.welcome.take_part").check().run()
        next(button for button in self.app.button if "welcome.begin" in (button.key or "")).click().run()
        assert not self.app.exception

    def choices(self):
        return [box for box in self.app.radio if ".about." in (box.key or "")]

    def said(self):
        return self.services.participants.guest(ME).person.attributes

    def trains(self):
        """Whether what the person gave may train models."""
        person = self.services.participants.guest(ME).person
        return self.services.finishing.contributions(person).consents[ConsentScope.TRAINING].granted

    def notices(self):
        return " ".join(str(node.proto.body) for node in self.app.main if node.type == "html")

    def answered(self, answer):
        """Begin with this answer, and look at what was given."""
        self.ask()
        self.open("elicit/welcome.py")
        self.choices()[0].set_value(answer).run()
        self.begin()
        self.open("elicit/my_contributions.py")


@pytest.fixture
def visit(tmp_path):
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    services.first_start()
    runtime.use(services)
    yield Visit(services)
    runtime.use(None)
    services.close()


def test_without_a_question_nothing_is_asked(visit):
    visit.open("elicit/welcome.py")
    assert visit.choices() == []
    assert "About you, if you like" not in [head.value for head in visit.app.subheader]


def test_not_to_say_is_chosen_beforehand_and_stores_nothing(visit):
    visit.ask()
    visit.open("elicit/welcome.py")
    [choice] = visit.choices()
    assert (choice.label, choice.value) == (r"Where do you \*live\*?", "")
    assert choice.options == ["I would rather not say", "North", "South"]
    assert any(
        "five people or more" in caption.value and "holds the answer of each person" in caption.value
        for caption in visit.app.caption
    )
    visit.begin()
    assert visit.said() == {}


def test_what_we_say_about_the_question_is_translated(visit):
    visit.app.query_params["lang"] = "qps"
    visit.ask()
    visit.open("elicit/welcome.py")
    assert visit.choices()[0].options[0].startswith("[Î wöûld")
    assert "[Àböût ýöû, îf ýöû lîké]" in [head.value for head in visit.app.subheader]
    assert not [caption.value for caption in visit.app.caption if "five people or more" in caption.value]


def test_an_answer_is_stored_with_the_consents(visit):
    visit.ask()
    visit.open("elicit/welcome.py")
    visit.choices()[0].set_value("South").run()
    assert visit.said() == {}
    visit.begin()
    assert visit.said() == {"town": "South"}
    visit.open("elicit/interview.py")
    assert visit.choices() == []


def test_an_answer_is_shown_changed_and_deleted_under_what_i_gave(visit):
    visit.answered("North")
    assert visit.choices()[0].value == "North"
    visit.choices()[0].set_value("South").run()
    assert "Your answer was changed." in visit.notices()
    assert visit.said() == {"town": "South"}
    assert visit.choices()[0].value == "South"
    visit.choices()[0].set_value("").run()
    assert "Your answer was deleted." in visit.notices()
    assert visit.said() == {}
    visit.app.run()
    assert "Your answer was deleted." not in visit.notices()


def test_a_choice_made_on_another_device_is_not_undone(visit):
    visit.answered("North")
    visit.services.attributes.answer(
        visit.services.participants.guest(ME).person, {"town": "South"}, client_id="elsewhere"
    )
    visit.app.run()
    assert visit.said() == {"town": "South"}
    assert visit.choices()[0].value == "South"


def test_of_a_closed_study_only_deleting_is_offered(visit):
    visit.answered("North")
    visit.services.studies.change_state(visit.study.id, StudyState.CLOSED, staff="ada", client_id="close")
    visit.app.run()
    assert visit.choices()[0].options == ["I would rather not say", "North"]
    visit.choices()[0].set_value("").run()
    assert visit.said() == {}
    assert visit.choices() == []
    assert "Your answer was deleted." in visit.notices()


def test_an_answer_to_a_question_that_is_not_asked_any_more_can_be_deleted(visit):
    visit.answered("North")
    visit.services.attributes.drop_question(visit.study.id, "town", staff="ada", client_id="drop")
    visit.app.run()
    assert (visit.choices()[0].label, visit.choices()[0].options) == ("town", ["I would rather not say", "North"])
    visit.choices()[0].set_value("").run()
    assert visit.said() == {}


def test_staff_ask_a_question_and_drop_it(visit):
    visit.open("study/studies.py")
    [name] = [field for field in visit.app.text_input if field.label.startswith("Name, as analyses")]
    [text] = [field for field in visit.app.text_input if field.label == "The question"]
    [answers] = [field for field in visit.app.text_area if field.label.startswith("Answers to choose from")]
    name.input("Town")
    text.input("Where do you live?")
    answers.input("North\nSouth\n")
    press(visit, "Ask it")
    assert "short name of lower-case letters" in visit.notices()
    [name] = [field for field in visit.app.text_input if field.label.startswith("Name, as analyses")]
    name.input("town")
    press(visit, "Ask it")
    asked = visit.services.studies.setup(visit.study.id).study.attribute_questions
    assert [(one.name, one.answers) for one in asked] == [("town", ("North", "South"))]
    assert any("Answered by 0 people" in caption.value for caption in visit.app.caption)
    press(visit, "Ask it no more")
    assert visit.services.studies.setup(visit.study.id).study.attribute_questions == ()


def press(visit, label):
    next(button for button in visit.app.button if button.label == label).click().run()
    assert not visit.app.exception


def test_a_consent_to_training_that_was_taken_back_on_another_device_is_not_given_again_by_this_one(visit):
    visit.answered("North")

    def toggle():
        return next(one for one in visit.app.toggle if "mine.training" in one.key)

    toggle().set_value(True).run()
    assert visit.trains()
    person = visit.services.participants.guest(ME).person
    visit.services.participants.set_training_consent(person, granted=False, text_shown="?", client_id="elsewhere")
    visit.app.run()
    assert not visit.trains()
    assert not toggle().value
    toggle().set_value(True).run()
    assert visit.trains()
