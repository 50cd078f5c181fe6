"""The Kaleidoscope as widgets: ranked, said to be weak, failing in one sentence, and tried again."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.errors import BackendUnavailableError
from domain.kaleido import NoValence, ScorerInfo, ScoreSource, Valence, ValueScore
from services.container import Services
from services.proposals import GENERATOR_LINE
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime

SITUATION = "A friend asks what I think of her novel."
PAGE = Path(__file__).parents[2] / "pages" / "explore" / "kaleidoscope.py"


def panel():
    from ui.runtime import services
    from ui.widgets.kaleidoscope_panel import scorer_in_use
    from ui.widgets.kaleidoscope_quality import show_scorer
    from ui.widgets.kaleidoscope_values import show_situation

    study = services().studies.all()[0]
    info = scorer_in_use()
    if info is not None:
        values = services().kaleido.scoring.values_of(study.id)
        source = show_situation("A friend asks what I think of her novel.", values, info, key="k")
        show_scorer(info, source, key="k")


def actions():
    from ui.runtime import services
    from ui.widgets.kaleidoscope_actions import show_actions

    values = services().kaleido.scoring.values_of(services().studies.all()[0].id)
    show_actions(values, services().kaleido.scorer.info(), key="a")


class ByChance:
    """A scorer of which chance was measured; it is never asked."""

    name = "by chance"

    def info(self):
        return ScorerInfo(
            name=self.name, summary="Noise.", not_for=(), has_valence=True, chance="No better than chance."
        )


class Pulling:
    """A scorer that tells which way values pull, of all but the first; the longer the text, the more for it."""

    name = "kaleido:/srv/models/made?decoder=first"
    source = ScoreSource(checkpoint="/srv/models/made", decoder_position=0, dtype="int8")

    def info(self):
        return ScorerInfo(name=self.name, summary="It pulls.", not_for=(), has_valence=True, decoder_position=0)

    def score(self, pairs, **_):
        return [self._scored(pair, place) for place, pair in enumerate(pairs)]

    def _scored(self, pair, place):
        supports = min(1.0, len(pair.situation) / 40)
        valence = Valence(supports=supports, either=0, opposes=1 - supports) if place else None
        return ValueScore(
            relevance=0.9 - place / 100,
            valence=valence,
            no_valence=None if valence else NoValence.FAILED,
            scorer=self.name,
            source=self.source,
        )


class Down:
    """A scorer whose server is down."""

    name = "down"

    def info(self):
        return ScorerInfo(name=self.name, summary="It is down.", not_for=("Anything.",), has_valence=True)

    def score(self, pairs, **_):
        raise BackendUnavailableError("The server does not answer.", backend="down")


@pytest.fixture
def services(tmp_path):
    made = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    ensure_starter(made.desk)
    runtime.use(made)
    yield made
    runtime.use(None)
    made.close()


def drawn(services):
    scoring = services.kaleido.scoring
    vrds = scoring.values_of(services.studies.all()[0].id)
    for _ in range(500):
        if scoring.ask(SITUATION, vrds).is_done:
            return AppTest.from_function(panel).run()
        time.sleep(0.01)
    return pytest.fail("the scoring never ends")


def page(services, monkeypatch):
    """Return the page for a study, without the frame and the sign-in around it."""
    setup = services.studies.setup(services.studies.all()[0].id)
    monkeypatch.setattr("ui.rooms.enter", lambda *_, **__: (None, setup))
    monkeypatch.setattr("streamlit.page_link", lambda *_, **__: None)
    return AppTest.from_file(PAGE, default_timeout=20).run()


def words(app):
    return " ".join([*(m.value for m in app.markdown), *(str(n.proto.body) for n in app.main if n.type == "html")])


def test_values_are_ranked_and_no_valence_is_drawn_where_there_is_none(services):
    app = drawn(services)
    assert not app.exception
    assert "Ranked first" in words(app)
    assert "MORALGRAPH_SCORER=llm" in words(app)
    assert "How good it is at this was not measured" in words(app)
    assert not {"Supports", "Opposes"} & set(app.dataframe[0].value.columns)


def test_a_scorer_that_proposes_nothing_says_so_once_with_the_line_that_gets_one(services):
    app = drawn(services)
    lines = [one.value for one in app.caption if "proposes no values" in one.value]
    assert len(lines) == 1
    assert "MORALGRAPH_SCORER=kaleido:FOLDER" in lines[0]
    assert not app.button
    assert [box.label for box in app.selectbox] == ["Measured on"]


def test_scores_that_are_no_better_than_chance_are_not_made_and_the_page_says_why_and_what_to_do(services, monkeypatch):
    services.kaleido.__dict__["scorer"] = ByChance()
    app = page(services, monkeypatch)
    assert not app.exception
    assert "No better than chance. So none is shown here" in words(app)
    assert "make reader" in words(app)
    assert not app.dataframe
    assert not app.text_area
    assert not app.get("download_button")


def test_without_values_and_without_a_model_that_proposes_the_page_says_what_fills_it(services, monkeypatch):
    monkeypatch.setattr(services.kaleido.scoring, "values_of", lambda _: ())
    app = page(services, monkeypatch)
    assert not app.exception
    assert "No values yet" in words(app)
    assert not app.text_area


def test_the_page_asks_for_a_situation_and_ranks_the_values_beside_it(services, monkeypatch):
    app = page(services, monkeypatch)
    app.text_area[0].set_value(SITUATION).run()
    drawn(services)
    app.run()
    assert not app.exception
    assert "Ranked first" in words(app)
    assert "The scores above were made in fp32 arithmetic." in words(app)
    assert [one.value for one in app.caption].count(GENERATOR_LINE) == 1


def test_a_scorer_says_how_it_was_read_and_every_measured_one_stands_beside_it(services):
    services.kaleido.__dict__["scorer"] = Pulling()
    app = drawn(services)
    assert not app.exception
    assert "read at position 0, counted from 0. Published figures are read at position 1" in words(app)
    assert "made in int8 arithmetic" in words(app)
    assert "SmolLM2" in words(app)
    assert "mg-in-use" not in words(app)
    assert "chance: the same score for every pair" in words(app)
    app.selectbox(key="k.measured").set_value(6).run()
    assert "MoralChoice" in words(app)
    assert "tells none" in words(app)


def test_a_value_whose_pull_is_not_told_says_why(services):
    services.kaleido.__dict__["scorer"] = Pulling()
    app = drawn(services)
    captions = " ".join(one.value for one in app.caption)
    assert "which way the value pulls is not told (a reply that could not be read: 1)" in captions


def test_two_actions_count_what_is_in_no_sum_and_leave_as_files(services):
    services.kaleido.__dict__["scorer"] = Pulling()
    app = AppTest.from_function(actions, default_timeout=20).run()
    for word, action in (("first", "Praising it"), ("second", "Telling her that it is weak")):
        app.text_input(key=f"a.{word}").set_value(action)
    for _ in range(500):
        app.run()
        if "Summed over" in words(app):
            break
        time.sleep(0.01)
    n_all = len(services.kaleido.scoring.values_of(services.studies.all()[0].id))
    assert not app.exception
    assert f"Summed over {n_all - 1} values, they speak more for the second" in words(app)
    assert f"1 of {n_all} values lack a pull on one of the actions and are in no sum" in words(app)
    assert [one.proto.label for one in app.get("download_button")] == ["Download as CSV", "Download as JSON"]


def test_a_server_that_is_down_is_said_in_one_sentence_and_asked_again_by_choice(services):
    services.kaleido.__dict__["scorer"] = Down()
    app = drawn(services)
    assert not app.exception
    assert "The server does not answer." in words(app)
    assert not app.dataframe
    assert [button.label for button in app.button] == ["Try again"]


def test_a_scorer_that_is_not_known_is_named(services):
    services.kaleido.__dict__.pop("scorer", None)
    object.__setattr__(services.kaleido, "settings", services.settings.model_copy(update={"scorer": "nobody"}))
    app = AppTest.from_function(panel).run()
    assert "is unknown. Known: default" in words(app)
