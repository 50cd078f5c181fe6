"""The participant's way in the pseudo-language: a sentence that is not in brackets was not in the catalogue."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.ids import PersonId
from services.container import Services
from services.settings import Settings
from services.starter import ensure_starter
from services.tokens import ParticipantTicket
from ui import runtime
from ui.session import PARTICIPANT_COOKIE, TEST_COOKIES

ROOT = Path(__file__).parents[2]
LIMIT_S = 60
ANSWERS = (
    "My sister came by after the funeral. I noticed her hands shook when she gave me the pages.",
    "I looked for the small jokes she makes when she is scared. I watched for pauses in which she took a breath.",
    "Signs of what she was really asking me.",
)
CARD_TITLE = "Small jokes she makes"


class Visible(HTMLParser):
    """Collects the text between tags, and what a screen reader says of them."""

    def __init__(self):
        super().__init__()
        self.texts = []
        self._is_style = False

    def handle_starttag(self, tag, attrs):
        self._is_style = tag == "style"
        self.texts += [value for name, value in attrs if name == "aria-label"]

    def handle_endtag(self, tag):
        self._is_style = False

    def handle_data(self, data):
        if not self._is_style:
            self.texts.append(data)


def texts_in(body):
    parser = Visible()
    parser.feed(body)
    return parser.texts


def block_label(block):
    for kind in ("popover", "expandable", "tab"):
        label = getattr(getattr(block, kind, None), "label", "")
        if label:
            return label
    return ""


def labels_on(app):
    """Texts that are the app's own in every case: of buttons, fields and links."""
    found = []
    for node in app.main:
        proto = getattr(node, "proto", None)
        if proto is not None and hasattr(proto, "label"):
            found += [proto.label, getattr(proto, "placeholder", ""), getattr(proto, "help", "")]
        elif proto is not None:
            found.append(block_label(proto))
    return [text for text in found if text]


def texts_on(app):
    """Texts that may be the app's, the study's or the person's."""
    found = []
    for node in app.main:
        body = getattr(getattr(node, "proto", None), "body", "")
        found += texts_in(body) if node.type == "html" else body.split("\n")
    for radio in app.radio:
        found += radio.options
    return [text.strip() for text in found]


def stripped(text):
    """Without quotation marks and the signs of Markdown."""
    return re.sub(r"^[\s#*\-–·›:“”\"'.]+|[\s*:“”\"'.]+$", "", text)


def is_translated(text):
    """Whether the whole text came from the catalogue: the pseudo-language puts it in brackets."""
    return re.fullmatch(r"\[.*\]", stripped(text), flags=re.DOTALL) is not None


class Walk:
    """One person in the pseudo-language, page after page."""

    def __init__(self, services, folder):
        self._services = services
        study = services.studies.all()[0]
        self._study_id = study.id
        self.n_looks = 0
        self._person_id = PersonId("p" * 32)
        token = services.tokens.participant(ParticipantTicket(person_id=self._person_id, study_id=study.id))
        self.app = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=LIMIT_S)
        self.app.session_state[TEST_COOKIES] = {PARTICIPANT_COOKIE: token}
        self.app.query_params["lang"] = "qps"
        self._content = " ".join([*(p.read_text("utf-8") for p in folder.rglob("*.json")), *ANSWERS]).casefold()

    def open(self, page):
        self.app.switch_page(str(ROOT / "pages" / page)).run()
        self.check(page)

    def press(self, key):
        next(button for button in self.app.button if key in (button.key or "")).click().run()
        self.check(key)

    def look_at_food(self):
        for fold in self.app.expander:
            key = fold.proto.id.rpartition("-")[2]
            if ".food." in key:
                self.app.session_state[key] = True
                self.app.run()
                self.check(key)
                self.n_looks += 1

    def check(self, where):
        assert not self.app.exception, f"{where}: {self.app.exception}"
        untranslated = [text for text in labels_on(self.app) if not is_translated(text)]
        untranslated += [text for text in texts_on(self.app) if not is_translated(text) and not self._is_content(text)]
        assert not untranslated, f"{where}: not from the catalogue: {untranslated}"

    def _is_content(self, text):
        alias = self._services.participants.guest(self._person_id).person.alias
        plain = stripped(text.replace(alias, "")).casefold()
        told = {stripped(h.story).casefold() for h in self._services.studies.setup(self._study_id).hypotheses}
        is_known = plain in told or json.dumps(plain, ensure_ascii=False)[1:-1] in self._content
        return not re.search(r"[^\W\d_]", plain) or is_known


@pytest.fixture
def walk(tmp_path):
    services = Services(Settings(data_dir=tmp_path / "data", embedder="hash", index="exact", testing=True))
    ensure_starter(services.desk)
    offering = services.studies.all()[0].model_copy(update={"offers_values": True})
    services.studies.update(offering, staff="ada", client_id="offer")
    runtime.use(services)
    yield Walk(services, ROOT / "assets" / "starter")
    runtime.use(None)
    services.close()


def test_every_sentence_of_the_participants_way_comes_from_the_catalogue(walk):
    app = walk.app
    walk.open("elicit/welcome.py")
    app.checkbox(key="elicit.welcome.take_part").check().run()
    walk.press("welcome.begin")
    walk.open("elicit/interview.py")
    for answer in ANSWERS:
        app.text_area[0].input(answer)
        walk.press("interview.send")
        walk.look_at_food()
    assert walk.n_looks
    walk.press("interview.card")
    walk.open("elicit/card.py")
    walk.press("card.confirm")
    walk.open("elicit/belong.py")
    for opinion in app.button_group:
        opinion.set_value("different")
    app.run()
    walk.press("belong.send")
    walk.open("elicit/choose.py")
    app.checkbox[0].check().run()
    walk.press("choose.send")
    walk.open("elicit/compare.py")
    walk.press("example.go")
    walk.press(".unsure")
    while not any("finish" in (button.key or "") for button in app.button):
        walk.press(".yes")
    walk.press("compare.finish")
    walk.open("elicit/finished.py")
    walk.press("questions.send")
    walk.open("elicit/my_contributions.py")


def test_pages_without_a_study_speak_the_language_too(walk):
    walk.app.session_state[TEST_COOKIES] = {}
    for page in ("elicit/welcome.py", "elicit/my_contributions.py", "explore/home.py"):
        walk.app.switch_page(str(ROOT / "pages" / page)).run()
        found = [*labels_on(walk.app), *texts_on(walk.app)]
        assert not walk.app.exception
        assert any(is_translated(text) for text in found)
        assert not [text for text in labels_on(walk.app) if not is_translated(text)]


def test_a_sentence_in_the_code_would_be_caught():
    def page():
        import streamlit as st

        st.button("Save")
        st.html("<p>Nothing is <b>lost</b></p>")
        with st.expander("More"):
            st.markdown("[Ïñ bràçkétš]")

    app = AppTest.from_function(page).run()
    assert [text for text in labels_on(app) if not is_translated(text)] == ["Save", "More"]
    assert [text for text in texts_on(app) if text and not is_translated(text)] == ["Nothing is", "lost"]
