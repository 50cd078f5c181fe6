"""The page on methods: every measure with its formula, and the run card of the study, first without its hash."""

import pytest
from streamlit.testing.v1 import AppTest

from services.container import Services
from services.settings import Settings
from services.starter import ensure_starter
from ui import runtime


def page():
    from ui.runtime import services
    from ui.widgets.methods import show_methods
    from ui.widgets.run_card import show_run_card

    show_run_card(services().studies.all()[0].id, key="test")
    show_methods()


@pytest.fixture
def shown(tmp_path):
    services = Services(Settings(data_dir=tmp_path, embedder="hash", index="exact", testing=True))
    ensure_starter(services.desk)
    runtime.use(services)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    yield app
    runtime.use(None)
    services.close()


def words(app):
    return "\n".join(one.value for one in (*app.markdown, *app.caption))


def test_every_measure_stands_there_with_formula_source_and_module(shown):
    text = words(shown)
    for name in ("Wilson interval", "Beta interval", "Excess disagreement", "Permutation tests", "Group minimum", "q"):
        assert name in text
    assert "begin at 0.32 or above" in text
    assert "`graph.factor_model`" in text
    assert sum(one.value.startswith("$$") for one in shown.markdown) > 25
    assert not [one.value for one in shown.markdown if "{" in one.value and not one.value.startswith("$$")]


def test_the_words_on_dashed_arrows_are_those_of_the_picture(shown):
    assert "provisional ones dashed" in words(shown)
    assert "Arrows from fewer than five people are dashed" not in words(shown)


def test_the_run_card_gets_its_hash_on_a_press(shown):
    card = shown.markdown[0].value
    assert "not computed yet" in card
    assert "likelihood 0.33 or more, entropy 1.69 or less, 2 votes" in card
    shown.button(key="test.make").click().run()
    assert not shown.exception
    card = shown.markdown[0].value
    assert "not computed yet" not in card
    assert len(card.rpartition("`")[0].rpartition("`")[2]) == 64
    assert not shown.button
