"""The Kaleidoscope as widgets: ranked, said to be weak, failing in one sentence, and tried again."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from domain.errors import BackendUnavailableError
from domain.kaleido import ScorerInfo
from services.container import Services
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime

SITUATION = "A friend asks what I think of her novel."


def panel():
    from ui.runtime import services
    from ui.widgets.kaleidoscope_panel import scored_or_wait, scorer_in_use, show_scorer
    from ui.widgets.kaleidoscope_values import show_situation

    study = services().studies.all()[0]
    info = scorer_in_use()
    if info is not None:
        values = services().kaleido.scoring.values_of(study.id)
        found = scored_or_wait("A friend asks what I think of her novel.", values, key="k")
        if found is not None:
            show_situation("A friend asks what I think of her novel.", values, found, info, key="k")
        show_scorer(info)


class ByChance:
    """A scorer of which chance was measured."""

    def __init__(self, scorer, told):
        self.name, self.score, self.info = scorer.name, scorer.score, lambda: told
        self.source = scorer.source


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
    assert not app.selectbox


def test_scores_that_are_no_better_than_chance_are_not_drawn_and_the_page_says_why(services):
    scorer = services.kaleido.scorer
    told = scorer.info().model_copy(update={"chance": "No better than chance."})
    services.kaleido.__dict__["scorer"] = ByChance(scorer, told)
    app = drawn(services)
    assert not app.exception
    assert "No better than chance. They are not drawn; the table and the files hold them." in words(app)
    assert "Ranked first" not in words(app)
    assert len(app.dataframe) == 1


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
